"""A message on its way out, opened, and its sealed form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from bot.telemetry import tracing
from connectors.contract import Option, Outgoing
from connectors.leaving_late import IfLate
from connectors.models import Outbox

# Its row, while whoever took it holds it still, in the same try; asked with `Due.held_by`.
IS_HELD = (
    Outbox.id == bindparam("row"), Outbox.state == "sending", Outbox.holder == bindparam("me"),
    Outbox.attempts == bindparam("try"),
)  # fmt: skip
HAS_WORDS = Outbox.sealed.is_not(None)  # she has not left meanwhile
KEY = "comadre-"  # before the row's number: what a vendor may give back to us


@dataclass(frozen=True)
class Due:
    """A message to send. `unsure_since`: an earlier try may have reached the vendor."""

    id: int
    pseudonym: str
    channel: str
    address: str = field(repr=False)
    outgoing: Outgoing
    attempts: int
    unsure_since: datetime | None = None
    received_at: datetime | None = None  # of the message answered; only with its first reply
    trace: str | None = None  # see bot/telemetry/tracing.py
    style: str = "web"
    came_at: datetime | None = None  # the message answered
    late: IfLate | None = None

    @property
    def key(self) -> str:
        """Ours for this message; the same in every try."""
        return f"{KEY}{self.id}"

    def held_by(self, name: str) -> dict[str, Any]:
        """What IS_HELD asks, of the worker `name`."""
        return {"row": self.id, "me": name, "try": self.attempts}


def outgoing_json(message: Outgoing, late: IfLate | None = None) -> dict[str, Any]:
    """For the sealed body of an outbox row."""
    options = [[o.title, o.payload, o.description] for o in message.options]
    return {
        "text": message.text, "kind": message.kind, "options": options,
        "segments": message.segments, "list_button": message.list_button,
        **(late.as_body() if late else {}),
        **({"trace": trace} if (trace := tracing.carried()) else {}),
    }  # fmt: skip


def outgoing_from(value: dict[str, Any]) -> Outgoing:
    """The reverse of `outgoing_json`."""
    options = tuple(Option(*o) for o in value["options"])
    return Outgoing(value["text"], value["kind"], options, value["segments"], value["list_button"])
