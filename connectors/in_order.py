"""A message that Rasa did not answer, or is not asked about yet because older ones wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors.choices import chosen
from connectors.claimed import Claimed
from connectors.flood import goes_on
from connectors.held import FAIR, MAX_BLAMED, Held
from connectors.memory import Memory
from connectors.outcome import Assistant, Message, Outcome, is_urgent, is_wish

LOOK_S = 0.25  # how often it is looked whether she has written again


@dataclass(frozen=True)
class InOrder:
    """Rasa for a message with older ones waiting before it: silent, except for what cannot wait.

    That is danger, a crisis that goes on, and forgetting.
    """

    assistant: Assistant

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """Raises RasaUnavailable."""
        if is_urgent(metadata) or is_wish(metadata):
            return await self.assistant.ask(pseudonym, message, metadata)
        raise RasaUnavailable("older messages of hers wait")


async def unless(came: Callable[[], Awaitable[bool]],
                 turn: Coroutine[Any, Any, Outcome]) -> Outcome | None:  # fmt: skip
    """The turn; None, and the turn is given up, as soon as something else has come."""
    task = asyncio.create_task(turn)
    try:
        while not (await asyncio.wait((task,), timeout=LOOK_S))[0]:
            if await came():
                return None
        return task.result()
    finally:
        task.cancel()


def put_off(claimed: Claimed) -> Held:
    """A try that was given up is none."""
    return replace(claimed.held or Held(idle_s=claimed.idle_s), attempts=claimed.attempts)


def tried(claimed: Claimed, now: datetime, answered_at: datetime | None) -> Held | None:
    """With this try; None where it ends, for Rasa answers others and never this one.

    What was tried before its time, or was not asked about because others come first, is no try.
    """
    held = put_off(claimed)
    if claimed.others.older or now < held.due(now):
        return held
    held = held.tried(now, blamed=held.tries >= FAIR and held.is_older(answered_at))
    return held if held.blamed < MAX_BLAMED else None


def wants_pulse(claimed: Claimed, held: Held) -> bool:
    """Whether it matters by now if Rasa answers anything at all."""
    return held.tries >= FAIR and not claimed.others.older


def gets_line(claimed: Claimed, message: Message, memory: Memory) -> bool:
    """Whether the plain line goes out: once in an outage, and in a crisis or to a bare cry for
    help each time; always where nothing else of hers waits."""
    waits = claimed.others.count and memory.away
    return claimed.held is None and (not waits or goes_on(message, memory))


def still_told(claimed: Claimed, memory: Memory, before: Memory) -> Memory:
    """One of hers is answered: while others wait still, the plain line holds for them."""
    return memory.but(away=True) if claimed.others.count and before.away else memory


def choice_in(message: Message, memory: Memory) -> str | None:
    """What a number or "the second" means while what was offered is still known."""
    if message.kind != "text":
        return None
    return chosen(message.text.strip(), memory, message.style)
