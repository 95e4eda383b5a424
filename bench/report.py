"""`python -m bench report`: docs/benchmarks/index.md and its charts, from the stages' files.

What is worked out of several figures is written into summary.json first, so that every figure of
the page stands in a file.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import yaml

from bench.pace import MANY, PER_S
from bench.record import DATA, MEASURED, command_line
from bench.report_charts import charts
from bot.commands.model import RASA_PYTHON
from bot.paths import ROOT
from bot.serve.supervisor import rasa_environment, say

PAGE = DATA.parent
SOAKS = ROOT / "bench" / "results"
TARGETS = ROOT / "bench" / "targets.yml"
PACES = {"one_at_a_time": "one at a time", f"at_{PER_S}_a_second": f"{PER_S} a second",
         f"{MANY}_at_once": f"{MANY} at once"}  # fmt: skip
UNKNOWN = "not measured"


def read(data: Path = DATA) -> dict[str, Any]:
    """Each stage's file by its name; a stage without one is not there."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(data.glob("*.json")) if path.stem != "summary"}  # fmt: skip


def at(known: Mapping[str, Any], path: str) -> Any:
    """What stands at "stage.key.key"; None where there is nothing."""
    found: Any = known
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def summary(known: Mapping[str, Any]) -> dict[str, Any]:
    """What is worked out, and what is held against the targets."""
    wanted = yaml.safe_load(TARGETS.read_text(encoding="utf-8"))
    price = wanted["core_hour_usd"]
    speeds = [at(known, f"turns.{who}.twilio.16_at_once.turns_per_s") for who in ("ours", "stock")]
    costs = {}
    for who in ("ours", "stock"):
        milliseconds = at(known, f"turns.{who}.twilio.16_at_once.processor_ms.all")
        costs[who] = round(milliseconds * price / 3_600, 5) if milliseconds is not None else None
    found: dict[str, Any] = {
        "core_hour_usd": price, "usd_for_1000_turns": costs,
        "paces": {"offered_per_s": PER_S, "at_once": MANY},
        "times_stock": round(speeds[0] / speeds[1], 2) if all(speeds) else None,
    }  # fmt: skip
    everything = {**known, "summary": found}
    targets = [
        {key: each[key] for key in ("name", "least", "most") if key in each}
        | {"measured": at(everything, each["of"])}
        for each in wanted["targets"]
    ]
    return {**found, "targets": [each | {"verdict": _verdict(each)} for each in targets]}


def _verdict(target: Mapping[str, Any]) -> str:
    measured = target["measured"]
    if measured is None:
        return UNKNOWN
    reached = measured >= target["least"] if "least" in target else measured <= target["most"]
    return "reached" if reached else "missed"


def beside(known: Mapping[str, Any], worked_out: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """What is compared: its name, ours, a stock Rasa's."""
    ours, theirs = "turns.ours.twilio", "turns.stock.twilio"
    rows = [
        ("right, Spanish, %", "understanding.accuracy.es", "stock.accuracy.es"),
        ("right, English, %", "understanding.accuracy.en", "stock.accuracy.en"),
        ("macro F1, Spanish", "understanding.macro_f1.es", "stock.macro_f1.es"),
        ("macro F1, English", "understanding.macro_f1.en", "stock.macro_f1.en"),
        *((f"{title}, {kind}, % (ours with the gate)",
           f"understanding.safety.{intent}.{kind}", f"stock.safety.{intent}.{kind}")
          for intent, title in (("report_immediate_danger", "danger"),
                                ("express_suicidal_distress", "despair"))
          for kind in ("recall", "precision")),
        ("training on all messages, s", "understanding.trained_s", "stock.trained_s"),
        ("model of all messages, MB", "understanding.size_mb", "stock.size_mb"),
        ("understanding a message, p50 ms", "understanding.milliseconds.p50",
         "stock.milliseconds.p50"),
        ("first start, s", "turns.ours.start_s.first", "turns.stock.start_s.first"),
        ("memory of all processes after the turns, MB", "turns.ours.memory_mb.all",
         "turns.stock.memory_mb.all"),
        *((f"a turn, {PACES[pace]}, {part} ms", f"{ours}.{pace}.turn_ms.{part}",
           f"{theirs}.{pace}.turn_ms.{part}")
          for pace in ("one_at_a_time", "at_20_a_second") for part in ("p50", "p95", "p99")),
        *((f"turns in a second, {PACES[pace]}", f"{ours}.{pace}.turns_per_s",
           f"{theirs}.{pace}.turns_per_s") for pace in PACES),
        ("processor, ms a turn", f"{ours}.16_at_once.processor_ms.all",
         f"{theirs}.16_at_once.processor_ms.all"),
        ("processor of a thousand turns, US dollars", "summary.usd_for_1000_turns.ours",
         "summary.usd_for_1000_turns.stock"),
        ("refused while processes are killed", "losses.ours.refused", "losses.stock.refused"),
        ("lost while processes are killed", "losses.ours.lost", "losses.stock.lost"),
    ]  # fmt: skip
    everything = {**known, "summary": worked_out}
    return [(name, at(everything, own), at(everything, other)) for name, own, other in rows]


def number(value: Any) -> str:
    """For people."""
    if value is None:
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else str(value)


def parts(each: Mapping[str, float]) -> str:
    """Of a whole, the largest first."""
    some = sorted(((value, name) for name, value in each.items() if name != "all"), reverse=True)
    return ", ".join(f"{name} {value}" for value, name in some if value)


def kills(each: Mapping[str, int]) -> str:
    """Who was killed how often."""
    roles: dict[str, list[str]] = {}
    for name, times in each.items():
        roles.setdefault(name.split()[0], []).append(str(times))
    return ", ".join(f"{role} {' and '.join(times)}" for role, times in roles.items())


def render(known: Mapping[str, Any], worked_out: Mapping[str, Any], files: Sequence[str]) -> str:
    """The page."""
    environment = jinja2.Environment(  # noqa: S701  # Markdown, of our own figures
        loader=jinja2.FileSystemLoader(ROOT / "bench"), keep_trailing_newline=True
    )
    environment.filters.update(n=number, parts=parts, kills=kills,
                               words=lambda pace: PACES.get(pace, pace))  # fmt: skip
    targets = yaml.safe_load(TARGETS.read_text(encoding="utf-8"))["targets"]
    soaks = [json.loads(path.read_text(encoding="utf-8")) for path in SOAKS.glob("soak-*.json")]
    soaks.sort(key=lambda each: (each["database"], each.get("assistant", "echo"), each["messages"]))
    return environment.get_template("report.md.jinja").render(
        **{name: known.get(name) for name in (*MEASURED, "corpus")}, files=files, soaks=soaks,
        stages=[known[name] for name in MEASURED if name in known],
        missing=[name for name in MEASURED if name not in known], summary=worked_out,
        beside=beside(known, worked_out), whys={each["name"]: each["why"] for each in targets},
        zipped=lambda *some: zip(*some, strict=True),
    )  # fmt: skip


def write(data: Path = DATA, page: Path = PAGE) -> None:
    """Summary, charts and page."""
    known = read(data)
    worked_out = summary(known)
    text = json.dumps(worked_out, indent=1, ensure_ascii=False)
    (data / "summary.json").write_text(text + "\n", encoding="utf-8")
    given = {"charts": charts(known), "folder": str(page)}
    subprocess.run(  # noqa: S603  # our own command
        [str(RASA_PYTHON), "-m", "bench.charts"], input=json.dumps(given), text=True, check=True,
        cwd=ROOT, env=rasa_environment(ROOT, 0, 0, "", ""),
    )  # fmt: skip
    files = sorted(path.name for path in data.glob("*.json"))
    (page / "index.md").write_text(render(known, worked_out, files), encoding="utf-8")


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    parser = command_line("report", __doc__)
    parser.add_argument("--page", type=Path, default=PAGE, help="folder of page and charts")
    given = parser.parse_args(arguments)
    write(given.to, given.page)
    say(str(given.page / "index.md"))
