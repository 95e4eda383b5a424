"""docs/coverage.md: what is known, per topic and country, how old, from how many sources; and gaps.

Made from the country files alone, with no clock: the same files give the same page on any day, so
that a test can tell when the page is out of date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.directory.schema import ServiceRecord
from bot.knowledge.content import CountryContent, read_all
from bot.knowledge.dates import oldest
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL, Fact, StatementRecord
from bot.knowledge.topics import topics
from bot.paths import ROOT

PAGE = ROOT / "docs" / "coverage.md"
GROUPS = ("violence", "rights", "family", "work")
_HEAD = """# Coverage

Made by `.venv/bin/python -m bot coverage` from `data/countries`; do not edit. A test fails when it is out of date.

A cell is what she may be told on a topic in a country: **statements · oldest date · sources** (pages).
`?` instead of a date: none of them carries one; `+?`: some carry none. `region`: only the regional file
answers. `ask`: nothing is known; she is told so, and who may know.
"""  # noqa: E501 - prose of a page
_YEARS = ("2026", "2025", "2024")


@dataclass(frozen=True)
class Cell:
    """One topic in one country."""

    intent: str
    country: str
    told: tuple[StatementRecord, ...]
    regional: int  # statements of the regional file that answer instead
    ask: str | None  # a body with a phone that may know

    @property
    def is_covered(self) -> bool:
        """Answered with a source, or by naming whom to ask."""
        return bool(self.told or self.regional or self.ask)

    @property
    def is_dated(self) -> bool:
        """Whether anything that is told here says how old it is."""
        return any(each.as_of for each in self.told)

    def __str__(self) -> str:
        if not self.told:
            return "region" if self.regional else "ask" if self.ask else "**nothing**"
        dates = [each.as_of for each in self.told]
        known = oldest(dates)
        date = "?" if known is None else known[:7] + ("+?" if None in dates else "")
        sources = {str(source.url) for each in self.told for source in each.sources}
        return f"{len(self.told)} · {date} · {len(sources)}"


def cells(contents: Mapping[str, CountryContent]) -> list[Cell]:
    """Every cell, topic by topic."""
    asked = [intent for intent, topic in topics().items() if topic.group in GROUPS]
    return [_cell(intent, code, contents) for intent in asked for code in COUNTRY_CODES]


def _cell(intent: str, code: str, contents: Mapping[str, CountryContent]) -> Cell:
    content = contents[code]
    by_id = {each.id: each for each in content.services if each.shown != "no"}
    ask = (by_id[each].name for each in content.country.ask_first if each in by_id)
    regional = _told(contents[REGIONAL].statements, intent)
    return Cell(intent, code, _told(content.statements, intent), len(regional), next(ask, None))


def _told(statements: Iterable[StatementRecord], intent: str) -> tuple[StatementRecord, ...]:
    return tuple(each for each in statements if each.intent == intent and each.shown != "no")


def coverage_page() -> str:
    """The whole page."""
    contents = read_all()
    every = cells(contents)
    parts = (_HEAD, "\n".join(_figures(contents, every)), "\n".join(_tables(every)),
             "\n".join(_gaps(every)))  # fmt: skip
    return "\n".join(parts)


def write_page(path: Path = PAGE) -> str:
    """Write the page; a line that says what it holds."""
    path.write_text(coverage_page(), encoding="utf-8")
    return f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path} written"


def _figures(contents: Mapping[str, CountryContent], every: list[Cell]) -> Iterator[str]:
    real = sum(bool(each.told) for each in every)
    regional = sum(not each.told and each.regional > 0 for each in every)
    covered = 2 * sum(each.is_covered for each in every)  # a record has both languages or neither
    statements = [each for content in contents.values() for each in content.statements]
    services = [each for content in contents.values() for each in content.services]
    lines = [each for content in contents.values() for each in content.emergency]
    yield "## Figures\n"
    yield "| what | how many |\n|---|---|"
    yield f"| cells covered (topic x country x language) | {covered} of {2 * len(every)} |"
    yield (
        f"| of {len(every)} topics in countries: by the country's own statements, by the region's,"
        f" by naming whom to ask | {real}, {regional}, {len(every) - real - regional} |"
    )
    dated = sum(each.is_dated for each in every)
    yield f"| topics in countries with a source that carries a date | {dated} of {len(every)} |"
    yield f"| statements told, kept back until an editor confirms | {_kept(statements)} |"
    yield f"| services told, kept back | {_kept(services)} |"
    yield f"| emergency lines told, kept back | {_kept(lines)} |"
    yield from _services(services)
    yield "\n### Statements by age and confidence\n"
    yield "| source's date | high | medium | low | all |\n|---|---|---|---|---|"
    yield from _ages(statements)
    yield "\n### Per country\n"
    yield (
        "| country | statements told | services told | with a phone | with a town or state |"
        " with structured hours |\n|---|---|---|---|---|---|"
    )
    yield from (_country(code, contents[code]) for code in (*COUNTRY_CODES, REGIONAL))


def _kept(facts: Iterable[Fact]) -> str:
    counts = Counter(each.shown == "no" for each in facts)
    return f"{counts[False]}, {counts[True]}"


def _services(services: list[ServiceRecord]) -> Iterator[str]:
    told = [each for each in services if each.shown != "no"]
    shares = {
        "a phone or WhatsApp": sum(_has_phone(each) for each in told),
        "a town": sum(_has_town(each) for each in told),
        "a town or state, or secret on purpose": sum(_has_place(each) for each in told),
        "hours that a machine can read": sum(bool(each.schedules) for each in told),
        "hours in words": sum(each.hours is not None for each in told),
    }
    for what, count in shares.items():
        share = 100 * count / len(told)
        yield f"| services told that have {what} | {count} of {len(told)} ({share:.0f} %) |"


def _has_phone(service: ServiceRecord) -> bool:
    return bool(service.whatsapp) or any(each.shown != "no" for each in service.phones)


def _has_town(service: ServiceRecord) -> bool:
    return service.location is not None and bool(service.location.city)


def _has_place(service: ServiceRecord) -> bool:
    place = service.location
    known = place is not None and bool(place.city or place.state)
    return known or service.confidential_location


def _ages(statements: Iterable[StatementRecord]) -> Iterator[str]:
    rows: dict[str, Counter[str]] = {name: Counter() for name in (*_YEARS, "older", "none")}
    for each in statements:
        year = (each.as_of or "none")[:4]
        rows[year if year in rows else "older"][each.confidence] += 1
    for name, counts in rows.items():
        shown = " | ".join(str(counts[level]) for level in ("high", "medium", "low"))
        yield f"| {name} | {shown} | {counts.total()} |"


def _country(code: str, content: CountryContent) -> str:
    told = [each for each in content.services if each.shown != "no"]
    counts = (
        sum(each.shown != "no" for each in content.statements),
        len(told),
        sum(_has_phone(each) for each in told),
        sum(_has_place(each) for each in told),
        sum(bool(each.schedules) for each in told),
    )
    return f"| {code if code != REGIONAL else 'region'} | {' | '.join(map(str, counts))} |"


def _tables(every: list[Cell]) -> Iterator[str]:
    by_place = {(each.intent, each.country): each for each in every}
    for group in GROUPS:
        yield f"\n## {group.capitalize()}\n"
        yield f"| topic | {' | '.join(COUNTRY_CODES)} |"
        yield "|---" * (len(COUNTRY_CODES) + 1) + "|"
        for intent, topic in topics().items():
            if topic.group == group:
                row = " | ".join(str(by_place[intent, code]) for code in COUNTRY_CODES)
                yield f"| {intent} | {row} |"


def _gaps(every: list[Cell]) -> Iterator[str]:
    gaps = [each for each in every if not each.told]
    yield f"\n## Gaps: {len(gaps)}\n"
    yield "Topics of which a country's own file says nothing that may be told.\n"
    yield "| country | topic | instead |\n|---|---|---|"
    for each in sorted(gaps, key=lambda cell: (cell.country, cell.intent)):
        instead = (
            f"the region's {each.regional} statements"
            if each.regional
            else f"ask {each.ask}"
            if each.ask
            else "**nothing**"
        )
        yield f"| {each.country} | {each.intent} | {instead} |"
    yield "\nWhat else is missing, country by country, is in `data/countries/*/gaps.yml`.\n"
