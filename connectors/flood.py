"""Somebody who sends and sends: answered as anybody up to a number, then only where it matters.

Every reply costs a text message and a turn of the model. Nothing is counted anew for this: the
messages of a person lie in the inbox, without words, until she is forgotten. An emergency, a crisis
that goes on, leaving and erasing are never held back, and every `AGAIN` messages she is told the
emergency number all the same.
"""

from __future__ import annotations

from datetime import timedelta

from bot.conversation.state import ALARMS
from bot.safety.gate import gate
from connectors.choices import chosen
from connectors.from_disk import degraded
from connectors.letting_go import TAPS, asks_for_help
from connectors.memory import Memory
from connectors.outcome import Message, Outcome, Said

WINDOW = timedelta(minutes=10)
AGAIN = 20
PATIENCE = 5


def held_back(
    message: Message, memory: Memory, lately: int, most: int, parts: int = 1
) -> Outcome | None:
    """What is said instead of a turn; None: the turn is taken. `lately`: her messages within
    WINDOW, these `parts` among them; `most` 0: nobody is held back."""
    # Who speaks of violence writes more, and what she writes then is heard by the model alone.
    most *= PATIENCE if memory.sensitive else 1
    if not most or lately <= most or matters(message, memory):
        return None
    if (lately - most - 1) // AGAIN != (lately - parts - most - 1) // AGAIN:
        return degraded("", message, memory)
    return Outcome((), memory, "unavailable", outcome="unavailable")


def matters(message: Said, memory: Memory) -> bool:
    """Whether it is answered however many there were."""
    return known_to_matter(message, memory) or plainly_matters(message)


def plainly_matters(message: Said) -> bool:
    """By its words alone: danger, leaving, erasing."""
    return bool(message.text) and gate(message.text, style=message.style) is not None


def known_to_matter(message: Said, memory: Memory) -> bool:
    """By what is remembered of her."""
    # "1" by SMS may be "leave".
    choice = message.choice or chosen(message.text, memory, message.style)
    return choice in TAPS or goes_on(message, memory)


def goes_on(message: Said, memory: Memory) -> bool:
    """A crisis that is not over, or a bare cry."""
    return memory.topic in ALARMS or asks_for_help(message)
