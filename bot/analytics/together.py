"""Tables that tell totals of each other: what a reader of one knows of another's columns.

Who reports something wrong asks about that topic, and whoever is answered writes by a channel: in
the worst case the totals of "corrections" and "delivery" stand, column by column, in "topics" and
"channels". What is published there is taken as known here, to the last woman. Then all tables are
read side by side, as they are rounded (bot/analytics/linked.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.analytics.cuts import RECORDS, cuts
from bot.analytics.linked import close
from bot.analytics.protect import Plan, Table, plan_for
from bot.analytics.vocabulary import CHANNELS, OTHER, REPORT


def plans(tables: Mapping[str, Table], threshold: int, of_records: int | None = None,
          step: int = 5) -> Iterator[tuple[str, Plan]]:  # fmt: skip
    """What of every table may be shown, where it is rounded to `step`. `of_records`: the threshold
    where records are counted, which several processes count no more often than one."""
    alone: dict[str, Plan] = {}  # where more is hidden later, a total was taken for known: no harm
    for name, table in tables.items():
        least = of_records or threshold if cuts()[name].unit == RECORDS else threshold
        known = known_totals(name, table, alone, least)
        alone[name] = plan_for(replace(table, known=known) if known else table, least)
    yield from close(alone, threshold, step).items()


def known_totals(name: str, table: Table, made: Mapping[str, Plan],
                 threshold: int) -> frozenset[str]:  # fmt: skip
    """The columns whose totals follow from what is published before, for a reader who takes both
    totals for the same. Where they are not, that reader is wrong, and learns nothing."""
    told: Mapping[str, int] = {}
    if name == "corrections" and (topics := _shown(made, "topics")):
        told = {country: topics.table.at((row, country)).conversations
                for row, country in topics.shown() if row == REPORT}  # fmt: skip
    if name == "delivery" and (channels := _shown(made, "channels")):
        told = dict(_by_channel(channels))
    own = {each: sum(table.at((row, each)).conversations for row in table.headings)
           for each in told}  # fmt: skip
    return frozenset(each for each, total in told.items()
                     if own[each] >= threshold and abs(own[each] - total) < threshold)  # fmt: skip


def _by_channel(channels: Plan) -> Iterator[tuple[str, int]]:
    """The channels none of whose rows is summed up with rows of another."""
    sums = channels.row_blocks().values()
    alone = {row for rows in sums for row in rows if len({_of(each) for each in rows}) == 1}
    table = channels.table
    for channel in (*CHANNELS, OTHER):
        rows = [row for row in table.headings if _of(row) == channel]
        if alone.issuperset(rows):
            cells = [(row, country) for row in rows for country in table.countries]
            yield channel, sum(table.at(each).conversations for each in cells)


def _shown(made: Mapping[str, Plan], name: str) -> Plan | None:
    plan = made.get(name)
    return None if plan is None or plan.withheld else plan


def _of(row: str) -> str:
    return row.partition(":")[0]
