"""The figures as a workbook, and as a data package that explains itself to a program.

The package follows the Data Package standard (datapackage.org, version 2): one CSV, and a
descriptor with what every column means, in both languages.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from bot.analytics.cuts import cuts
from bot.analytics.export import COLUMNS, REST_ALL, as_csv, protection, rows
from bot.analytics.figures import Figures
from bot.analytics.ledger import Ledger
from bot.analytics.models import Publication
from bot.analytics.protect import ALL, OTHERS, REST
from bot.analytics.vocabulary import COUNTRIES
from bot.analytics.words import column_name, heading, place_name, rest_in_words, row_name, text

TYPES = {"value": "integer", "is_least": "boolean"}
WIDE = {"table_name": 40, "row_name": 40, "country_name": 24}
STILL = (1980, 1, 1, 0, 0, 0)  # the same figures give the same file


def as_xlsx(figures: Figures, country: str | None, language: str,
            spent: Ledger | None = None) -> bytes:  # fmt: skip
    """One sheet of figures; one that says what its columns mean and how they are protected.

    Written row by row: no cell is kept in memory, and all that is about the sheet comes first.
    """
    book = Workbook(write_only=True)
    lines = [[row[name] for name in COLUMNS] for row in rows(figures, country, language)]
    sheet = book.create_sheet(text("sheet", language))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:J{len(lines) + 1}"
    for number, name in enumerate(COLUMNS):
        sheet.column_dimensions["ABCDEFGHIJ"[number]].width = WIDE.get(name, 14)
    head = [WriteOnlyCell(sheet, name) for name in COLUMNS]
    for cell in head:
        cell.font = Font(bold=True)
    for line in (head, *lines):
        sheet.append(line)
    notes = book.create_sheet(text("dictionary", language))
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 18, 90
    for name in COLUMNS:
        notes.append([name, text(f"column_{name}", language)])
    notes.append([])
    for key in ("method_text", "hidden_note", "least_note"):
        notes.append([text(key, language)])
    if spent:
        notes.append([spent.sentence(language)])
    book.properties.creator = "Comadre"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_package(figures: Figures, country: str | None, language: str, rule: Publication,
               spent: Ledger | None = None) -> bytes:  # fmt: skip
    """A ZIP with datapackage.json and figures.csv."""
    descriptor = json.dumps(described(figures, rule, country, spent), indent=1, ensure_ascii=False)
    # Without the mark for spreadsheets: the standard wants plain UTF-8.
    sheet = as_csv(figures, country, language).removeprefix("\ufeff")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, words in (("datapackage.json", descriptor), ("figures.csv", sheet)):
            package.writestr(zipfile.ZipInfo(name, STILL), words, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def described(figures: Figures, rule: Publication, country: str | None = None,
              spent: Ledger | None = None) -> dict[str, Any]:  # fmt: skip
    """The descriptor: columns, tables, rows and countries, each in Spanish and English."""
    fields = [
        {"name": name, "type": TYPES.get(name, "string"), **_both(f"column_{name}")}
        for name in COLUMNS
    ]
    key = ["period", "table", "row", "country"]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "-".join(filter(None, ("comadre", figures.period.name, country))).lower(),
        "created": rule.published_at.isoformat(),
        **_both("title", "title"),
        **_both("method_text"),
        "resources": [{
            "name": "figures", "path": "figures.csv", "type": "table", "format": "csv",
            "mediatype": "text/csv", "encoding": "utf-8",
            "schema": {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
                       "fields": fields, "primaryKey": key},
        }],
        "comadre": {
            "months": list(figures.period.months),
            "country": country or ALL,
            "protection": protection(rule, spent),
            "tables": {name: {"es": heading(name, "es"), "en": heading(name, "en"),
                              "unit": cut.unit, "rows": _names(list(cut.rows), row_name)}
                       for name, cut in cuts().items()},
            "countries": _names([*COUNTRIES, OTHERS, ALL], place_name),
            "channels": _names([*cuts()["delivery"].columns, OTHERS, ALL], _channel_name),
            "merged": {"es": text("hidden_note", "es"), "en": text("hidden_note", "en"),
                       REST: _rest(is_of_all=False), REST_ALL: _rest(is_of_all=True)},
        },
    }  # fmt: skip


def _both(key: str, field: str = "description") -> dict[str, str]:
    return {field: text(key, "en"), f"{field}_es": text(key, "es")}


def _rest(*, is_of_all: bool) -> dict[str, str]:
    return {each: rest_in_words(REST, "topics", each, is_of_all=is_of_all) for each in ("es", "en")}


def _channel_name(channel: str, language: str) -> str:
    return (
        text("all_channels", language)
        if channel == ALL
        else column_name("delivery", channel, language)
    )


def _pair(name: Callable[[str, str], str], what: str) -> dict[str, str]:
    return {"es": name(what, "es"), "en": name(what, "en")}


def _names(keys: list[str], name: Callable[[str, str], str]) -> Mapping[str, Mapping[str, str]]:
    return {key: _pair(name, key) for key in keys}
