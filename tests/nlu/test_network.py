"""Our order of the encoder's work against the package's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any

import numpy as np
import pytest

from bot.nlu import encoder
from bot.nlu.meanings import parts

LONG = ("me llamo rosa y vengo de honduras con mis dos hijos, no tengo papeles; "
        "¿puedo pedir refugio aquí o tengo que esperar? pero tampoco tengo dinero")  # fmt: skip


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[encoder.UniversalSentenceEncoder, Any]]:
    """Ours and the package's, with the same weights."""
    loaded = encoder._open()
    package = copy(loaded)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(encoder, "_open", lambda: loaded)
        yield encoder.UniversalSentenceEncoder(), package


@pytest.mark.parametrize(
    "texts",
    [["hola"], [""], parts(LONG), ["no", LONG, "ok"], ["sí"] * 3, [LONG * 9], [LONG, "visa"] * 12,
     ["where can i sleep tonight 😢"], ["ж 漢字 ß"]],
    ids=["one", "empty", "a message and its clauses", "short beside long", "thrice the same",
         "longer than one batch", "many", "a sign", "other alphabets"],
)  # fmt: skip
def test_the_numbers_are_the_packages_own(both: Any, texts: Sequence[str]) -> None:
    ours, package = both

    found = ours.encode(texts)

    assert found.dtype == np.float32
    assert found == pytest.approx(package.encode([text or " " for text in texts]), abs=1e-5)


def test_a_text_means_the_same_whatever_stands_beside_it(both: Any) -> None:
    ours, _ = both

    assert ours.encode(["visa", LONG, "no"])[0] == pytest.approx(ours.encode(["visa"])[0], abs=1e-5)
