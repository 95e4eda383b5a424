"""What is written down of a turn, and what never is."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from bot.analytics.cuts import MAX_CELLS, cuts
from bot.analytics.noise import BudgetSpent
from bot.analytics.publish import Rule
from bot.analytics.recorder import Recorder
from bot.analytics.vocabulary import read_turn
from connectors.claimed import Claimed
from connectors.memory import Memory
from connectors.outcome import Outcome
from tests.analytics.counting import counts_of, table_of

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


def test_a_turn_becomes_counts_and_nothing_else(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_turn(claimed(), outcome(), [])
    recorder.flush()

    assert table_of(empty_engine, "topics") == {("ask_asylum", "HN"): (1, 1)}
    assert table_of(empty_engine, "channels") == {("sms:es", "HN"): (1, 1)}
    with empty_engine.connect() as connection:
        every = str(connection.execute(text("SELECT * FROM sealed_count")).all())
    every += str(counts_of(empty_engine).read(date.min, date.max))
    for secret in ("Choloma", "Rosa", "pega", "a" * 32, "50499990000", "18:00"):
        assert secret not in every


def test_one_woman_counts_once_however_much_she_writes(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    for minute in range(100):
        clock.now = NOON + timedelta(minutes=minute)
        recorder.on_turn(claimed(at=clock.now), outcome(), [])
    recorder.flush()

    assert table_of(empty_engine, "topics")["ask_asylum", "HN"] == (1, 1)


def test_one_conversation_is_in_a_few_cells_of_a_cut_at_most(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    for intent in list(cuts()["topics"].rows)[:20]:
        recorder.on_turn(claimed(), outcome(intent), [])
    recorder.flush()
    topics = table_of(empty_engine, "topics")

    assert len(topics) == MAX_CELLS
    assert sum(firsts for _, firsts in topics.values()) == 1


def test_a_conversation_counts_once_in_a_theme_whatever_it_asks_of_it(
    sqlite_engine: Engine, clock: Clock
) -> None:
    """Topics of a theme cannot be added up: one woman is in several of them."""
    recorder = Recorder(counts_of(sqlite_engine), clock=clock)
    for intent in ("ask_asylum", "ask_regular_status", "ask_child_abuse", "find_service"):
        recorder.on_turn(claimed(), outcome(intent), [])
    recorder.flush()

    assert table_of(sqlite_engine, "themes") == {
        ("rights", "HN"): (1, 1), ("violence", "HN"): (1, 0), ("minors", "HN"): (1, 0),
    }  # fmt: skip


def test_what_she_asked_before_naming_her_country_counts_there(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_turn(claimed(), outcome("ask_asylum", country=None), [])
    recorder.flush()
    waiting = table_of(empty_engine, "topics")
    recorder.on_turn(claimed(), outcome("inform_location", country="GT"), [])
    recorder.flush()

    assert waiting == {}
    assert table_of(empty_engine, "topics") == {("ask_asylum", "GT"): (1, 1)}


def test_a_conversation_ends_after_a_day_of_silence(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_turn(claimed(), outcome("report_immediate_danger", "crisis card"), [])
    recorder.on_turn(claimed(), outcome("deny", crisis=None), [])
    clock.now = NOON + timedelta(hours=25)
    recorder.flush()

    assert table_of(empty_engine, "volume") == {("days_08_14", "HN"): (1, 1)}
    assert table_of(empty_engine, "visits") == {("turns_2_3:first", "HN"): (1, 1)}
    assert table_of(empty_engine, "crises") == {("danger:over", "HN"): (1, 1)}


def test_every_crisis_is_counted_also_one_of_another_kind(empty_engine: Engine, clock: Clock,
                                                         ) -> None:  # fmt: skip
    """A card for a ransom was an outcome, and no crisis; whom to call then, a person offered."""
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_turn(claimed("a" * 32), outcome("ask_threats_extortion", "crisis card"), [])
    recorder.on_turn(claimed("b" * 32), outcome("report_immediate_danger", "crisis card"), [])
    recorder.on_turn(claimed("b" * 32), outcome("ask_human", "crisis card"), [])
    recorder.on_turn(claimed("c" * 32), outcome("express_suicidal_distress", "crisis card"), [])
    recorder.on_turn(claimed("c" * 32), outcome("ask_human", "person offered"), [])
    recorder.stop()

    assert table_of(empty_engine, "crises") == {
        ("emergency:silent", "HN"): (1, 1), ("danger:silent", "HN"): (1, 1),
        ("distress:person", "HN"): (1, 1),
    }  # fmt: skip
    assert table_of(empty_engine, "outcomes") == {
        ("crisis_card", "HN"): (3, 3), ("person_offered", "HN"): (1, 0),
    }  # fmt: skip
    assert table_of(empty_engine, "week")["crises", "*"][0] == 3


def test_what_was_not_understood_has_its_own_row(empty_engine: Engine, clock: Clock) -> None:
    """It has no topic, and so was in no table by country."""
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_turn(claimed(), outcome("nlu_fallback", "asked back"), [])
    recorder.on_turn(claimed(), outcome("ask_asylum", "no answer"), [])
    recorder.flush()

    assert table_of(empty_engine, "unanswered") == {
        ("not_understood", "HN"): (1, 1), ("ask_asylum", "HN"): (1, 0),
    }  # fmt: skip


@pytest.mark.parametrize(("slots", "row"), [
    ({"language": "es", "wrote_in": "other"}, "sms:other"), ({"language": "en"}, "sms:en"),
    ({"language": None}, "sms:unknown"),
])  # fmt: skip
def test_who_writes_in_another_language_is_not_counted_as_spanish(
    sqlite_engine: Engine, clock: Clock, slots: dict[str, str], row: str
) -> None:
    recorder = Recorder(counts_of(sqlite_engine), clock=clock)
    recorder.on_turn(claimed(), outcome("change_language", **slots), [])
    recorder.flush()

    assert [*table_of(sqlite_engine, "channels")] == [(row, "HN")]


def test_stopping_writes_everything_and_two_processes_add_up(
    empty_engine: Engine, clock: Clock
) -> None:
    for who in ("a" * 32, "b" * 32):
        recorder = Recorder(counts_of(empty_engine), clock=clock)
        recorder.start()
        recorder.on_turn(claimed(who), outcome(), [])
        recorder.stop()

    assert table_of(empty_engine, "topics")["ask_asylum", "HN"] == (2, 2)
    assert table_of(empty_engine, "volume")["days_08_14", "HN"] == (2, 2)


def test_she_who_erases_is_forgotten_here_too(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_turn(claimed(), outcome(), [])
    recorder.on_turn(claimed(), outcome("delete_my_data", erase=True), [])

    assert len(recorder._talks) == 0


def test_counting_never_breaks_a_turn(clock: Clock) -> None:
    broken = counts_of(create_engine("sqlite:////nowhere/at/all.db"))
    recorder = Recorder(broken, clock=clock)
    recorder.on_turn(SimpleNamespace(), SimpleNamespace(acted_on=None), [])  # type: ignore[arg-type]
    recorder.on_turn(claimed(), outcome(), [])
    recorder.on_sent(None, "sms", "soon")  # type: ignore[arg-type]  # nor that an answer leaves

    assert recorder.flush() == 0


def test_what_could_not_be_written_is_written_later(empty_engine: Engine, clock: Clock) -> None:
    recorder = Recorder(counts_of(create_engine("sqlite:////nowhere/at/all.db")), clock=clock)
    recorder.on_turn(claimed(), outcome(), [])
    recorder.flush()
    recorder._counted.engine = empty_engine

    assert recorder.flush() > 0
    assert table_of(empty_engine, "topics")["ask_asylum", "HN"] == (1, 1)


def test_words_that_nobody_listed_are_never_stored() -> None:
    slots = {"country": "Choloma", "origin": "Rosa", "phase": "+504", "language": "zz",
             "service_type": "calle 5"}  # fmt: skip
    turn = read_turn("+504", "hola soy Rosa", "Rosa", slots, 1.0, 23)

    assert dataclasses.astuple(turn) == (
        "other", "other", "unknown", "other", "unknown", "other", "answered", "other",
        "under_two_seconds", "h18", None, False,
    )  # fmt: skip


def test_old_days_are_deleted_though_a_month_cannot_be_published(
    empty_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise BudgetSpent("2026-03")

    deleted: list[datetime] = []
    monkeypatch.setattr("bot.analytics.recorder.publish_due", broken)
    monkeypatch.setattr("bot.analytics.recorder.forget_counts", lambda _, now: deleted.append(now))

    Recorder(counts_of(empty_engine), rule=Rule()).publish()

    assert len(deleted) == 1


def test_how_long_an_answer_waited_is_counted_once_a_conversation(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_turn(claimed(), outcome(), [])
    for waited in (1.0, 3.0, 45.0, None):
        recorder.on_sent(claimed().pseudonym, "sms", waited)
    recorder.flush()

    assert table_of(empty_engine, "delivery") == {
        ("in_ten_seconds", "sms"): (1, 1), ("in_a_minute", "sms"): (1, 0),
        ("failed", "sms"): (1, 0),
    }  # fmt: skip


def test_an_answer_that_leaves_before_its_turn_is_counted_counts(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_sent(claimed().pseudonym, "sms", 1.0)
    recorder.on_turn(claimed(), outcome(), [])
    recorder.flush()

    assert table_of(empty_engine, "delivery") == {("in_ten_seconds", "sms"): (1, 1)}


def test_of_who_asked_to_be_erased_the_farewell_is_not_counted(
    empty_engine: Engine, clock: Clock
) -> None:
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    recorder.on_turn(claimed(), outcome("delete_my_data", erase=True), [])
    recorder.on_sent(claimed().pseudonym, "sms", 1.0)
    recorder.flush()

    assert table_of(empty_engine, "delivery") == {}
    assert not recorder._early
    assert len(recorder._talks) == 0


def test_a_woman_who_writes_much_counts_once_in_the_weeks_of_a_theme_as_in_its_month(
    empty_engine: Engine, clock: Clock
) -> None:
    """So the weeks add up to the month; one that goes on into the next week is in the first."""
    recorder = Recorder(counts_of(empty_engine), clock=clock)
    clock.now = datetime(2026, 11, 14, 18, tzinfo=UTC)
    for _ in range(40):
        recorder.on_turn(claimed(at=clock.now), outcome("ask_asylum"), [])
        clock.now += timedelta(hours=2)
    recorder.flush()

    assert table_of(empty_engine, "themes") == {("rights", "HN"): (1, 1)}
    assert table_of(empty_engine, "theme_week") == {("days_08_14:rights", "HN"): (1, 1)}


def test_several_processes_are_noted_and_one_is_not(empty_engine: Engine, clock: Clock) -> None:
    alone = Recorder(counts_of(empty_engine), clock=clock)
    one_of_three = Recorder(counts_of(empty_engine), clock=clock, processes=lambda: 3)
    for minute in range(5):
        clock.now = NOON + timedelta(minutes=minute)
        for each in (alone, one_of_three):
            each.look_around()
            each.flush()

    assert table_of(empty_engine, "workers") == {("2026-11-10:3", "unknown"): (5, 0)}


@pytest.mark.parametrize(("intents", "came", "slots", "kind"), [
    (("report_immediate_danger",), "crisis card", {"crisis": "danger"}, "danger"),
    (("affirm", "affirm"), "crisis card", {"crisis": "distress"}, "distress"),
    (("report_immediate_danger", "ask_health"), "crisis card",
     {"crisis": "birth", "topic": "ask_health"}, "emergency"),
    (("ask_asylum", "affirm"), "answered", {}, None),
])  # fmt: skip
def test_what_operators_see_of_crises_is_what_the_figures_and_the_alerts_count(
    empty_engine: Engine, clock: Clock, intents: tuple[str, ...], came: str,
    slots: dict[str, Any], kind: str | None,
) -> None:  # fmt: skip
    """The counter of cards went by the message's intent alone: a card after "yes" was none, and the
    figures had it."""
    seen: list[bool] = []
    recorder = Recorder(counts_of(empty_engine), clock=clock, on_crisis=lambda: seen.append(True))
    for intent in intents:
        recorder.on_turn(claimed(), outcome(intent, came, **slots), [])
    recorder.stop()

    in_figures = {row.partition(":")[0]: n[0] for (row, _), n
                  in table_of(empty_engine, "crises").items()}  # fmt: skip
    assert in_figures == ({kind: 1} if kind else {})
    assert len(seen) == sum(in_figures.values())
    assert table_of(empty_engine, "week").get(("crises", "*"), (0,))[0] == len(seen)
