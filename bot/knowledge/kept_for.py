"""Which places and lines are for one matter alone: no detention line for child support."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import yaml

from bot.directory.found import FoundService
from bot.directory.text import fold
from bot.knowledge.topics import topics
from bot.paths import DATA

ANYTHING = "hotline"  # a list of lines may hold any of them


@dataclass(frozen=True)
class _Kept:
    names: re.Pattern[str]
    groups: frozenset[str]
    topics: frozenset[str]
    kinds: frozenset[str]
    numbers: frozenset[str]


@cache
def _kept() -> Mapping[str, _Kept]:
    read = yaml.safe_load((DATA / "kept_for.yml").read_text(encoding="utf-8"))
    return {
        name: _Kept(
            re.compile(each["names"]), frozenset(each.get("groups", ())),
            frozenset(each["topics"]), frozenset(each["kinds"]),
            frozenset(each.get("numbers", ())),
        )
        for name, each in read.items()
    }  # fmt: skip


def _matters(service: FoundService) -> tuple[_Kept, ...]:
    return _named(_told_names(service))


def _told_names(service: FoundService) -> str:
    return _folded(f"{service.names.es} / {service.names.en}")


@lru_cache(maxsize=4096)  # every place of a country is asked several times a turn
def _folded(names: str) -> str:
    return fold(names)


@lru_cache(maxsize=4096)
def _named(folded: str) -> tuple[_Kept, ...]:
    return tuple(each for each in _kept().values() if each.names.search(folded))


def _by_number(service: FoundService) -> list[_Kept]:
    """Where all that we know to reach it is the police's number."""
    numbers = set(service.phone_displays)
    if not numbers or service.whatsapp:
        return []
    return [each for each in _kept().values() if numbers <= each.numbers]


def is_for(service: FoundService, intent: str) -> bool:
    """Whether it may be named as a help with the topic."""
    kept, topic = [*_matters(service), *_by_number(service)], topics().get(intent)
    group = topic.group if topic else ""
    return not kept or any(intent in each.topics or group in each.groups for each in kept)


def is_kept_for(service: FoundService, intent: str) -> bool:
    """Whether its name says that it is for this matter, and for few others. The police are not."""
    topic = topics().get(intent)
    group, police = topic.group if topic else "", _kept()["emergency"]
    return any(intent in each.topics or group in each.groups
               for each in _matters(service) if each is not police)  # fmt: skip


def is_authority(service: FoundService) -> bool:
    """Whether it decides who may stay, and may have her detained."""
    return _kept()["authority"].names.search(_told_names(service)) is not None


def belongs_to(service: FoundService, kind: str, intent: str | None) -> bool:
    """Whether it may stand in a list of places of that kind, asked for after the topic."""
    if kind == ANYTHING or (intent and is_for(service, intent)):
        return True
    kept = _matters(service)
    return not kept or any(kind in each.kinds for each in kept)
