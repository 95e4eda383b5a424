"""From a row of the spreadsheet to what a service would say, or to faults that name the cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from bot.directory.hsds_words import service_type_name
from bot.directory.numbers import WrongNumber, read_number
from bot.directory.places import find_places
from bot.directory.schema import SERVICE_TYPES
from bot.directory.sheet import Fault, Line, sheet
from bot.directory.text import fold
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL

PLACE = ("city", "address")
LONGEST = {
    "name": 250, "organization": 250, "email": 120, "city": 120, "state": 120, "languages": 80,
}  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Proposal:
    """What one good row says; only the fields that the sheet knows."""

    row: int
    id: str  # "" for a new service
    country: str
    organization: str
    organization_kind: str
    values: Mapping[str, Any]  # columns of the service
    types: tuple[str, ...]
    phones: tuple[tuple[str, str, str], ...]  # number, kind, as people dial it
    place: Mapping[str, str | None]  # state, city, address
    more: Mapping[str, Any] = field(default_factory=dict)  # of no sheet: see Line


@dataclass(frozen=True)
class Known:
    """What a row about an existing service is held against."""

    country: str
    city: str | None
    is_secret: bool
    phones: frozenset[str] = frozenset()  # as people dial them


@dataclass
class Checked:
    """All good rows, and everything that is wrong with the others."""

    proposals: list[Proposal] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def check(lines: Iterable[Line], known: Mapping[str, Known]) -> Checked:
    """Every row judged; `known` are the existing services by their ids."""
    checked, seen = Checked(), set[str]()
    for line in lines:
        row = _Row(line, known)
        row.read(seen)
        seen.add(line.cells["id"])
        if row.faults:
            checked.faults += row.faults
        else:
            checked.proposals.append(row.proposal())
    return checked


def secret_places(lines: Iterable[Line], secret_ids: Collection[str] = ()) -> list[Fault]:
    """Towns and addresses that stand in rows of secret places; `secret_ids`: of those that are
    secret already, whatever the row says."""
    secret = [
        line
        for line in lines
        if _code("words", line.cells["secret"]) == "yes" or line.cells["id"] in secret_ids
    ]
    return [
        told
        for line in secret
        for told in (
            *(line.fault(name, "secret_place") for name in PLACE if line.cells[name]),
            *line.betrays,
        )
    ]


class _Row:
    """One row while it is judged."""

    def __init__(self, line: Line, known: Mapping[str, Known]) -> None:
        self.line, self.known, self.faults = line, known, list(line.faults)
        self.before = known.get(line.cells["id"])
        # What the sheet must not hold of a secret place is empty in it, and stays as it is.
        self.may_be_silent = self.before is not None and self.before.is_secret
        self.country, self.is_secret = line.cells["country"].upper(), False
        self.types: tuple[str, ...] = ()
        self.phones: list[tuple[str, str, str]] = []
        self.coded: dict[str, str] = {}
        self.page = ""

    def cell(self, name: str) -> str:
        return self.line.cells[name]

    def wrong(self, name: str, key: str, value: str = "") -> None:
        self.faults.append(self.line.fault(name, key, value))

    def read(self, seen: Collection[str]) -> None:
        """Find every fault of the row, not only the first."""
        for name in sheet().required:
            silent = self.may_be_silent and name not in ("country", "service_types")
            veiled = _code("words", self.cell("secret")) == "yes" and name in self.line.more
            if not self.cell(name) and not silent and not veiled:
                self.wrong(name, "required")
        for name, most in LONGEST.items():
            if len(self.cell(name)) > most:
                self.wrong(name, "too_long")
        self._identity(seen)
        self._words()
        self._reach()
        self._place()

    def _identity(self, seen: Collection[str]) -> None:
        own = self.cell("id")
        if own and own not in self.known:
            self.wrong("id", "unknown_id", own)
        elif own and own in seen:
            self.wrong("id", "repeated_id", own)
        if self.before is not None:
            if self.country and self.before.country != self.country:
                self.wrong("country", "moved")
        elif self.country == REGIONAL and self.line.where:
            pass  # lines of the whole region come in HSDS files
        elif self.country and self.country not in COUNTRY_CODES:
            self.wrong("country", "country", self.cell("country"))

    def _words(self) -> None:
        for name, key, table in (
            ("cost", "cost", "costs"), ("organization_kind", "kind", "kinds"),
            ("secret", "yes_no", "words"),
        ):  # fmt: skip
            code = _code(table, self.cell(name))
            if code is None:
                self.wrong(name, key, self.cell(name))
            self.coded[name] = code or ""
        self.is_secret = self.coded["secret"] == "yes"  # noqa: S105 - a yes in a cell
        given = [each for each in re.split(r"[,;/\n]", self.cell("service_types")) if each.strip()]
        types = [(each.strip(), _types().get(fold(each))) for each in given]
        for text, code in types:
            if code is None:
                self.wrong("service_types", "type", text)
        self.types = tuple(dict.fromkeys(code for _, code in types if code))
        for code in re.split(r"[\s,;]+", self.cell("languages")):
            if code and not re.fullmatch(r"[a-z]{2,3}", code):
                self.wrong("languages", "language", code)
        if bool(self.cell("hours_es")) != bool(self.cell("hours_en")):
            self.wrong("hours_en" if self.cell("hours_es") else "hours_es", "both")

    def _reach(self) -> None:
        for name in ("phone_1", "phone_2", "whatsapp"):
            text = self.cell(name)
            if name != "whatsapp" and "phones" in self.line.more:
                continue  # judged already, all of them
            if name != "whatsapp" and self.before is not None and text in self.before.phones:
                self.phones.append((text, "local", text))  # it was there, as it is written
                continue
            if text:
                self._number(name, text)
        if self.cell("email") and not _EMAIL.fullmatch(self.cell("email")):
            self.wrong("email", "email", self.cell("email"))
        self.page = _page(self.cell("url"))
        if self.page and not _is_page(self.page):
            self.wrong("url", "url", self.cell("url"))

    def _number(self, name: str, text: str) -> None:
        try:
            number = read_number(text, self.country, short=name != "whatsapp")
        except WrongNumber as error:
            self.wrong(name, error.key, error.says)
            return
        if name == "whatsapp":
            self.coded[name] = number.number
        else:
            self.phones.append(number)

    def _place(self) -> None:
        if self.is_secret or self.may_be_silent:
            for name in PLACE:
                if self.cell(name):
                    self.wrong(name, "secret_place")
            self.faults += self.line.betrays
            return
        if "violence_shelter" in self.types and not self.cell("address"):
            self.wrong("secret", "shelter")
        if "locations" in self.line.more:
            return  # judged already, with its own country and point
        city = self.cell("city")
        if self.before is not None and self.before.city == city:
            return
        if city and self.country in COUNTRY_CODES and not find_places(self.country, city):
            self.wrong("city", "town", city)

    def proposal(self) -> Proposal:
        """What the row says; only where it has no fault."""
        texts = ("name", "description_es", "description_en", "for_whom_es", "for_whom_en")
        optional = ("email", "hours_es", "hours_en")
        empty = None if self.may_be_silent else ""
        values: dict[str, Any] = {name: self.cell(name) or empty for name in texts}
        values |= {name: self.cell(name) or None for name in optional}
        values["url"] = self.page or None
        values["whatsapp"] = self.coded.get("whatsapp")
        values["languages"] = " ".join(re.split(r"[\s,;]+", self.cell("languages"))).strip()
        values["cost"] = self.coded["cost"]
        values["confidential_location"] = self.is_secret
        phones = self.line.more.get("phones")
        if phones is not None:
            self.phones = [(each["number"], each["kind"], each["display"]) for each in phones]
        return Proposal(
            self.line.row, self.cell("id"), self.country, self.cell("organization"),
            self.coded["organization_kind"], values, self.types, tuple(self.phones),
            {name: self.cell(name) or None for name in ("state", *PLACE)}, self.line.more,
        )  # fmt: skip


def _code(table: str, text: str) -> str | None:
    """Which of the table's words it is; accents and capitals do not matter."""
    return _coded(table).get(fold(text))


@cache
def _coded(table: str) -> dict[str, str]:
    words: dict[str, list[str]] = getattr(sheet(), table)
    return {fold(each): code for code, many in words.items() for each in many}


def type_of(text: str) -> str | None:
    """The kind of service of that name, in either language, or of that code."""
    return _types().get(fold(text))


@cache
def _types() -> dict[str, str]:
    """Every way to write a kind of service, folded."""
    names = {fold(each): code for code in SERVICE_TYPES for each in service_type_name(code)}
    return names | {fold(code): code for code in SERVICE_TYPES}


def _page(text: str) -> str:
    """As people say it, "www.casa.org", and as a telephone opens it."""
    return f"https://{text}" if re.fullmatch(r"www\.[^\s:]+", text, re.I) else text


def _is_page(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and " " not in text
