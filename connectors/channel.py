"""What a channel's folder must offer, and what it tells about messages that it has sent.

A handler is a module: plain functions, no state. `connectors/registry.py` ties it to settings.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import httpx
import phonenumbers
from starlette.responses import Response

from connectors.contract import MAX_TEXT, IncomingMessage, Outgoing, Reply, Request

SMALL_BODY = 256 * 1024
State = Literal["queued", "sent", "delivered", "read", "failed"]
_ORDER: tuple[State, ...] = ("queued", "sent", "delivered", "read", "failed")


@dataclass(frozen=True)
class DeliveryStatus:
    """What became of a message that we sent."""

    channel: str
    vendor_id: str = field(repr=False)  # what `send` returned; "" where it is about no message
    state: State
    error_code: str = ""  # the vendor's own
    opted_out: bool = False  # she blocked us or said STOP to the vendor
    alert: bool = False  # somebody should look: our fault, or a filter
    key: str = ""  # ours, where the vendor gives it back (see Outgoing's `key` in `send`)


@dataclass(frozen=True)
class Sent:
    """An earlier try to send a message, of which nobody knows whether it reached the vendor."""

    since: datetime
    age_s: float  # since then
    known: Sequence[str] = ()  # vendor's ids of other messages to the same person


def is_forward(before: State, after: State) -> bool:
    """Whether `after` is news: reports come out of order and must never move a message back."""
    return before != "failed" and _ORDER.index(after) > _ORDER.index(before)


class Handler(Protocol):
    """The functions of `connectors/<name>/handler.py`."""

    name: str
    path: str | None  # where the vendor posts; None: no vendor
    status_path: str | None  # where delivery reports come, if not to `path`
    max_body: int  # bytes; more than the vendor ever posts is not read
    refusal_status: int  # HTTP status for a request without proof
    has_handshake: bool  # whether the vendor asks with GET first

    def missing(self, env: Mapping[str, str]) -> tuple[str, ...]:
        """Names of the settings without which the channel stays off."""

    def from_environment(self, env: Mapping[str, str]) -> Any:
        """The channel's settings; None = off."""

    def verify(self, request: Request, settings: Any) -> None:
        """Raises BadSignature, also where no secret is set."""

    def handshake(self, query: Mapping[str, str], settings: Any) -> Response:
        """The answer to the vendor's GET; raises BadSignature."""

    def parse(self, request: Request, settings: Any) -> list[IncomingMessage]:
        """What people did; raises UnknownPayload, and nothing else, for nonsense."""

    def parse_statuses(self, request: Request, settings: Any) -> list[DeliveryStatus]:
        """What became of our messages; raises UnknownPayload."""

    def acknowledge(self, request: Request) -> Response:
        """The answer after the messages are stored; never raises."""

    def render(self, reply: Reply, style: str) -> tuple[list[Outgoing], tuple[str, ...]]:
        """The messages to send now, and the text kept until she asks for more."""

    async def send(
        self, client: httpx.AsyncClient, settings: Any, address: str, outgoing: Outgoing, key: str
    ) -> str:
        """The vendor's id of the message ("" where nothing was to send); raises ChannelError."""

    async def find(
        self, client: httpx.AsyncClient, settings: Any, address: str, outgoing: Outgoing, sent: Sent
    ) -> str | None:
        """The vendor's id of a message that an earlier try may have brought to it.

        None: the vendor does not have it, or cannot be asked; it is sent again. Raises
        SendThrottled where the vendor may still tell, and other ChannelErrors.
        """

    async def delete(
        self, client: httpx.AsyncClient, settings: Any, address: str, refs: Sequence[str]
    ) -> bool:
        """Whether the messages are gone on the vendor's side; raises ChannelError."""

    def prefix_country(self, address: str) -> str | None:
        """ISO code of the country that the address itself tells."""


def same_secret(given: str, expected: str) -> bool:
    """Compares in constant time; nothing equals an empty secret."""
    return bool(expected) and hmac.compare_digest(
        given.encode("utf-8", "replace"), expected.encode("utf-8", "replace")
    )


def clean(text: object) -> str:
    """Words from outside as a string that can be stored: no broken characters, not endless."""
    if not isinstance(text, str):
        return ""
    # One more than is read, so that the worker can tell her that it was too long.
    text = text[: MAX_TEXT + 1].replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def country_of_number(number: str) -> str | None:
    """The country of "+50370000001" (also by area code: +1 809 is DO), None where unclear."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None
    return region if region and region.isalpha() else None
