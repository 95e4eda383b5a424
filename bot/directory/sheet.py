"""The spreadsheet's columns and words, and its cells read from CSV or XLSX; no judgement yet."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.directory.text import fold
from bot.knowledge.bilingual import Bilingual
from bot.knowledge.files import parse_one
from bot.knowledge.schema import Both


class Sheet(BaseModel):
    """sheet.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, Both]
    required: list[str]
    example: dict[str, str]
    words: dict[str, list[str]]
    costs: dict[str, list[str]]
    kinds: dict[str, list[str]]
    faults: dict[str, Both]


@cache
def sheet() -> Sheet:
    """The file, read once."""
    return parse_one(Path(__file__).with_name("sheet.yml"), Sheet)


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell; `row` counts as the spreadsheet does, the titles are row 1."""

    row: int
    field: str  # a key of the columns, "" where it is the file itself; HSDS's own where `file` is
    text: Bilingual
    file: str = ""  # of several: "phones.csv"

    def in_words(self, language: str) -> str:
        """`fila 7, «teléfono 1»: …`, `row 7, “phone 1”: …`, `phones.csv, fila 7, «number»: …`."""
        title = sheet().columns.get(self.field)
        name = self.field if self.file or title is None else title.get(language).strip()
        where = {"es": f"fila {self.row}", "en": f"row {self.row}"}[
            "en" if language == "en" else "es"
        ]
        told = [self.file, where, f"«{name}»" if name else ""]
        return f"{', '.join(each for each in told if each)}: {self.text.get(language)}"


def fault(row: int, field: str, key: str, value: str = "", *, file: str = "") -> Fault:
    """The fault `key` of sheet.yml."""
    text = sheet().faults[key]
    shown = value if len(value) <= 60 else f"{value[:57]}…"
    return Fault(row, field, Bilingual(*(each.format(value=shown) for each in text)), file)


class Unreadable(ValueError):
    """The file cannot be used at all; `faults` says why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(each.in_words("en") for each in faults))
        self.faults = tuple(faults)


MOST_BYTES, MOST_ROWS = 10_000_000, 20_000
MOST_UNZIPPED, MOST_PARTS = 60_000_000, 500  # of an XLSX
_FORMULA = re.compile(r"[\s\x00-\x1f\ufeff]*[=@+\-\t\r\n\u2212\uff1d\uff20\uff0b\uff0d]|[\t\r\n]")
# "+502 2222-2222": a spreadsheet program at most adds it up, and the numbers stay usable.
_TELEPHONE = re.compile(r"\+\d[\d ()./-]*(?:[;,] *\+\d[\d ()./-]*)*")


@dataclass(frozen=True)
class Cell:
    """Where in several files a cell's text stood."""

    file: str
    row: int
    field: str


@dataclass(frozen=True)
class Line:
    """One row below the titles; every column is there, empty or not.

    What was no row of a sheet (bot/directory/hsds_import.py) also has what a sheet has no column
    for, and the place in its files that each column came from.
    """

    row: int
    cells: Mapping[str, str]
    more: Mapping[str, Any] = field(default_factory=dict)  # columns and parts, as put_back has them
    where: Mapping[str, Cell] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()  # found while it was read
    betrays: tuple[Fault, ...] = ()  # what tells where a secret place is, beside the cells

    def fault(self, name: str, key: str, value: str = "") -> Fault:
        """The fault `key` in the column `name`."""
        cell = self.where.get(name)
        if cell is None:
            return fault(self.row, name, key, value)
        return fault(cell.row, cell.field, key, value, file=cell.file)


def read_lines(data: bytes) -> list[Line]:
    """The rows of a CSV or XLSX file, without those that are all empty; raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable([fault(1, "", "too_long")])
    rows = _xlsx_rows(data) if data[:2] == b"PK" else _csv_rows(data)
    titles = next(rows, [])
    keys = _keys(titles)
    lines = []
    for number, row in enumerate(islice(rows, MOST_ROWS), 2):
        cells = dict.fromkeys(sheet().columns, "")
        cells |= {key: plain(value) for key, value in zip(keys, row, strict=False) if key}
        if any(cells.values()):
            lines.append(Line(number, cells))
    if any(any(row) for row in islice(rows, MOST_ROWS)):  # or the rest would count as left out
        raise Unreadable([fault(1, "", "too_many_rows")])
    return lines


def template(language: str = "es") -> bytes:
    """An empty sheet as CSV with one example, as Excel opens it."""
    return write_csv([sheet().example], language)


def write_csv(rows: Iterable[Mapping[str, str]], language: str = "es") -> bytes:
    """A sheet with `rows`."""
    return csv_head(language) + csv_rows(rows)


def csv_head(language: str) -> bytes:
    """The columns' titles; a byte order mark tells Excel that it is UTF-8."""
    titles = [title.get(language).strip() for title in sheet().columns.values()]
    return b"\xef\xbb\xbf" + _lines([titles])


def csv_rows(rows: Iterable[Mapping[str, str]]) -> bytes:
    """What follows the titles: all rows, or some of many."""
    return _lines([harmless(row.get(key, "")) for key in sheet().columns] for row in rows)


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def harmless(text: str) -> str:
    """A cell that begins like a formula, behind whatever blanks, would be run by the spreadsheet
    program; a telephone number is none."""
    return f"'{text}" if _runs(text) else text


def _runs(text: str) -> bool:
    return bool(_FORMULA.match(text)) and not _TELEPHONE.fullmatch(text)


def plain(cell: str) -> str:
    """The cell without what `harmless` may have put before it."""
    text = cell.strip()
    return text[1:].strip() if text[:1] == "'" and _runs(text[1:]) else text


def _keys(titles: Sequence[str]) -> list[str | None]:
    known = {fold(text): key for key, title in sheet().columns.items() for text in title}
    keys = [known.get(fold(title)) for title in titles]
    if not any(keys):
        raise Unreadable([fault(1, "", "no_header")])
    missing = [fault(1, each, "missing_column") for each in sheet().required if each not in keys]
    twice = {each for each in keys if each and keys.count(each) > 1}
    if faults := [*missing, *(fault(1, each, "twice") for each in sorted(twice))]:
        raise Unreadable(faults)
    return keys


def _csv_rows(data: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable([fault(1, "", "unreadable")])
    text = text.replace("\0", "")  # no database keeps it
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Unreadable([fault(1, "", "unreadable")]) from error


def _xlsx_rows(data: bytes) -> Iterator[list[str]]:
    try:
        openpyxl = import_module("openpyxl")  # it has no types
    except ImportError as error:
        raise Unreadable([fault(1, "", "no_xlsx")]) from error
    if not openpyxl.DEFUSEDXML:  # it would go on with a parser that unfolds what swells
        raise Unreadable([fault(1, "", "no_xlsx")])
    refuse_swelling(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_as_text(value) for value in row]
        book.close()
    except Exception as error:  # whatever a broken file makes of zip, XML and openpyxl
        raise Unreadable([fault(1, "", "unreadable")]) from error


def refuse_swelling(data: bytes) -> None:
    """An XLSX is a ZIP: ten megabytes of it may hold ten gigabytes. No more is ever read of a part
    than what is written in its head."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            parts = zipped.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable([fault(1, "", "unreadable")]) from error
    if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > MOST_UNZIPPED:
        raise Unreadable([fault(1, "", "too_long")])


def _as_text(value: object) -> str:
    """A number that Excel made of a phone stays a phone: 9625550100, not 9625550100.0."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
