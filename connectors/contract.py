"""The two things that pass between a channel and the rest: `IncomingMessage` and `Reply`.

A channel turns a vendor's request into `IncomingMessage`s and a `Reply` into what the vendor
accepts. Limits, buttons, encodings and the numbering of choices stay inside the channel.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

MessageKind = Literal[
    "text", "choice", "location", "voice", "photo", "document", "sticker", "contact",
    "edited", "blocked", "unblocked", "unknown",
]  # fmt: skip
ReplyKind = Literal["text", "choices", "ask_location", "delete", "silent"]
OutgoingKind = Literal["text", "buttons", "list", "location_request", "delete", "silent"]
Style = Literal["whatsapp", "sms", "telegram", "web"]

# Longer text is cut before it is stored: no question needs more, and a model should not read it.
MAX_TEXT = 4_000


@dataclass(frozen=True)
class IncomingMessage:
    """One thing a person did, whatever the channel."""

    channel: str  # folder name under connectors/
    style: Style  # how replies must look
    address: str = field(
        repr=False
    )  # opaque; the channel knows how to reply to it. Never leaves the gateway.
    message_id: str = field(repr=False)  # the vendor's id, used against repeats
    kind: MessageKind = "text"
    text: str = field(default="", repr=False)
    choice: str | None = field(default=None, repr=False)  # payload of the tapped option
    location: tuple[float, float] | None = field(
        default=None, repr=False
    )  # latitude, longitude (WGS84)
    order: int = 0  # the vendor's own sequence where there is one, else 0
    sent_at_utc: datetime | None = None
    vendor_ref: str | None = field(
        default=None, repr=False
    )  # what the vendor needs to delete this message later


@dataclass(frozen=True)
class Option:
    """A choice. `payload` is at most 64 bytes (Telegram's limit) and means the same for ever."""

    title: str
    payload: str
    description: str = ""


@dataclass(frozen=True)
class Reply:
    """What to say, not how. Text paragraphs are separated by blank lines."""

    text: str = ""
    options: tuple[Option, ...] = ()
    kind: ReplyKind = "text"
    language: str = "es"

    def as_dict(self) -> dict[str, Any]:
        """JSON for the way from the action server through Rasa."""
        return {
            "text": self.text,
            "options": [[o.title, o.payload, o.description] for o in self.options],
            "kind": self.kind,
            "language": self.language,
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Reply:
        """The reverse of `as_dict`; raises KeyError/TypeError on anything else."""
        options = tuple(Option(*map(str, o)) for o in value.get("options", ()))
        return cls(str(value["text"]), options, value["kind"], str(value["language"]))


@dataclass(frozen=True)
class Outgoing:
    """One message as it leaves: `text` is exactly what the person reads on that channel."""

    text: str
    kind: OutgoingKind = "text"
    options: tuple[Option, ...] = ()
    segments: int = 1  # SMS parts; 1 elsewhere
    list_button: str = ""  # the word on a list's button


class ChannelError(Exception):
    """Something between us and a vendor went wrong."""


class BadSignature(ChannelError):
    """The request does not prove that the vendor sent it."""


class UnknownPayload(ChannelError):
    """The vendor sent a shape we do not know; the message names the field."""


class SendRefused(ChannelError):
    """The vendor will never accept this message. `code` is the vendor's own."""

    def __init__(self, code: str, *, opted_out: bool = False, alert: bool = False) -> None:
        super().__init__(f"vendor refused: {code}")
        self.code, self.opted_out, self.alert = code, opted_out, alert


class SendThrottled(ChannelError):
    """Try again, not before `retry_after_s` seconds."""

    def __init__(self, code: str, retry_after_s: float) -> None:
        super().__init__(f"vendor asks to wait {retry_after_s} s: {code}")
        self.code, self.retry_after_s = code, retry_after_s


class SendUncertain(ChannelError):
    """The vendor did not answer clearly: it may or may not have sent the message."""


@dataclass(frozen=True)
class Request:
    """A webhook request as a channel gets it; `url` is the configured public one."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)  # names in lower case; signatures, secrets
    query: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
