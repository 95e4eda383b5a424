"""One message becomes one turn: gate, choices, Rasa, and what to say when Rasa is silent.

Nothing here touches the database or a vendor: in comes a message and what is remembered of the
person, out come replies and what to remember now.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.conversation.cues import fold, read_flags
from bot.conversation.state import ALARMS
from bot.conversation.tells import is_told
from bot.conversation.wording import say
from bot.rasa_client import RasaUnavailable
from bot.safety.gate import Decision, gate
from bot.safety.numbers import first_number
from connectors.choices import chosen
from connectors.contract import MAX_TEXT, Option, Reply
from connectors.from_disk import degraded
from connectors.letting_go import (
    BY_MODEL,
    FORGETS,
    OF_CARRIERS,
    TAPS,
    let_go,
    muted,
    with_program,
    with_tip,
)
from connectors.memory import Memory
from connectors.outcome import Assistant, Message, Outcome
from connectors.owed import Owed

__all__ = ["Assistant", "Message", "Nearest", "Outcome", "take_turn"]

_PAYLOAD = re.compile(r"^/[a-z_]{2,60}(\{[^\r\n]{0,200}\})?$")
_SLASHES = re.compile(r"^[\s/]+")
_FORGET_S = 7_200.0  # the shortest time after which anything is forgotten
_FORCED = {
    **dict.fromkeys(("emergency", "medical", "lost", "police"), "report_immediate_danger"),
    "suicide": "express_suicidal_distress",
}
_NEEDS = ("medical", "lost", "police")  # urgent, but no attack: cards of their own
MORE = "/more"
UNREAD = "/unread"  # answers that came late
_READS = ("affirm", "ask_repeat_or_more")
_BACK = ("start", "alta")
_SHORT = 120  # a longer message tells of him, and is hers

Nearest = Callable[[tuple[float, float]], tuple[str | None, str | None]]


async def take_turn(
    assistant: Assistant, nearest: Nearest, pseudonym: str, message: Message, memory: Memory
) -> Outcome:
    """The outcome of one message; never raises for anything that she may send."""
    if message.kind in ("blocked", "unblocked"):
        return Outcome((), memory, message.kind, stop=message.kind == "blocked")
    said = read_flags(message.text, "child")
    memory = memory.but(child=True) if "child" in said else memory
    outcome = await _taken(assistant, nearest, pseudonym, message, memory)
    if message.opted_out:
        outcome = muted(outcome, message, memory)
        if outcome.muted:
            return outcome
    outcome = with_tip(outcome, message) if memory.left_fast else outcome
    return with_program(outcome, message)


async def _taken(
    assistant: Assistant,
    nearest: Nearest,
    pseudonym: str,
    message: Message,
    memory: Memory,
) -> Outcome:
    # A leading slash is Rasa's way of naming an intent: only our own choices may do that.
    text = _SLASHES.sub("", message.text).strip()
    decision = gate(text, style=message.style) if text and message.kind != "choice" else None
    tapped = message.choice if message.kind == "choice" else chosen(text, memory, message.style)
    if decision is None and tapped in TAPS:  # also by its number, and without Rasa
        decision = Decision(TAPS[tapped], None, "sure")
    if decision is None and message.opted_out and fold(text) in _BACK:
        decision = Decision("start", None, "sure")  # on Telegram else the button of a first message
    watched = memory.sensitive or memory.left_fast
    if decision is None and (is_someone_else(text) or (watched and asks_who(text))):
        decision = Decision("someone_else", None, "likely")
    if decision and decision.kind not in _FORCED:
        return await _gated(assistant, pseudonym, message, memory, decision)
    if decision:
        # The words go along, because they may name the country she is in.
        memory = memory.but(language=decision.language or memory.language)
        need = decision.kind if decision.kind in _NEEDS else None
        forced = _FORCED[decision.kind]
        return await _ask(assistant, pseudonym, text, message, memory, forced, need)
    question = _question(nearest, message, memory, text)
    if question is None:
        return _wordless(message, memory)
    if question in (MORE, UNREAD):
        return _read(question, memory)
    return await _ask(assistant, pseudonym, question, message, memory)


def is_someone_else(text: str) -> bool:
    """Whether somebody else seems to hold the phone: says so, or asks about her."""
    short = 0 < len(text) <= _SHORT and not text.startswith("/")
    return short and bool(read_flags(text, "someone") or is_told("theirs", fold(text)))


def asks_who(text: str) -> bool:
    """Whether all that it asks is who answers here. In a first message, or where nothing that could
    hurt her was spoken of, it is hers, and she is told; else it may be his, and he is told no more
    than that a machine gives facts to anyone (docs/decisions/0002-dialogue.md)."""
    return 0 < len(text) <= _SHORT and is_told("who_answers", fold(text))


def _question(nearest: Nearest, message: Message, memory: Memory, text: str) -> str | None:
    """What Rasa is asked; None where the message holds no words at all."""
    if message.kind == "choice" and message.choice and _PAYLOAD.match(message.choice):
        return message.choice
    if message.kind == "location" and message.location:
        country, city = nearest(message.location)
        place = {k: v for k, v in (("country", country), ("city", city)) if v}
        return "/inform_location" + (json.dumps(place, ensure_ascii=False) if place else "")
    if (choice := chosen(text, memory, message.style)) is not None:
        return choice
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
    need: str | None = None,
) -> Outcome:
    metadata = {
        "style": message.style,
        "channel": message.channel,
        "now": message.received_at.isoformat(),
        "idle_s": message.idle_s,
        "prefix_country": message.prefix_country,
        "language": memory.language,
        "known": memory.introduced,
        "typed": len(message.text.split()),
        "force_intent": forced,
        "need": need,
        "child": memory.child,
        "forgotten": _is_forgotten(message, memory),
        "crisis": memory.topic if memory.topic in ALARMS else None,
        "turn": message.turn,
    }
    try:
        answer = await assistant.ask(pseudonym, question, metadata)
        replies = tuple(Reply.from_dict(dict(r)) for r in answer.replies)
    except (RasaUnavailable, KeyError, TypeError, ValueError):
        return degraded(forced or question.lstrip("/"), message, memory, need, waits=not forced)
    slots = answer.slots
    reads = memory.offered in ((MORE,), (UNREAD,)) and (memory.more or memory.unread)
    if reads and not message.waited and answer.acted_on in _READS:
        return _read(memory.offered[0], memory)  # "sí", after "I can answer you now"
    if answer.acted_on in BY_MODEL:
        return let_go(BY_MODEL[answer.acted_on], memory.language, memory, slots, message.style)
    memory = memory.but(
        introduced=True,
        language=str(slots.get("language") or memory.language),
        country=slots.get("here") or slots.get("country") or memory.country,
        topic=slots.get("topic"),
        sensitive=memory.sensitive or bool(slots.get("sensitive")),
        offered=tuple(o.payload for o in replies[-1].options) if replies else (),
        more=(),
        away=False,
    )
    return Outcome(replies, memory, answer.acted_on, slots, answer.outcome)


def _is_forgotten(message: Message, memory: Memory) -> bool:
    """Whether the worker gave us an empty memory because too much time has passed."""
    # What this very message says of her age is no memory; nor what may be unread or deleted.
    memory = memory.but(child=False, away=False, her_refs=())
    if memory.unread:
        memory = memory.but(unread=(), offered=(), sensitive=False)
    empty = memory == Memory(introduced=True, language=memory.language)
    return empty and message.idle_s is not None and message.idle_s > _FORGET_S


async def _gated(
    assistant: Assistant, pseudonym: str, message: Message, memory: Memory, decision: Decision
) -> Outcome:
    """Leave, erase, stop, start, someone else: decided without any model."""
    language = decision.language or memory.language
    known = memory.introduced or memory.told_stop
    if known and decision.kind in OF_CARRIERS:
        language = memory.language  # START is the carriers' word, whatever she speaks
    slots: Mapping[str, Any] = {}
    if decision.kind in FORGETS:
        # The dialogue's own memory goes too: now, or before anything else is asked in her name.
        payload, metadata = Owed(decision.kind, language).asked()
        try:
            slots = (await assistant.ask(pseudonym, payload, metadata)).slots
        except RasaUnavailable:
            gone = let_go(decision.kind, language, memory, slots, message.style)
            return replace(gone, owes=decision.kind)
    return let_go(decision.kind, language, memory, slots, message.style)


def _read(which: str, memory: Memory) -> Outcome:
    """A late answer, or the rest of a long one: old buttons say MORE for both."""
    if memory.unread and (which == UNREAD or not memory.more):
        return _late(memory)
    return _rest(memory)


def _late(memory: Memory) -> Outcome:
    """All late answers as one, with the choices of the last."""
    replies = [Reply.from_dict(dict(each)) for each in memory.unread]
    whole = replace(replies[-1], text="\n\n".join(each.text for each in replies if each.text))
    kept = memory.but(unread=(), offered=tuple(each.payload for each in whole.options))
    return Outcome((whole,), kept, "ask_repeat_or_more", {"language": memory.language})


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
    number = first_number("danger", memory.country or message.prefix_country)
    kind = message.kind if message.kind != "text" else "out_of_scope"
    if memory.topic in ALARMS:
        text = say("wordless_crisis", memory.language, number=number)
        still = Reply(text, language=memory.language)
        return Outcome((still,), memory.but(more=()), kind, {"language": memory.language})
    key = {"voice": "voice", "text": "empty", "edited": "empty"}.get(message.kind, "media")
    options = tuple(
        Option(say(f"group_{g}", memory.language), f'/ask_menu{{"group":"{g}"}}')
        for g in ("violence", "rights", "family", "work", "services")
    )
    values = {"number": number} if key == "voice" else {}
    reply = Reply(say(key, memory.language, **values), options, "choices", memory.language)
    kept = memory.but(introduced=True, offered=tuple(o.payload for o in options), more=())
    return Outcome((reply,), kept, kind, {"language": memory.language}, "asked back")
