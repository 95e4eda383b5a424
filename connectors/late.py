"""An answer that had to wait for Rasa: it says so; late and sensitive, it is read when she asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.conversation.state import ALARMS
from bot.conversation.wording import say
from connectors.contract import Option, Reply
from connectors.letting_go import NOT_YET
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.shown import spoken
from connectors.turns import MORE

LATE = timedelta(minutes=2)  # an answer after that says that it is one
SAFE = timedelta(minutes=10)  # so long she may be thought to look at her telephone herself
READ = timedelta(minutes=15)  # so long at least a late answer can be read

Unread = tuple[str, ...] | None


def said(
    outcome: Outcome, message: Message, before: Memory, waited: timedelta, *, keeps: bool = False
) -> tuple[tuple[Reply, ...], Unread]:
    """What is said now, and all that waits for her to ask for it; None: nothing is kept back.
    `keeps`: as `spoken` has it."""
    replies = spoken(
        _with_lead(outcome, waited), message, introduced=before.introduced, keeps=keeps
    )
    if not _is_veiled(outcome, waited):
        return replies, None
    unread = before.more if is_unread(before) else ()
    if not replies:
        return (), unread
    language = outcome.memory.language
    option = Option(say("late_read", language), MORE)
    ready = Reply(say("late_ready", language), (option,), "choices", language)
    texts = (reply.text for reply in replies if reply.text)
    return (() if unread else (ready,)), (*unread, *texts)


def kept_back(memory: Memory, unread: Unread) -> Memory:
    """`memory` with what is read behind MORE."""
    return memory if unread is None else memory.but(more=unread, offered=(MORE,))


def is_unread(memory: Memory) -> bool:
    """Whether MORE, and nothing else, was offered last."""
    return bool(memory.more) and memory.offered == (MORE,)


def _with_lead(outcome: Outcome, waited: timedelta) -> Outcome:
    small = outcome.acted_on in (*ALARMS, *NOT_YET) or not outcome.replies
    if waited < LATE or small or _lets_go(outcome):
        return outcome
    first, *others = outcome.replies
    first = replace(first, text=f"{say('late_lead', outcome.memory.language)}\n\n{first.text}")
    return replace(outcome, replies=(first, *others))


def _is_veiled(outcome: Outcome, waited: timedelta) -> bool:
    """Somebody else may hold her telephone by now."""
    sensitive = outcome.memory.sensitive or bool(outcome.slots.get("sensitive"))
    return waited >= SAFE and sensitive and not _lets_go(outcome)


def _lets_go(outcome: Outcome) -> bool:
    """A neutral line anyway."""
    return outcome.hush or outcome.erase or outcome.stop is True
