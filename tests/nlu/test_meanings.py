"""What our own sentences mean is encoded once, kept beside the model, and never in the way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.nlu import meanings
from bot.nlu.answering import WIDTH
from bot.nlu.meanings import BOTH, Meanings, _log, as_text, from_text, packed, parts

WORDS = ("costo", "tiempo", "papeles", "numero")


class Words:
    """Stands in for the sentence encoder: one number for each word."""

    name = "words"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def both(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += texts
        rows = [[float(word in text) for word in WORDS] for text in texts]
        return np.array(rows, dtype=np.float32) * 0.2


def test_a_vector_survives_the_way_to_the_actions_as_text() -> None:
    halves = np.random.default_rng(4).normal(size=(2, 2, WIDTH)).astype(np.float32)
    halves /= np.linalg.norm(halves, axis=2, keepdims=True)

    back = from_text(as_text(halves.reshape(2, BOTH)))

    assert back.shape == (2, BOTH)
    assert float((back.reshape(halves.shape) * halves).sum(axis=2).min()) > 0.999
    for half in (back[:, :WIDTH], back[:, WIDTH:]):
        assert np.linalg.norm(half, axis=1) == pytest.approx([1.0, 1.0])


def test_of_a_long_message_the_clauses_are_heard_too() -> None:
    text = "se llevaron a mi esposo saliendo del trabajo, no sé adónde lo tienen. ¿cómo lo busco?"

    assert parts(text) == [text, "no sé adónde lo tienen", "cómo lo busco"]
    assert parts("¿cómo lo busco?") == ["¿cómo lo busco?"]


@pytest.mark.parametrize("damaged", [None, "", "no vector", "AAAA"])
def test_a_damaged_vector_is_none(damaged: str | None) -> None:
    assert from_text(damaged) is None


def test_only_what_is_new_is_encoded_and_another_process_finds_it(tmp_path: Path) -> None:
    path, encoder = tmp_path / "meanings.npz", Words()
    first = Meanings(path)

    assert first.learn(["el costo", "el tiempo"], encoder) == 2
    assert first.learn(["el costo", "los papeles"], encoder) == 1

    vectors, known = Meanings(path).of(["los papeles", "nunca visto", "el costo"])
    assert encoder.encoded == ["el costo", "el tiempo", "los papeles"]
    assert known == [0, 2]
    assert np.array_equal(vectors[1], packed(Words().both(["el costo"]))[0])
    assert {each.name for each in tmp_path.iterdir()} == {"meanings.npz", "meanings.lock"}


def test_where_the_encoder_fails_nothing_falls_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []

    def broken(self: Meanings, texts: Sequence[str], encoder: object = None) -> int:
        raise OSError("no memory")

    monkeypatch.setattr(Meanings, "learn", broken)
    monkeypatch.setattr(_log, "exception", lambda text, *values: logged.append(text % values))
    known = Meanings(tmp_path / "meanings.npz")
    known.learn_later(["a secret sentence"])
    deadline = time.monotonic() + 5
    while not logged and time.monotonic() < deadline:
        time.sleep(0.01)

    assert logged == ["what 1 texts mean could not be encoded"]
    assert known.missing(["a secret sentence"])


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "meanings.npz"
    one, other = Meanings(path), Meanings(path)

    one.learn(["el costo"], Words())
    other.learn(["el tiempo"], Words())

    assert Meanings(path).missing(["el costo", "el tiempo"]) == []


@pytest.mark.parametrize("content", [b"half a zip", b""])
def test_a_damaged_file_is_written_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "meanings.npz"
    path.write_bytes(content)
    known = Meanings(path)

    assert known.missing(["el costo"]) == ["el costo"]
    known.learn(["el costo"], Words())
    assert Meanings(path).missing(["el costo"]) == []


def test_where_nothing_can_be_written_it_is_known_until_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Meanings(tmp_path / "meanings.npz")

    def refuse(self: Meanings) -> None:
        raise PermissionError(13, "Read-only file system")

    monkeypatch.setattr(Meanings, "_save", refuse)

    assert known.learn(["el costo"], Words()) == 1
    assert known.missing(["el costo"]) == []
    assert known.learnt == 1


def test_what_other_weights_made_is_encoded_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "meanings.npz"
    Meanings(path).learn(["el costo"], Words())

    monkeypatch.setattr(meanings, "made_with", lambda: "other weights")

    assert Meanings(path).missing(["el costo"]) == ["el costo"]
