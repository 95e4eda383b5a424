"""A conversation of the back office with the assistant: the same turns, and nothing of it is kept.

No inbox, outbox, worker or vendor takes part: nobody counts it, nothing of it can be left without
an answer, and a report that it makes is taken back (bot/directory/reports.py). What is remembered
between two messages travels sealed in the page's own form and opens in the session alone that it
was sealed for. Rasa keeps its slots as of everybody, under a pseudonym that belongs to the session.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

from bot.directory.towns import nearest_town
from bot.portal.secrets import Secrets
from bot.privacy.keys import Unreadable
from bot.rasa_client import TRIAL, RasaAnswer, RasaClient, RasaUnavailable
from bot.settings import Settings
from connectors.contract import Outgoing
from connectors.memory import Memory
from connectors.outcome import Message
from connectors.render import render
from connectors.shown import rendered, spoken
from connectors.turns import Assistant, take_turn

STYLES = ("whatsapp", "telegram", "sms")
LONGEST = timedelta(hours=2)  # between two messages; the shortest time that anything is kept for
MOST_TURNS = 10  # that the page goes on showing


@dataclass(frozen=True)
class Said:
    """One message and what came of it."""

    text: str
    messages: tuple[Outgoing, ...]
    records: tuple[str, ...]
    is_silent: bool  # the assistant did not answer: the replies are those for that case


@dataclass(frozen=True)
class Trial:
    """What the page carries along."""

    session: str  # whose it is
    id: str
    country: str
    style: str
    memory: Memory
    at: datetime  # of the last message
    is_stopped: bool = False  # she wrote STOP
    turns: tuple[Said, ...] = ()

    @property
    def offered(self) -> Mapping[str, str]:
        """What can be tapped now: titles by payload."""
        last = self.turns[-1].messages if self.turns else ()
        shown = [each for each in last if each.kind in ("buttons", "list")]
        return {option.payload: option.title for each in shown for option in each.options}


_JSON = TypeAdapter(Trial)


def begin(session: str, country: str, language: str, style: str, at: datetime) -> Trial:
    """Nothing said yet."""
    memory = Memory(language=language, country=country)
    return Trial(session, secrets.token_hex(8), country, style, memory, at)


def seal(trial: Trial, own: Secrets) -> str:
    """For the form."""
    sealed = own.seal({"trial": _JSON.dump_python(trial, mode="json")})
    return base64.urlsafe_b64encode(sealed).decode()


def unseal(text: str, session: str, own: Secrets, now: datetime) -> Trial | None:
    """None where it is another session's, too old, or nothing that we sealed."""
    try:
        trial = _JSON.validate_python(own.unseal(base64.urlsafe_b64decode(text))["trial"])
    except (Unreadable, ValidationError, ValueError, KeyError, TypeError):
        return None
    return trial if trial.session == session and now - trial.at <= LONGEST else None


def pseudonym(trial: Trial, own: Secrets) -> str:
    """Made of the session, so that it is nobody else's; and of a shape that no woman's has."""
    return TRIAL + own.mark("trial", f"{trial.session}\0{trial.id}")[:32]


class Rasa:
    """The assistant for pages, which run in threads: each question has a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """Raises RasaUnavailable."""
        async with httpx.AsyncClient() as client:
            return await RasaClient(self._settings, client).ask(pseudonym, message, metadata)


class _Marked:
    """Tells the assistant that it is a trial, and keeps what it says only of trials."""

    def __init__(self, assistant: Assistant, mark: Mapping[str, str]) -> None:
        self._assistant, self._mark = assistant, mark
        self.is_silent = self.was_asked = False
        self.records: tuple[str, ...] = ()

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        self.was_asked = True
        told = {**metadata, "trial": dict(self._mark)}
        try:
            answer = await self._assistant.ask(pseudonym, message, told)
        except RasaUnavailable:
            self.is_silent = True
            raise
        self.records = answer.records
        return answer


async def take(trial: Trial, assistant: Assistant, own: Secrets, text: str, choice: str,
               now: datetime, *, keeps: bool) -> Trial:  # fmt: skip
    """The trial after one more message, written or tapped; `keeps` as in `spoken`."""
    title = trial.offered.get(choice)
    # A number's prefix tells the country; Telegram shows none: there she has said it before.
    by_number = trial.style != "telegram"
    message = Message(
        "choice" if title else "text", title or text, choice if title else None, None, trial.style,
        now, (now - trial.at).total_seconds() if trial.turns else None,
        trial.country if by_number else None, opted_out=trial.is_stopped,
    )  # fmt: skip
    mark = {} if by_number else {"country": trial.country, "here": trial.country}
    marked = _Marked(assistant, mark)
    outcome = await take_turn(marked, nearest_town, pseudonym(trial, own), message, trial.memory)
    replies = spoken(outcome, message, introduced=trial.memory.introduced, keeps=keeps)
    outgoing, memory = rendered(render, trial.style, replies, outcome.memory)
    is_rest = not marked.was_asked and trial.memory.more and trial.turns
    records = trial.turns[-1].records if is_rest else marked.records
    said = Said(title or text, tuple(outgoing), records, marked.is_silent)
    stopped = trial.is_stopped if outcome.stop is None else outcome.stop
    turns = (*trial.turns, said)[-MOST_TURNS:]
    return replace(trial, memory=memory, at=now, is_stopped=stopped, turns=turns)


async def forget(trial: Trial, assistant: Assistant, own: Secrets) -> None:
    """Rasa's slots too; where it is silent, they end by themselves."""
    metadata = {"language": trial.memory.language, "trial": {}}
    await assistant.ask(pseudonym(trial, own), "/delete_my_data", metadata)
