"""Random conversations over the deciders: whatever she does, in whatever state, she is answered.

No Rasa: the intents are drawn, the world is the filled database.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from actions.registry import DECIDERS
from bot.conversation import marks
from bot.conversation.another import read_another
from bot.conversation.compose import MAX_WORDS, Decision
from bot.conversation.cues import read_cues
from bot.conversation.dialogue import play
from bot.conversation.doubt_words import read_doubt
from bot.conversation.notification import gives_away
from bot.conversation.privacy import GUARDED, LEFT
from bot.conversation.secrecy import read_named, read_secrecy
from bot.conversation.state import ALARMS, State, Turn
from bot.conversation.world import World
from bot.knowledge.asked import read_asked, read_hint
from bot.knowledge.schema import COUNTRY_CODES
from bot.paths import DATA
from bot.safety.card import NEUTRAL
from tests.conftest import ON_SQLITE
from tests.turns import RULES, tapped

pytestmark = ON_SQLITE

INTENTS = sorted(RULES)
TYPES = yaml.safe_load((DATA / "taxonomy.yml").read_text(encoding="utf-8"))["entities"][
    "service_type"
]
NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
# Only their cues count: the intent is drawn beside them.
WORDS = [
    "hola", "¿y en Guatemala?", "and how much?", "dame el teléfono", "el segundo", "otro más cerca",
    "y para mi hermana que está en Monterrey", "no, dije Honduras", "no entendí", "¿cuánto tarda?",
    "¿qué papeles?", "¿a qué hora abren?", "¿dónde queda?", "9", "ya volvió y me sigue golpeando",
    "tengo 14 años", "soy hombre", "eres una estúpida máquina", "in English please", "otro", "",
    "me deportaron", "estoy en Tapachula", "¿quién me ayuda?",
    # For somebody else; doubts; one word; which number; no credit; how secret it is.
    "a mi hermana le pega el marido", "mi mamá en Guatemala ya no quiere vivir", "es por mi vecina",
    "tienen secuestrado a mi primo y piden dinero", "¿qué le digo?", "¿puedo llamar yo por ella?",
    "ahora es para mí", "no te creo", "¿de dónde sacaste eso?", "mi abogado dice otra cosa",
    "eso no es lo que pregunté", "gracias", "no", "ok", "which number do I dial in Mexico",
    "más despacio", "no tengo saldo, solo wifi", "¿es secreto ese lugar?",
    "me hizo algo, le dije que no",
]  # fmt: skip
SMALL_TALK = ["greet", "thank", "goodbye", "affirm", "deny", "ask_menu", "nlu_fallback",
              "out_of_scope", "ask_repeat_or_more"]  # fmt: skip
COUNTRIES = st.sampled_from([None, None, *COUNTRY_CODES, "CO", "VE"])
MESSAGE = st.fixed_dictionaries({
    "intent": st.one_of(st.sampled_from(INTENTS), st.sampled_from(
        ["report_immediate_danger", "express_suicidal_distress", "quick_exit", "nlu_fallback",
         "affirm", "deny", "ask_repeat_or_more", "inform_location", "find_service"])),
    "words": st.sampled_from(WORDS),
    "country": COUNTRIES, "origin": COUNTRIES, "destination": COUNTRIES,
    "prefix_country": st.sampled_from([None, "GT", "NI", "FR"]),
    "city": st.sampled_from([None, None, "Tapachula", "Houston", "Nowhere"]),
    "candidates": st.sampled_from([(), (), ("MX", "GT", "PH")]),
    "language": st.sampled_from([None, "es", "en", "fr", "ht", "quc"]),
    "service_type": st.sampled_from([None, None, *TYPES]),
    "group": st.sampled_from([None, "violence", "services", "countries", "nonsense"]),
    "ranking": st.sampled_from([(), (("ask_asylum", 0.2), ("report_immediate_danger", 0.15))]),
    "idle_s": st.sampled_from([None, 5.0, 90_000.0]),
    "forgotten": st.sampled_from([False, False, False, True]),
    "forced": st.booleans(),  # by the gate, which forces alarms alone
    "someone_else": st.sampled_from([False, False, False, True]),
})  # fmt: skip
# A number taps the option with that place; a message is written.
STEPS = st.lists(st.one_of(MESSAGE, MESSAGE, st.integers(0, 9)), min_size=1, max_size=12)


def _written(step: dict[str, Any]) -> Turn:
    values = {**step, "cues": read_cues(step["words"]), "words": len(step["words"].split()),
              "asked": read_asked(step["words"]), "hint": read_hint(step["words"]),
              "another": read_another(step["words"]), "doubt": read_doubt(step["words"]),
              "secrecy": read_secrecy(step["words"]),
              "of_named": read_named(step["words"])}  # fmt: skip
    values["forced"] = step["forced"] and step["intent"] in ALARMS
    return Turn(today=NOW.date(), now=NOW, **values)


def _take(turn: Turn, state: State, world: World) -> Decision:
    return play(DECIDERS[RULES[turn.intent]], turn, state, world)


def _check(turn: Turn, before: State, decision: Decision, world: World) -> None:
    assert decision.replies, f"{turn.intent}: no reply"
    for reply in decision.replies:
        assert reply.text.strip(), f"{turn.intent}: an empty message"
        assert len(reply.text.split()) <= MAX_WORDS, f"{turn.intent}: {reply.text}"
        if decision.state.sensitive:
            assert not gives_away(reply.text), f"{turn.intent} shows: {reply.text[:NEUTRAL]}"
        for option in reply.options:
            assert option.title.strip()
            assert len(option.payload.encode()) <= 64, option.payload
            assert tapped(option.payload, NOW).intent in RULES
        payloads = [option.payload for option in reply.options]
        assert len(set(payloads)) == len(payloads) <= 10
    assert State.from_slots(decision.state.as_slots()) == decision.state
    kept = marks.taken_off(decision.state)[1].helped
    if kept is not None and kept.matter is not None:  # goes after two hours, not after a day
        assert decision.state.sensitive, f"{turn.intent}: {kept}"
    if turn.intent in ALARMS and turn.forced:
        first = decision.replies[0].text.splitlines()[0]
        assert re.match(r"^[\d*][\d *-]{1,}", first), f"the first line holds no number: {first}"
        titles = [option.payload for option in decision.replies[-1].options]
        assert titles == ["/affirm", "/deny"]
    elif turn.intent in ALARMS and before.pending not in (GUARDED, LEFT) and not _is_small(turn):
        # Only the model hears it: asked about, or she is in a crisis already. She reads a number.
        assert re.search(r"\d{3}", decision.replies[0].text), decision.replies[0].text


def _is_small(turn: Turn) -> bool:
    """A nod, a thanks or a doubt and no more, in which only the model hears an alarm."""
    one_word = not turn.cues.tells.isdisjoint({"nods", "bare_yes", "bare_no"})
    return one_word or turn.cues.thanks or turn.doubt is not None


@settings(
    max_examples=120, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=STEPS)
def test_whatever_she_does_she_is_answered(filled_engine: Engine, steps: list[Any]) -> None:
    world, state = World(filled_engine), State()
    for step in steps:
        if isinstance(step, int):
            if step >= len(state.offered):
                continue
            turn = tapped(state.offered[step][1], NOW)
        else:
            turn = _written(step)
        decision = _take(turn, state, world)
        _check(turn, state, decision, world)
        state = decision.state


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize("country", [None, "GT"])
def test_danger_interrupts_every_state(
    filled_engine: Engine, intent: str, country: str | None
) -> None:
    world = World(filled_engine)
    before = _take(Turn(intent=intent, today=NOW.date(), now=NOW, country=country), State(), world)
    turn = Turn(intent="report_immediate_danger", today=NOW.date(), now=NOW)

    decision = _take(turn, before.state, world)

    number = "110" if before.state.here == "GT" else "911"
    assert decision.replies[0].text.startswith(number)


@pytest.mark.parametrize("intent", SMALL_TALK)
@pytest.mark.parametrize("crisis", ["report_immediate_danger", "express_suicidal_distress"])
def test_after_a_crisis_no_small_talk_brings_a_menu(
    filled_engine: Engine, crisis: str, intent: str
) -> None:
    world = World(filled_engine)
    start = Turn(intent=crisis, today=NOW.date(), now=NOW, country="GT")
    state = _take(start, State(), world).state.but(pending=None)

    for turn in range(4):
        decision = _take(Turn(intent=intent, today=NOW.date(), now=NOW), state, world)
        # Whoever says thanks or goodbye again and again need not read the number each time.
        if turn == 0 or intent not in ("thank", "goodbye"):
            assert re.match(r"^\d", decision.replies[0].text)
        assert decision.replies[-1].options == ()
        state = decision.state


@pytest.mark.parametrize(("topic", "answer"), [
    ("report_immediate_danger", "affirm"), ("report_immediate_danger", "deny"),
    ("express_suicidal_distress", "affirm"), ("express_suicidal_distress", "thank"),
])  # fmt: skip
def test_a_crisis_that_the_gateway_answered_alone_goes_on(
    filled_engine: Engine, topic: str, answer: str
) -> None:
    turn = Turn(intent=answer, today=NOW.date(), now=NOW, told_of_crisis=topic, country="GT")

    decision = _take(turn, State(), World(filled_engine))

    assert re.match(r"^\d", decision.replies[0].text)
    assert decision.state.crisis == ("danger" if topic.startswith("report") else "distress")
