"""What a file says otherwise of a service, put together with what is here and no file speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.directory.hours import weekly_hours
from bot.directory.hsds_notes import Wrong
from bot.directory.hsds_said import Said
from bot.directory.hsds_week import same_week
from bot.directory.models import Location, Phone, Service
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.snapshot import columns

Told = Iterable[tuple[tuple[str, Any], ...]]
_ADDRESS = ("address_1", "city", "state_province", "country")
_POINT = ("latitude", "longitude", "precision")


def spanish_only(part: str, now: Said, service: Service) -> bool:
    """Whether the file has the Spanish that is here, and no English at all."""
    new = now.parts[part]
    return part in now.spanish and new is not None and new.es == getattr(service, f"{part}_es")


def text_fault(part: str, now: Said, service: Service) -> Wrong | None:
    """Where a new Spanish text without its English would stand beside an English that somebody
    wrote for the old one, or in its place."""
    if part not in now.spanish or now.parts[part] is None:
        return None
    spanish, english = (getattr(service, f"{part}_{language}") for language in ("es", "en"))
    return now.spanish[part] if english and english != spanish else None


def told_phones(phones: Told) -> list[dict[str, Any]]:
    """The file's numbers; one of no kind rings."""
    rows = [dict(each) for each in phones]
    return [{**each, "type": each["type"] or "voice"} for each in rows]


def phones_here(
    service: Service, now: Said, before: Said, wrong: list[Wrong]
) -> list[dict[str, Any]]:
    """The file's numbers, those that it did not touch as they are here; behind them those that no
    export tells. Labels that would lose their English are added to `wrong`."""
    rows = [{name: getattr(each, name) for name in columns(Phone)} for each in service.phones]
    own = {each["number"]: each for each in rows}
    told = {dict(each)["number"] for each in before.parts["phones"]}
    same = {dict(each)["number"] for each in {*before.parts["phones"]} & {*now.parts["phones"]}}
    found = []
    for row, new in zip(map(dict, now.parts["phones"]), told_phones(now.parts["phones"]),
                        strict=True):  # fmt: skip
        known = own.get(row["number"])
        if known is None:
            found.append(new)
        elif row["number"] in same:
            found.append(known)
        else:
            found.append({**known, **_changed_phone(row, known, now, wrong)})
    there = {each["number"] for each in found}
    return found + [each for each in rows if each["number"] not in told | there]


def _changed_phone(
    row: Mapping[str, Any], known: Mapping[str, Any], now: Said, wrong: list[Wrong]
) -> dict[str, Any]:
    found = {} if row["type"] is None else {"type": row["type"]}
    spanish = now.spanish.get(f"phones {row['number']}")
    if row["label_es"] is None or (spanish and row["label_es"] == known["label_es"]):
        return found
    if spanish and known["label_en"] not in (None, known["label_es"]):
        wrong.append(spanish)
    return found | {name: row[name] for name in ("label_es", "label_en")}


def places_here(service: Service, now: Said) -> list[dict[str, Any]]:
    """The file's places; what it does not mention of one is as it is here."""
    rows = [{name: getattr(each, name) for name in columns(Location)} for each in service.locations]
    found = []
    for number, (told, untold) in enumerate(zip(now.parts["locations"], now.untold, strict=True)):
        place = dict(told)
        is_nowhere = place["location_type"] == "virtual" and "location_type" not in untold
        if number < len(rows) and not is_nowhere:
            _fill(place, rows[number], untold)
        found.append(place)
    return found


def _fill(place: dict[str, Any], here: Mapping[str, Any], untold: frozenset[str]) -> None:
    if "address" in untold and (here["city"] or here["address_1"]):
        place |= {name: here[name] for name in _ADDRESS}
    if "location_type" in untold:
        place["location_type"] = here["location_type"]
    is_there = all(place[name] == here[name] for name in ("city", "address_1"))
    if "point" in untold and is_there:
        place |= {name: here[name] for name in _POINT}
    same_point = all(place[name] == here[name] for name in _POINT[:2])
    if "precision" in untold and same_point:
        place["precision"] = here["precision"]


def held_against_words(
    service: Service, now: Said, words: Bilingual | None, more: dict[str, Any]
) -> list[Wrong]:
    """The file's weekly hours beside the words that will stand there; `words`: where they are new.
    Both are told to women, so they must not differ. No hours at all are none to tell."""
    spanish, english = words or (service.hours_es, service.hours_en)
    read = weekly_hours(spanish, english)
    if not read or same_week(read, more["schedules"]):
        return []
    if not more["schedules"]:
        del more["schedules"]  # the words go on to tell them
        return []
    return [now.other_hours]
