"""Tables that tell totals of each other: what a reader of one knows of another's columns.

Who reports something wrong asks about that topic, and whoever is answered writes by a channel: in
the worst case the totals of "corrections" and "delivery" stand, column by column, in "topics" and
"channels". What is published there is taken as known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.analytics.protect import Plan, Table, plan_for
from bot.analytics.vocabulary import CHANNELS, OTHER, REPORT


def plans(tables: Mapping[str, Table], threshold: int) -> Iterator[tuple[str, Plan]]:
    """What of every table may be shown."""
    made: dict[str, Plan] = {}
    for name, table in tables.items():
        known = known_totals(name, made)
        made[name] = plan_for(replace(table, known=known) if known else table, threshold)
        yield name, made[name]


def known_totals(name: str, made: Mapping[str, Plan]) -> frozenset[str]:
    """The columns of a table whose totals follow from those that are published before it."""
    if name == "corrections" and (topics := _shown(made, "topics")):
        return frozenset(country for row, country in topics.shown() if row == REPORT)
    if name == "delivery" and (channels := _shown(made, "channels")):
        sums = channels.row_blocks().values()
        alone = {row for rows in sums for row in rows if len({_of(each) for each in rows}) == 1}
        every = channels.table.headings
        return frozenset(
            channel for channel in (*CHANNELS, OTHER)
            if alone >= {row for row in every if _of(row) == channel}
        )  # fmt: skip
    return frozenset()


def _shown(made: Mapping[str, Plan], name: str) -> Plan | None:
    plan = made.get(name)
    return None if plan is None or plan.withheld else plan


def _of(row: str) -> str:
    return row.partition(":")[0]
