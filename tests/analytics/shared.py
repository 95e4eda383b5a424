"""What of a table may be shown takes seconds to find out, and depends on the table and the rule
alone: tests that look at the same one share the answer. Nothing in here decides anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from bot.analytics import linked, protect
from bot.analytics.protect import Plan, Table

_PLANS: dict[object, Plan] = {}
_CLOSED: dict[object, dict[str, Plan]] = {}


def plan_for(table: Table, threshold: int) -> Plan:
    """As bot.analytics.protect has it. Only to be read from."""
    whole = frozenset((table.parts_of or {}).items())
    key = (threshold, *table.headings.items(), table.countries, frozenset(table.counts.items()),
           whole, table.small, table.known, frozenset(table.told.items()))  # fmt: skip
    if key not in _PLANS:
        _PLANS[key] = protect.plan_for(table, threshold)
    return _PLANS[key]


def close(plans: Mapping[str, Plan], threshold: int, step: int) -> dict[str, Plan]:
    """As bot.analytics.linked has it; the plans come from `plan_for`, and so are always there."""
    key = (threshold, step, *((name, id(plan)) for name, plan in plans.items()))
    if key not in _CLOSED:
        _CLOSED[key] = linked.close(plans, threshold, step)
    return {**_CLOSED[key]}


@contextmanager
def sharing() -> Iterator[None]:
    """The program itself asks here meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.analytics.together.plan_for", plan_for)
        patch.setattr("bot.analytics.together.close", close)
        yield
