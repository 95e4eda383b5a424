"""The published directory as files: one JSON file, or HSDS's tabular data package (CSV in a ZIP).

Both hold what `/api` tells and nothing else: of a secret place no address, no town, no point. A
service whose organisation would give its place away has a nameless one, for HSDS asks for one.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.directory.hsds import VERSION, read_directory
from bot.directory.hsds_service import basic_organization, organization_attribute
from bot.directory.hsds_tables import NESTED, ONE, Table, parents, tables
from bot.directory.hsds_taxonomy import taxonomies, taxonomy_terms
from bot.directory.hsds_words import Json, words
from bot.directory.load import organization_id
from bot.directory.models import Organization
from bot.directory.sheet import harmless

DATAPACKAGE = "datapackage.json"
Rows = dict[str, dict[str, Json]]  # by table, by id


def exchanged(session: Session, today: date) -> list[Json]:
    """All published services with everything nested, as both forms hold them."""
    directory = read_directory(session, today)
    return [_with_owner(each.full, directory.organizations) for each in directory.services.values()]


def _with_owner(service: Json, organizations: Any) -> Json:
    """With its organisation's kind, or with a nameless organisation."""
    known = organizations.get(service.get("organization_id"))
    if known is not None:
        owner = {**service["organization"], "attributes": known.full["attributes"]}
    else:
        name = words().phrases["organization_not_told"].es
        country = service["country"]
        row = Organization(
            id=organization_id(country, name), country=country, name=name, kind="ngo"
        )
        basic = basic_organization(row)
        owner = {**basic, "attributes": [organization_attribute(row)]}
    return {**service, "organization_id": owner["id"], "organization": owner}


def write_json(services: Iterable[Json]) -> bytes:
    """One list of services with everything nested (HSDS's compiled form), one on a line."""
    lines = (
        json.dumps(each, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        for each in services
    )
    return "[{}]\n".format(",\n".join(lines)).encode()


def write_package(services: Iterable[Json], made_at: datetime) -> bytes:
    """A ZIP of one CSV file a table and `datapackage.json`, which describes them."""
    rows: Rows = {each.name: {} for each in tables()}
    for service in services:
        _collect(rows, "service", service)
    for name, fixed in (("taxonomy", taxonomies()), ("taxonomy_term", taxonomy_terms())):
        for term in fixed:
            rows[name].setdefault(term["id"], term)
    used = [each for each in tables() if rows[each.name]]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        described = json.dumps(_described(used, rows, made_at), ensure_ascii=False, indent=1)
        _put(zipped, DATAPACKAGE, described.encode(), made_at)
        for each in used:
            _put(zipped, each.file, _csv(each, rows[each.name].values()), made_at)
    return out.getvalue()


def _put(zipped: zipfile.ZipFile, name: str, data: bytes, made_at: datetime) -> None:
    head = zipfile.ZipInfo(name, made_at.timetuple()[:6])
    head.compress_type = zipfile.ZIP_DEFLATED
    zipped.writestr(head, data)


def _collect(rows: Rows, name: str, record: Json) -> None:
    """The record and all that is nested in it, each with a column that says what it hangs on."""
    own = rows[name].setdefault(record["id"], {})
    for key, value in record.items():
        kind = NESTED[name].get(key)
        if kind is None:
            own[key] = value
        elif kind in ONE:
            own[f"{kind}_id"] = value["id"]
            _collect(rows, kind, value)
        else:
            link = dict(parents(kind)).get(name)
            for each in value:
                _collect(rows, kind, {link: record["id"], **each} if link else each)


def _csv(file: Table, rows: Iterable[Json]) -> bytes:
    rows = list(rows)
    columns = _used(file, rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(_found(row, each)) for each in columns] for row in rows)
    return out.getvalue().encode()


def _used(file: Table, rows: Iterable[Json]) -> list[str]:
    """Those that anything stands in, and those that HSDS asks for."""
    rows = list(rows)
    return [
        each
        for each in file.columns
        if each in file.required or any(_found(row, each) is not None for row in rows)
    ]


def _found(row: Json, column: str) -> Any:
    if not column.startswith("translations."):
        return row.get(column)
    _, language, name = column.split(".", 2)
    return row.get("translations", {}).get(language, {}).get(name)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else repr(value)


def _described(used: Iterable[Table], rows: Rows, made_at: datetime) -> Json:
    there = [each.name for each in used]
    return {
        "profile": "tabular-data-package",
        "name": "hsds-directory",
        "title": "Human Services Data",
        "version": VERSION,
        "created": made_at.isoformat(timespec="seconds"),
        "resources": [
            {
                "name": each.file.removesuffix(".csv"),
                "path": each.file,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": list(_fields(each, rows)),
                    "primaryKey": "id",
                    "foreignKeys": list(_keys(each, _used(each, rows[each.name].values()), there)),
                },
            }
            for each in used
        ],
    }  # fmt: skip


def _fields(file: Table, rows: Rows) -> Iterator[Json]:
    for name in _used(file, rows[file.name].values()):
        column = file.columns[name]
        # An address has its columns always and no postal code: HSDS asks for the column.
        constraints = {
            key: value for key, value in column.constraints.items()
            if not (key == "required" and file.name == "address" and name != "id")
        }  # fmt: skip
        told = {"name": name, "type": column.type, "format": column.format,
                "constraints": constraints}  # fmt: skip
        yield {key: value for key, value in told.items() if value}


def _keys(file: Table, columns: Iterable[str], there: Iterable[str]) -> Iterator[Json]:
    for other in tables():
        name = f"{other.name}_id"
        if name in columns and other.name in there and other.name != file.name:
            yield {
                "fields": name,
                "reference": {"resource": other.file.removesuffix(".csv"), "fields": "id"},
            }
