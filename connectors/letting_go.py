"""Leave, erase, stop, start, somebody else: a neutral line, and as little memory as that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.conversation.cues import fold
from bot.conversation.state import ALARMS
from bot.conversation.wording import has, say
from bot.safety.files import Kind
from connectors.contract import Reply
from connectors.memory import Memory
from connectors.outcome import Message, Outcome, Said

_REAL_WORDS = 3
FORGETS = ("leave", "erase", "someone_else")
OF_CARRIERS = ("stop", "start")  # the same words in every country
_ERASED = Memory(introduced=True)
_KINDS: dict[Kind, tuple[str, str]] = {
    "leave": ("left", "quick_exit"),
    "erase": ("erased", "delete_my_data"),
    "stop": ("stopped", "stop_messages"),
    "start": ("started", "greet"),
    "someone_else": ("someone_else", "ask_privacy"),
}
BY_MODEL: dict[str, Kind] = {
    "quick_exit": "leave", "delete_my_data": "erase", "stop_messages": "stop",
}  # fmt: skip
TAPS: dict[str, Kind] = {f"/{intent}": kind for intent, kind in BY_MODEL.items()}


def let_go(
    kind: Kind, language: str, memory: Memory, slots: Mapping[str, Any], style: str = ""
) -> Outcome:
    """The neutral line, and as little memory as that kind leaves."""
    key, acted_on = _KINDS[kind]
    key = f"{key}_{style}" if has(f"{key}_{style}") else key
    reply = Reply(say(key, language), kind="delete" if kind == "leave" else "text",
                  language=language)  # fmt: skip
    changes: dict[str, Any] = {"language": language, "offered": (), "more": (), "introduced": True,
                               "away": False}  # fmt: skip
    if kind == "leave":
        memory = _ERASED.but(left_fast=True, country=memory.country, her_refs=memory.her_refs,
                             sensitive=memory.sensitive)  # fmt: skip
    elif kind == "erase":
        memory = _ERASED
    elif kind == "someone_else":
        memory = _ERASED.but(country=memory.country, her_refs=memory.her_refs, sensitive=True)
    stop = {"stop": True, "start": False}.get(kind)
    return Outcome(
        (reply,), memory.but(**changes), acted_on, slots or {"language": language},
        stop=stop, erase=kind == "erase", hush=kind in FORGETS,
    )  # fmt: skip


_SMALL = ("thank", "goodbye", "affirm", "deny", "out_of_scope", "nlu_fallback", "ask_privacy",
          "unavailable", "error")  # fmt: skip


# Carriers want an answer to these that says who writes and how to stop; from her, they may be a
# cry: they are never left without one, not even after STOP.
_HELP = ("help", "ayuda", "info")


def asks_for_help(message: Said) -> bool:
    """Whether the carriers' word for help is all that she says."""
    return message.kind in ("text", "edited") and fold(message.text) in _HELP


def with_program(outcome: Outcome, message: Message) -> Outcome:
    """On SMS with the answer to HELP, AYUDA, INFO: whose messages these are, how to stop them.

    "Ayuda" may be a cry: where a number answers it, that stays the first line.
    """
    if message.style != "sms" or not outcome.replies or not asks_for_help(message):
        return outcome
    language = outcome.memory.language
    who = say("sms_help", language)
    first, *others = outcome.replies
    if outcome.acted_on in (*ALARMS, "nlu_fallback"):
        head, apart, question = first.text.rpartition("\n\n")
        # A question stays beside its choices, which are written under the text.
        parts = (head, who, question) if first.options and apart else (first.text, who)
        both = replace(first, text="\n\n".join(parts))
        return replace(outcome, replies=(both, *others))
    return replace(outcome, replies=(Reply(who, language=language), first, *others))


def back_in(outcome: Outcome, message: Message) -> Outcome:
    """She had written STOP and writes anew: she is answered, and told once how to stop for good.

    A bare thanks or yes, or signs that nobody understands, opens nothing.
    """
    real = outcome.acted_on == "nlu_fallback" and len(message.text.split()) >= _REAL_WORDS
    lost = real or asks_for_help(message)
    if outcome.stop is not None or (outcome.acted_on in _SMALL and not lost):
        return outcome
    if outcome.acted_on in (*ALARMS, "quick_exit", "delete_my_data") or not outcome.replies:
        return outcome
    language = outcome.memory.language
    note = Reply(say("stopped_before", language), language=language)
    return replace(outcome, replies=(note, *outcome.replies), stop=False)


# Nothing of hers was asked: whoever writes now may be somebody else.
NOT_YET = (*_SMALL, "greet", "stop_messages", "delete_my_data", "ask_menu", "bot_challenge",
            "ask_human", "ask_repeat_or_more", "change_language")  # fmt: skip


def with_tip(outcome: Outcome, message: Message) -> Outcome:
    """Once after a quick exit, in neutral words: how to clear what we cannot delete."""
    key = f"tidy_{message.style}"
    urgent = outcome.acted_on in (*ALARMS, "quick_exit", *NOT_YET)
    if urgent or not outcome.replies:
        return outcome
    memory = outcome.memory.but(left_fast=False)
    if not has(key):  # where both sides' messages are gone already
        return replace(outcome, memory=memory)
    language = outcome.memory.language
    tip = Reply(say(key, language), language=language)
    return replace(outcome, replies=(tip, *outcome.replies), memory=memory)
