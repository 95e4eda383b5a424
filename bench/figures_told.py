"""`python -m bench figures_told`: what `bench figures` has measured, into docs/analytics.md.

Between two marks there stands what the files `figures-*.json` of docs/benchmarks/data say, and
nothing else: a row each kind of view, of every file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.record import DATA, command_line
from bot.paths import ROOT
from bot.serve.supervisor import say

PAGE = ROOT / "docs" / "analytics.md"
BEGIN, END = "<!-- measured: written by python -m bench figures_told -->", "<!-- /measured -->"
LIMIT_MS = 300
ENOUGH = 20  # views of which one in twenty is one
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
VIEWS = {
    "page_first": "page, first time", "page_again": "page again", "csv_first": "CSV",
    "json_first": "JSON", "xlsx_first": "XLSX", "zip_first": "data package",
    "alerts_first": "looking for alerts", "pdf_first": "report of a quarter",
    "pdf_year_first": "report of a year", "pdf_country_first": "report of a country",
    "pdf_again": "report again",
}  # fmt: skip


def _title(found: Mapping[str, Any]) -> str:
    much = found["millions_of_turns"]
    one_by_one, _, times = much.partition("x")
    turns = f"{one_by_one} million turns" + (f", each counted {times} times" if times else "")
    if much == "full":
        turns = "every cell of every table"
    return f"{DATABASES[found['database']]}, {turns}, {found['days']} days"


def _per_million(found: Mapping[str, Any]) -> str:
    one_by_one, _, times = found["millions_of_turns"].partition("x")
    if one_by_one == "full":
        return ""
    return f" ({found['mb'] / (float(one_by_one) * int(times or 1)):.1f} for a million turns)"


def _told(found: Mapping[str, Any]) -> Iterator[str]:
    on = found["machine"]
    yield (
        f"**{_title(found)}** ({found['date']}, commit {found['commit']}, {on['cores']} cores of "
        f"{on['processor']}, {on['memory_gb']} GB, load {found['load_before']} at the start): "
        f"filled and published in {found['filled_processor_s']} s of processor; "
        f"{found['published_figure']:,} published rows, {found['mb']} MB"
        f"{_per_million(found)}, heaviest page {found['page_kb']} kB before it is compressed."
    )
    yield ""
    yield ("| view | views | median, ms | p95, ms | slowest, ms | of our processor: median, ms | "
           "slowest, ms |")  # fmt: skip
    yield "|---|---|---|---|---|---|---|"
    for key, name in VIEWS.items():
        if each := found.get(key):
            p95 = each["p95_ms"] if each["views"] >= ENOUGH else "–"
            numbers = (each["views"], each["median_ms"], p95, each["most_ms"],
                       each["processor_median_ms"], each["processor_most_ms"])  # fmt: skip
            yield f"| {name} | {' | '.join(map(str, numbers))} |"
    over = [name for key, name in VIEWS.items()
            if key in found and found[key]["processor_most_ms"] > LIMIT_MS]  # fmt: skip
    yield ""
    yield f"Over {LIMIT_MS} ms of processor, the slowest of: {', '.join(over) or 'none'}."
    yield ""


def told(data: Path = DATA) -> str:
    """All that was measured, as Markdown."""
    files = [json.loads(path.read_text(encoding="utf-8"))
             for path in sorted(data.glob("figures-*.json"))]  # fmt: skip
    return "\n".join(line for found in files for line in _told(found)).strip()


def write(data: Path = DATA, page: Path = PAGE) -> None:
    """Into the page; raises ValueError where it has no place for it."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{told(data)}\n\n{END}{after}", encoding="utf-8")


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    given = command_line("figures_told", __doc__).parse_args(arguments)
    write(given.to)
    say(str(PAGE))
