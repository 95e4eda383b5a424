"""Long lists a page at a time: the pages together must be the list."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge.trust import Hidden
from bot.portal.census import Census
from bot.portal.freshness import dated_services, is_waiting
from tests.portal.desk import NOW, Desk, on_both

# Hidden, date of the source, checked at, checked by, publication, from, until, how many.
ROWS = [
    (False, "2020", None, None, "published", None, None, 3),
    (True, "2020", None, None, "published", None, None, 2),
    (False, "2020", None, None, "draft", None, None, 4),
]


class Shuffled:
    """A database that gives groups in any order, as it may."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    def execute(self, _: Any) -> Any:
        return self.rows


def test_records_of_one_age_have_the_same_order_on_every_page() -> None:
    orders = {
        tuple(each.values for each in census.groups)
        for rows in permutations(ROWS)
        for census in [Census.of_services(cast("Session", Shuffled(rows)), NOW.date())]
    }

    assert len(orders) == 1


@on_both
def test_pages_of_any_size_together_are_the_list(desk: Desk) -> None:
    """Groups of one record, of many, and mixtures of what two groups have."""
    with transaction(desk.engine) as session:
        services = session.scalars(select(Service).order_by(Service.id)).all()
        for number, each in enumerate(services):
            each.as_of = [None, "2020", "2020-03", "2021-05-01"][number % 4]
            if number % 3 == 0:
                each.verified_at = NOW - timedelta(days=300 + number // 6)
                each.verified_by = ["editor", "organization"][number % 2]
            if number % 5 == 0:
                each.publication = "draft"
            if number % 7 == 0:
                session.add(Hidden(record_id=each.id, number="", since=NOW.date()))
    with Session(desk.engine) as session:
        census = Census.of_services(session, NOW.date())
        whole = census.page(0, 9_999)
        plain = dated_services(session, NOW.date())

        assert set(whole) == set(plain)
        assert len(whole) == len(plain) == census.count()
        days = [each.checked_on or date.min for each in whole]
        assert days == sorted(days)
        for size in (1, 7, 25):
            pages = [census.page(first, size) for first in range(0, len(whole) + size, size)]
            assert [each for page in pages for each in page] == whole
            some = list(census.each(size=size))
            assert max(map(len, some)) <= size
            assert [each for few in some for each in few] == whole
        waiting = [each for each in whole if is_waiting(each)]
        assert census.page(3, 5, is_waiting) == waiting[3:8]
