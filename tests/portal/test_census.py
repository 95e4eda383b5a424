"""Long lists a page at a time: the pages together must be the list."""

from __future__ import annotations

from itertools import permutations
from typing import Any, cast

from sqlalchemy.orm import Session

from bot.portal.census import Census
from tests.portal.desk import NOW

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
