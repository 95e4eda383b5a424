"""The short orders that she is taught, however the finger slips; true words are left alone."""

from __future__ import annotations

import csv
import string
from collections.abc import Iterator

import pytest

from bot.paths import COUNTRIES
from bot.safety.gate import Decision, explain, gate
from bot.safety.normalise import glue
from bot.safety.orders import orders

TAUGHT = [("SALIR", "leave"), ("EXIT", "leave"), ("BORRA TODO", "erase"), ("DELETE ALL", "erase"),
          ("ALTO", "stop"), ("STOP", "stop"), ("ALTA", "start"), ("START", "start")]  # fmt: skip


def slips(word: str) -> Iterator[str]:
    """A letter missing, too many, wrong, or swapped with its neighbour, wherever it may be."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        yield from (before + letter + after for letter in string.ascii_lowercase)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in string.ascii_lowercase)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def is_none(written: str, order: str) -> bool:
    """A true word, or as near to another order: «altx» may be ALTO and ALTA, and is ALTO."""
    letters = glue(written)
    others = [each for each in orders().all if each.letters != order.replace(" ", "")]
    return letters in orders().never or any(
        letters == each.glued or each.is_meant_by(letters) for each in others
    )


@pytest.mark.parametrize(("order", "kind"), TAUGHT)
def test_every_slip_of_a_taught_word_is_that_order_or_a_true_word(order: str, kind: str) -> None:
    missed = {}
    for written in slips(order.lower()):
        if kind in ("stop", "start") and written[:1] not in order.lower()[:2]:
            continue  # «malto»: what silences her begins as it should
        decision = gate(written, style="sms")
        found = decision.kind if decision else None
        if found != kind and not is_none(written, order.lower()):
            missed[written] = found

    # A slip that makes two double letters of one is two: «deete all».
    assert len(missed) <= 4, missed


def test_each_word_that_is_none_looks_like_a_slip() -> None:
    far = [word for word in orders().never if not any(o.is_meant_by(word) for o in orders().all)]

    assert far == []


def test_no_town_of_the_region_is_taken_for_an_order() -> None:
    """She is asked where she is, and answers with a name alone."""
    towns = set()
    for path in COUNTRIES.glob("*/places.tsv"):
        for row in csv.DictReader(path.read_text("utf-8").splitlines(), delimiter="\t"):
            towns |= {row["name"], *(row.get("aliases") or "").split("|")}
    taken = []
    for town in towns:
        reason = explain(town, style="sms") if town else None
        if reason and reason.group == "a slip of an order":
            taken.append(town)

    assert len(towns) > 500
    assert taken == []


@pytest.mark.parametrize("style", ["sms", "whatsapp", "telegram", "web"])
def test_a_misspelt_exit_is_one_on_every_channel_and_only_likely(style: str) -> None:
    assert gate("exti", style=style) == Decision("leave", "en", "likely")


def test_a_slip_of_start_is_none_where_start_is_no_order() -> None:
    assert gate("strt", style="telegram") is None
    assert gate("alta", style="telegram") is None


def test_danger_beside_a_misspelt_order_is_danger() -> None:
    decision = gate("exti me quiere matar", style="sms")

    assert decision is not None
    assert decision.kind == "emergency"
