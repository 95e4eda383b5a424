"""A town of another country brings what she was told, as it is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.knowledge import same_there as module
from bot.knowledge.closeness import Closeness, Row
from bot.knowledge.models import Statement
from bot.knowledge.same_there import same_there
from bot.nlu.meanings import Meanings
from tests.knowledge.test_offers import BySubject

TODAY, TOPIC = date(2026, 11, 22), "ask_asylum"


def row(country: str, number: int, text: str, intent: str = TOPIC) -> Row:
    return Row(f"{country.lower()}.asylum.{number}", intent, "procedure", text, text)


def statement(each: Row) -> Statement:
    return Statement(id=each.id, intent=each.intent, country=each.id[:2].upper(),
                     status="published", text_es=each.es, text_en=each.en)  # fmt: skip


HERE = [row("HN", 1, "Eso cuesta 200"), row("HN", 2, "Eso tarda un mes")]
THERE = [row("SV", 1, "Pide dónde sea"), row("SV", 2, "Allá cuesta 10"),
         row("SV", 3, "La visa cuesta 5", "ask_work_permit")]  # fmt: skip


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    known = Meanings(tmp_path / "meanings.npz")
    known.learn([each.es for each in (*HERE, *THERE)], BySubject())
    near = {"HN": Closeness("HN", HERE, known), "SV": Closeness("SV", THERE, known)}
    monkeypatch.setattr(module, "closeness", lambda _, country: near[country])
    on_topic = [statement(each) for each in THERE if each.intent == TOPIC]
    return SimpleNamespace(of=lambda _: SimpleNamespace(by_topic={TOPIC: on_topic}))


@pytest.mark.parametrize(("told", "expected"), [
    (HERE[:1], "sv.asylum.2"),
    (HERE[1:], None),  # of how long it takes nothing is known there
    (THERE[:1], None),  # it holds there already
    ([], None),
])  # fmt: skip
def test_what_says_the_same_there_answers(
    library: Any, told: Sequence[Row], expected: str | None
) -> None:
    found = same_there(library, [statement(each) for each in told], TOPIC, "SV", TODAY)

    assert (found.id if found else None) == expected
