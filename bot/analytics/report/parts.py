"""What a report is made of: chapters of bars, grids, streams and paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.analytics.figures import Figure
from bot.analytics.flows import Flows
from bot.analytics.models import Publication
from bot.analytics.report.keys import Key

NOTHING: Literal[""] = ""  # a cell that is none: there is nothing hidden in it
Cell = Figure | None | Literal[""]


@dataclass(frozen=True)
class Line:
    """A bar: its name, length, and what stands at its end."""

    name: str
    value: int
    words: str
    is_rest: bool = False  # a sum of what was little: grey
    is_least: bool = False  # nobody knows how much longer it is: it goes on in stripes


@dataclass(frozen=True)
class Bars:
    """A bar a row."""

    title: str
    lines: Sequence[Line]
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """Rows by columns; a cell without a figure is not shown."""

    title: str
    corner: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    legend: str = ""


@dataclass(frozen=True)
class Streams:
    """From where to where."""

    title: str
    flows: Flows


@dataclass(frozen=True)
class Paragraphs:
    """Plain text."""

    texts: Sequence[str]


Block = Bars | Grid | Streams | Paragraphs


@dataclass(frozen=True)
class Chapter:
    """One question, answered at first sight by `lead`."""

    title: str
    lead: str
    blocks: Sequence[Block]
    on_new_page: bool = True


@dataclass(frozen=True)
class Report:
    """Everything that is printed."""

    language: str
    title: str
    kind: str
    span: str
    place: str
    front: Sequence[str]
    keys: Sequence[Key]
    chapters: Sequence[Chapter]
    rule: Publication
