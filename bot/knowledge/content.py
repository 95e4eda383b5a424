"""The files of all countries, read, checked record by record, and checked against each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.directory.schema import ServiceRecord
from bot.knowledge.files import DataFileError, country_folder, parse_list, parse_one
from bot.knowledge.matters import matters
from bot.knowledge.schema import (
    COUNTRY_CODES,
    REGIONAL,
    CountryRecord,
    EmergencyRecord,
    Fact,
    StatementRecord,
)

ALL_CODES = (*COUNTRY_CODES, REGIONAL)


@dataclass(frozen=True)
class CountryContent:
    """What the files of one country say."""

    country: CountryRecord
    emergency: tuple[EmergencyRecord, ...]
    statements: tuple[StatementRecord, ...]
    services: tuple[ServiceRecord, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (*self.emergency, *self.statements, *self.services)


@cache
def country_record(code: str) -> CountryRecord:
    """The country itself; read once."""
    return parse_one(country_folder(code) / "country.yml", CountryRecord)


def read_country(code: str) -> CountryContent:
    """Everything that is loaded about one country; DataFileError lists all faults."""
    folder = country_folder(code)
    content = CountryContent(
        country=parse_one(folder / "country.yml", CountryRecord),
        emergency=tuple(parse_list(folder / "emergency.yml", EmergencyRecord)),
        statements=tuple(parse_list(folder / "statements.yml", StatementRecord)),
        services=tuple(parse_list(folder / "services.yml", ServiceRecord)),
    )
    if faults := cross_faults(code, content):
        raise DataFileError(faults)
    return content


def cross_faults(code: str, content: CountryContent) -> list[str]:
    """What each record alone cannot show: ids that repeat, belong elsewhere or lead nowhere."""
    folder = country_folder(code).name
    ids = [fact.id for fact in content.facts]
    known = set(ids)
    faults = [
        f'data/countries/{folder}, "{each}", field id: expected to start with {code.lower()}.'
        for each in ids
        if not each.startswith(f"{code.lower()}.")
    ]
    faults += [
        f'data/countries/{folder}, "{each}", field id: expected once, came {ids.count(each)} times'
        for each in sorted(known)
        if ids.count(each) > 1
    ]
    faults += [
        f'data/countries/{folder}, "{fact.id}", field shown: expected no, because its confidence '
        f"is {fact.confidence} and it has {len(fact.sources)} sources"
        for fact in content.facts
        if fact.shown != "no" and not fact.may_be_told
    ]
    links = [("follows", each.id, each.follows) for each in content.statements if each.follows]
    links += [("ask_first", "country.yml", each) for each in content.country.ask_first]
    links += [("listens", "country.yml", each) for each in content.country.listens]
    links += [
        ("next_steps", f"country.yml, {intent}", each)
        for intent, each in content.country.next_steps.items()
        if each is not None
    ]
    links += [("phase_steps", f"country.yml, {phase}, {intent}", each)
              for phase, steps in content.country.phase_steps.items()
              for intent, each in steps.items()]  # fmt: skip
    links += [("matters", f"country.yml, {name}", each)
              for name, each in content.country.matters.items()]  # fmt: skip
    faults += [
        f"data/countries/{folder}/country.yml, field matters: expected names of data/matters.yml, "
        f"came {name!r}"
        for name in content.country.matters
        if name not in matters()
    ]
    faults += [
        f'data/countries/{folder}, "{owner}", field {field}: expected an id of this country, '
        f"came {target!r}"
        for field, owner, target in links
        if target not in known
    ]
    return faults


def read_all() -> dict[str, CountryContent]:
    """Every country by its code, the region as `XX`; all faults of all files at once."""
    contents: dict[str, CountryContent] = {}
    faults: list[str] = []
    for code in ALL_CODES:
        try:
            contents[code] = read_country(code)
        except DataFileError as error:
            faults += error.faults
    if faults:
        raise DataFileError(faults)
    return contents
