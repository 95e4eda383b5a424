"""What bench/charts.py draws, out of the stages' figures; a stage that is missing has no chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARTS = ("rasa", "actions", "worker", "gateway", "postgresql", "redis")


def charts(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All that can be drawn."""
    found = []
    turns = known.get("turns") or {}
    if turns.get("ours") and turns.get("stock"):
        found.append(_turns(turns))
    for name, draw in (("scaling", _scaling), ("examples", _examples), ("growth", _growth)):
        if name in known:
            found.append(draw(known[name]))
    return found


def _turns(turns: Mapping[str, Any]) -> dict[str, Any]:
    names = {"one_at_a_time": "one at a time", "at_20_a_second": "20 a second offered",
             "16_at_once": "16 at once"}  # fmt: skip
    series = {title: [turns[who]["twilio"][pace]["turns_per_s"] for pace in names]
              for who, title in (("ours", "Comadre"), ("stock", "stock Rasa"))}  # fmt: skip
    return {"file": "turns.svg", "kind": "bars", "groups": list(names.values()),
            "title": "Turns answered in a second, through Twilio", "series": series,
            "y": "turns/s"}  # fmt: skip


def _scaling(scaling: Mapping[str, Any]) -> dict[str, Any]:
    sizes = scaling["sizes"]
    return {"file": "scaling.svg", "kind": "bars", "stacked": True,
            "title": "Processor time of a turn", "y": "ms",
            "groups": [f"{each['pods']} × worker, actions, Rasa" for each in sizes],
            "series": {part: [each["processor_ms"].get(part, 0) for each in sizes]
                       for part in PARTS}}  # fmt: skip


def _examples(examples: Mapping[str, Any]) -> dict[str, Any]:
    sizes = examples["sizes"]
    series = {name: [[each["examples"], each["accuracy"][code]] for each in sizes]
              for code, name in (("es", "Spanish"), ("en", "English"))}  # fmt: skip
    lowest = min(value for points in series.values() for _, value in points)
    return {"file": "examples.svg", "kind": "lines", "title": "Right on the development set",
            "x": "training messages", "y": "%", "series": series,
            "y_limits": [10 * (lowest // 10), 100]}  # fmt: skip


def _growth(growth: Mapping[str, Any]) -> dict[str, Any]:
    def line(name: str, size: str, *keys: str) -> list[list[float]]:
        points = []
        for each in growth[name]:
            value = each
            for key in keys:
                value = value[key]
            points.append([each[size], value])
        return points

    series = {
        "search of services": line("services", "services", "median_ms"),
        "choice of statements": line("statements", "statements", "median_ms"),
        "delivery, SQLite": line("delivery_sqlite", "women", "median_ms"),
        "delivery, PostgreSQL": line("delivery_postgresql", "women", "median_ms"),
        "Rasa's memory, file": line("rasa_memory", "conversations", "file", "median_ms"),
        "Rasa's memory, Redis": line("rasa_memory", "conversations", "redis", "median_ms"),
        "a stock Rasa's memory": line("rasa_memory", "conversations", "stock", "median_ms"),
    }
    return {"file": "growth.svg", "kind": "lines", "title": "Median of each part of a turn",
            "x": "how many there are", "y": "ms", "ticks": [1_000, 10_000, 100_000],
            "y_scale": "log", "series": series}  # fmt: skip
