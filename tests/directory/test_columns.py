"""All services compared with her place at once: the same order as one after the other."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bot.directory import columns as layout
from bot.directory.candidates import Candidate, candidates
from bot.directory.columns import columns
from bot.directory.here import (
    ELSEWHERE,
    IN_COUNTRY,
    IN_STATE,
    IN_TOWN,
    NEARBY_KM,
    SAME_TOWN_KM,
    Here,
    distance_to,
    spot_of,
    where_she_is,
)
from bot.directory.search import _rank, find_services
from bot.knowledge.library import opened as opened_library
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from tests.conftest import ON_SQLITE, Copied, only_honduras, opened

TODAY = date(2026, 11, 25)
TAPACHULA = (14.9, -92.26)
CONFIDENCE = {"high": 0, "medium": 1, "low": 2}
PLACES = (
    ("MX", None, None), ("MX", "Tapachula", None), ("MX", "Ciudad Hidalgo", None),
    ("MX", "Chiapas", None), ("MX", None, TAPACHULA), ("MX", "Tapachula", (19.43, -99.13)),
    ("HN", "Choloma", None), ("CA", "Ottawa", None), (REGIONAL, None, None),
    (REGIONAL, None, TAPACHULA), ("GT", "No Such Town", None),
)  # fmt: skip


def one_by_one(each: Candidate, here: Here) -> tuple[object, ...]:
    """Where one service stands, by what is true of it alone."""
    spot, distance = spot_of(each.service, here.country), distance_to(each.service, here)
    if spot.fixed is not None:
        step = spot.fixed
    elif not here.is_known:
        step = IN_COUNTRY
    elif spot.town is not None and (
        spot.town == here.town or (distance is not None and distance <= SAME_TOWN_KM)
    ):
        step = IN_TOWN
    elif spot.state in here.states or (distance is not None and distance <= NEARBY_KM):
        step = IN_STATE
    else:
        step = ELSEWHERE
    tens = round(distance / 10) if distance is not None and step >= IN_COUNTRY else 0
    return step, tens, -each.use, distance or 0.0, each.service.id


@ON_SQLITE
@pytest.mark.parametrize(("country", "city", "near"), PLACES)
def test_the_order_is_that_of_each_service_by_itself(
    filled_engine: Engine, country: str, city: str | None, near: tuple[float, float] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    here = where_she_is(country, city, near)
    with Session(filled_engine) as session:
        library = opened_library(session)
        every = columns(library, country, TODAY)
        order = every.order("by use", lambda one: (-one.use, one.service.id))

        seen = list(every.seen_from(here, order))
        monkeypatch.setattr(layout, "AT_FIRST", 7)  # as of thousands: a few are put in order first
        in_two_parts = list(every.seen_from(here, order))

        assert in_two_parts == seen
        expected = sorted(every.everyone, key=lambda each: one_by_one(each, here))
        assert [one.service.id for one, _ in seen] == [one.service.id for one in expected]
        for one, distance in seen:
            assert distance == pytest.approx(distance_to(one.service, here))


@ON_SQLITE
def test_nothing_of_where_she_is_stays(filled_engine: Engine) -> None:
    with Session(filled_engine) as session:
        find_services(session, "MX", ("legal",), near=TAPACHULA, today=TODAY)
        kept = columns(opened_library(session), "MX", TODAY)
        before = set(kept._orders)
        find_services(session, "MX", ("legal",), "Tapachula", (19.43, -99.13), today=TODAY)

        assert columns(opened_library(session), "MX", TODAY) is kept
        assert set(kept._orders) == before


@ON_SQLITE
def test_another_day_is_laid_out_anew(filled_engine: Engine) -> None:
    with Session(filled_engine) as session:
        library = opened_library(session)
        kept = columns(library, "HN", TODAY)

        later = columns(library, "HN", date(2031, 1, 1))

        assert later is not kept
        assert later.everyone[: len(candidates(library.of("HN"), date(2031, 1, 1)))] == candidates(
            library.of("HN"), date(2031, 1, 1)
        )


@ON_SQLITE
@pytest.mark.parametrize("country", COUNTRY_CODES)
def test_a_page_is_a_part_of_the_whole_list(filled_engine: Engine, country: str) -> None:
    with Session(filled_engine) as session:
        library = opened_library(session)
        whole = [s.id for s in find_services(library, country, limit=999, today=TODAY)]
        pages = [
            find_services(library, country, limit=5, skip=skip, today=TODAY)
            for skip in range(0, len(whole) + 5, 5)
        ]
        paged = [each.id for page in pages for each in page]

    assert paged == whole
    assert len(set(whole)) == len(whole)


SOON = ((), ("legal",), ("hotline", "legal"), ("violence_shelter",))


@pytest.mark.parametrize(
    "change",
    [
        "call_first = NOT call_first, confidence = 'low' WHERE id IN ('hn.acnur', 'hn.conadeh')",
        "country = 'XX', url = NULL WHERE id = 'hn.acnur'",
        "publication = 'draft' WHERE id = 'hn.acnur'",
        "status = 'active', publication = 'published' WHERE country = 'HN'",
    ],
)
def test_after_a_change_the_order_is_the_one_that_a_first_search_makes(
    copied: Copied, change: str
) -> None:
    for engine in opened(copied("sqlite", only_honduras)):
        with Session(engine) as session:
            for types in SOON:
                find_services(session, "HN", types, today=TODAY)
        with engine.begin() as connection:
            changed = connection.execute(text(f"UPDATE service SET {change}")).rowcount  # noqa: S608
        with Session(engine) as session:
            found = [find_services(session, "HN", types, limit=99, today=TODAY) for types in SOON]
            library = opened_library(session)
            every = columns(library, "HN", TODAY)
            for (types, _), order in every._orders.items():
                fresh = every._made(lambda one, types=types: _rank(one, "HN", types, None))
                assert order.places.tolist() == fresh.places.tolist()
                assert order.use.tolist() == fresh.use.tolist()

        assert changed
        assert all(found)
        assert len(every._orders) == len(SOON)
