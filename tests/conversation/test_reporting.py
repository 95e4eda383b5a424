"""She says that something is wrong: which record, what is noted, and what else she can try."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from actions.turn import TurnAction
from bot.conversation.compose import Decision
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.people import person
from bot.conversation.reporting import is_of_a_number, last_shown, report_outdated
from bot.conversation.services import find_service
from bot.conversation.small_talk import more as more_of_it
from bot.conversation.state import State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.directory.emergency import is_emergency
from bot.directory.models import Service
from bot.directory.reporter import speaking
from bot.directory.search import find_services
from bot.knowledge.asked import read_asked
from bot.knowledge.trust import Hidden, Report

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


@pytest.fixture
def honduras(own_honduras: Engine) -> Engine:
    """Here every test writes a report into it."""
    return own_honduras


WORDS = "ese número no contesta"


def turn(intent: str, words: str = "hola", **more: object) -> Turn:
    cues = read_cues(words)
    return Turn(intent, NOW.date(), now=NOW, cues=cues, words=len(words.split()), **more)  # type: ignore[arg-type]


def report(engine: Engine, state: State, who: str = "ana", **more: object) -> Decision:
    with speaking(who, "twilio sms"):
        words = "" if more.get("tapped") else WORDS
        said = turn("report_outdated_information", words, **more)
        return play(report_outdated, said, state, World(engine))


def text(decision: Decision) -> str:
    return "\n".join(reply.text for reply in decision.replies)


def reported(engine: Engine) -> list[tuple[str, str]]:
    with Session(engine) as session:
        return [(each.record_id, each.number) for each in session.scalars(select(Report))]


def three_shelters(engine: Engine, language: str = "es") -> Decision:
    state = State(country="HN", language=language)
    return play(find_service, turn("find_service", service_type="legal"), state, World(engine))


def test_of_three_places_she_is_asked_which_and_loses_no_time(honduras: Engine) -> None:
    listed = three_shelters(honduras)

    asked = report(honduras, listed.state)

    assert "Gracias por avisar" in text(asked)
    assert "Mientras, prueba con" in text(asked)
    assert [each.payload for each in asked.replies[-1].options] == [
        f'/report_outdated_information{{"group":"{number}"}}' for number in (1, 2, 3)
    ]
    assert reported(honduras) == []


@pytest.mark.parametrize(("channel", "way"), [("twilio", "twilio sms"), ("web", "web")])
async def test_a_report_keeps_by_which_way_it_came(
    honduras: Engine, channel: str, way: str
) -> None:
    """Of the page's windows none hides a number: the action must know that it is the page."""
    told = State(country="HN", told=("hn.conadeh",))
    metadata = {"now": NOW.isoformat(), "channel": channel, "style": "sms"}
    message = {"text": WORDS, "intent": {"name": "report_outdated_information"},
               "metadata": metadata}  # fmt: skip
    tracker = Tracker("ana", told.as_slots(), message, [], False, None, {}, None)
    action = TurnAction("action_report_outdated", report_outdated, World(honduras))

    await action.run(CollectingDispatcher(), tracker, {})

    with Session(honduras) as session:
        assert [each.way for each in session.scalars(select(Report))] == [way]


@pytest.mark.parametrize("words", ["2", "el segundo", "the second one"])
def test_then_the_one_that_she_names_is_reported(honduras: Engine, words: str) -> None:
    asked = report(honduras, three_shelters(honduras).state)
    second = asked.state.listed[1]

    with speaking("ana", "twilio sms"):
        decision = play(report_outdated, turn("nlu_fallback", words), asked.state, World(honduras))

    assert [each[0] for each in reported(honduras)] == [second]
    assert decision.acted_on == "report_outdated_information"


def test_the_last_of_those_is_reported_where_she_says_so(honduras: Engine) -> None:
    asked = report(honduras, three_shelters(honduras).state)

    play(report_outdated, turn("nlu_fallback", "el último"), asked.state, World(honduras))

    assert [each[0] for each in reported(honduras)] == [asked.state.listed[2]]


@pytest.mark.parametrize("words", [
    "nobody answers", "no answer", "the phone is dead", "it just rings", "I called and nothing",
    "suena y suena", "nadie contesta", "llamé y nada", "timbra y no contestan", "marqué y nada",
    "ese número no existe", "no responden",
])  # fmt: skip
def test_a_call_that_failed_is_known_by_its_words(words: str) -> None:
    said = replace(turn("report_outdated_information", words), asked=read_asked(words))

    assert is_of_a_number(said)


@pytest.mark.parametrize(
    "words", ["está cerrado", "it is closed", "ya no existe ese lugar", "ya no son ellos"]
)
def test_a_place_that_is_closed_is_no_call_that_failed(words: str) -> None:
    said = replace(turn("report_outdated_information", words), asked=read_asked(words))

    assert not is_of_a_number(said)


def test_or_the_one_that_she_taps(honduras: Engine) -> None:
    asked = report(honduras, three_shelters(honduras).state)

    report(honduras, asked.state, tapped=True, group="3")

    assert [each[0] for each in reported(honduras)] == [asked.state.listed[2]]


def test_a_tap_on_an_old_button_reports_nothing_at_random(honduras: Engine) -> None:
    decision = report(honduras, State(country="HN"), tapped=True, group="3")

    assert reported(honduras) == []
    assert "¿De qué lugar o teléfono hablas?" in text(decision)


def test_the_one_that_she_chose_is_reported_at_once(honduras: Engine) -> None:
    world = World(honduras)
    state = three_shelters(honduras).state
    chosen = play(find_service, turn("nlu_fallback", "el segundo"), state, world)

    report(honduras, chosen.state)

    assert [each[0] for each in reported(honduras)] == [state.listed[1]]


def test_the_service_that_an_answer_named_is_reported(honduras: Engine) -> None:
    told = play(answer_topic, turn("ask_unpaid_wages"), State(country="HN"), World(honduras))

    report(honduras, told.state)

    assert [each[0] for each in reported(honduras)] == [told.records[-1]]


def test_a_person_who_does_not_answer_is_asked_about(honduras: Engine) -> None:
    offered = play(person, turn("ask_human"), State(country="HN"), World(honduras))

    asked = report(honduras, offered.state)

    assert len(asked.replies[-1].options) == len(offered.state.listed) > 1


def with_numbers(engine: Engine, least: int) -> str:
    """A service of that many numbers at least, which is no emergency line."""
    with Session(engine) as session:
        found = find_services(session, "HN", limit=99, today=NOW.date())
    return next(
        each.id for each in found
        if len(each.phones) >= least and not {"911", "114"} & set(each.phone_displays)
    )  # fmt: skip


@pytest.mark.parametrize("language", ["es", "en"])
def test_she_gets_another_number_of_the_same_place_and_then_another_place(
    honduras: Engine, language: str
) -> None:
    service = with_numbers(honduras, 2)
    found = World(honduras).service(service, NOW.date())
    assert found is not None
    state = State(country="HN", listed=(service,), language=language)

    first = report(honduras, state)
    second = report(honduras, first.state)

    assert found.phones[1].display in text(first)
    assert reported(honduras)[:2] == [(service, each.number) for each in found.phones[:2]]
    last = report(honduras, second.state) if len(found.phones) > 2 else second
    assert ("prueba con" if language == "es" else "try:") in text(last)


def test_what_she_is_sent_to_next_is_never_what_she_reported(honduras: Engine) -> None:
    state = three_shelters(honduras).state.but(pending="chosen:" + with_numbers(honduras, 1))
    seen: list[str] = []

    for day in range(8):
        decision = report(honduras, state, who=f"woman {day}")
        state = decision.state
        current = (state.pending or "").removeprefix("chosen:")
        seen.append(current)

    assert len(reported(honduras)) == 8
    assert all(seen)
    changed = [each for each, before in zip(seen[1:], seen, strict=False) if each != before]
    assert len(set(changed)) == len(changed)


def test_after_three_women_a_place_is_not_told_any_more(honduras: Engine) -> None:
    listed = three_shelters(honduras)
    with Session(honduras) as session:
        first = next(
            each
            for each in listed.state.listed
            if not is_emergency(session, session.get_one(Service, each), "")
        )
    for who in ("ana", "berta", "celia"):
        state = listed.state.but(pending="chosen:" + first)
        for _ in range(4):  # each of its numbers
            state = report(honduras, state, who).state.but(pending="chosen:" + first)

    with Session(honduras) as session:
        hidden = {each.record_id for each in session.scalars(select(Hidden))}
    assert hidden == {first}
    assert first not in three_shelters(honduras).state.listed


def test_one_woman_with_many_messages_changes_nothing(honduras: Engine) -> None:
    before = text(three_shelters(honduras))
    state = three_shelters(honduras).state

    for _ in range(30):
        state = report(honduras, state.but(pending="chosen:" + state.listed[0])).state

    assert text(three_shelters(honduras)) == before


def test_after_talk_of_violence_the_number_comes_first(honduras: Engine) -> None:
    told = play(answer_topic, turn("ask_domestic_violence"), State(country="HN"), World(honduras))

    decision = report(honduras, told.state)

    assert decision.replies[0].text.startswith("114")


def test_nothing_was_shown_so_nothing_is_reported(honduras: Engine) -> None:
    decision = report(honduras, State(country="HN"))

    assert reported(honduras) == []
    assert decision.outcome == "asked back"


@pytest.mark.parametrize("words", ["número equivocado", "wrong number"])
@pytest.mark.parametrize("state", [
    State(country="HN", crisis="danger", sensitive=True, topic="report_immediate_danger"),
    State(country="HN", topic="ask_asylum", told=("a-statement",)),
])  # fmt: skip
def test_a_wrong_number_that_we_told_is_a_report_and_no_goodbye(
    honduras: Engine, words: str, state: State
) -> None:
    said = turn("report_outdated_information", words)

    decision = play(report_outdated, said, state, World(honduras))

    assert decision.acted_on == "report_outdated_information"
    assert decision.replies[0].text.startswith("911") == (state.crisis is not None)


def test_whoever_dialled_a_wrong_number_is_wished_a_good_day(honduras: Engine) -> None:
    said = turn("report_outdated_information", "número equivocado")

    decision = play(report_outdated, said, State(country="HN"), World(honduras))

    assert decision.acted_on == "goodbye"


def test_after_a_report_every_other_place_is_listed_and_each_only_once(honduras: Engine) -> None:
    world = World(honduras)
    listed = three_shelters(honduras)
    reported_one = report(honduras, listed.state.but(pending="chosen:" + listed.state.listed[1]))
    seen = [*listed.records, *reported_one.state.listed[3:]]
    state = reported_one.state

    while (more := play(more_of_it, turn("ask_repeat_or_more"), state, world)).records:
        seen += more.records
        state = more.state
        assert last_shown(state) == more.records

    every = world.services("legal", State(country="HN"), NOW.date(), most=None)
    assert len(every) > 6
    assert len(seen) == len(set(seen))
    assert {each.id for each in every} <= set(seen)
