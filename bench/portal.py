"""`python -m bench.portal`: the back office with 50,000 services, page by page.

The places are invented: copies of the countries' own services, with other names and points, towns
as they are, ages from one day to three years; 2,000 were asked by a letter this month, and a
hundred want none. Each page is asked for three times by each role through the application itself,
without a network.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, delete, insert, inspect, select
from sqlalchemy.orm import Session

from bot.database import migrate, open_engine, transaction
from bot.directory.models import Location, Organization, Phone, Service, ServiceType, searched
from bot.knowledge.load import load_all
from bot.portal.models import Account, Reminder
from bot.serve.supervisor import say
from tests.portal.desk import Desk, Worker

SERVICES = 50_000
TIMES = 3
TOGETHER = 500
ASKED = date(2026, 11, 10)
PAGES = ("/", "/services", "/services?fresh=overdue", "/services?q=casa", "/services?q=a",
         "/services?q=casa+del+migrante", "/services?town=san", "/services?type=violence_shelter",
         "/services?page=9", "/reports", "/reminders", "/sheets",
         "/statements", "{service}")  # fmt: skip


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
            for table, of in parts.items():
                rows[table] += [
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
        for table, some in rows.items():
            # Many in a statement: PostgreSQL moves the stamp of what is told once for each.
            for first in range(0, len(some), TOGETHER):
                session.execute(insert(table).values(some[first : first + TOGETHER]))


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


def measured(desk: Desk, only: str) -> Iterator[tuple[str, str, float, float, float, int]]:
    """Role, page, median and largest of the wall clock, median of the processor (ms), bytes."""
    service = desk.service()
    with Session(desk.engine) as session:
        organization = session.scalars(select(Organization.id).limit(1)).one()
    people = {
        "contributor": desk.worker("contributor", "Berta", organization_id=organization),
        "editor": desk.editor(country="MX"), "administrator": desk.worker("administrator", "Eva"),
    }  # fmt: skip
    for role, worker in people.items():
        if only not in ("", role):
            continue
        for page in PAGES:
            path = f"/portal{page}".format(service=f"/services/{service.id}")
            if _status(worker, path) == 200:
                yield role, page, *_timed(worker, path)


def _status(worker: Worker, path: str) -> int:
    return int(worker.client.get(path).status_code)


def _timed(worker: Worker, path: str) -> tuple[float, float, float, int]:
    wall, work, size = [], [], 0
    for _ in range(TIMES):
        started, used = time.perf_counter(), time.process_time()
        size = len(worker.client.get(path).content)
        wall.append(1_000 * (time.perf_counter() - started))
        work.append(1_000 * (time.process_time() - used))
    return median(wall), max(wall), median(work), size


def main() -> None:
    """To stdout. Arguments: the URL of a database that is to stay; a role, alone."""
    url, only = (*sys.argv[1:], "", "")[:2]
    with tempfile.TemporaryDirectory(prefix="comadre-bench-") as folder:
        url = url or f"sqlite:///{Path(folder) / 'portal.db'}"
        migrate(url)
        engine = open_engine(url)
        with transaction(engine) as session:
            session.execute(delete(Account))  # of an earlier run
            is_filled = len(session.scalars(select(Service.id)).all()) >= SERVICES
        if not is_filled:
            say(f"Inventing {SERVICES} services …")
            fill(engine)
        print(
            "| role | page | median ms | largest ms | processor ms | kB |\n"
            "|---|---|---|---|---|---|",
            flush=True,
        )
        for role, page, middle, most, work, size in measured(Desk.open(engine), only):
            print(f"| {role} | `{page}` | {middle:.0f} | {most:.0f} | {work:.0f} | "
                  f"{size / 1_000:.0f} |", flush=True)  # fmt: skip
        engine.dispose()


if __name__ == "__main__":
    main()
