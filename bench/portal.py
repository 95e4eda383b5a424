"""`python -m bench.portal`: the back office with 50,000 services, every page and common acts.

The places are invented: copies of the countries' own services, with other names and points, towns
as they are, ages from one day to three years; 2,000 were asked by a letter this month, a hundred
want none, and of a hundred women say that they do not answer. Each page is asked for twenty times
by each role through the application itself, without a network; what takes longer than two seconds,
three times, and a file that takes longer than twenty, once.

Arguments: `postgresql` (a server of its own, gone afterwards) or the URL of a database that is to
stay, else SQLite (`-`); then a role, alone. In place of the role `daily`: what an editor and an
administrator open every day, each for a few seconds at most, kept in `bench/results` for
`bench.portal_docs`; a database that stays is filled by `fill` in that place, and not measured.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bench.portal_docs import keep, machine
from bench.portal_places import SERVICES, fill
from bot.database import migrate, open_engine, transaction
from bot.directory.models import Organization, Service
from bot.knowledge.models import Statement
from bot.portal.models import Account
from bot.portal.reminders import link_to
from bot.portal.routes import PAGES
from bot.serve.supervisor import say
from tests.portal.desk import Desk, Worker
from tests.portal.test_try import Dialogue
from tests.throwaway_postgresql import running

TIMES, TIMES_IF_SLOW, SLOW_MS = 20, 3, 2_000
ONCE_MS = 20_000
# The most that a page is asked for every day's figures, and how often at least.
DAILY_S, LEAST = 5.0, 5
DAILY = ("/", "/services", "/services?fresh=waiting", "/services?town=san",
         "/services?type=violence_shelter", "/services?q=casa", "/services?q=a", "/reports",
         "/statements", "/statements?state=waiting")  # fmt: skip
# Beside every address of bot/portal/routes.py that is read: the ways in which lists are filtered.
# Two names stand in no place's name: there words are looked for as they are nearly spelled.
FILTERED = ("/services?fresh=waiting", "/services?q=casa", "/services?q=a",
            "/services?q=casa+del+migrante", "/services?q=abogda", "/services?q=albrgue+mujres",
            "/services?town=san",
            "/services?type=violence_shelter", "/services?page=9")  # fmt: skip
# Of nobody's daily work, or not without what was sent before.
LEFT_OUT = ("/login", "/code", "/language/{code}", "/invitation/{token}", "/sheets/work/{name}",
            "/sheets/{token}", "/totp")  # fmt: skip


@dataclass(frozen=True)
class Timed:
    """One page or act, asked for several times: milliseconds by the clock and of the processor."""

    role: str
    what: str
    clock: list[float]
    processor: list[float]
    size: int

    def __str__(self) -> str:
        clock, processor = sorted(self.clock), sorted(self.processor)
        shown = (median(processor), p95(processor), median(clock), p95(clock))
        return " | ".join(
            (f"| {self.role} | `{self.what}`", *(f"{each:.0f}" for each in shown),
             f"{self.size / 1_000:.0f} |")
        )  # fmt: skip


def p95(sorted_values: list[float]) -> float:
    """The value that nineteen of twenty do not pass; of a few values, the largest."""
    return sorted_values[min(len(sorted_values) - 1, math.ceil(0.95 * len(sorted_values)) - 1)]


def measured(desk: Desk, only: str) -> Iterator[Timed]:
    """Pages first, then acts, of each role."""
    with Session(desk.engine) as session:
        organization = session.scalars(select(Organization.id).limit(1)).one()
        # Of the editor's country, long unchecked; not among what she saves below.
        statement = session.scalars(select(Statement.id).where(Statement.country == "MX")).first()
    service = desk.service(country="MX")
    people = {
        "contributor": desk.worker("contributor", "Berta", organization_id=organization),
        "editor": desk.editor(country="MX"), "administrator": desk.worker("administrator", "Eva"),
        "analyst": desk.worker("analyst", "Dora"),
    }  # fmt: skip
    records = {"/services/{record_id}": service.id, "/statements/{record_id}": str(statement),
               "/records/{record_id}/history": service.id}  # fmt: skip
    signed = link_to(desk.site.secrets, "", service).removeprefix("/portal/still-true/")
    with Session(desk.engine) as session:
        somebody = session.scalars(select(Account.id).where(Account.role == "contributor")).first()
    paths = [
        path.format(record_id=records.get(path, ""), signed=signed, id=somebody)
        for path, _, access in PAGES
        if "GET" in access.methods and path not in LEFT_OUT
    ]
    for role, worker in people.items():
        if only not in ("", role):
            continue
        for page in (*paths, *FILTERED, "/figures"):
            path = f"/portal{page}"
            answer = worker.client.get(path)
            if answer.status_code == 200 and answer.url.path == path.partition("?")[0]:
                yield _timed(role, _named(page), partial(worker.client.get, path))
        if role in ("editor", "administrator"):
            yield from _acts(desk, role, worker, service.id, str(statement))


def daily(desk: Desk) -> Iterator[Timed]:
    """What an editor and an administrator open and tap every day."""
    with Session(desk.engine) as session:
        wanted = select(Statement.id).where(Statement.country == "MX").order_by(Statement.id)
        statement = str(session.scalars(wanted).first())
    service = desk.service(country="MX")
    people = {
        "editor": desk.editor(country="MX"), "administrator": desk.worker("administrator", "Eva"),
    }  # fmt: skip
    named = {path: path for path in DAILY} | {
        "/services/{id}": f"/services/{service.id}", "/statements/{id}": f"/statements/{statement}"
    }  # fmt: skip
    for role, worker in people.items():
        worker.open("/portal/")  # what is read once in a process
        for what, path in named.items():
            ask = partial(worker.client.get, f"/portal{path}")
            yield _timed(role, what, ask, most_s=DAILY_S)
        yield from _acts(desk, role, worker, service.id, statement, DAILY_S)


def _named(page: str) -> str:
    return "/still-true/…" if page.startswith("/still-true/") else page


def _acts(
    desk: Desk, role: str, worker: Worker, service: str, statement: str, most_s: float = math.inf
) -> Iterator[Timed]:  # fmt: skip
    """What somebody waits for after a tap."""
    page = f"/portal/services/{service}"

    def form(path: str) -> dict[str, Any]:
        fields: dict[str, Any] = worker.open(path).forms()[-1]["fields"]
        return fields

    def new_name(do: str) -> Callable[[], Any]:
        numbers = count()

        def act() -> Any:
            fields = form(page) | {"name": [f"Casa nueva {next(numbers)}"], "do": [do]}
            return lambda: worker.client.post(page, data=fields, follow_redirects=False)

        return act

    def wording() -> Any:
        text = f"/portal/statements/{statement}"
        fields = form(text) | {"part": ["checks"], "text_es": ["Lleva tu pasaporte."]}
        return lambda: worker.client.post(text, data=fields)

    with Session(desk.engine) as session:
        wanted = select(Service.id).where(
            Service.country == "MX", Service.publication == "published",
            Service.confidential_location.is_(False),
        )  # fmt: skip
        due = iter(session.scalars(wanted.limit(2 * TIMES)).all())

    def still_true() -> Any:
        token = worker.open("/portal/account").forms()[-1]["fields"]["csrf"]
        path = f"/portal/records/{next(due)}/still-true"
        return lambda: worker.client.post(path, data={"csrf": token}, follow_redirects=False)

    def one_message() -> Any:
        fields = form("/portal/try") | {"country": ["MX"], "style": ["sms"],
                                        "text": ["busco un albergue en Tijuana"]}  # fmt: skip
        return lambda: worker.client.post("/portal/try", data=fields)

    for what, made in (
        ("preview of a place with another name", new_name("preview")),
        ("saving a place with another name", new_name("save")), ("still true", still_true),
        ("a text measured while it is written", wording), ("try it: one message", one_message),
    ):  # fmt: skip
        yield _timed(role, what, made, is_made_anew=True, most_s=most_s)


def _timed(
    role: str, what: str, ask: Callable[[], Any], *, is_made_anew: bool = False,
    most_s: float = math.inf,
) -> Timed:  # fmt: skip
    """`is_made_anew`: what is asked for has to be prepared each time, which is not counted.
    `most_s`: no further time is begun after so many seconds, but for the first few."""
    timed = Timed(role, what, [], [], 0)
    size = 0
    for number in range(TIMES):
        send = ask() if is_made_anew else ask
        started, used = time.perf_counter(), time.process_time()
        answer = send()
        timed.clock.append(1_000 * (time.perf_counter() - started))
        timed.processor.append(1_000 * (time.process_time() - used))
        assert answer.status_code in (200, 303), f"{what}: {answer.status_code}"
        size = len(answer.content)
        if number + 1 >= LEAST and sum(timed.clock) > 1_000 * most_s:
            break
        if number + 1 >= TIMES_IF_SLOW and median(timed.clock) > SLOW_MS:
            break
        if timed.clock[-1] > ONCE_MS:
            break
    return replace(timed, size=size)


def main() -> None:
    """To stdout."""
    url, only = (*sys.argv[1:], "", "")[:2]
    url = url.removeprefix("-")
    with ExitStack() as opened:
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="comadre-bench-"))
        if url == "postgresql":
            url = opened.enter_context(running()).format(name="postgres")
        url = url or f"sqlite:///{Path(folder) / 'portal.db'}"
        migrate(url)
        engine = open_engine(url)
        with transaction(engine) as session:
            session.execute(delete(Account))  # of an earlier run
            is_filled = len(session.scalars(select(Service.id)).all()) >= SERVICES
        if not is_filled:
            say(f"Inventing {SERVICES} services …")
            fill(engine)
        if only == "fill":
            engine.dispose()
            return
        before = machine() if only == "daily" else {}
        head = ("role", "page", "processor median", "processor p95", "clock median", "clock p95",
                "kB")  # fmt: skip
        print("| " + " | ".join(head) + " |\n|" + "---|" * len(head), flush=True)
        everything: dict[str, list[Timed]] = {}
        desk = Desk.open(engine)
        desk.site.assistant = Dialogue(desk.site.world)  # without Rasa: its time is in make bench
        for timed in daily(desk) if only == "daily" else measured(desk, only):
            everything.setdefault(timed.role, []).append(timed)
            print(timed, flush=True)
        for role, some in everything.items():
            alike = [each for each in some if len(each.clock) == TIMES]
            clock = sorted(value for each in alike for value in each.clock)
            processor = sorted(value for each in alike for value in each.processor)
            print(f"{role}, {len(alike)} pages and acts, each as often: p95 {p95(processor):.0f} "
                  f"ms of the processor, {p95(clock):.0f} ms by the clock")  # fmt: skip
        if only == "daily":
            _keep(engine.dialect.name, before, everything)
        engine.dispose()


def _keep(base: str, before: dict[str, Any], everything: dict[str, list[Timed]]) -> None:
    """For bench.portal_docs: milliseconds, and kilobytes of a page."""

    def spread(values: list[float]) -> dict[str, float]:
        return {"p50": round(median(values), 1), "p95": round(p95(sorted(values)), 1)}

    keep(base, before | {
        "services": SERVICES, "load_after": round(os.getloadavg()[0], 1),
        "pages": [
            {"role": role, "what": each.what, "times": len(each.clock),
             "clock_ms": spread(each.clock), "processor_ms": spread(each.processor),
             "kb": round(each.size / 1_000, 1)}
            for role, some in everything.items() for each in some
        ],
        # Each page as often as any other: five of each.
        "together": [
            {"role": role,
             "clock_ms": spread([ms for each in some for ms in each.clock[:LEAST]]),
             "processor_ms": spread([ms for each in some for ms in each.processor[:LEAST]])}
            for role, some in everything.items()
        ],
    })  # fmt: skip


if __name__ == "__main__":
    main()
