"""Which three statements she is told, and in which order. No database."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.choice import MOST, MOST_WORDS, Wish, choose
from bot.knowledge.models import Statement

TODAY = date(2026, 11, 25)
_numbers = count(1)


def statement(kind: str, text: str = "", **fields: Any) -> Statement:
    number = next(_numbers)
    words = text or " ".join(f"palabra{number}x{each}" for each in range(12))
    defaults: dict[str, Any] = {
        "id": f"hn.topic.{number:04}", "country": "HN", "intent": "ask_asylum", "kind": kind,
        "text_es": words, "text_en": words, "volatile": False, "as_of": "2026-03",
        "confidence": "high", "call_first": False, "second_reading": "confirmed",
        "status": "published", "follows": None, "priority": 0,
    }  # fmt: skip
    return Statement(**defaults | fields)


def told(*statements: Statement, **wish: Any) -> list[str]:
    return [each.kind for each in choose(statements, Wish(TODAY, **wish))]


def test_what_she_can_do_comes_before_her_rights_and_the_costs() -> None:
    assert told(statement("fee"), statement("right"), statement("procedure")) == [
        "procedure", "right", "fee",
    ]  # fmt: skip


def test_no_more_than_three() -> None:
    assert len(told(*(statement("procedure") for _ in range(5)))) == MOST


def test_firm_comes_before_uncertain_and_fresh_before_old() -> None:
    old = statement("procedure", as_of="2019")
    unsure = statement("procedure", confidence="medium")
    best = statement("procedure")

    assert choose([old, unsure, best], Wish(TODAY)) == [best, old, unsure]


def test_what_must_be_checked_first_gives_way_to_what_is_firm() -> None:
    assert told(statement("procedure", call_first=True), statement("institution")) == [
        "institution", "procedure",
    ]  # fmt: skip


def test_the_deadline_that_decides_her_case_is_never_crowded_out() -> None:
    deadline = statement("deadline", " ".join(f"plazo{n}" for n in range(40)), priority=1)
    others = [statement("procedure") for _ in range(4)]

    assert deadline in choose([*others, deadline], Wish(TODAY))


def test_two_statements_that_say_the_same_are_told_once() -> None:
    one = statement("hotline", "Llama al 114, la línea de la Policía, gratis y a toda hora.")
    other = statement("hotline", "Marca 114 si tu pareja te pega: mandan una patrulla.")

    assert len(choose([one, other], Wish(TODAY))) == 1


def test_a_statement_that_leans_on_another_is_told_only_after_it() -> None:
    first = statement("hotline", "La línea nacional atiende en el 911.")
    second = statement("hotline", "Esa ayuda también existe en español.", follows=first.id)

    assert choose([second], Wish(TODAY)) == []
    assert choose([second, first], Wish(TODAY)) == [first, second]
    assert choose([second], Wish(TODAY, told={first.id})) == [second]


def test_a_topic_may_put_another_kind_first() -> None:
    statements = [statement("procedure"), statement("fee")]

    assert told(*statements, first=["fee"]) == ["fee", "procedure"]


def test_before_she_leaves_requirements_come_earlier() -> None:
    statements = [statement("right"), statement("requirement", as_of="2026-10", priority=1)]

    assert told(*statements, phase="origin")[0] == "requirement"
    assert told(*statements, phase="destination")[0] == "right"


@given(st.lists(st.tuples(st.sampled_from(["procedure", "right", "fee"]), st.integers(3, 40))))
def test_together_they_stay_short_unless_the_first_alone_is_long(
    shapes: list[tuple[str, int]],
) -> None:
    statements = [
        statement(kind, " ".join(f"voz{number}x{n}" for n in range(length)))
        for number, (kind, length) in enumerate(shapes)
    ]

    chosen = choose(statements, Wish(TODAY))

    assert bool(chosen) == bool(statements)
    assert sum(len(each.text_es.split()) for each in chosen) <= MOST_WORDS
