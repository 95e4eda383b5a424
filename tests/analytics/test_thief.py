"""Somebody steals the database, or a backup of it, and looks for one woman in the counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.analytics.counted import Cell, Counted, rotate_counts
from bot.analytics.cuts import cuts
from bot.analytics.memory import Conversations
from bot.analytics.models import DayCount, SealedCount
from bot.analytics.protect import Count
from bot.analytics.recorder import Recorder
from bot.analytics.vocabulary import WEEKLY, Turn
from bot.database import transaction
from bot.privacy.keys import Keys
from tests.analytics.counting import KEYS, counts_of, months_in, put_week, table_of
from tests.analytics.year import Visit, month_of

AT = datetime(2026, 3, 3, 18, tzinfo=UTC)
DAY = date(2026, 3, 3)
Joined = dict[tuple[object, str], set[tuple[str, str]]]


def joined(cells: Iterable[tuple[object, str, str, str, int]]) -> Joined:
    """The thief's attack: where one conversation is alone under a date and in a country, what
    stands there in all tables is her visit."""
    volume: dict[tuple[object, str], int] = defaultdict(int)
    rows: Joined = defaultdict(set)
    for day, cut, row, country, many in cells:
        volume[day, country] += many if cut == "volume" else 0
        rows[day, country].add((cut, row))
    return {where: rows[where] for where, many in volume.items() if many == 1}


def by_the_day(visits: Iterable[Visit]) -> list[tuple[object, str, str, str, int]]:
    """As an earlier version kept them: one number a day and cell."""
    found: dict[tuple[object, str, str, str], int] = defaultdict(int)
    for visit in visits:
        talks = Conversations()
        steps = [
            s
            for turn in visit.turns
            for s in talks.take(visit.who, turn, visit.at, again=False, over=False)
        ]
        for step in [*steps, *talks.close()]:
            cell = step.cell
            found[visit.at.date(), cell.cut, cell.row, cell.country] += step.conversations
    return [(*place, many) for place, many in found.items()]


def stolen(engine: Engine) -> list[tuple[object, ...]]:
    """Every row of counts, as it lies on the disk."""
    with engine.connect() as connection:
        days = connection.execute(text("SELECT * FROM day_count")).all()
        blocks = connection.execute(text("SELECT * FROM sealed_count")).all()
        return [tuple(row) for row in (*days, *blocks)]


def lone(**said: str) -> Turn:
    """What a woman alone in Belize asked."""
    asked = month_of(60, 3)[0].turns[0]
    return replace(asked, country="BZ", **said)


HERS = (
    lone(intent="ask_digital_violence", outcome="service_found", service_type="legal_aid",
         origin="SV", phase="transit", language="es"),
    lone(intent="ask_asylum", outcome="answered", origin="unknown", phase="unknown",
         language="en"),
)  # fmt: skip


def after_one_visit(engine: Engine, turn: Turn) -> list[tuple[object, ...]]:
    counted = counts_of(engine)
    talks = Conversations()
    steps = [*talks.take("her", turn, AT, again=False, over=False), *talks.close()]
    counted.add({step.cell: (step.conversations, step.firsts) for step in steps})
    return stolen(engine)


def test_counts_by_the_day_and_in_the_clear_were_a_visit() -> None:
    """That the attack works at all: so it was, and one in ten was named by it."""
    many = list(month_of(600, 3))
    found = joined(by_the_day(many))

    assert len(found) > len(many) / 20
    assert any(len({cut for cut, _ in rows}) > 8 for rows in found.values())


def test_a_stolen_database_tells_of_no_visit(sqlite_engine: Engine) -> None:
    rows = after_one_visit(sqlite_engine, HERS[0])

    words = {row for cut in cuts().values() for row in cut.rows if len(row) > 4} | {*cuts()}
    assert rows
    for _, block, sealed in rows:
        assert isinstance(sealed, bytes)
        assert not [word for word in words if word.encode() in sealed or word in str(block)]
    with sqlite_engine.connect() as connection:
        assert connection.execute(select(DayCount.day)).all() == []


def test_whatever_she_asked_the_stolen_rows_look_alike(sqlite_engine: Engine) -> None:
    """Neither how many rows there are, nor how long they are, nor their dates differ."""
    seen = []
    for turn in HERS:
        rows = after_one_visit(sqlite_engine, turn)
        seen.append(sorted((since, len(str(block)), len(bytes(sealed)))  # type: ignore[arg-type]
                           for since, block, sealed in rows))  # fmt: skip
        with transaction(sqlite_engine) as session:
            session.execute(delete(SealedCount))

    assert seen[0] == seen[1]


def test_a_month_of_many_lies_in_one_block_of_a_length_that_says_little(
    sqlite_engine: Engine,
) -> None:
    counted = counts_of(sqlite_engine)
    talks = Conversations()
    lengths = set()
    for number, visit in enumerate(month_of(60, 3)):
        steps = [
            s
            for turn in visit.turns
            for s in talks.take(visit.who, turn, visit.at, again=False, over=False)
        ]
        counted.add({s.cell: (s.conversations, s.firsts) for s in [*steps, *talks.close()]})
        if number in (0, 1, 59):
            lengths |= {len(row[2]) for row in stolen(sqlite_engine)}  # type: ignore[arg-type]

    assert len(lengths) == 1
    assert len(stolen(sqlite_engine)) <= 6  # the month, and its weeks


def test_nobody_reads_without_the_secret(empty_engine: Engine) -> None:
    after_one_visit(empty_engine, HERS[0])

    assert Counted(empty_engine, Keys(b"x" * 32)).read(date.min, date.max) == {}
    assert table_of(empty_engine, "topics") == {("ask_digital_violence", "BZ"): (1, 1)}


def test_with_the_secret_there_are_months_and_no_days(empty_engine: Engine) -> None:
    after_one_visit(empty_engine, HERS[0])
    found = counts_of(empty_engine).read(date.min, date.max)

    assert {cell.since for cell in found if cell.country == "BZ"} == {date(2026, 3, 1)}
    assert {(cell.row, cell.country) for cell in found if cell.since.day == 2} == {("volume", "*")}


def test_days_of_an_earlier_version_are_sealed_at_the_start(empty_engine: Engine) -> None:
    rows = [("topics", "ask_asylum", "HN", 3), ("volume", "days_01_07", "HN", 3),
            ("crises", "danger:over", "HN", 2), ("outcomes", "not_understood", "HN", 1),
            ("workers", "3", "unknown", 700)]  # fmt: skip
    with transaction(empty_engine) as session:
        session.execute(insert(DayCount), [
            {"day": DAY + timedelta(days=more), "cut": cut, "row": row, "country": country,
             "conversations": many, "firsts": many}
            for more in (0, 1) for cut, row, country, many in rows
        ])  # fmt: skip
    recorder = Recorder(counts_of(empty_engine), flush_s=0.01)
    recorder.start()
    recorder.stop()

    with empty_engine.connect() as connection:
        assert connection.execute(select(DayCount.day)).all() == []
    assert table_of(empty_engine, "topics") == {("ask_asylum", "HN"): (6, 6)}
    assert table_of(empty_engine, "workers") == {
        ("2026-03-03:3", "unknown"): (700, 700), ("2026-03-04:3", "unknown"): (700, 700),
    }  # fmt: skip
    assert table_of(empty_engine, "week") == {
        ("volume", "*"): (6, 6), ("crises", "*"): (4, 4), ("not_understood", "*"): (2, 2),
    }  # fmt: skip


def test_days_that_the_last_old_process_wrote_during_an_update_are_sealed_within_the_hour(
    empty_engine: Engine,
) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=lambda: AT)
    assert counts_of(empty_engine).adopt() == 0  # the new one starts first
    with transaction(empty_engine) as session:
        session.add(DayCount(day=DAY, cut="topics", row="ask_asylum", country="HN",
                             conversations=3, firsts=3))  # fmt: skip

    recorder.publish()

    with empty_engine.connect() as connection:
        assert connection.execute(select(DayCount.day)).all() == []
    assert table_of(empty_engine, "topics") == {("ask_asylum", "HN"): (3, 3)}


def test_under_another_secret_no_day_is_sealed_beyond_reach(empty_engine: Engine) -> None:
    after_one_visit(empty_engine, HERS[0])
    with transaction(empty_engine) as session:
        session.add(DayCount(day=DAY, cut="topics", row="ask_asylum", country="HN",
                             conversations=3, firsts=3))  # fmt: skip

    assert Counted(empty_engine, Keys(b"x" * 32)).adopt() == 0

    assert counts_of(empty_engine).adopt() == 1


def test_several_threads_may_count_at_once(empty_engine: Engine) -> None:
    counted = counts_of(empty_engine)
    cell = Cell(DAY.replace(day=1), "topics", "ask_asylum", "HN")
    with ThreadPoolExecutor(6) as threads:
        for each in [threads.submit(counted.add, {cell: (1, 1)}) for _ in range(60)]:
            each.result()

    assert table_of(empty_engine, "topics") == {("ask_asylum", "HN"): (60, 60)}


def test_what_goes_on_being_counted_adds_up_over_processes_and_restarts(
    empty_engine: Engine,
) -> None:
    one, other = counts_of(empty_engine), counts_of(empty_engine)
    cell = Cell(DAY.replace(day=1), "topics", "ask_asylum", "HN")
    for counted in (one, other, one, counts_of(empty_engine)):
        counted.add({cell: (1, 1)})

    assert table_of(empty_engine, "topics") == {("ask_asylum", "HN"): (4, 4)}


def test_what_could_not_be_written_is_not_counted_twice(empty_engine: Engine) -> None:
    counted = counts_of(empty_engine)
    cell = Cell(DAY.replace(day=1), "topics", "ask_asylum", "HN")
    with empty_engine.begin() as connection:
        connection.execute(text("ALTER TABLE sealed_count RENAME TO away"))
    with pytest.raises(SQLAlchemyError):
        counted.add({cell: (1, 1)})
    with empty_engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO sealed_count"))
    counted.add({cell: (1, 1)})

    assert table_of(empty_engine, "topics") == {("ask_asylum", "HN"): (1, 1)}


def test_a_block_of_long_ago_is_not_written_again(empty_engine: Engine) -> None:
    """It would come back after it was deleted."""
    counted = counts_of(empty_engine)
    for month in (1, 4):
        counted.add({Cell(date(2026, month, 1), "topics", "ask_asylum", "HN"): (1, 1)})
    with transaction(empty_engine) as session:
        session.delete(session.scalars(select(SealedCount).order_by(SealedCount.since)).first())
    counted.add({Cell(date(2026, 4, 1), "topics", "ask_asylum", "HN"): (1, 1)})

    assert months_in(empty_engine) == {date(2026, 4, 1)}
    assert counted.read(date.min, date.max) == {
        Cell(date(2026, 4, 1), "topics", "ask_asylum", "HN"): Count(2, 2)
    }


def test_a_new_secret_opens_what_was_counted_and_the_old_one_nothing(empty_engine: Engine) -> None:
    put_week(empty_engine, date(2026, 3, 2), dict.fromkeys(WEEKLY, 12))
    new = Keys(b"n" * 32)

    def twice(connection: Connection) -> None:
        for _ in range(2):  # a second run finishes what a first one left
            rotate_counts(connection, KEYS, new)

    with closing(empty_engine.connect()) as connection, connection.begin():
        twice(connection)

    assert counts_of(empty_engine).read(date.min, date.max) == {}
    assert len(Counted(empty_engine, new).read(date.min, date.max)) == len(WEEKLY)
