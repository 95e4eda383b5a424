"""The upper layers of the encoder in TensorFlow, as `bot.nlu.tuned.TunedEncoder` computes them.

Only training imports this module: TensorFlow takes seconds to load and 500 MB.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from bot.nlu.tuned import LENGTH, ORDERS, WIDTH

SIGNS = 512  # outputs of the pooled layer that the encoder did not have
RATE, NEW_RATE = 1e-3, 3e-3  # for layers that came trained, and for the new ones
DECAY, LONGEST_STEP = 0.01, 1.0
SMOOTHING, LOST, LOST_AT_END = 0.1, 0.1, 0.3
BETA1, BETA2 = 0.9, 0.99
NEW = ("mp_W", "mp_b", "out_W", "out_b")
WHOLE = ("cnn_W", "cnn_b", "d0", "d1", "p1", "d2", "p3", "d3")


class Network:
    """Layers, their optimiser (Adam with decoupled decay) and one training step."""

    def __init__(self, use: Any, intents: int) -> None:
        tf.random.set_seed(1)
        dice = np.random.default_rng(1)
        start = {name: getattr(use, name) for name in ("ln_g", "ln_b", *WHOLE)}
        for i, (n, _) in enumerate(ORDERS):
            for layer in ("w1", "b1", "w2", "b2"):
                start[f"{layer}_{n}"] = getattr(use, layer)[i]
        features = len(use.ln_g)
        start["mp_W"] = dice.normal(0, features**-0.5, (features, SIGNS))
        start["mp_b"] = np.zeros(SIGNS)
        start["out_W"] = np.zeros((use.d3.shape[1] + SIGNS, intents))
        start["out_b"] = np.zeros(intents)
        self.w = {k: tf.Variable(np.asarray(v, np.float32)) for k, v in start.items()}
        self._first = {k: tf.Variable(tf.zeros_like(v)) for k, v in self.w.items()}
        self._second = {k: tf.Variable(tf.zeros_like(v)) for k, v in self.w.items()}
        self._eps, self._intents, self._steps = float(use.eps), intents, 0
        shapes = ((None, None, None), (None, None))
        self._graph = tf.function(
            self._step,
            input_signature=[*(tf.TensorSpec(s, tf.float32) for s in shapes),
                             tf.TensorSpec((None,), tf.int32),
                             tf.TensorSpec((), tf.float32), tf.TensorSpec((), tf.float32)],
        )  # fmt: skip

    def step(self, vectors: Any, mask: Any, numbers: Any, rate: float) -> float:
        """Learns from one batch; gives the loss before."""
        self._steps += 1
        return float(self._graph(vectors, mask, numbers, np.float32(rate), np.float32(self._steps)))

    def arrays(self) -> dict[str, Any]:
        """The weights as numpy arrays."""
        return {name: variable.numpy() for name, variable in self.w.items()}

    def scores(self, vectors: Any, mask: Any, training: bool = False) -> Any:
        """`(n, intents)` scores of padded sentences."""
        joined = self._joined(vectors, mask, training)
        real = mask[:, :, None]
        signs = tf.nn.relu(joined @ self.w["mp_W"] + self.w["mp_b"]) * real
        whole = self._whole(tf.reduce_sum(joined * real, 1), mask, training)
        vector = tf.concat([whole, tf.reduce_max(signs, 1)], -1)
        if training:
            vector = tf.nn.dropout(vector, LOST_AT_END)
        return vector @ self.w["out_W"] + self.w["out_b"]

    def _joined(self, vectors: Any, mask: Any, training: bool) -> Any:
        features, real = [vectors[:, :, : -len(ORDERS) * WIDTH]], mask[:, :, None]
        read = vectors[:, :, -len(ORDERS) * WIDTH :]
        if training:
            read = tf.nn.dropout(read, LOST)
        for i, (n, left) in enumerate(ORDERS):
            x = read[:, :, i * WIDTH : (i + 1) * WIDTH]
            for layer in ("1", "2"):
                x = (x + self._convolve(x, layer, n, left)) * real
            features.append(x)
        joined = tf.concat(features, -1)
        mean, variance = tf.nn.moments(joined, -1, keepdims=True)
        joined = (joined - mean) * tf.math.rsqrt(variance + self._eps)
        return joined * self.w["ln_g"] + self.w["ln_b"]

    def _convolve(self, x: Any, layer: str, n: int, left: int) -> Any:
        shape = tf.shape(x)
        padded = tf.pad(x, [[0, 0], [left, n - 1 - left], [0, 0]])
        seen = tf.concat([padded[:, i : i + shape[1]] for i in range(n)], -1)
        # Two dimensions: TensorFlow's product of three is several times slower on a processor.
        flat = tf.reshape(seen, (-1, n * WIDTH)) @ self.w[f"w{layer}_{n}"]
        return tf.nn.relu(tf.reshape(flat, shape) + self.w[f"b{layer}_{n}"])

    def _whole(self, total: Any, mask: Any, training: bool) -> Any:
        w, lengths = self.w, tf.reduce_sum(mask, 1, keepdims=True)
        mean = (total @ w["cnn_W"] + lengths * w["cnn_b"]) * tf.math.rsqrt(lengths)
        if training:
            mean = tf.nn.dropout(mean, LOST)
        first = tf.nn.relu(mean @ w["p1"] + tf.nn.relu(mean @ w["d0"]) @ w["d1"])
        vector = tf.tanh(first @ w["p3"] + tf.nn.relu(first @ w["d2"]) @ w["d3"])
        squares = tf.reduce_sum(vector * vector, -1, keepdims=True)
        return LENGTH * vector * tf.math.rsqrt(squares + 1e-6)

    def _step(self, vectors: Any, mask: Any, numbers: Any, rate: Any, count: Any) -> Any:
        with tf.GradientTape() as tape:
            target = tf.one_hot(numbers, self._intents) * (1 - SMOOTHING)
            target += SMOOTHING / self._intents
            losses = tf.nn.softmax_cross_entropy_with_logits(
                target, self.scores(vectors, mask, training=True)
            )
            loss = tf.reduce_mean(losses)
        names = list(self.w)
        slopes = tape.gradient(loss, [self.w[name] for name in names])
        slopes, _ = tf.clip_by_global_norm(slopes, LONGEST_STEP)
        for name, slope in zip(names, slopes):  # noqa: B905  # TensorFlow rewrites this function and knows no strict
            self._move(name, slope, rate * (NEW_RATE if name in NEW else RATE), count)
        return loss

    def _move(self, name: str, slope: Any, rate: Any, count: Any) -> None:
        variable = self.w[name]
        if len(variable.shape) > 1:
            variable.assign_sub(rate * DECAY * variable)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle, m=self._first[name].handle, v=self._second[name].handle,
            beta1_power=BETA1**count, beta2_power=BETA2**count, lr=rate,
            beta1=BETA1, beta2=BETA2, epsilon=1e-8, grad=slope,
        )  # fmt: skip
