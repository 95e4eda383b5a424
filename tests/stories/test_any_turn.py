"""Random conversations through the gateway's whole turn: gate, taps, the actions, the rendering.

Only the model is not there: what it would make of a message is drawn. The world is the filled
database, and Rasa is down now and then.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Engine

from actions.registry import DECIDERS
from actions.turn import TurnAction
from bot.conversation.compose import MAX_WORDS
from bot.conversation.state import ALARMS
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors.contract import Outgoing
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.render import BODY, MAX_OPTIONS, META, PAYLOAD_BYTES, render
from connectors.shown import rendered, spoken
from connectors.sms import MAX_SEGMENTS
from connectors.split import utf16_length
from connectors.turns import take_turn
from tests.conftest import ON_SQLITE
from tests.turns import RULES

pytestmark = ON_SQLITE

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
STYLES = ("whatsapp", "sms", "telegram", "web")
PREFIXES = (None, "GT", "NI", "MX", "US", "FR")
EXITS = ("SALIR", "salir", "slair", "EXIT", "exti", "🏃", "❌", "cierra el chat")
CRISES = {
    "es": ("auxilio me está pegando", "me quiere matar con un cuchillo", "me quiero matar"),
    "en": ("he is hitting me right now", "my husband has a knife help", "i want to kill myself"),
}
# What the model may make of a message is drawn beside it: see _QUESTION.
QUESTIONS = {
    "es": ("¿cómo pido asilo en México?", "¿y cuánto cuesta todo eso?", "mi esposo me pega a veces",
           "¿dónde hay un albergue en Tapachula?", "no entendí lo que me dijiste",
           "¿a qué hora abren ahí?", "voy en camino por Guatemala", "me acaban de deportar",
           "quiero hablar con una persona", "ya llegué a Houston con mis hijos"),
    "en": ("how do I ask for asylum in Mexico?", "and how much does all of that cost?",
           "my husband hits me sometimes", "where is there a shelter in Houston?",
           "I did not understand what you said", "when are they open there?",
           "I want to talk with a person", "they have just deported me to Honduras"),
}  # fmt: skip
SWITCHES = {
    "es": ("en español por favor", "háblame en español"),
    "en": ("in English please", "can you speak English"),
}
ORDERS = ("STOP", "ALTO", "START", "ALTA", "borra todo", "delete everything",
          "¿quién es este número? soy el marido")  # fmt: skip
# Words that the one language has often, and the other, or a place's name in it, never.
SMALL_WORDS = {
    "es": ("que", "una", "con", "por", "para", "si", "te", "tu", "su", "es", "son", "puedes",
           "está", "al", "como", "más", "o", "y"),
    "en": ("the", "you", "and", "to", "of", "is", "are", "can", "your", "if", "not", "with",
           "it", "for", "this", "or", "in"),
}  # fmt: skip
_LANGUAGES = st.sampled_from(("es", "en"))
_INTENTS = st.one_of(
    st.sampled_from(sorted(RULES)),
    st.sampled_from(("ask_asylum", "ask_domestic_violence", "find_service", "nlu_fallback",
                     "ask_human", "ask_repeat_or_more", "inform_location")),
)  # fmt: skip


def _written(kind: str, texts: Mapping[str, tuple[str, ...]]) -> st.SearchStrategy[dict[str, Any]]:
    return _LANGUAGES.flatmap(lambda language: st.fixed_dictionaries({
        "kind": st.just(kind), "language": st.just(language),
        "text": st.sampled_from(texts[language]), "intent": _INTENTS,
    }))  # fmt: skip


_QUESTION = _written("question", QUESTIONS)
_STEP = st.one_of(
    _QUESTION,
    _QUESTION,
    _written("crisis", CRISES),
    _written("switch", SWITCHES),
    st.fixed_dictionaries({"kind": st.just("exit"), "text": st.sampled_from(EXITS)}),
    st.fixed_dictionaries({"kind": st.just("order"), "text": st.sampled_from(ORDERS)}),
    st.fixed_dictionaries({
        "kind": st.just("tap"), "nth": st.integers(0, 9), "number": st.booleans(),
    }),
    st.fixed_dictionaries({"kind": st.just("tap_exit")}),
    st.fixed_dictionaries({"kind": st.sampled_from(("voice", "photo", "sticker", "location"))}),
)  # fmt: skip
_STEPS = st.lists(
    st.tuples(_STEP, st.sampled_from((False, False, False, False, True)),
              st.sampled_from((5.0, 5.0, 90_000.0))),
    min_size=1, max_size=10,
)  # fmt: skip


class _Acting:
    """Our own actions behind the gateway, with slots as Rasa keeps them; no model."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._slots: dict[str, Any] = {}
        self.intent, self.language, self.is_down = "nlu_fallback", "es", False

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        if self.is_down:
            raise RasaUnavailable("down")
        latest = self._read(message, metadata)
        action = RULES[latest["intent"]["name"]]
        tracker = Tracker(pseudonym, dict(self._slots), latest, [], False, None, {}, None)
        heard = CollectingDispatcher()
        events = await TurnAction(action, DECIDERS[action], self._world).run(heard, tracker, {})
        self._slots |= {event["name"]: event["value"] for event in events}
        said = heard.messages[0]["custom"]
        return RasaAnswer(tuple(said["replies"]), said["acted_on"], said["slots"], said["outcome"])

    def _read(self, message: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """As the understanding hands it on: a tap by its name, words with what was drawn."""
        tap = re.fullmatch(r"/([a-z_]+)(\{.*\})?", message)
        values = json.loads(tap[2]) if tap and tap[2] else {}
        intent = tap[1] if tap else metadata["force_intent"] or self.intent
        return {
            "text": message, "metadata": dict(metadata),
            "intent": {"name": intent, "confidence": 1.0},
            "entities": [{"entity": name, "value": value} for name, value in values.items()],
            "language": self.language, "language_sure": True,
        }  # fmt: skip


class _Conversation:
    """One woman's, as the worker carries it on: memory, STOP, what was offered last."""

    def __init__(self, world: World, style: str, prefix: str | None) -> None:
        self.rasa = _Acting(world)
        self.style, self.prefix = style, prefix
        self.memory, self.opted_out = Memory(), False

    def take(self, step: Mapping[str, Any], down: bool, idle_s: float
             ) -> tuple[Outcome, list[Outgoing]] | None:  # fmt: skip
        """The outcome of the step and what is sent; None for a tap where nothing is offered."""
        said = self._said(step)
        if said is None:
            return None
        self.rasa.intent = step.get("intent", "nlu_fallback")
        if step["kind"] == "switch":
            self.rasa.intent = "change_language"
        self.rasa.language, self.rasa.is_down = step.get("language", "es"), down
        given: dict[str, Any] = {"text": "", "choice": None, "location": None, **said}
        message = Message(**given, style=self.style, received_at=NOW, idle_s=idle_s,
                          prefix_country=self.prefix, opted_out=self.opted_out)  # fmt: skip
        before = self.memory
        outcome = asyncio.run(
            take_turn(self.rasa, lambda _: ("MX", "Tapachula"), "p", message, before)
        )
        replies = spoken(outcome, message, introduced=before.introduced, keeps=False)
        out, self.memory = rendered(render, self.style, replies, outcome.memory)
        self.opted_out = self.opted_out if outcome.stop is None else outcome.stop
        return outcome, out

    def _said(self, step: Mapping[str, Any]) -> dict[str, Any] | None:
        kind = step["kind"]
        if kind == "tap_exit":
            return {"kind": "choice", "choice": "/quick_exit"}
        if kind == "tap":
            if step["nth"] >= len(self.memory.offered):
                return None
            if step["number"]:
                return {"kind": "text", "text": str(step["nth"] + 1)}
            return {"kind": "choice", "choice": self.memory.offered[step["nth"]]}
        if kind == "location":
            return {"kind": kind, "location": (14.9, -92.26)}
        return {"kind": "text", "text": step["text"]} if "text" in step else {"kind": kind}


def _check_limits(outcome: Outcome, out: list[Outgoing], style: str) -> None:
    # The unread rest of an SMS, and answers that came late, are one text; a channel cuts it.
    if outcome.acted_on != "ask_repeat_or_more":
        for reply in outcome.replies:
            assert len(reply.text.split()) <= MAX_WORDS, reply.text
    for each in out:
        assert each.text.strip()
        assert len(each.options) <= MAX_OPTIONS + 1  # on SMS "more" is one more line
        assert all(len(option.payload.encode()) <= PAYLOAD_BYTES for option in each.options)
        if style == "sms":
            assert each.segments <= MAX_SEGMENTS, each.text
        else:
            limit = BODY if each.options and style == "whatsapp" else META.text
            assert utf16_length(each.text) <= limit, each.text


def _check_language(outcome: Outcome, language: str) -> None:
    """She is answered in the language in which she wrote: its small words are the more frequent."""
    assert outcome.memory.language == language, outcome.replies[0].text
    words = re.findall(r"\w+", " ".join(reply.text.lower() for reply in outcome.replies))
    found = {each: sum(word in small for word in words) for each, small in SMALL_WORDS.items()}
    other = "en" if language == "es" else "es"
    assert found[language] >= found[other], (found, outcome.replies)


def _check(step: Mapping[str, Any], before: Memory, outcome: Outcome, out: list[Outgoing],
           *, down: bool, stopped: bool) -> None:  # fmt: skip
    kind = step["kind"]
    if kind in ("exit", "tap_exit"):
        assert [reply.text for reply in outcome.replies] in (
            [say("left", "es")], [say("left", "en")],
        )  # fmt: skip
        kept = Memory(introduced=True, left_fast=True, language=outcome.memory.language,
                      country=before.country, sensitive=before.sensitive)  # fmt: skip
        assert outcome.memory == kept
        assert len(out) == (0 if stopped else 1)
        return
    if kind == "crisis":
        assert outcome.acted_on in ALARMS
        assert re.match(r"\*?\d", out[0].text), out[0].text
    assert outcome.replies
    if kind in ("crisis", "switch", "question") and not down:
        _check_language(outcome, step["language"])
    assert {reply.language for reply in outcome.replies} == {outcome.memory.language}


@settings(
    max_examples=100, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=_STEPS, style=st.sampled_from(STYLES), prefix=st.sampled_from(PREFIXES))
def test_whatever_she_writes_or_taps_the_turn_keeps_its_promises(
    filled_engine: Engine, steps: list[Any], style: str, prefix: str | None
) -> None:
    conversation = _Conversation(World(filled_engine), style, prefix)
    for step, down, idle_s in steps:
        before, stopped = conversation.memory, conversation.opted_out
        taken = conversation.take(step, down, idle_s)
        if taken is None:
            continue
        outcome, out = taken
        _check(step, before, outcome, out, down=down, stopped=stopped)
        _check_limits(outcome, out, style)
