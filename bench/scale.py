"""`python -m bench scale`: docs/scale.md, the plan on paper, from what was measured and assumed.

Nothing is measured here: figures are those of docs/benchmarks/data/scaling.json and growth.json,
assumptions and limits those of bench/scale.yml.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import yaml

from bench.record import DATA, command_line
from bot.paths import ROOT
from bot.serve.supervisor import say

PAGE = ROOT / "docs" / "scale.md"
GIVEN = ROOT / "bench" / "scale.yml"
POD = ("worker", "actions", "rasa")  # what a pod holds: deploy/kubernetes/worker.yml
DAY_S = 86_400
LEAST = 2  # of each, so that one may go


def sizes(measured: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of scaling.json, without who asks: milliseconds and megabytes of each part."""
    return [{**each, "processor_ms": {name: value for name, value in each["processor_ms"].items()
                                      if name not in ("bench", "all")}}
            for each in measured["sizes"]]  # fmt: skip


def need(women: int, given: Mapping[str, Any], measured: Mapping[str, Any]) -> dict[str, Any]:
    """What so many women a day ask for. Processor at the dearest turn that was measured, memory of
    the largest pod: where both differ between sizes, the plan takes the worse."""
    all_sizes = sizes(measured)
    dearest = {name: max(each["processor_ms"][name] for each in all_sizes)
               for name in all_sizes[0]["processor_ms"]}  # fmt: skip
    largest = {name: max(each["memory_mb"][name] / each["pods"] for each in all_sizes)
               for name in POD}  # fmt: skip
    gateway_mb = max(each["memory_mb"]["gateway"] for each in all_sizes)
    turns = women * given["turns_each"]
    mean_s = turns / DAY_S
    peak_s = mean_s * given["peak"]

    def processes(name: str) -> int:
        """One interpreter has one core."""
        return max(LEAST, math.ceil(peak_s * dearest[name] / 1000 / given["busy"]))

    pods = max(processes(name) for name in POD)
    gateways = processes("gateway")
    connections = given["connections"]
    return {
        "women": women, "turns": turns, "mean_s": mean_s, "peak_s": peak_s,
        "sent_s": peak_s * given["messages_a_turn"], "pods": pods, "gateways": gateways,
        "cores": peak_s * sum(dearest[name] for name in (*POD, "gateway")) / 1000 / given["busy"],
        "database_cores": peak_s * dearest["postgresql"] / 1000 / given["busy"],
        "redis_share": 100 * peak_s * dearest["redis"] / 1000,
        "memory_gb": (pods * sum(largest.values()) + gateways * gateway_mb) / 1024,
        "connections": pods * (connections["worker"] + connections["actions"])
        + gateways * connections["gateway"],
        "core_hours": turns * given["months"] * sum(dearest.values()) / 1000 / 3600,
        "dearest": dearest, "largest": largest,
    }  # fmt: skip


def women_at(per_s: float, given: Mapping[str, Any], *, messages: bool) -> float:
    """How many women a day bring so many turns, or messages of ours, into the busiest second."""
    a_woman = given["turns_each"] * (given["messages_a_turn"] if messages else 1)
    return per_s * DAY_S / (a_woman * given["peak"])


def breaks(given: Mapping[str, Any], measured: Mapping[str, Any]) -> list[tuple[float, str, str]]:
    """What gives out, by how many women a day: (women, what, then what)."""
    dearest = need(1, given, measured)["dearest"]
    found = []
    for limit in given["limits"]:
        told = f"[{limit['read']}]({limit['source']}): {limit['per_s']} messages a second"
        found.append((women_at(limit["per_s"], given, messages=True), limit["what"], told))
    for name in (*POD, "gateway"):
        per_s = 1000 * given["busy"] / dearest[name]
        found.append(
            (
                women_at(per_s, given, messages=False),
                f"one process `{name}`",
                f"{dearest[name]} ms a turn, on the one core that it can use: more pods",
            )
        )
    for name, cores in (("postgresql", 16), ("redis", 1)):
        per_s = 1000 * cores * given["busy"] / dearest[name]
        found.append(
            (
                women_at(per_s, given, messages=False),
                f"one {name} with {cores} core{'s' if cores > 1 else ''}",
                f"{dearest[name]} ms a turn: beyond that it must be parted, and nobody has"
                " written that",
            )
        )
    return sorted(found)


def number(value: float) -> str:
    """For people: two digits that count, with commas."""
    if value >= 100:
        digits = 2 - len(str(int(value)))
        value = round(value, digits)
    return f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"


def render(data: Path = DATA, given: Path = GIVEN) -> str:
    """The page."""
    measured = json.loads((data / "scaling.json").read_text(encoding="utf-8"))
    growth = json.loads((data / "growth.json").read_text(encoding="utf-8"))
    plan = yaml.safe_load(given.read_text(encoding="utf-8"))
    targets = yaml.safe_load((ROOT / "bench" / "targets.yml").read_text(encoding="utf-8"))
    steps = [need(women, plan, measured) for women in plan["steps"]]
    last = need(plan["women_a_day"], plan, measured)
    sent = last["turns"] * plan["months"] * plan["messages_a_turn"]
    environment = jinja2.Environment(  # noqa: S701  # Markdown, of our own figures
        loader=jinja2.FileSystemLoader(ROOT / "bench"), keep_trailing_newline=True
    )
    environment.filters["n"] = number
    return environment.get_template("scale.md.jinja").render(
        plan=plan, steps=steps, last=last, breaks=breaks(plan, measured), measured=measured,
        core_hour_usd=targets["core_hour_usd"], sent_a_month=sent,
        processor_usd=last["core_hours"] * targets["core_hour_usd"],
        sms_usd=plan["sms_usd"]["price"]
        * (sent * plan["sms_parts"] + last["turns"] * plan["months"]),
        kept=growth["delivery_postgresql"][-1],
    )  # fmt: skip


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    given = command_line("scale", __doc__).parse_args(arguments)
    PAGE.write_text(render(given.to), encoding="utf-8")
    say(str(PAGE))
