"""One message becomes one turn: gate, choices, Rasa, and what to say when Rasa is silent.

Nothing here touches the database or a vendor: in comes a message and what is remembered of the
person, out come replies and what to remember now.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.conversation.wording import say
from bot.rasa_client import RasaAnswer, RasaUnavailable
from bot.safety.card import card
from bot.safety.gate import Decision, gate
from connectors.contract import MAX_TEXT, Option, Reply
from connectors.memory import Memory

_NUMBER = re.compile(r"^\W*(?:opci[oó]n|option|la|el|the|n[uú]mero|number)?\W*(\d{1,2})\W*$", re.I)
_PAYLOAD = re.compile(r"^/[a-z_]{2,60}(\{[^\r\n]{0,200}\})?$")
_ERASED = Memory(introduced=True)
_FORCED = {"emergency": "report_immediate_danger", "suicide": "express_suicidal_distress"}
MORE = "/more"

Nearest = Callable[[tuple[float, float]], tuple[str | None, str | None]]


class Assistant(Protocol):
    """Rasa, or whatever stands for it."""

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """Raises RasaUnavailable."""


@dataclass(frozen=True)
class Message:
    """A stored incoming message, opened."""

    kind: str
    text: str
    choice: str | None
    location: tuple[float, float] | None
    style: str
    received_at: datetime
    idle_s: float | None  # since her message before this one; None for the first
    prefix_country: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What the turn comes to. `stop` True: opted out; False: back in; None: unchanged."""

    replies: tuple[Reply, ...]
    memory: Memory
    acted_on: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = "answered"
    stop: bool | None = None
    erase: bool = False


async def take_turn(
    assistant: Assistant, nearest: Nearest, pseudonym: str, message: Message, memory: Memory
) -> Outcome:
    """The outcome of one message; never raises for anything that she may send."""
    if message.kind in ("blocked", "unblocked"):
        return Outcome((), memory, message.kind, stop=message.kind == "blocked")
    text = message.text.strip()
    decision = gate(text, style=message.style) if text and message.kind != "choice" else None
    if decision and decision.kind not in ("emergency", "suicide"):
        return await _gated(assistant, pseudonym, message, memory, decision)
    if decision:
        # The words go along, because they may name the country she is in.
        memory = memory.but(language=decision.language or memory.language)
        return await _ask(assistant, pseudonym, text, message, memory, _FORCED[decision.kind])
    question = _question(nearest, message, memory, text)
    if question is None:
        return _wordless(message, memory)
    if question == MORE:
        return _rest(memory)
    return await _ask(assistant, pseudonym, question, message, memory)


def _question(nearest: Nearest, message: Message, memory: Memory, text: str) -> str | None:
    """What Rasa is asked; None where the message holds no words at all."""
    if message.kind == "choice" and message.choice and _PAYLOAD.match(message.choice):
        return message.choice
    if message.kind == "location" and message.location:
        country, city = nearest(message.location)
        place = {k: v for k, v in (("country", country), ("city", city)) if v}
        return "/inform_location" + json.dumps(place, ensure_ascii=False)
    number = _NUMBER.match(text)
    if number and 1 <= int(number[1]) <= len(memory.offered):
        return memory.offered[int(number[1]) - 1]
    # A leading slash is Rasa's way of naming an intent: only our own choices may do that.
    text = text.lstrip("/").strip() if text.startswith("/") else text
    if text.lower() == "start" and message.style == "telegram":
        return "/greet"
    if not any(c.isalnum() for c in text) and not any(ord(c) > 0x2000 for c in text):
        return None
    return text[:MAX_TEXT]


async def _ask(
    assistant: Assistant,
    pseudonym: str,
    question: str,
    message: Message,
    memory: Memory,
    forced: str | None = None,
) -> Outcome:
    metadata = {
        "style": message.style,
        "now": message.received_at.isoformat(),
        "idle_s": message.idle_s,
        "prefix_country": message.prefix_country,
        "language": memory.language,
        "known": memory.introduced,
        "typed": len(message.text.split()),
        "force_intent": forced,
    }
    try:
        answer = await assistant.ask(pseudonym, question, metadata)
        replies = tuple(Reply.from_dict(dict(r)) for r in answer.replies)
    except (RasaUnavailable, KeyError, TypeError, ValueError):
        return _degraded(forced or question.lstrip("/"), message, memory)
    slots = answer.slots
    memory = memory.but(
        introduced=True,
        language=str(slots.get("language") or memory.language),
        country=slots.get("country") or memory.country,
        topic=slots.get("topic"),
        sensitive=memory.sensitive or bool(slots.get("sensitive")),
        offered=tuple(o.payload for o in replies[-1].options) if replies else (),
        more=(),
    )
    return Outcome(replies, memory, answer.acted_on, slots, answer.outcome)


def _degraded(intent: str, message: Message, memory: Memory) -> Outcome:
    """From files on disk: the emergency card, or a plain line and a number meanwhile."""
    country = memory.country or message.prefix_country
    if intent == "express_suicidal_distress":
        kind, acted_on = "suicide", intent
    else:
        kind, acted_on = "danger", "report_immediate_danger"
    text = card(kind, country, memory.language)
    if intent not in _FORCED.values():
        text = say("busy", memory.language) + "\n\n" + text
        acted_on = "unavailable"
    reply = Reply(text, language=memory.language)
    return Outcome((reply,), memory.but(more=()), acted_on, outcome="unavailable")


async def _gated(
    assistant: Assistant, pseudonym: str, message: Message, memory: Memory, decision: Decision
) -> Outcome:
    """Leave, erase, stop, start, someone else: decided without any model."""
    language = decision.language or memory.language
    slots: Mapping[str, Any] = {}
    if decision.kind in ("leave", "erase"):
        # The dialogue's own memory goes too; when Rasa is down its tracker expires by itself.
        payload = "/quick_exit" if decision.kind == "leave" else "/delete_my_data"
        try:
            slots = (await assistant.ask(pseudonym, payload, {"language": language})).slots
        except RasaUnavailable:
            slots = {}
    key, acted_on = _GATED[decision.kind]
    reply = Reply(say(key, language), kind="delete" if decision.kind == "leave" else "text",
                  language=language)  # fmt: skip
    changes: dict[str, Any] = {"language": language, "offered": (), "more": (), "introduced": True}
    if decision.kind == "leave":
        memory = _ERASED.but(left_fast=True, country=memory.country, her_refs=memory.her_refs)
    elif decision.kind == "erase":
        memory = _ERASED
    stop = {"stop": True, "start": False}.get(decision.kind)
    return Outcome(
        (reply,), memory.but(**changes), acted_on, slots or {"language": language},
        stop=stop, erase=decision.kind == "erase",
    )  # fmt: skip


_GATED = {
    "leave": ("left", "quick_exit"),
    "erase": ("erased", "delete_my_data"),
    "stop": ("stopped", "stop_messages"),
    "start": ("started", "greet"),
    "someone_else": ("someone_else", "ask_privacy"),
}


def _rest(memory: Memory) -> Outcome:
    """The unread rest of a long answer; an old button may ask for a rest that is gone."""
    if not memory.more:
        return Outcome((Reply(say("empty", memory.language), language=memory.language),), memory,
                       "ask_repeat_or_more", {"language": memory.language})  # fmt: skip
    reply = Reply("\n\n".join(memory.more), language=memory.language)
    kept = memory.but(more=(), offered=())
    return Outcome((reply,), kept, "ask_repeat_or_more", {"language": memory.language})


def _wordless(message: Message, memory: Memory) -> Outcome:
    """A voice note, a picture, a sticker, nothing at all: a kind line and the menu's headings."""
    key = {"voice": "voice", "text": "empty", "edited": "empty"}.get(message.kind, "media")
    options = tuple(
        Option(say(f"group_{g}", memory.language), f'/ask_menu{{"group":"{g}"}}')
        for g in ("violence", "rights", "family", "work", "services")
    )
    reply = Reply(say(key, memory.language), options, "choices", memory.language)
    kept = memory.but(introduced=True, offered=tuple(o.payload for o in options), more=())
    return Outcome((reply,), kept, message.kind if message.kind != "text" else "out_of_scope",
                   {"language": memory.language}, "asked back")  # fmt: skip
