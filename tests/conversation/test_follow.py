"""Half sentences that only make sense after what was said: again, the cost, the hours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from bot.conversation.compose import Decision
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.people import person
from bot.conversation.places import inform_location
from bot.conversation.services import find_service
from bot.conversation.small_talk import repair
from bot.conversation.state import State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World
from bot.database import transaction
from bot.directory.found import FoundService
from bot.directory.models import Schedule, Service
from bot.knowledge.asked import read_asked, read_hint
from bot.knowledge.models import Statement
from bot.knowledge.trust import Hidden
from tests.conversation.heard import hear

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
ASYLUM, MONEY = "ask_asylum", "ask_unpaid_wages"


def said(engine: Engine, words: str, state: State, intent: str = "nlu_fallback") -> Decision:
    turn = Turn(intent, NOW.date(), 0.3, now=NOW, cues=read_cues(words), words=3,
                asked=read_asked(words), hint=read_hint(words))  # fmt: skip
    return play(repair, turn, state, World(engine))


def asked(engine: Engine, topic: str, state: State) -> Decision:
    turn = Turn(topic, NOW.date(), now=NOW, words=5)
    return play(answer_topic, turn, state, World(engine))


def text(decision: Decision) -> str:
    return "\n".join(reply.text for reply in decision.replies)


def statement(engine: Engine, record_id: str) -> Statement:
    with Session(engine) as session:
        return session.get_one(Statement, record_id)


def test_what_is_told_again_says_who_says_so(honduras: Engine) -> None:
    before = asked(honduras, ASYLUM, State(country="HN", here="HN")).state

    again = said(honduras, "no entendí", before)

    assert len(again.records) == 1
    assert "Fuente: " in text(again)


def test_what_was_hidden_meanwhile_is_not_told_again(own_honduras: Engine) -> None:
    before = asked(own_honduras, ASYLUM, State(country="HN", here="HN")).state
    first = said(own_honduras, "no entendí", before).records[0]
    with transaction(own_honduras) as session:
        session.add(Hidden(record_id=first, number="", since=NOW.date()))

    again = said(own_honduras, "no entendí", before)

    assert first not in again.records
    assert statement(own_honduras, first).text.get("es") not in text(again)


def test_what_is_told_again_is_about_the_last_topic(honduras: Engine) -> None:
    wages = asked(honduras, MONEY, State(country="HN", here="HN")).state
    state = asked(honduras, ASYLUM, wages).state
    one_of_each = state.but(told=(wages.told[-1], state.told[-1]))

    again = said(honduras, "repite", one_of_each)

    assert again.records == (state.told[-1],)


def test_where_nobody_is_known_the_line_for_children_is_told_still(empty_engine: Engine) -> None:
    state = State(country="HN", here="HN", topic="ask_child_abuse", sensitive=True)

    found = person(Turn("ask_human", NOW.date(), now=NOW), state, World(empty_engine))

    assert text(found).startswith(World(empty_engine).own_line(state))
    assert "Pregunta en tu consulado" in text(found)


def after_a_list(engine: Engine, kind: str = "legal", topic: str | None = ASYLUM) -> State:
    turn = Turn("find_service", NOW.date(), now=NOW, service_type=kind, words=4)
    state = State(country="HN", here="HN", topic=topic)
    return play(find_service, turn, state, World(engine)).state


def costs(engine: Engine, state: State) -> list[str]:
    found = [World(engine).service(each, NOW.date()) for each in state.listed]
    return [each.cost.get("es") for each in found if each and each.cost]


@pytest.mark.parametrize("words", ["¿cuánto cuesta?", "¿es gratis?"])
def test_after_a_list_the_cost_is_that_of_these_places_and_not_of_the_topic(
    honduras: Engine, words: str
) -> None:
    state = after_a_list(honduras)

    charged = said(honduras, words, state)

    assert charged.acted_on == "find_service"
    assert costs(honduras, state)
    assert all(each in text(charged) for each in costs(honduras, state))


def test_of_the_one_that_she_chose_the_cost_is_told_alone(honduras: Engine) -> None:
    state = after_a_list(honduras)

    charged = said(honduras, "¿cuánto cuesta?", said(honduras, "el segundo", state).state)

    assert charged.records == (state.listed[1],)


def test_in_a_crisis_that_the_gateway_had_to_answer_alone_nothing_is_read_as_the_old_topic(
    honduras: Engine,
) -> None:
    before = asked(honduras, ASYLUM, State(country="HN", here="HN")).state
    turn = Turn("nlu_fallback", NOW.date(), 0.3, words=3, hint="cost",
                told_of_crisis="report_immediate_danger")  # fmt: skip

    decision = play(repair, turn, before, World(honduras))

    assert decision.acted_on != ASYLUM


def test_without_its_hours_a_refuge_is_not_named_before_the_number(own_honduras: Engine) -> None:
    state = after_a_list(own_honduras, "violence_shelter", "ask_safe_shelter")
    with transaction(own_honduras) as session:
        for service in session.scalars(select(Service)):
            service.hours_es = service.hours_en = None
        session.execute(delete(Schedule))

    told = said(own_honduras, "horario", state)

    assert "No tengo el horario" in text(told)
    assert text(told).startswith("114")


def test_her_town_brings_who_is_near_with_one_search(
    honduras: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = asked(honduras, ASYLUM, State(country="HN", here="HN")).state
    turn = Turn("inform_location", NOW.date(), now=NOW, city="Tegucigalpa", words=2)
    search, searched = World.services, []

    def counted(world: World, kind: str, *rest: object, **more: object) -> list[FoundService]:
        searched.append(kind)
        return search(world, kind, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(World, "services", counted)
    near = play(inform_location, turn, state, World(honduras))

    assert near.outcome == "service found"
    assert near.state.service_type == World(honduras).service_types(ASYLUM)[0]
    assert searched == [near.state.service_type]


def test_for_whom_it_is_may_say_more_than_that(filled_engine: Engine) -> None:
    before = State(country="US", here="US", topic="ask_legal_aid", told=("x",))

    told = hear(filled_engine, "pa mi ermano lo agarro la migra", before,
                "ask_detention_deportation", 0.99)  # fmt: skip

    assert told.acted_on == "ask_detention_deportation"


def test_for_whom_it_is_and_no_more_is_the_same_question(filled_engine: Engine) -> None:
    before = State(country="US", here="US", topic="ask_legal_aid", told=("x",))

    told = hear(filled_engine, "y para mi hermano?", before, "ask_family_reunification", 0.95)

    assert told.acted_on == "ask_legal_aid"
