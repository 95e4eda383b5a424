"""`python -m bench.portal_docs`: the last figures of the back office's benches, as tables, into
docs/portal.md. They come from `bench/results/portal-*.json`, which `bench.portal` (with `daily`)
and `bench.portal_jobs` write; nothing in these tables is written by hand.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.paths import ROOT
from bot.serve.supervisor import say

RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "portal.md"
ADDITIONS = 20_000_000
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
ROLES = ("editor", "administrator")
WHAT = {
    "/": "my work", "/services": "list, by age", "/services?fresh=waiting": "list, to be checked",
    "/services?town=san": "list, by town",
    "/services?type=violence_shelter": "list, by kind of help",
    "/services?q=casa": "by name, «casa»", "/services?q=a": "by name, «a» (nearly all)",
    "/reports": "reports, a hundred places wait", "/statements": "texts",
    "/statements?state=waiting": "texts to be checked",
    "/services/{id}": "one place, with its six previews",
    "/statements/{id}": "one text",
}  # fmt: skip


def machine() -> dict[str, Any]:
    """How quick this machine is now: its load, and seconds for twenty million additions."""
    started, used, total = time.perf_counter(), time.process_time(), 0
    for n in range(ADDITIONS):
        total += n
    return {
        "day": time.strftime("%Y-%m-%d"), "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "additions_s": round(time.perf_counter() - started, 1),
        "additions_cpu_s": round(time.process_time() - used, 1),
    }  # fmt: skip


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """As JSON."""
    path = RESULTS / f"portal-{name}.json"
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def put(text: str, name: str, lines: Iterable[str]) -> str:
    """The page with these lines between the two marks of that name. Raises ValueError where it has
    no such marks."""
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
    found, many = mark.subn(lambda m: m[1] + "\n".join(lines) + "\n" + m[2], text)
    if many != 1:
        raise ValueError(f"docs/portal.md: expected one pair of marks «{name}», found {many}")
    return found


def told_of(run: Mapping[str, Any]) -> str:
    """On what machine it was measured."""
    return (
        f"{run['day']}, {run['cores']} cores, load {run['load']} before and {run['load_after']} "
        f"after; {ADDITIONS // 1_000_000} million additions took {run['additions_s']} s by the "
        f"clock, {run['additions_cpu_s']} of the processor"
    )


def pages_table(runs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """`runs` by database. Rows are pages and acts; in each cell milliseconds by the clock, median
    and p95, and the processor's p95 in brackets."""
    columns = [(base, role) for role in ROLES for base in DATABASES if base in runs]
    cells: dict[str, dict[tuple[str, str], str]] = {}
    for base, run in runs.items():
        for each in run["pages"]:
            clock, processor = each["clock_ms"], each["processor_ms"]
            cells.setdefault(each["what"], {})[base, each["role"]] = (
                f"{clock['p50']:.0f} / **{clock['p95']:.0f}** ({processor['p95']:.0f})"
            )
    lines = [f"{DATABASES[base]}: {told_of(run)}." for base, run in runs.items()]
    heads = " | ".join(f"{role}, {DATABASES[base]}" for base, role in columns)
    lines += ["", f"| | {heads} |", "|---" * (len(columns) + 1) + "|"]
    for what, row in cells.items():
        told = " | ".join(row.get(column, "—") for column in columns)
        lines.append(f"| {WHAT.get(what, what)} | {told} |")
    all_of = [
        next((f"{each['clock_ms']['p95']:.0f} ({each['processor_ms']['p95']:.0f})"
              for each in runs[base]["together"] if each["role"] == role), "—")
        for base, role in columns
    ]  # fmt: skip
    return [*lines, "| **p95 of all of these together** | " + " | ".join(all_of) + " |"]


def jobs_table(run: Mapping[str, Any]) -> list[str]:
    """Taps, letters, seconds of the machine and of the model."""
    return [
        f"{told_of(run)[0].upper()}{told_of(run)[1:]}.", "",
        "| job | taps | letters | machine, s | model, s |", "|---|---|---|---|---|",
        *(f"| {each['job'].rstrip('.')[0].lower()}{each['job'].rstrip('.')[1:]} | {each['taps']} | "
          f"{each['letters']} | {each['machine_s']:.1f} | {each['model_s']:.0f} |"
          for each in run["jobs"]),
    ]  # fmt: skip


def main() -> None:
    """What was measured last stands in the page."""
    runs = {}
    for base in DATABASES:
        if (path := RESULTS / f"portal-{base}.json").exists():
            runs[base] = json.loads(path.read_text(encoding="utf-8"))
    text = put(PAGE.read_text(encoding="utf-8"), "pages", pages_table(runs))
    jobs = json.loads((RESULTS / "portal-jobs.json").read_text(encoding="utf-8"))
    PAGE.write_text(put(text, "jobs", jobs_table(jobs)), encoding="utf-8")
    say(f"Written into {Path(PAGE).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
