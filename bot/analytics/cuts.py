"""The fixed cuts: every table that may ever be published, and nothing else is counted.

A cut is a table of two dimensions: its rows, and the countries (in one, the channels). Only these
tables are stored, never the whole row of a turn; until they are published, sealed and by the month
(bot/analytics/counted.py), for whoever is alone in her country could be joined over the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bot.analytics.vocabulary import (
    ARRIVALS,
    CHANNELS,
    CORRECTED,
    COUNTRIES,
    CRISES,
    DEEPER,
    DEPTHS,
    EMERGENCY,
    ENDINGS,
    FAILED,
    HOURS,
    LANGUAGES,
    LATENCIES,
    LATER,
    LEFT_ALONE,
    LONGER,
    ORIGINS,
    OTHER,
    OUTCOMES,
    PHASES,
    SLOWER,
    UNKNOWN,
    WEEKS,
    Turn,
    intents,
    themes,
)
from bot.directory.schema import SERVICE_TYPES

MAX_CELLS = 5  # of one cut, that one conversation may be counted in
FOUND = ":service_found"  # how rows end that tell of services looked for and found
GAP = ":none_found"  # and of those not found
RECORDS = "records"  # a unit: what was reported
LOST_ROW = "not_understood"  # of no topic: in "outcomes" and in "unanswered" the same
UNANSWERED = ("no_answer", LOST_ROW, "none_found", "unavailable")


@dataclass(frozen=True)
class Cut:
    """One table: its rows, each with the heading it is merged into when it is rare."""

    name: str
    rows: Mapping[str, str]
    # Of one turn; None: not counted turn by turn.
    rows_of: Callable[[Turn], Iterable[str]] | None
    part_of: str | None = None  # whose cells less these would tell of the others
    columns: tuple[str, ...] = COUNTRIES
    most: int = MAX_CELLS  # how many cells one conversation can be counted in
    unit: str = "conversations"  # or RECORDS: then no woman's share of it has a bound


def _topic(turn: Turn) -> Iterator[str]:
    if intents().get(turn.intent, "conversation") != "conversation":
        yield turn.intent


def _themes(turn: Turn) -> Iterator[str]:
    return (name for name, rows in themes().items() if turn.intent in rows)


def _open(turn: Turn) -> Iterable[str]:
    if turn.outcome == LOST_ROW:
        return (LOST_ROW,)
    return _topic(turn) if turn.outcome in UNANSWERED else ()


def _service(turn: Turn) -> Iterator[str]:
    if turn.outcome in ("service_found", "none_found"):
        yield f"{turn.service_type}:{turn.outcome}"


def _flat(*rows: str) -> dict[str, str]:
    return dict.fromkeys(rows, "")


@cache
def cuts() -> Mapping[str, Cut]:
    """Every cut by its name."""
    topics = {name: group for name, group in intents().items() if group != "conversation"}
    languages = {f"{c}:{each}": c for c in (*CHANNELS, OTHER) for each in LANGUAGES}
    services = {f"{kind}:{end}": kind for kind in (*SERVICE_TYPES, OTHER)
                for end in ("service_found", "none_found")}  # fmt: skip
    crises = {f"{kind}:{end}": kind for kind in (*CRISES.values(), EMERGENCY) for end in ENDINGS}
    visits = {f"{bucket}:{again}": bucket for bucket in (*DEPTHS, DEEPER)
              for again in ("first", "again")}  # fmt: skip
    found = (
        Cut("volume", _flat(*WEEKS), None, most=1),
        Cut("themes", _flat(*themes()), _themes),
        Cut("topics", topics, _topic),
        Cut("unanswered", {**topics, LOST_ROW: ""}, _open, part_of="topics"),
        Cut("phases", _flat(*PHASES, UNKNOWN), lambda turn: (turn.phase,)),
        Cut("origins", {**ORIGINS, OTHER: "", UNKNOWN: ""}, lambda turn: (turn.origin,)),
        Cut("outcomes", _flat(*OUTCOMES), lambda turn: (turn.outcome,)),
        Cut("services", services, _service),
        Cut("crises", crises, None, most=1),
        Cut("channels", languages, lambda turn: (f"{turn.channel}:{turn.language}",)),
        Cut("hours", _flat(*HOURS), lambda turn: (turn.hour,)),
        Cut("latency", _flat(*LATENCIES, SLOWER), lambda turn: (turn.latency,)),
        Cut("visits", visits, None, most=1),
        Cut("delivery", _flat(*ARRIVALS, LATER, FAILED), None, columns=(*CHANNELS, OTHER)),
        Cut("corrections", _flat(*CORRECTED, LONGER, LEFT_ALONE), None, unit=RECORDS),
    )
    return {cut.name: cut for cut in found}
