"""An answer that had to wait: it says so; late and sensitive, it is read when she asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.conversation.state import ALARMS
from bot.conversation.wording import say
from connectors.contract import Option, Reply
from connectors.from_disk import number_line
from connectors.letting_go import NOT_YET
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.shown import spoken
from connectors.turns import UNREAD

LATE = timedelta(minutes=2)  # an answer after that says that it is one
SAFE = timedelta(minutes=10)  # so long she may be thought to look at her telephone herself
READ = timedelta(minutes=15)  # so long at least a late answer can be read
MOST = 10  # choices of a reply

Replies = tuple[Reply, ...]
Unread = tuple[Mapping[str, Any], ...] | None


def said(
    outcome: Outcome, message: Message, before: Memory, waited: timedelta, *, keeps: bool = False
) -> tuple[Replies, Unread]:
    """What is said now, and all that waits for her to ask for it; None: nothing is kept back.
    `keeps`: as `spoken` has it."""
    replies = spoken(
        _with_lead(outcome, waited), message, introduced=before.introduced, keeps=keeps
    )
    if not _is_veiled(outcome, message, before, waited):
        return _with_unread(replies, outcome), None
    kept = tuple(reply.as_dict() for reply in replies if reply.text)
    if not kept:
        return (), outcome.memory.unread
    return _ready(outcome, message, before), (*outcome.memory.unread, *kept)


def kept_back(memory: Memory, before: Memory, replies: Replies, unread: Unread) -> Memory:
    """`memory` with what is read behind UNREAD; what stood above its announcement still stands."""
    if unread is None:
        return memory
    offered = (UNREAD,) if replies else before.offered
    return memory.but(unread=unread, offered=offered, more=before.more)


def _ready(outcome: Outcome, message: Message, before: Memory) -> Replies:
    """That there is an answer, unless she was told last, and nothing since; in an alarm, the
    number all the same."""
    number = number_of_alarm(outcome, message)
    if is_told(before) and not number:
        return ()
    return (announcement((number,) if number else (), outcome.memory.language),)


def is_told(memory: Memory) -> bool:
    """Whether the last that she read is that there is an answer."""
    return memory.offered == (UNREAD,) and not memory.away


def number_of_alarm(outcome: Outcome, message: Message) -> str:
    """In words that anybody may see; "" where it is no alarm."""
    return number_line(message, outcome.memory) if outcome.acted_on in ALARMS else ""


def announcement(numbers: Sequence[str], language: str) -> Reply:
    """That there is an answer, after the numbers of alarms."""
    text = "\n\n".join((*numbers, say("late_ready", language)))
    return Reply(text, (_option(language),), "choices", language)


def _option(language: str) -> Option:
    return Option(say("late_read", language), UNREAD)


def _with_unread(replies: Replies, outcome: Outcome) -> Replies:
    """Beside the choices of the answer to another question, where a late one is still unread."""
    if not outcome.memory.unread or not replies or outcome.acted_on in (*ALARMS, "unavailable"):
        return replies
    *others, last = replies
    if last.kind not in ("text", "choices") or _lets_go(outcome):
        return replies
    options = (*last.options[: MOST - 1], _option(outcome.memory.language))
    return (*others, replace(last, options=options, kind="choices"))


def _with_lead(outcome: Outcome, waited: timedelta) -> Outcome:
    if waited < LATE or not may_lead(outcome):
        return outcome
    first, *others = outcome.replies
    first = replace(first, text=f"{say('late_lead', outcome.memory.language)}\n\n{first.text}")
    return replace(outcome, replies=(first, *others))


def may_lead(outcome: Outcome) -> bool:
    """Whether it says that it is late, where it is."""
    small = outcome.acted_on in (*ALARMS, *NOT_YET) or not outcome.replies
    return not small and not _lets_go(outcome)


def is_sensitive(outcome: Outcome) -> bool:
    """Whether nobody else may read it; what lets go, or says that Rasa is away, is neutral."""
    neutral = outcome.acted_on == "unavailable" or _lets_go(outcome)
    return not neutral and (outcome.memory.sensitive or bool(outcome.slots.get("sensitive")))


def _is_veiled(outcome: Outcome, message: Message, before: Memory, waited: timedelta) -> bool:
    """Somebody else may hold her telephone by now, or at once where she has left; where an answer
    is unread, others that waited are read after it."""
    late = waited >= SAFE or (message.waited and (bool(before.unread) or before.left_fast))
    return late and is_sensitive(outcome)


def _lets_go(outcome: Outcome) -> bool:
    """A neutral line anyway."""
    return outcome.hush or outcome.erase or outcome.muted or outcome.stop is True
