"""HSDS files of others, or our own ones coming back: JSON or a tabular data package, read into
nested services. Every record in them remembers where it stood, so that a fault can name the place.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bot.directory.hsds_package import DATAPACKAGE
from bot.directory.hsds_tables import NESTED, ONE, Column, Table, parents, table, tables, value_of
from bot.directory.hsds_words import Json
from bot.directory.sheet import (
    MOST_BYTES,
    MOST_ROWS,
    Fault,
    Unreadable,
    fault,
    plain,
    refuse_swelling,
)

MOST_CELLS = 400_000  # rows of all tables together: a service has some fifteen
MOST_FAULTS = 500  # told of one package
_NEVER = re.compile(r"[\x00\ud800-\udfff]")  # no database keeps them
_LISTS = ("services", "contents")  # what holds the services in an object


@dataclass(frozen=True)
class Spot:
    """Where a record stands: a file of the package and its row, or the JSON's service, counted."""

    file: str
    row: int


@dataclass
class Files:
    """What was read. Two of its parts go by id() of the record: they are valid as long as
    `services` is held."""

    services: list[Json] = field(default_factory=list)  # as HSDS nests them
    faults: list[Fault] = field(default_factory=list)  # cells that are no number where one belongs
    spots: dict[int, Spot] = field(default_factory=dict)
    held: object = None  # all records: no id() is given to two of them
    # Fields that a record names and says nothing in: an empty cell, a table without its rows.
    empty: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def carries(self, record: Json, name: str) -> bool:
        """Whether the record speaks of the field at all: what it does not mention is not empty."""
        return name in record or name in self.empty.get(id(record), ())

    def spot(self, record: Json) -> Spot:
        """Where the record stands; unknown for one that we made."""
        return self.spots.get(id(record), Spot("", 1))


def is_hsds(data: bytes) -> bool:
    """Whether it looks like an HSDS file, and not like a spreadsheet."""
    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as zipped:
                return any(name.rpartition("/")[2] == DATAPACKAGE for name in zipped.namelist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_files(data: bytes) -> Files:
    """The services of either form; raises Unreadable."""
    if len(data) > MOST_BYTES:
        _refuse("too_long")
    files = _read_package(data) if data[:2] == b"PK" else _read_json(data)
    if len(files.services) > MOST_ROWS:
        _refuse("too_many_rows")
    return files


def _refuse(key: str, value: str = "", file: str = "") -> NoReturn:
    raise Unreadable([fault(1, "", key, value, file=file)])


# --- JSON


def _read_json(data: bytes) -> Files:
    try:
        text = data.decode("utf-8-sig")
        found = _loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable([fault(1, "", "unreadable_hsds")]) from error
    if isinstance(found, dict):
        lists = [found[name] for name in _LISTS if isinstance(found.get(name), list)]
        found = lists[0] if lists else [found]
    if not isinstance(found, list) or not found:
        _refuse("unreadable_hsds")
    if len(found) > MOST_ROWS:
        _refuse("too_many_rows")
    files = Files(found)
    for number, each in enumerate(found, 1):
        if not isinstance(each, dict):
            _refuse("unreadable_hsds")
        _tidy(each, "service", Spot("JSON", number), files)
    return files


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError:  # one record a line, as the API's ndjson gives them
        lines = [each for each in text.splitlines() if each.strip()]
        return [json.loads(each, parse_constant=_no_number) for each in lines]


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _tidy(record: Json, name: str, spot: Spot, files: Files) -> None:
    """Texts are texts, lists hold records, and each record knows where it stood: whoever reads on
    need not ask again. Only what HSDS has there stays."""
    files.spots[id(record)] = spot
    columns = table(name).columns
    for key, value in list(record.items()):
        kind = NESTED[name].get(key)
        if kind in ONE and isinstance(value, dict):
            _tidy(value, str(kind), spot, files)
        elif kind and kind not in ONE and isinstance(value, list) and _holds_records(value):
            record[key] = [each for each in value if isinstance(each, dict)]
            for each in record[key]:
                _tidy(each, kind, spot, files)
        elif key == "translations" and isinstance(value, dict):
            english = value.get("en")
            texts = english.items() if isinstance(english, dict) else ()
            record[key] = {"en": {str(k): _clean(v) for k, v in texts if isinstance(v, str)}}
        elif kind is not None or not _fits(columns.get(key), value):
            del record[key]
            if value is None and (kind or key in columns):
                files.empty[id(record)].add(key)
        elif isinstance(value, str):
            record[key] = _clean(value)


def _holds_records(value: list[Any]) -> bool:
    return not value or any(isinstance(each, dict) for each in value)


def _clean(text: str) -> str:
    return _NEVER.sub("", text)


def _fits(column: Column | None, value: Any) -> bool:
    if column is None:
        return False
    if column.type in ("number", "integer"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, bool if column.type == "boolean" else str)


# --- the tabular data package


def _read_package(data: bytes) -> Files:
    refuse_swelling(data)
    files = Files()
    rows: dict[str, list[Json]] = {}
    titles: dict[str, list[str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            names = {each.rpartition("/")[2]: each for each in zipped.namelist()}
            left = MOST_CELLS
            for each in tables():
                if each.file in names:
                    own = titles.setdefault(each.name, [])
                    found = list(_rows(each, zipped.read(names[each.file]), left, files, own))
                    rows[each.name], left = found, left - len(found)
    except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, EOFError) as error:
        raise Unreadable([fault(1, "", "unreadable_hsds")]) from error
    except Exception as error:  # what zlib makes of a broken part
        if isinstance(error, Unreadable):
            raise
        raise Unreadable([fault(1, "", "unreadable_hsds")]) from error
    if "service" not in rows:
        _refuse("no_services_file")
    files.services, files.held = _nested(rows, titles, files), rows
    return files


def _rows(file: Table, data: bytes, most: int, files: Files, titles: list[str]) -> Iterator[Json]:
    """The file's rows as records, each with its id; its titles are put into `titles`."""
    try:
        text = _clean(data.decode("utf-8-sig"))
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        titles += [each.strip() for each in next(lines, [])]
        if "id" not in titles:
            _refuse("no_id_column", file=file.file)
        for row, cells in enumerate(lines, 2):
            if row - 1 > most:
                _refuse("too_long", file=file.file)
            if any(cells):
                yield _record(file, row, dict(zip(titles, cells, strict=False)), files)
    except (csv.Error, UnicodeDecodeError) as error:
        raise Unreadable([fault(1, "", "unreadable_hsds", file=file.file)]) from error


def _record(file: Table, row: int, cells: dict[str, str], files: Files) -> Json:
    # Parts of an address that are not known are empty in HSDS's JSON, and absent cells here.
    parts = file.required if file.name == "address" else ()
    record: Json = dict.fromkeys((each for each in parts if each != "id"), "")
    files.spots[id(record)] = Spot(file.file, row)
    for name, cell in cells.items():
        column, text = file.columns.get(name), plain(cell)
        if column is None:
            continue
        if not text:
            files.empty[id(record)].add(name)
            continue
        try:
            value = value_of(column, text)
        except ValueError:
            if len(files.faults) < MOST_FAULTS:
                files.faults.append(fault(row, name, "number", text, file=file.file))
            continue
        if name.startswith("translations.en."):
            english = record.setdefault("translations", {"en": {}})["en"]
            english[name.removeprefix("translations.en.")] = value
        else:
            record[name] = value
    return record


def _nested(rows: dict[str, list[Json]], titles: dict[str, list[str]], files: Files) -> list[Json]:
    """The services with everything nested, in the order of their file."""
    known = {name: {each.get("id"): each for each in found} for name, found in rows.items()}
    children: dict[tuple[str, str, Any], list[Json]] = defaultdict(list)
    for name, found in rows.items():
        for parent, link in parents(name):
            for each in found:
                if each.get(link):
                    children[parent, name, each[link]].append(each)
    for name, fields in NESTED.items():
        for record in rows.get(name, ()):
            for key, kind in fields.items():
                if kind in ONE:
                    other = known.get(kind, {}).get(record.get(f"{kind}_id"))
                    if other is not None:
                        record[key] = other
                elif many := children.get((name, kind, record.get("id"))):
                    record[key] = many
                elif dict(parents(kind)).get(name) in titles.get(kind, ()):
                    files.empty[id(record)].add(key)
    return rows["service"]
