"""What goes into a turn and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.rasa_client import RasaAnswer
from connectors.contract import Reply
from connectors.memory import Memory


class Assistant(Protocol):
    """Rasa, or whatever stands for it."""

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """Raises RasaUnavailable."""


def is_urgent(metadata: Mapping[str, Any]) -> bool:
    """Whether what Rasa is asked with these cannot wait: danger, or a crisis that goes on."""
    return bool(metadata.get("force_intent") or metadata.get("crisis"))


def is_wish(metadata: Mapping[str, Any]) -> bool:
    """Whether Rasa is asked to forget her (connectors/owed.py)."""
    return "someone_else" in metadata


class Said(Protocol):
    """What can be asked of a message, as it comes in and as it is opened again."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def choice(self) -> str | None: ...
    @property
    def style(self) -> str: ...


@dataclass(frozen=True)
class Message:
    """A stored incoming message, opened."""

    kind: str
    text: str = field(repr=False)
    choice: str | None = field(repr=False)
    location: tuple[float, float] | None = field(repr=False)
    style: str
    received_at: datetime
    idle_s: float | None  # since her message before this one; None for the first
    prefix_country: str | None = None
    opted_out: bool = False  # she had written STOP before
    turn: str | None = None  # the same in every try: for Rasa it is one turn
    waited: bool = False  # Rasa was silent when it came
    stopped_after: bool = False  # she said STOP, or her vendor, after she had written this
    channel: str = ""  # folder name under connectors/


@dataclass(frozen=True)
class Outcome:
    """What the turn comes to. `stop` True: opted out; False: back in; None: unchanged."""

    replies: tuple[Reply, ...]
    memory: Memory
    acted_on: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    outcome: str = "answered"
    stop: bool | None = None
    erase: bool = False
    hush: bool = False  # what still waits to be sent to her is not sent any more
    muted: bool = False  # after STOP: no answer, only the line on how to come back, or nothing
    owes: str | None = None  # Rasa was silent and has her to forget still: one of owed.PAYLOADS
    waits: bool = False  # Rasa was silent: answered when it is back (connectors/held.py)
