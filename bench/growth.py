"""`python -m bench growth`: more services, statements, conversations: what a turn's part takes.

Services and statements are copies of the countries' own with other names; searches and questions
are drawn by lot, the same ones each time. Conversations: a message is taken in, answered and sent
where so many women are kept already (SQLite and PostgreSQL), and Rasa's memory is read and written
(in its own environment, bench/shelves.py).
"""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from bench import redis_server
from bench.directory import KINDS, TODAY, _timed
from bench.portal_places import TOGETHER, fill
from bench.record import Record, command_line, numbers
from bot.commands.meanings import ensure_meanings
from bot.commands.model import RASA_PYTHON
from bot.database import migrate, open_engine, transaction
from bot.directory.models import Service
from bot.knowledge.answer import answer
from bot.knowledge.asked import read_asked
from bot.knowledge.closeness import PATH
from bot.knowledge.load import load_all
from bot.knowledge.models import Source, Statement
from bot.knowledge.ranking import Signs
from bot.knowledge.schema import COUNTRY_CODES
from bot.nlu.meanings import meanings, unpacked
from bot.paths import ROOT
from bot.serve.supervisor import rasa_environment, say
from connectors.contract import Outgoing
from connectors.memory import Memory
from connectors.models import Person
from tests.delivery.stage import KEYS, Stage
from tests.throwaway_postgresql import running as running_postgresql

Times = list[tuple[float, float]]  # milliseconds by the clock and of the processor
SEARCHES, QUESTIONS, MESSAGES = 300, 300, 200
COUNTRY = "MX"


def told(times: Times) -> dict[str, float]:
    """Median and p95."""
    clock, used = (np.array(side) for side in zip(*times, strict=True))
    return {"median_ms": round(float(np.median(clock)), 2),
            "p95_ms": round(float(np.quantile(clock, 0.95)), 2),
            "processor_ms": round(float(np.median(used)), 2)}  # fmt: skip


def timed(do: Callable[[], object]) -> tuple[float, float]:
    """One call."""
    started, used = time.perf_counter(), time.process_time()
    do()
    return 1_000 * (time.perf_counter() - started), 1_000 * (time.process_time() - used)


@contextlib.contextmanager
def database(kind: str = "sqlite") -> Iterator[Engine]:
    """New, empty."""
    with contextlib.ExitStack() as stack:
        if kind == "postgresql":
            url = stack.enter_context(running_postgresql()).format(name="postgres")
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="comadre-growth-"))
            url = f"sqlite:///{Path(folder) / 'growth.db'}"
        migrate(url)
        engine = open_engine(url)
        stack.callback(engine.dispose)
        yield engine


def services(many: int) -> dict[str, Any]:
    """The search of a turn, after the first of each kind."""
    with database() as engine:
        fill(engine, many)
        with Session(engine) as session:
            there = session.scalar(select(func.count(Service.id))) or 0
            dice = random.Random(7)  # noqa: S311  # the same searches every time
            for country in COUNTRY_CODES:
                for kinds in KINDS:
                    _timed(session, dice, country, kinds)
            return {"services": there, **told([_timed(session, dice) for _ in range(SEARCHES)])}


def _copies(session: Session, times: int) -> None:
    """Each statement with its sources, so many times in all."""
    for table, key in ((Statement, "id"), (Source, "record_id")):
        columns = [each for each in table.__table__.columns if each.name != "id" or key == "id"]
        names = {each.name: prop.key for prop in table.__mapper__.column_attrs
                 for each in prop.columns}  # fmt: skip
        rows = [{names[each.name]: getattr(row, names[each.name]) for each in columns}
                for row in session.scalars(select(table))]  # fmt: skip
        if key == "record_id":
            known = set(session.scalars(select(Statement.id)))
            rows = [each for each in rows if each[key] in known]
        new = [each | {key: f"{each[key]}~{number}"} for number in range(1, times)
               for each in rows]  # fmt: skip
        for first in range(0, len(new), TOGETHER):
            session.execute(insert(table).values(new[first : first + TOGETHER]))


def statements(times: int) -> dict[str, Any]:
    """What answers a question: the choice among all statements of a country and the region."""
    with database() as engine:
        load_all(engine)
        with Session(engine) as session:
            own = session.scalars(select(Statement).where(Statement.country == COUNTRY)).all()
            asked = [(each.intent, text) for each in own if each.status == "published"
                     for text in (each.asked or {}).get("es", ())]  # fmt: skip
            with transaction(engine) as writing:
                _copies(writing, times)
            there = session.scalar(
                select(func.count(Statement.id)).where(Statement.country.in_((COUNTRY, "XX")))
            )
            some = random.Random(7).sample(asked, min(QUESTIONS, len(asked)))  # noqa: S311
            first = timed(lambda: _answer(session, *some[0]))
            return {"statements": there, "first_ms": round(first[0], 1),
                    **told([timed(lambda each=each: _answer(session, *each))
                            for each in some])}  # fmt: skip


def _answer(session: Session, intent: str, text: str) -> object:
    vectors, _ = meanings(PATH).of([text])
    width = vectors.shape[1] // 2
    halves = np.hstack([unpacked(vectors[:, :width]), unpacked(vectors[:, width:])])
    asked = replace(read_asked(text), vectors=halves if len(vectors) else None)
    signs = Signs(intent, {intent: 0.9}, None, 0.0, True, len(text.split()))
    return answer(session, intent, COUNTRY, "es", TODAY, asked=asked, signs=signs)


def women(engine: Engine, many: int) -> None:
    """So many who are kept: each with a key, an address and a memory as long as usual."""
    now, (_, wrapped) = datetime.now(UTC), KEYS.new_person_key()
    rows = [
        {"pseudonym": f"{number:032x}", "channel": "twilio", "style": "sms",
         "wrapped_key": wrapped, "sealed_address": bytes(60), "sealed_memory": bytes(600),
         "last_in_at": now - timedelta(seconds=number % 80_000), "leaving": False,
         "expires_at": now + timedelta(seconds=86_400 - number % 80_000)}
        for number in range(many)
    ]  # fmt: skip
    with transaction(engine) as session:
        for first in range(0, many, TOGETHER):
            session.execute(insert(Person), rows[first : first + TOGETHER])


def delivery(kind: str, many: int) -> dict[str, Any]:
    """A message is taken in, answered by nobody, and sent to nobody."""
    with database(kind) as engine:
        stage = Stage(engine, "", "loop")
        women(engine, many)
        queue = stage.queue("w")

        def whole(number: int) -> None:
            stage.says(f"+5025{number:07}", "hola")
            now = datetime.now(UTC) + timedelta(seconds=1)
            claimed = queue.claim(now, (), told=True)
            assert claimed is not None
            queue.finish(claimed, [Outgoing("¡Hola!")], Memory(), now, now + timedelta(1),
                         stop=None, erase=False)  # fmt: skip
            due = queue.due(now, (), claimed.pseudonym)
            assert due is not None
            queue.sent(due, f"SM{number}")

        for number in range(20):
            whole(number)
        return {"women": many, **told([timed(lambda n=n: whole(n))
                                       for n in range(20, 20 + MESSAGES)])}  # fmt: skip


def rasa_memory(sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Rasa's memory of conversations, as bench/shelves.py tells."""
    with (
        tempfile.TemporaryDirectory(prefix="comadre-shelf-") as folder,
        redis_server.running() as (url, _),
    ):
        done = subprocess.run(  # noqa: S603  # our own command
            [str(RASA_PYTHON), "-m", "bench.shelves", folder, url, *map(str, sizes)],
            cwd=ROOT, env=rasa_environment(ROOT, 0, 0, "", ""), check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    parser = command_line("growth", __doc__)
    parser.add_argument("--services", type=numbers, default=[1_000, 10_000, 50_000])
    parser.add_argument("--statements", type=numbers, default=[1, 4, 16], help="times as many")
    parser.add_argument("--conversations", type=numbers, default=[1_000, 10_000, 100_000])
    given = parser.parse_args(arguments)
    ensure_meanings()
    record, found = Record("growth", given.to, changed=given.changed), {}
    for name, sizes, measure in (
        ("services", given.services, services), ("statements", given.statements, statements),
        ("delivery_sqlite", given.conversations, lambda many: delivery("sqlite", many)),
        ("delivery_postgresql", given.conversations, lambda many: delivery("postgresql", many)),
    ):  # fmt: skip
        found[name] = []
        for many in sizes:
            say(f"Growth: {name}, {many} …")
            found[name].append(measure(many))
    found["rasa_memory"] = rasa_memory(given.conversations)
    record.write(found)
