"""Leave, erase, stop, start, somebody else: a neutral line, and as little memory as that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.conversation.cues import fold
from bot.conversation.state import ALARMS
from bot.conversation.wording import has, say
from bot.safety.files import Kind
from connectors.contract import Option, Reply
from connectors.memory import Memory
from connectors.outcome import Message, Outcome, Said

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
COME_BACK = "/start_messages"
TAPS: dict[str, Kind] = {
    **{f"/{intent}": kind for intent, kind in BY_MODEL.items()}, COME_BACK: "start",
}  # fmt: skip


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
    replies: tuple[Reply, ...] = (reply,)
    if kind == "leave":
        memory = _ERASED.but(left_fast=True, country=memory.country, her_refs=memory.her_refs,
                             sensitive=memory.sensitive, told_stop=memory.told_stop)  # fmt: skip
    elif kind == "erase":
        memory = _ERASED
    elif kind == "someone_else":
        memory = _ERASED.but(country=memory.country, her_refs=memory.her_refs, sensitive=True)
    elif kind == "stop":
        # What she writes from now on answers no crisis of before.
        memory = memory.but(topic=None, told_stop=False)
    elif kind == "start":
        replies, memory = _welcome(reply, memory.but(told_stop=False), language)
    stop = {"stop": True, "start": False}.get(kind)
    return Outcome(
        replies, memory.but(**changes), acted_on, slots or {"language": language},
        stop=stop, erase=kind == "erase", hush=kind in FORGETS,
    )  # fmt: skip


def _welcome(reply: Reply, memory: Memory, language: str) -> tuple[tuple[Reply, ...], Memory]:
    """With what she asked while nothing was sent to her. Of violence it is read on a tap, which
    `late.py` offers: hours may lie between, and another hand hold the telephone."""
    if not memory.unread or memory.sensitive:
        return (reply,), memory
    lead = replace(reply, text=say("started_answered", language))
    answers = (Reply.from_dict(dict(each)) for each in memory.unread)
    return (lead, *answers), memory.but(unread=())


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


# Said to somebody who wants no messages, these open nothing: not even the line on how to return.
_LITTLE = ("thank", "goodbye", "affirm", "deny", "ask_privacy")


def is_for_stopped(outcome: Outcome, message: Said) -> bool:
    """Whether it is said even to her who wrote STOP: danger and the crisis that it began, leaving,
    erasing, coming back, the cry that is the carriers' word for help, and the one line."""
    danger = outcome.acted_on in ALARMS or outcome.memory.topic in ALARMS
    asked = outcome.stop is False or outcome.acted_on in ("quick_exit", "delete_my_data")
    return danger or asked or outcome.muted or (outcome.stop is None and asks_for_help(message))


def muted(outcome: Outcome, message: Message, before: Memory) -> Outcome:
    """She wrote STOP, and now something else: once, how to come back; else nothing. Nothing too
    where what comes now was written before it.

    The answer to her question lies sealed with what is remembered of her, until START. `before`:
    what was remembered when her message came.
    """
    if outcome.hush or outcome.waits or outcome.stop is not None:
        return outcome
    if outcome.acted_on not in ALARMS and before.topic not in ALARMS:
        # The dialogue may still be in a crisis of before her STOP.
        outcome = replace(outcome, memory=outcome.memory.but(topic=None))
    if is_for_stopped(outcome, message):
        return outcome
    is_real = outcome.acted_on not in NOT_YET and outcome.outcome != "unavailable"
    is_real = is_real and not message.stopped_after
    answer = tuple(each.as_dict() for each in outcome.replies if each.text) if is_real else ()
    memory = outcome.memory.but(
        unread=answer or before.unread, introduced=before.introduced, left_fast=before.left_fast,
        offered=before.offered, more=before.more,
    )  # fmt: skip
    is_little = outcome.acted_on in _LITTLE or not outcome.replies
    if message.stopped_after or before.told_stop or is_little:
        return replace(outcome, replies=(), memory=memory, muted=True)
    language = memory.language
    tap = Option(say("option_start", language), COME_BACK)
    options = () if message.style == "sms" else (tap,)  # there the word is as short as its number
    line = Reply(say("still_stopped", language), options, "choices" if options else "text",
                 language)  # fmt: skip
    memory = memory.but(told_stop=True, offered=tuple(each.payload for each in options))
    return replace(outcome, replies=(line,), memory=memory, muted=True)


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
