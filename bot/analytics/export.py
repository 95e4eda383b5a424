"""The same published numbers for a spreadsheet or a program: nothing more, nothing less exact."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from bot.analytics.cuts import cuts
from bot.analytics.figures import Figures, is_rest
from bot.analytics.ledger import Ledger
from bot.analytics.models import Publication
from bot.analytics.protect import ALL, REST
from bot.analytics.words import column_name, heading, rest_in_words, row_name

COLUMNS = ("period", "table", "table_name", "row", "row_name", "country", "country_name",
           "value", "unit", "is_least")  # fmt: skip
REST_ALL = "rest_all"  # the rest of all countries: other conversations than a country's


def rows(figures: Figures, country: str | None, language: str) -> Iterator[dict[str, Any]]:
    """One entry a number, in a fixed order; of one country where `country` is given."""
    for cut in cuts():
        for (row, at), each in sorted(figures.cells(cut).items()):
            if country in (None, at):
                yield {
                    "period": figures.period.name, "table": cut,
                    "table_name": heading(cut, language), "row": row_key(row, at),
                    "row_name": _row_name(cut, row, at, language), "country": at,
                    "country_name": column_name(cut, at, language), "value": each.value,
                    "unit": cuts()[cut].unit, "is_least": each.is_least,
                }  # fmt: skip


def row_key(row: str, at: str) -> str:
    """Two kinds of rest have two keys, so that nobody adds them up."""
    return row.replace(REST, REST_ALL, 1) if at == ALL and is_rest(row) else row


def _row_name(cut: str, row: str, at: str, language: str) -> str:
    if is_rest(row):
        return rest_in_words(row, cut, language, is_of_all=at == ALL)
    return row_name(row, language)


def as_csv(figures: Figures, country: str | None, language: str) -> str:
    """UTF-8 with a mark at the front, so that spreadsheets read the accents."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows(figures, country, language))
    return "\ufeff" + out.getvalue()


def as_json(figures: Figures, country: str | None, language: str,
            rule: Publication, spent: Ledger | None = None) -> dict[str, Any]:  # fmt: skip
    """With the rule by which the numbers are protected, and what noise has cost."""
    return {
        "period": figures.period.name,
        "country": country or ALL,
        "months": list(figures.period.months),
        "protection": protection(rule, spent),
        "figures": list(rows(figures, country, language)),
    }  # fmt: skip


def protection(rule: Publication, spent: Ledger | None) -> dict[str, Any]:
    """The rule, and the ledger where there is noise."""
    return {"threshold": rule.threshold, "rounded_to": rule.step,
            "epsilon_per_table_and_month": rule.epsilon,
            "ledger": spent.as_dict() if spent else None}  # fmt: skip
