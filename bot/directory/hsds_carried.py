"""Of which of our parts a service in a file speaks: what it does not mention stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.directory.hsds_week import has_times
from bot.directory.hsds_words import Json, countries_by_name
from bot.directory.text import fold

Carries = Callable[[Json, str], bool]  # whether the record speaks of the field, if only to empty it
_KEYS = {
    "name": "name", "url": "url", "email": "email", "description": "description",
    "for_whom": "eligibility_description", "alert": "alert", "status": "status",
    "cost": "cost_options", "cost_note": "fees_description",
    "interpreters": "interpretation_services",
}  # fmt: skip


def mentioned(record: Json, parts: Mapping[str, Any], carries: Carries) -> frozenset[str]:
    """The names of those parts."""
    found = {part for part, key in _KEYS.items() if carries(record, key)}
    links = list(record.get("service_at_locations", ()))
    places = [each["location"] for each in links if isinstance(each.get("location"), dict)]
    if carries(record, "service_at_locations") and (places or not links):
        found.add("locations")
    if any(carries(each, "phones") for each in (record, *links, *places)):
        found |= {"phones", "whatsapp"}
    if any(carries(each, "languages") for each in (record, *places)):
        found.add("languages")
    found.update(_attributes(record, parts, carries))
    found.update(_areas(record, carries))
    found.update(_hours((record, *links, *places), carries))
    return frozenset(found | {"secret"})


def _attributes(record: Json, parts: Mapping[str, Any], carries: Carries) -> Iterator[str]:
    """Terms of other taxonomies say nothing of our features."""
    rows = record.get("attributes", ())
    if not carries(record, "attributes"):
        return
    taxonomies = {each.get("link_type") for each in rows}
    if parts["types"] or not rows or "service_type" in taxonomies:
        yield "types"
    if not rows or taxonomies & {"service_type", "service_feature"}:
        yield from ("confidential_service", "interpreters")


def _areas(record: Json, carries: Carries) -> Iterator[str]:
    rows = record.get("service_areas", ())
    known = any(fold(each.get("name", "")) in countries_by_name() for each in rows)
    if carries(record, "service_areas") and (known or not rows):
        yield "areas"


def _hours(owners: Sequence[Json], carries: Carries) -> Iterator[str]:
    """Words and weekly hours are told, or not, each by themselves; an empty list empties them only
    where no other one tells any."""
    rows = [row for owner in owners for row in owner.get("schedules", ())]
    if not rows and any(carries(each, "schedules") for each in owners):
        yield from ("hours", "schedules")
    if any(carries(each, "description") for each in rows):
        yield "hours"
    if any(has_times(each) or carries(each, "opens_at") for each in rows):
        yield "schedules"
