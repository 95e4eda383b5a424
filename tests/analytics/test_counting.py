"""What is written down of a turn, and what never is."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from bot.analytics.cuts import MAX_CELLS, cuts
from bot.analytics.models import DayCount
from bot.analytics.noise import BudgetSpent
from bot.analytics.publish import Rule
from bot.analytics.recorder import Recorder
from bot.analytics.vocabulary import read_turn
from connectors.claimed import Claimed
from connectors.memory import Memory
from connectors.outcome import Outcome

NOON = datetime(2026, 11, 10, 18, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def claimed(who: str = "a" * 32, at: datetime = NOON, idle_s: float | None = None) -> Claimed:
    return Claimed((1,), who, "twilio", "sms", "+50499990000", {"kind": "text",
                   "text": "me pega, estoy en Choloma, soy Rosa"}, Memory(), at, at, idle_s, 1,
                   False)  # fmt: skip


def outcome(intent: str = "ask_asylum", came: str = "answered", *, erase: bool = False,
            **slots: Any) -> Outcome:  # fmt: skip
    slots = {"language": "es", "country": "HN", "city": "Choloma", **slots}
    return Outcome((), Memory(), intent, slots, came, erase=erase)


def counts(engine: Engine, cut: str) -> dict[tuple[str, str], tuple[int, int]]:
    with Session(engine) as session:
        rows = session.scalars(select(DayCount).where(DayCount.cut == cut))
        return {(r.row, r.country): (r.conversations, r.firsts) for r in rows}


def test_a_turn_becomes_counts_and_nothing_else(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    recorder.on_turn(claimed(), outcome(), [])
    recorder.flush()

    assert counts(empty_engine, "topics") == {("ask_asylum", "HN"): (1, 1)}
    assert counts(empty_engine, "channels") == {("sms:es", "HN"): (1, 1)}
    with empty_engine.connect() as connection:
        every = str(connection.execute(text("SELECT * FROM day_count")).all())
    for secret in ("Choloma", "Rosa", "pega", "a" * 32, "50499990000", "18:00"):
        assert secret not in every


def test_one_woman_counts_once_however_much_she_writes(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    for minute in range(100):
        clock.now = NOON + timedelta(minutes=minute)
        recorder.on_turn(claimed(at=clock.now), outcome(), [])
    recorder.flush()

    assert counts(empty_engine, "topics")["ask_asylum", "HN"] == (1, 1)


def test_one_conversation_is_in_a_few_cells_of_a_cut_at_most(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    for intent in list(cuts()["topics"].rows)[:20]:
        recorder.on_turn(claimed(), outcome(intent), [])
    recorder.flush()
    topics = counts(empty_engine, "topics")

    assert len(topics) == MAX_CELLS
    assert sum(firsts for _, firsts in topics.values()) == 1


def test_what_she_asked_before_naming_her_country_counts_there(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    recorder.on_turn(claimed(), outcome("ask_asylum", country=None), [])
    recorder.flush()
    waiting = counts(empty_engine, "topics")
    recorder.on_turn(claimed(), outcome("inform_location", country="GT"), [])
    recorder.flush()

    assert waiting == {}
    assert counts(empty_engine, "topics") == {("ask_asylum", "GT"): (1, 1)}


def test_a_conversation_ends_after_a_day_of_silence(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    recorder.on_turn(claimed(), outcome("report_immediate_danger", "crisis card"), [])
    recorder.on_turn(claimed(), outcome("deny", crisis=None), [])
    clock.now = NOON + timedelta(hours=25)
    recorder.flush()

    assert counts(empty_engine, "volume") == {("days_08_14", "HN"): (1, 1)}
    assert counts(empty_engine, "visits") == {("turns_2_3:first", "HN"): (1, 1)}
    assert counts(empty_engine, "crises") == {("danger:over", "HN"): (1, 1)}


def test_stopping_writes_everything_and_two_processes_add_up(
    empty_engine: Engine, clock: Clock
) -> None:
    for who in ("a" * 32, "b" * 32):
        recorder = Recorder(empty_engine, clock=clock)
        recorder.start()
        recorder.on_turn(claimed(who), outcome(), [])
        recorder.stop()

    assert counts(empty_engine, "topics")["ask_asylum", "HN"] == (2, 2)
    assert counts(empty_engine, "volume")["days_08_14", "HN"] == (2, 2)


def test_she_who_erases_is_forgotten_here_too(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    recorder.on_turn(claimed(), outcome(), [])
    recorder.on_turn(claimed(), outcome("delete_my_data", erase=True), [])

    assert len(recorder._talks) == 0


def test_counting_never_breaks_a_turn(clock: Clock) -> None:
    broken = create_engine("sqlite:////nowhere/at/all.db")
    recorder = Recorder(broken, clock=clock)
    recorder.on_turn(SimpleNamespace(), SimpleNamespace(acted_on=None), [])  # type: ignore[arg-type]
    recorder.on_turn(claimed(), outcome(), [])
    recorder.on_sent(None, "sms", "soon")  # type: ignore[arg-type]  # nor that an answer leaves

    assert recorder.flush() == 0


def test_what_could_not_be_written_is_written_later(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(create_engine("sqlite:////nowhere/at/all.db"), clock=clock)
    recorder.on_turn(claimed(), outcome(), [])
    recorder.flush()
    recorder._engine = empty_engine

    assert recorder.flush() > 0
    assert counts(empty_engine, "topics")["ask_asylum", "HN"] == (1, 1)


def test_words_that_nobody_listed_are_never_stored() -> None:
    slots = {"country": "Choloma", "origin": "Rosa", "phase": "+504", "language": "zz",
             "service_type": "calle 5"}  # fmt: skip
    turn = read_turn("+504", "hola soy Rosa", "Rosa", slots, 1.0, 23)

    assert dataclasses.astuple(turn) == (
        "other", "es", "unknown", "other", "unknown", "other", "answered", "other",
        "under_two_seconds", "h18",
    )  # fmt: skip


def test_old_days_are_deleted_though_a_month_cannot_be_published(
    empty_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise BudgetSpent("2026-03")

    deleted: list[datetime] = []
    monkeypatch.setattr("bot.analytics.recorder.publish_due", broken)
    monkeypatch.setattr("bot.analytics.recorder.forget_days", lambda _, now: deleted.append(now))

    Recorder(empty_engine, rule=Rule()).publish()

    assert len(deleted) == 1


def test_how_long_an_answer_waited_is_counted_once_a_conversation(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    recorder.on_turn(claimed(), outcome(), [])
    for waited in (1.0, 3.0, 45.0, None):
        recorder.on_sent(claimed().pseudonym, "sms", waited)
    recorder.flush()

    assert counts(empty_engine, "delivery") == {
        ("in_ten_seconds", "sms"): (1, 1), ("in_a_minute", "sms"): (1, 0),
        ("failed", "sms"): (1, 0),
    }  # fmt: skip


def test_an_answer_that_leaves_before_its_turn_is_counted_counts(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    recorder.on_sent(claimed().pseudonym, "sms", 1.0)
    recorder.on_turn(claimed(), outcome(), [])
    recorder.flush()

    assert counts(empty_engine, "delivery") == {("in_ten_seconds", "sms"): (1, 1)}


def test_of_who_asked_to_be_erased_the_farewell_is_not_counted(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(empty_engine, clock=clock)
    recorder.on_turn(claimed(), outcome("delete_my_data", erase=True), [])
    recorder.on_sent(claimed().pseudonym, "sms", 1.0)
    recorder.flush()

    assert counts(empty_engine, "delivery") == {}
    assert not recorder._early
    assert len(recorder._talks) == 0


def test_several_processes_are_noted_and_one_is_not(empty_engine: Engine, clock: Clock) -> None:
    alone = Recorder(empty_engine, clock=clock)
    one_of_three = Recorder(empty_engine, clock=clock, processes=lambda: 3)
    for minute in range(5):
        clock.now = NOON + timedelta(minutes=minute)
        for each in (alone, one_of_three):
            each.look_around()
            each.flush()

    assert counts(empty_engine, "workers") == {("3", "unknown"): (5, 0)}
