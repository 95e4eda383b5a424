"""HSDS's tables as files: which are written, their columns, and what hangs on what.

Columns and their types are those of the published schemas (data/hsds/schema) and our profile. A
text in another language is a column of its own: `translations.en.description`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.directory.hsds_profile import profile
from bot.directory.hsds_words import HSDS, Json

# Table by table, in the order of the files; `nested`: the field that holds another table's records.
NESTED: dict[str, dict[str, str]] = {
    "organization": {"attributes": "attribute"},
    "service": {
        "organization": "organization",
        "phones": "phone",
        "schedules": "schedule",
        "service_areas": "service_area",
        "service_at_locations": "service_at_location",
        "languages": "language",
        "cost_options": "cost_option",
        "attributes": "attribute",
    },
    "service_at_location": {"location": "location", "phones": "phone", "schedules": "schedule"},
    "location": {
        "addresses": "address",
        "phones": "phone",
        "schedules": "schedule",
        "languages": "language",
    },
    "address": {},
    "phone": {},
    "schedule": {},
    "service_area": {},
    "language": {},
    "cost_option": {},
    "attribute": {"taxonomy_term": "taxonomy_term"},
    "taxonomy": {},
    "taxonomy_term": {},
}
ONE = ("organization", "location", "taxonomy_term")  # nested as one record, not as a list


@dataclass(frozen=True)
class Column:
    """One column of a table; `type` and `constraints` as a Table Schema has them."""

    name: str
    type: str
    format: str | None
    constraints: Json


@dataclass(frozen=True)
class Table:
    """One file of the package."""

    name: str  # "phone"
    file: str  # "phones.csv"
    columns: dict[str, Column]
    required: tuple[str, ...]


@cache
def table(name: str) -> Table:
    """The table; raises KeyError for one that we do not write."""
    if name not in NESTED:
        raise KeyError(name)
    schema: Json = json.loads((HSDS / "schema" / f"{name}.json").read_text(encoding="utf-8"))
    ours: Json = profile().get(name, {}).get("properties", {})
    required = (*schema["required"], *schema.get("tabular_required", ()))
    columns: dict[str, Column] = {}
    for key, told in {**schema["properties"], **ours}.items():
        if told.get("type") in ("string", "number", "integer", "boolean"):
            columns[key] = _column(key, told, required)
    if "translations" in ours:
        texts = [key for key, told in schema["properties"].items() if _is_text(told)]
        for key in texts:
            english = f"translations.en.{key}"
            columns[english] = Column(english, "string", None, {})
    return Table(name, schema["path"], columns, required)


def tables() -> list[Table]:
    """All, in the order of the files."""
    return [table(name) for name in NESTED]


def parents(name: str) -> list[tuple[str, str]]:
    """(parent table, the child's column that names it), for a table whose records are listed."""
    if name == "attribute":
        return [(each, "link_id") for each, nested in NESTED.items() if "attributes" in nested]
    own = table(name).columns
    return [
        (each, f"{each}_id")
        for each, nested in NESTED.items()
        if name in nested.values() and name not in ONE and f"{each}_id" in own
    ]


def _is_text(told: Json) -> bool:
    return told.get("type") == "string" and "format" not in told and "enum" not in told


def _column(key: str, told: Json, required: tuple[str, ...]) -> Column:
    constraints: Json = {"unique": True} if key == "id" else {}
    if key in required:
        constraints["required"] = True
    for name in ("enum", "pattern"):
        if name in told:
            constraints[name] = told[name]
    kind = str(told.get("datapackage_type") or told["type"])
    if kind == "time":  # HSDS's "09:00-06:00" is no time of a Table Schema
        kind = "string"
    return Column(key, kind, told.get("format") if kind == "string" else None, constraints)


def value_of(column: Column, text: str) -> Any:
    """A cell as JSON has it; raises ValueError where it is no number or no yes or no."""
    if column.type in ("number", "integer"):
        number = float(text)
        if number != number or number in (float("inf"), float("-inf")):
            raise ValueError(text)
        return int(number) if number.is_integer() else number
    if column.type == "boolean":
        known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if text.lower() not in known:
            raise ValueError(text)
        return known[text.lower()]
    return text
