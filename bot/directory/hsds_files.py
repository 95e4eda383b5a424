"""HSDS files of others, or our own ones coming back: JSON or a tabular data package, read into
nested services. Every record in them remembers where it stood, so that a fault can name the place.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
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
_LISTS = ("services", "contents")  # what holds the services in an object


@dataclass(frozen=True)
class Spot:
    """Where a record stands: a file of the package and its row, or the JSON's service, counted."""

    file: str
    row: int


Spots = dict[int, Spot]  # by id() of the record


@dataclass(frozen=True)
class Files:
    """What was read."""

    services: list[Json]  # as HSDS nests them
    faults: list[Fault]  # cells that are no number where one is expected
    spots: Spots  # valid as long as `services` is held

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
    spots: Spots = {}
    for number, each in enumerate(found, 1):
        if not isinstance(each, dict):
            _refuse("unreadable_hsds")
        _tidy(each, "service", Spot("JSON", number), spots)
    return Files(found, [], spots)


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError:  # one record a line, as the API's ndjson gives them
        lines = [each for each in text.splitlines() if each.strip()]
        return [json.loads(each, parse_constant=_no_number) for each in lines]


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _tidy(record: Json, name: str, spot: Spot, spots: Spots) -> None:
    """Texts are texts, lists hold records, and each record knows where it stood: whoever reads on
    need not ask again. Only what HSDS has there stays."""
    spots[id(record)] = spot
    columns = table(name).columns
    for key, value in list(record.items()):
        kind = NESTED[name].get(key)
        if kind in ONE and isinstance(value, dict):
            _tidy(value, str(kind), spot, spots)
        elif kind and kind not in ONE and isinstance(value, list):
            record[key] = [each for each in value if isinstance(each, dict)]
            for each in record[key]:
                _tidy(each, kind, spot, spots)
        elif key == "translations" and isinstance(value, dict):
            english = value.get("en")
            texts = english.items() if isinstance(english, dict) else ()
            record[key] = {"en": {str(k): v for k, v in texts if isinstance(v, str)}}
        elif kind is not None or not _fits(columns.get(key), value):
            del record[key]


def _fits(column: Column | None, value: Any) -> bool:
    if column is None:
        return False
    if column.type in ("number", "integer"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, bool if column.type == "boolean" else str)


# --- the tabular data package


def _read_package(data: bytes) -> Files:
    refuse_swelling(data)
    faults: list[Fault] = []
    spots: Spots = {}
    rows: dict[str, list[Json]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            names = {each.rpartition("/")[2]: each for each in zipped.namelist()}
            left = MOST_CELLS
            for each in tables():
                if each.file in names:
                    found = list(_rows(each, zipped.read(names[each.file]), left, faults, spots))
                    rows[each.name], left = found, left - len(found)
    except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, EOFError) as error:
        raise Unreadable([fault(1, "", "unreadable_hsds")]) from error
    except Exception as error:  # what zlib makes of a broken part
        if isinstance(error, Unreadable):
            raise
        raise Unreadable([fault(1, "", "unreadable_hsds")]) from error
    if "service" not in rows:
        _refuse("no_services_file")
    return Files(_nested(rows), faults, spots)


def _rows(file: Table, data: bytes, most: int, faults: list[Fault], spots: Spots) -> Iterator[Json]:
    """The file's rows as records, each with its id."""
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        titles = [each.strip() for each in next(lines, [])]
        if "id" not in titles:
            _refuse("no_id_column", file=file.file)
        for row, cells in enumerate(lines, 2):
            if row - 1 > most:
                _refuse("too_long", file=file.file)
            if any(cells):
                record = _record(file, row, dict(zip(titles, cells, strict=False)), faults)
                spots[id(record)] = Spot(file.file, row)
                yield record
    except (csv.Error, UnicodeDecodeError) as error:
        raise Unreadable([fault(1, "", "unreadable_hsds", file=file.file)]) from error


def _record(file: Table, row: int, cells: dict[str, str], faults: list[Fault]) -> Json:
    # Parts of an address that are not known are empty in HSDS's JSON, and absent cells here.
    parts = file.required if file.name == "address" else ()
    record: Json = dict.fromkeys((each for each in parts if each != "id"), "")
    for name, cell in cells.items():
        column, text = file.columns.get(name), plain(cell)
        if column is None or not text:
            continue
        try:
            value = value_of(column, text)
        except ValueError:
            faults.append(fault(row, name, "number", text, file=file.file))
            continue
        if name.startswith("translations.en."):
            english = record.setdefault("translations", {"en": {}})["en"]
            english[name.removeprefix("translations.en.")] = value
        else:
            record[name] = value
    return record


def _nested(rows: dict[str, list[Json]]) -> list[Json]:
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
    return rows["service"]
