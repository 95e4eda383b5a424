"""A service exactly as she would read it on each channel, also before it is saved.

What saving would do is done and taken back: so the preview cannot differ from what is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.conversation.compose import decide
from bot.conversation.services import REFUGE, laid_out, more_options, safe_line
from bot.conversation.state import State
from bot.conversation.wording import LANGUAGES
from bot.conversation.world import World
from bot.directory.found import FoundService, describe, told_as
from bot.directory.models import Service
from bot.knowledge.history import By
from bot.portal.service_form import Entry, save
from connectors.contract import Outgoing
from connectors.render import render

STYLES = ("whatsapp", "telegram", "sms")


@dataclass(frozen=True)
class Looks:
    """One channel in one language."""

    style: str
    language: str
    messages: tuple[Outgoing, ...]
    later: tuple[str, ...]  # what an SMS keeps until she asks for more

    @property
    def segments(self) -> int:
        """What the SMS cost."""
        return sum(each.segments for each in self.messages)


@contextmanager
def taken_back(engine: Engine) -> Iterator[Engine]:
    """What is written inside is seen inside, and is gone afterwards."""
    with engine.connect() as connection:
        whole = connection.begin()
        try:
            # Sessions take a connection in an engine's place, and leave its transaction open.
            yield cast(Engine, connection)
        finally:
            whole.rollback()


def preview_entry(
    engine: Engine, world: World, entry: Entry, service_id: str | None, by: By, today: date
) -> list[Looks]:
    """As the form has it, not saved."""
    with taken_back(engine) as trial:
        saved = save(trial, entry, service_id, by)
        with Session(trial) as session:
            return preview(world, describe(session.get_one(Service, saved), None, today))


def preview(world: World, service: FoundService) -> list[Looks]:
    """On every channel, in both languages."""
    return [
        _looks(world, service, style, language) for language in LANGUAGES for style in STYLES
    ]  # fmt: skip


def _looks(world: World, service: FoundService, style: str, language: str) -> Looks:
    kind = told_as(service)
    state = State(language=language, country=service.country, here=service.country,
                  city=service.town, sensitive=kind == REFUGE)  # fmt: skip
    lines = [*safe_line(service, state, world), *laid_out([service], kind, state, world)]
    options = more_options(language)
    messages: list[Outgoing] = []
    later: tuple[str, ...] = ()
    for reply in decide(lines, state, "find_service", options).replies:
        sent, rest = render(reply, style)
        messages += sent
        later += rest
    return Looks(style, language, tuple(messages), later)
