"""Invented places for the benches: copies of the countries' own, with other names and points."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, inspect, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Location, Phone, Service, ServiceType, searched
from bot.knowledge.load import load_all
from bot.knowledge.trust import Report, Verification
from bot.portal.models import Reminder

SERVICES = 50_000
TOGETHER = 500
ASKED = date(2026, 11, 10)


def fill(engine: Engine, many: int = SERVICES) -> None:
    """The countries' content, and invented places until there are so many."""
    load_all(engine)
    dice = random.Random(7)  # noqa: S311 - the same places every time
    with transaction(engine) as session:
        models = [_row(each) for each in session.scalars(select(Service))]
        parts = {
            table: _by_service(session, table) for table in (Phone, Location, ServiceType)
        }  # fmt: skip
        rows: dict[type, list[dict[str, Any]]] = {Service: [], **{table: [] for table in parts}}
        for number in range(many - len(models)):
            like = models[number % len(models)]
            new = f"{like['id'][:60]}-{number}"
            name = f"{like['name'][:200]} {number}"
            rows[Service].append(like | {
                "id": new, "name": name, "searched": searched(name, new), "file_hash": None,
                **_age(dice),
            })  # fmt: skip
            for part, of in parts.items():
                rows[part] += [
                    each | {"service_id": new} | _elsewhere(dice, each)
                    for each in of.get(like["id"], [])
                ]
        rows[Reminder] = [
            {
                "record_id": each["id"],
                "asked_on": None if is_silent else ASKED,
                "no_mail": is_silent,
            }
            for number, each in enumerate(rows[Service])
            if (is_silent := number % 500 == 1) or not number % 25
        ]
        rows |= _reported(rows[Service])
        for table, some in rows.items():
            # Many in a statement: PostgreSQL moves the stamp of what is told once for each.
            for first in range(0, len(some), TOGETHER):
                session.execute(insert(table).values(some[first : first + TOGETHER]))


def _reported(services: list[dict[str, Any]]) -> dict[type, list[dict[str, Any]]]:
    """Who was checked has it written down; every tenth of those had been reported five days
    before; and of every five hundredth place three women say now that it does not answer."""
    checked = [each for each in services if each["verified_at"]]
    checks = [
        {"record_id": each["id"], "at": each["verified_at"], "role": each["verified_by"],
         "method": "call"}
        for each in checked
    ]  # fmt: skip
    reports = [
        {"record_id": each["id"], "number": "", "mark": None, "state": "resolved",
         "reported_on": (each["verified_at"] - timedelta(days=5)).date()}
        for each in checked[::10]
    ] + [
        {"record_id": each["id"], "number": "", "mark": f"woman {who}", "state": "open",
         "reported_on": ASKED}
        for each in services[::500] for who in range(3)
    ]  # fmt: skip
    return {Verification: checks, Report: reports}


def _age(dice: random.Random) -> dict[str, Any]:
    if dice.random() < 0.4:
        return {"verified_at": None, "verified_by": None}
    day = datetime(2026, 11, 25, 12, tzinfo=UTC) - timedelta(days=dice.randint(1, 1_000))
    return {"verified_at": day, "verified_by": dice.choice(["organization", "editor"])}


def _elsewhere(dice: random.Random, part: dict[str, Any]) -> dict[str, Any]:
    """A place has a point of its own."""
    return {
        name: part[name] + dice.uniform(-0.3, 0.3)
        for name in ("latitude", "longitude") if part.get(name) is not None
    }  # fmt: skip


def _row(record: Any) -> dict[str, Any]:
    return {each.key: getattr(record, each.key) for each in inspect(type(record)).column_attrs}


def _by_service(session: Session, table: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for each in session.scalars(select(table)):
        row = _row(each)
        row.pop("id", None)
        found.setdefault(each.service_id, []).append(row)
    return found
