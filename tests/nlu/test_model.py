"""What the intent model learns from a few dozen messages, keeps, and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.head import Head

SHELTER = ["necesito un refugio", "donde me escondo de mi marido", "un refugio para mi y mis hijos",
           "hay refugio para mujeres golpeadas", "i need a shelter from my husband",
           "a safe house please", "refugio seguro", "busco refugio porque me pega"]  # fmt: skip
WAGES = ["no me pagaron", "mi patron no me ha pagado el mes", "me deben dos quincenas",
         "my boss did not pay me", "they owe me my wages", "me pagaron menos",
         "trabaje y no me pago la señora", "el patron se fue sin pagar"]  # fmt: skip
GOODBYE = [
    "adios",
    "bye",
    "hasta luego",
    "me voy ya",
    "nos vemos",
    "goodbye",
    "chao",
    "hasta mañana",
]
TEXTS = SHELTER + WAGES + GOODBYE
INTENTS = ["ask_safe_shelter"] * 8 + ["ask_unpaid_wages"] * 8 + ["goodbye"] * 8


class CountingEncoder:
    """Stands in for the sentence encoder: what matters here is that its vectors are used."""

    name = "counting"
    topics = ("refugi", "shelter", "pag", "paid", "adi", "bye")

    def encode(self, texts: list[str]) -> np.ndarray:
        rows = [[float(topic in text) for topic in self.topics] + [0.1] for text in texts]
        return np.array(rows, dtype=np.float32)


@pytest.fixture(scope="module")
def model_module():
    pytest.importorskip("sklearn", reason="the model lives in Rasa's environment")
    from bot.nlu import model

    return model


def test_messages_it_never_saw_go_to_the_right_intent(model_module) -> None:
    model = model_module.IntentModel.train(TEXTS, INTENTS, CountingEncoder())

    best = [
        ranking[0][0] for ranking in model.rank(["busco un refugio", "aun no me pagan", "bye bye"])
    ]

    assert best == ["ask_safe_shelter", "ask_unpaid_wages", "goodbye"]


def test_every_intent_gets_a_share_and_the_shares_add_up_to_one(model_module) -> None:
    model = model_module.IntentModel.train(TEXTS, INTENTS, None)

    ranking = model.rank(["🙂"])[0]

    assert {name for name, _ in ranking} == set(INTENTS)
    assert sum(share for _, share in ranking) == pytest.approx(1.0, abs=1e-5)
    assert [share for _, share in ranking] == sorted((s for _, s in ranking), reverse=True)


def test_a_saved_model_answers_the_same_and_holds_no_pickle(model_module, tmp_path: Path) -> None:
    model = model_module.IntentModel.train(TEXTS, INTENTS, CountingEncoder())
    model.save(tmp_path)

    loaded = model_module.IntentModel.load(tmp_path, CountingEncoder())

    assert {f.name for f in tmp_path.iterdir()} == {"intents.json", "intents.npz"}
    for ours, theirs in zip(model.rank(TEXTS), loaded.rank(TEXTS), strict=True):
        assert ours[0][0] == theirs[0][0]
        assert ours[0][1] == pytest.approx(theirs[0][1], abs=0.01)


def test_a_model_refuses_an_encoder_that_it_was_not_trained_with(
    model_module, tmp_path: Path
) -> None:
    model_module.IntentModel.train(TEXTS, INTENTS, CountingEncoder()).save(tmp_path)

    with pytest.raises(ValueError, match="train again"):
        model_module.IntentModel.load(tmp_path, None)


def test_the_head_learns_what_no_straight_line_divides() -> None:
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    vectors, numbers = np.tile(corners, (64, 1)), np.tile([0, 1, 1, 0], 64)

    head = Head.train(vectors, numbers, 2, epochs=60)

    assert head.scores(corners).argmax(axis=1).tolist() == [0, 1, 1, 0]


def test_training_the_head_twice_gives_the_same_head() -> None:
    vectors = np.random.default_rng(5).normal(size=(60, 4)).astype(np.float32)
    numbers = (vectors[:, 0] > 0).astype(int)

    first, second = (Head.train(vectors, numbers, 2, epochs=2) for _ in range(2))

    assert np.array_equal(first.out_weights, second.out_weights)


def test_what_is_saved_is_readable_text_and_numbers(model_module, tmp_path: Path) -> None:
    model_module.IntentModel.train(TEXTS, INTENTS, None).save(tmp_path)

    described = json.loads((tmp_path / "intents.json").read_text(encoding="utf-8"))

    assert described["labels"] == sorted(set(INTENTS))
    assert described["encoder"] is None
