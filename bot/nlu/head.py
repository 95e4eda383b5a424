"""From a sentence vector to a score for every intent: a network with one hidden layer.

Plain numpy, so that nothing but numpy is needed to use it and no framework to train it (under a
minute for the whole corpus).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

HIDDEN, EPOCHS, BATCH, RATE, DECAY = 512, 12, 256, 1.4e-3, 0.02
SMOOTHING = 0.1  # of the labels: careful judges do not agree to the last point either
LOST, LOST_HIDDEN = 0.1, 0.5  # shares of the inputs and of the hidden layer left out in training
NAMES = ("mean", "spread", "in_weights", "in_bias", "out_weights", "out_bias")


@dataclass(frozen=True)
class Head:
    """The layers, and the mean and spread of the vectors they were trained on."""

    mean: Any
    spread: Any
    in_weights: Any
    in_bias: Any
    out_weights: Any
    out_bias: Any

    @classmethod
    def train(cls, vectors: Any, numbers: Any, intents: int, epochs: int = EPOCHS) -> Head:
        """From vectors and the numbers of their intents; the same every time it is run."""
        mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + np.float32(1e-3)
        layers = _fit((vectors - mean) / spread, numbers, intents, epochs)
        return cls(mean, spread, *layers)

    def scores(self, vectors: Any) -> Any:
        """`(n, intents)` float32: natural logarithms, up to a constant in each row."""
        seen = (vectors - self.mean) / self.spread
        hidden = np.maximum(seen @ self.in_weights + self.in_bias, 0)
        return hidden @ self.out_weights + self.out_bias

    def arrays(self) -> dict[str, Any]:
        """What `restore` needs."""
        return {f"head_{name}": getattr(self, name) for name in NAMES}

    @classmethod
    def restore(cls, arrays: Any) -> Head:
        """The head that gave `arrays`."""
        return cls(*(arrays[f"head_{name}"] for name in NAMES))


def _fit(seen: Any, numbers: Any, intents: int, epochs: int) -> list[Any]:
    """Adam with decoupled decay; the rate falls evenly to 0."""
    dice = np.random.default_rng(1)
    width = seen.shape[1]
    start = dice.normal(0, width**-0.5, (width, HIDDEN)).astype(np.float32)
    shapes = (HIDDEN, (HIDDEN, intents), intents)
    layers = [start, *(np.zeros(shape, np.float32) for shape in shapes)]
    first, second = ([np.zeros_like(layer) for layer in layers] for _ in range(2))
    done, steps = 0, epochs * -(-len(seen) // BATCH)
    for _ in range(epochs):
        order = dice.permutation(len(seen))
        for at in range(0, len(order), BATCH):
            done += 1
            rate, rows = RATE * (1 - (done - 1) / steps), order[at : at + BATCH]
            slopes = _slopes(layers, seen[rows], numbers[rows], dice)
            for layer, slope, m, v in zip(layers, slopes, first, second, strict=True):
                m += np.float32(0.1) * (slope - m)
                v += np.float32(0.01) * (slope * slope - v)
                if layer.ndim > 1:
                    layer *= np.float32(1 - rate * DECAY)
                step = rate * np.sqrt(1 - 0.99**done) / (1 - 0.9**done)
                layer -= np.float32(step) * m / (np.sqrt(v) + np.float32(1e-8))
    return layers


def _slopes(layers: list[Any], seen: Any, numbers: Any, dice: Any) -> tuple[Any, ...]:
    in_weights, in_bias, out_weights, out_bias = layers
    seen = seen * _mask(seen.shape, LOST, dice)
    hidden = np.maximum(seen @ in_weights + in_bias, 0)
    mask = _mask(hidden.shape, LOST_HIDDEN, dice)
    kept = hidden * mask
    scores = kept @ out_weights + out_bias
    error = np.exp(scores - scores.max(axis=1, keepdims=True))
    error /= error.sum(axis=1, keepdims=True)
    error -= np.float32(SMOOTHING / error.shape[1])
    error[np.arange(len(numbers)), numbers] -= np.float32(1 - SMOOTHING)
    error /= len(numbers)
    back = (error @ out_weights.T) * mask * (hidden > 0)
    return seen.T @ back, back.sum(axis=0), kept.T @ error, error.sum(axis=0)


def _mask(shape: tuple[int, ...], lost: float, dice: Any) -> Any:
    return (dice.random(shape, dtype=np.float32) >= lost) / np.float32(1 - lost)
