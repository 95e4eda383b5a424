"""What is asked of Rasa while older messages of hers wait, and what is said when it is late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.conversation.state import ALARMS
from bot.conversation.wording import say
from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors.choices import chosen
from connectors.contract import Option, Reply
from connectors.flood import goes_on
from connectors.letting_go import NOT_YET
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.turns import MORE, Assistant

LATE = timedelta(minutes=2)  # an answer after that says that it is one
SAFE = timedelta(minutes=10)  # so long she may be thought to look at her telephone herself
READ = timedelta(minutes=15)  # so long at least a late answer can be read


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


async def answers(assistant: Assistant) -> bool:
    """Whether Rasa answers anything at all now."""
    try:
        await assistant.ask("readiness", "/delete_my_data", {})
    except RasaUnavailable:
        return False
    return True


def choice_in(message: Message, memory: Memory) -> str | None:
    """What a number or "the second" means while what was offered is still known."""
    return chosen(message.text.strip(), memory) if message.kind == "text" else None


def tells_anew(message: Message, memory: Memory) -> bool:
    """Whether the plain line goes out, although it has: in a crisis, and to a bare cry for help."""
    return not memory.away or goes_on(message, memory)


def with_lead(outcome: Outcome, waited: timedelta) -> Outcome:
    """Before a late answer to a question, that it is one."""
    small = outcome.acted_on in (*ALARMS, *NOT_YET) or not outcome.replies
    if waited < LATE or small or lets_go(outcome):
        return outcome
    first, *others = outcome.replies
    lead = say("late_lead", outcome.memory.language)
    first = replace(first, text=f"{lead}\n\n{first.text}")
    return replace(outcome, replies=(first, *others))


def lets_go(outcome: Outcome) -> bool:
    """Whether it is a neutral line anyway."""
    return outcome.hush or outcome.erase or outcome.stop is True


def is_veiled(outcome: Outcome, waited: timedelta) -> bool:
    """Whether the answer waits until she asks for it: somebody else may hold the telephone now."""
    sensitive = outcome.memory.sensitive or bool(outcome.slots.get("sensitive"))
    return waited >= SAFE and sensitive and not lets_go(outcome)


def veiled(
    replies: tuple[Reply, ...], language: str, before: Memory
) -> tuple[tuple[Reply, ...], tuple[str, ...]]:
    """One neutral line for all that is unread, and the unread texts."""
    waiting = before.more if before.offered == (MORE,) else ()
    if not replies:
        return (), waiting
    unread = (*waiting, *(reply.text for reply in replies if reply.text))
    option = Option(say("late_read", language), MORE)
    ready = Reply(say("late_ready", language), (option,), "choices", language)
    return (() if waiting else (ready,)), unread
