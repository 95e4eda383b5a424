"""A message that Rasa did not answer, or is not asked about yet because older ones wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors.choices import chosen
from connectors.flood import goes_on
from connectors.held import FAIR, MAX_BLAMED, Held
from connectors.memory import Memory
from connectors.outcome import Message
from connectors.queue import Claimed
from connectors.turns import Assistant


@dataclass(frozen=True)
class InOrder:
    """Rasa for a message with older ones waiting before it: silent, except for what cannot wait.

    That is danger, a crisis that goes on, and forgetting.
    """

    assistant: Assistant

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """Raises RasaUnavailable."""
        urgent = metadata.get("force_intent") or metadata.get("crisis")
        if urgent or "someone_else" in metadata:
            return await self.assistant.ask(pseudonym, message, metadata)
        raise RasaUnavailable("older messages of hers wait")


async def tried(claimed: Claimed, assistant: Assistant) -> Held | None:
    """With this try; None where it ends, for Rasa answers others and never this one."""
    held = replace(claimed.held or Held(idle_s=claimed.idle_s), attempts=claimed.attempts)
    if claimed.others.older:  # it was not asked about: others come first
        return held
    blamed = held.tries >= FAIR and await _answers(assistant)
    held = held.tried(blamed=blamed)
    return held if held.blamed < MAX_BLAMED else None


async def _answers(assistant: Assistant) -> bool:
    """Whether Rasa answers anything at all now."""
    try:
        await assistant.ask("readiness", "/delete_my_data", {})
    except RasaUnavailable:
        return False
    return True


def is_told(claimed: Claimed, message: Message, memory: Memory) -> bool:
    """Whether the plain line goes out: once in an outage, and in a crisis or to a bare cry for
    help each time."""
    return claimed.held is None and (not memory.away or goes_on(message, memory))


def choice_in(message: Message, memory: Memory) -> str | None:
    """What a number or "the second" means while what was offered is still known."""
    return chosen(message.text.strip(), memory) if message.kind == "text" else None
