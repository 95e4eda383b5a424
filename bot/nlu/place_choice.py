"""Which of several places with one name is meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .place_names import Name

_DOMINANT = 5  # times as many people as the next of that name
_HAMLET = 200  # a country written elsewhere does not turn a city into a hamlet this much smaller
_TINY = 1_000
_REACHED = frozenset(("BZ", "CA", "CR", "DO", "MX", "PA", "US"))  # where women come to
_NORTHERN = 20  # times as many people as its namesake further south


@dataclass(frozen=True)
class Clues:
    """What may settle a name: countries written beside it or elsewhere, a hint, the usual one.

    `sides`: the countries of a border town, which nothing settles but what she tells; `left`: she
    comes from it, so that it may well lie in another country than the one where she is."""

    beside: tuple[str, ...] = ()
    elsewhere: list[str] = field(default_factory=list)
    hint: str | None = None
    usual: str | None = None
    sides: tuple[str, ...] = ()
    left: bool = False


@dataclass(frozen=True)
class Choice:
    """The place chosen, or the countries it may be in, likeliest first."""

    value: str
    country: str | None
    candidates: tuple[str, ...]
    confidence: float


def choose(names: Iterable[Name], clues: Clues) -> Choice:
    """The town meant; its country is None where nothing settles it."""
    largest = _largest_by_country(names)
    if clues.left:
        largest = _without_the_north(largest)
    ranked = sorted(largest.values(), key=lambda name: -name.population)
    candidates = tuple(name.country for name in ranked)
    country, confidence = _country(largest, ranked, clues)
    if country is None and clues.sides:
        candidates = clues.sides
    shown = largest[country] if country else ranked[0]
    return Choice(shown.value, country, candidates, confidence)


def _country(
    largest: dict[str, Name], ranked: list[Name], clues: Clues
) -> tuple[str | None, float]:
    if len(ranked) == 1:
        return ranked[0].country, 0.95
    for country in clues.beside:
        if country in largest:
            return country, 0.95
    for country in clues.elsewhere:
        times = _DOMINANT if clues.left and country in _REACHED else _HAMLET
        if country in largest and largest[country].population * times >= ranked[0].population:
            return country, 0.9
    if clues.hint in largest:
        return clues.hint, 0.8
    if clues.usual in largest:
        return clues.usual, 0.6
    if clues.sides:
        return None, 0.4
    if ranked[0].population >= _DOMINANT * max(ranked[1].population, _TINY):
        return ranked[0].country, 0.8
    return None, 0.4


def _without_the_north(largest: dict[str, Name]) -> dict[str, Name]:
    """Few come from the United States or Canada: "soy de San Marcos" is no Californian, if a town
    of that name in another country is not tiny beside it."""
    rest = {code: name for code, name in largest.items() if code not in ("US", "CA")}
    most = max((name.population for name in rest.values()), default=0)
    north = max((largest[code].population for code in largest.keys() - rest.keys()), default=0)
    return rest if most * _NORTHERN >= north and rest else largest


def _largest_by_country(names: Iterable[Name]) -> dict[str, Name]:
    largest: dict[str, Name] = {}
    for name in names:
        there = largest.get(name.country)
        if there is None or _weight(name) > _weight(there):
            largest[name.country] = name
    return largest


def _weight(name: Name) -> tuple[int, bool]:
    return name.population, name.kind == "city"
