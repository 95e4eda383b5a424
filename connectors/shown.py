"""What of an outcome is said and how it looks: the same for the worker and for a trial."""

from __future__ import annotations

from collections.abc import Callable

from bot.conversation.wording import say
from connectors.contract import MAX_TEXT, Outgoing, Reply
from connectors.intro import introduce
from connectors.letting_go import is_for_stopped
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.render import Rendered


def spoken(outcome: Outcome, message: Message, *, introduced: bool,
           keeps: bool) -> tuple[Reply, ...]:  # fmt: skip
    """Little after STOP, the introduction before the first, a word on what was cut; `keeps`:
    whether questions without an answer are kept here."""
    replies = outcome.replies
    if message.opted_out and not is_for_stopped(outcome, message):
        return ()
    if outcome.muted:
        return replies
    if not introduced:
        return introduce(replies, outcome, message, keeps=keeps)
    if len(message.text) > MAX_TEXT and replies:
        return (Reply(say("too_long", outcome.memory.language)), *replies)
    return replies


def rendered(render: Callable[[Reply, str], Rendered], style: str, replies: tuple[Reply, ...],
             memory: Memory) -> tuple[list[Outgoing], Memory]:  # fmt: skip
    """The messages, and what is remembered of their choices and their rest."""
    outgoing: list[Outgoing] = []
    rest: tuple[str, ...] = ()
    for reply in replies:
        messages, more = render(reply, style)
        outgoing += messages
        rest = (*rest, *more)
    # As rendered: a channel may have added "more" to the choices.
    offered = tuple(o.payload for o in outgoing[-1].options) if outgoing else memory.offered
    return outgoing, memory.but(more=rest, offered=offered)
