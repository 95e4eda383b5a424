"""`python -m bench.directory`: the search for services among 50,000, and after a change of one.

The places are those of bench/portal.py. Searches are those of a turn: kinds of help with a town, a
state, a point or nothing known. Arguments: the URL of a database that is to stay.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bench.portal_places import SERVICES, fill
from bot.database import migrate, open_engine
from bot.directory.models import Service
from bot.directory.places import every_town
from bot.directory.schema import SERVICE_TYPES
from bot.directory.search import find_services
from bot.knowledge.schema import COUNTRY_CODES
from bot.serve.supervisor import say

TODAY = date(2026, 11, 25)
TIMES = 600
LIMITS = (3, 30, 200, 400)  # what bot/conversation/world.py asks for
KINDS = [(), ("hotline", "legal"), *((each,) for each in SERVICE_TYPES)]


def main() -> None:
    """A line for each figure, in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="comadre-bench-") as folder:
        url = (*sys.argv[1:], f"sqlite:///{Path(folder) / 'directory.db'}")[0]
        migrate(url)
        engine = open_engine(url)
        with Session(engine) as session:
            is_filled = (session.scalar(select(func.count(Service.id))) or 0) >= SERVICES
        if not is_filled:
            say(f"Inventing {SERVICES} services …")
            fill(engine)
        dice = random.Random(7)  # noqa: S311 - the same searches every time
        with Session(engine) as session:
            told("a country's first searches of each kind",
                 [_timed(session, dice, country, kinds)
                  for country in COUNTRY_CODES for kinds in KINDS])  # fmt: skip
            told("a search", [_timed(session, dice) for _ in range(TIMES)])
        after = []
        for country in COUNTRY_CODES:
            with engine.begin() as connection:
                connection.execute(text("UPDATE service SET alert = alert WHERE id IN"
                                        " (SELECT min(id) FROM service)"))  # fmt: skip
            with Session(engine) as session:
                after.append(_timed(session, dice, country, ("legal",)))
        told("the first of a country after a change", after)
        engine.dispose()


def _timed(
    session: Session, dice: random.Random, country: str = "", kinds: tuple[str, ...] | None = None
) -> tuple[float, float]:
    country = country or dice.choice(COUNTRY_CODES)
    town = dice.choice(every_town(country))
    city = dice.choice([None, town.name, town.state or None])
    near = town.point if dice.random() < 0.2 else None
    started, used = time.perf_counter(), time.process_time()
    find_services(session, country, dice.choice(KINDS) if kinds is None else kinds, city, near,
                  dice.choice(LIMITS), today=TODAY)  # fmt: skip
    return 1_000 * (time.perf_counter() - started), 1_000 * (time.process_time() - used)


def told(name: str, times: list[tuple[float, float]]) -> None:
    """Median, p95 and the longest, by the clock and of the processor."""
    for how, some in zip(("by the clock", "processor"), zip(*times, strict=True), strict=True):
        last = quantiles(some, n=20, method="inclusive")[-1]
        print(f"{name}, {how}: median {median(some):.1f} ms, p95 {last:.1f} ms, "
              f"longest {max(some):.0f} ms, of {len(some)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
