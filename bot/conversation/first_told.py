"""Statements that are told first, or only to some, by name: data/first_told.yml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.conversation.state import Turn
from bot.knowledge.files import read_yaml
from bot.paths import DATA

_OF_THEM = frozenset(("bereaved", "of_remains", "who_it_is"))  # of data/tells.yml


@cache
def first_told() -> Mapping[str, Any]:
    """The file, by name."""
    found: Mapping[str, Any] = read_yaml(DATA / "first_told.yml")
    return found


@cache
def of_the_dead() -> frozenset[str]:
    """The statements that are for nobody who still searches."""
    return frozenset(each for ids in first_told()["dead"].values() for each in ids)


def speaks_of_the_dead(turn: Turn) -> bool:
    """Whether the dead may come up in what she is told."""
    told = not _OF_THEM.isdisjoint(turn.cues.tells) or "death_abroad" in turn.asked.matters
    return turn.mourns or told or turn.tapped
