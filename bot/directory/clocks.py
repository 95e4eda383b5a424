"""By which clock a place opens and closes, in countries of several time zones."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict

from bot.directory.places import find_places, state_key
from bot.directory.text import fold, fold_state
from bot.knowledge.content import country_record
from bot.knowledge.files import country_folder, parse_one
from bot.knowledge.schema import COUNTRY_CODES


class Zones(BaseModel):
    """A country's zones.yml: the zone of each state, and of its towns that go by another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    states: dict[str, str]
    towns: dict[str, dict[str, list[str]]]


def zones_at(country: str, state: str | None, town: str | None) -> tuple[str, ...]:
    """Every time zone in which a place there may be; one where its town or state tells. A town
    that several states have, and a town that nobody knows, leave it as open as it is."""
    if country not in COUNTRY_CODES:
        return ()
    zones = zones_of(country)
    if zones is None:
        return tuple(country_record(country).timezones)
    states = {fold_state(name): name for name in zones.states}
    named = {state_key(country, state)} if state else _states_of(country, town)
    known = [states[each] for each in named if each in states]
    if not known or len(known) < len(named):
        return tuple(country_record(country).timezones)
    found = dict.fromkeys(zone for each in known for zone in _zones_in(zones, country, each, town))
    return tuple(found)


def _states_of(country: str, town: str | None) -> set[str]:
    places = find_places(country, town) if town else []
    return {state_key(country, each.state) for each in places if not each.is_state}


def _zones_in(zones: Zones, country: str, state: str, town: str | None) -> list[str]:
    """Of a town that is known its own; of a state alone all of the state's."""
    others = zones.towns.get(state, {})
    name = fold(town or "")
    for zone, towns in others.items():
        if name in {fold(each) for each in towns}:
            return [zone]
    is_known = name and fold_state(state) in _states_of(country, town)
    return [zones.states[state]] if is_known else [zones.states[state], *others]


@cache
def zones_of(country: str) -> Zones | None:
    """The country's file; None where the country has one zone."""
    path = country_folder(country) / "zones.yml"
    return parse_one(path, Zones) if path.exists() else None
