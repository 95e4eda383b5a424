"""Charts as SVG, drawn with Rasa's own matplotlib: runs in Rasa's environment, for bench/report.py.

JSON from stdin: a list of charts, and the folder that they go to. The same figures give the same
file. White behind them, so that they can be read in a dark theme too; no colour tells alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

# ColorBrewer's "Dark2", safe for colour blindness; each with a mark and a hatch of its own.
COLOURS = ("#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#666666")
MARKS, HATCHES = "os^Dvp*X", ("", "//", "..", "xx", "\\\\", "++", "--", "oo")


def _lines(axes: Any, chart: dict[str, Any]) -> None:
    for place, (name, points) in enumerate(chart["series"].items()):
        axes.plot(*zip(*points, strict=True), label=name, color=COLOURS[place], marker=MARKS[place])
    axes.set_xscale(chart.get("x_scale", "log"))
    axes.set_yscale(chart.get("y_scale", "linear"))
    ticks = chart.get("ticks") or sorted(
        {x for points in chart["series"].values() for x, _ in points}
    )
    axes.set_xticks(ticks, [f"{x:,.0f}" for x in ticks])
    axes.minorticks_off()


def _bars(axes: Any, chart: dict[str, Any]) -> None:
    """Beside each other, or on each other where they are parts of a whole."""
    groups, series = chart["groups"], chart["series"]
    wide = 0.7 if chart.get("stacked") else 0.8 / len(series)
    below = [0.0] * len(groups)
    for place, (name, values) in enumerate(series.items()):
        shift = 0.0 if chart.get("stacked") else (place - (len(series) - 1) / 2) * wide
        drawn = axes.bar([x + shift for x in range(len(groups))], values, wide, bottom=below,
                         label=name, color=COLOURS[place], hatch=HATCHES[place],
                         edgecolor="white")  # fmt: skip
        if chart.get("stacked"):
            below = [low + value for low, value in zip(below, values, strict=True)]
        else:
            axes.bar_label(drawn, [f"{value:g}" for value in values], padding=2, fontsize=9)
    axes.set_xticks(range(len(groups)), groups)


def draw(chart: dict[str, Any], folder: Path) -> None:
    """One file."""
    figure, axes = plt.subplots(figsize=(8.4, 3.6))
    (_lines if chart["kind"] == "lines" else _bars)(axes, chart)
    if (chart["kind"] == "lines" and axes.get_yscale() == "linear") or chart["kind"] == "bars":
        axes.set_ylim(*chart.get("y_limits", (0, axes.get_ylim()[1] * 1.08)))
    for line in chart.get("wanted", ()):
        axes.axhline(line, color="black", linestyle="--", linewidth=1)
    axes.set_title(chart["title"], fontsize=11)
    axes.set_xlabel(chart.get("x", ""))
    axes.set_ylabel(chart.get("y", ""))
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=9, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    figure.tight_layout()
    figure.savefig(folder / chart["file"], facecolor="white", metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Stdin to files."""
    plt.rcParams.update({"svg.hashsalt": "bench", "svg.fonttype": "none"})
    given = json.load(sys.stdin)
    for chart in given["charts"]:
        draw(chart, Path(given["folder"]))


if __name__ == "__main__":
    main()
