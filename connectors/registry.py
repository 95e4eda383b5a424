"""Which channels there are, and which of them this installation can use. A new one: one name."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import httpx
from starlette.responses import PlainTextResponse, Response

from bot.settings import Settings
from bot.telemetry.metrics import know_channels
from connectors.channel import DeliveryStatus, Handler, Sent
from connectors.contract import BadSignature, IncomingMessage, Outgoing, Reply, Request

NAMES = ("twilio", "telegram", "whatsapp", "web")
know_channels(NAMES)

if TYPE_CHECKING:  # mypy compares every handler with the protocol here
    from connectors.telegram import handler as telegram
    from connectors.twilio import handler as twilio
    from connectors.web import handler as web
    from connectors.whatsapp import handler as whatsapp

    _twilio: Handler = twilio
    _telegram: Handler = telegram
    _whatsapp: Handler = whatsapp
    _web: Handler = web


@dataclass(frozen=True)
class InChannel:
    """A channel with its settings and a client to send with."""

    handler: Handler
    settings: Any = field(repr=False)
    client: httpx.AsyncClient = field(repr=False)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.handler.name

    @property
    def path(self) -> str | None:
        """Where messages come in."""
        return self.handler.path

    @property
    def status_path(self) -> str | None:
        """Where delivery reports come in, if not at `path`."""
        return self.handler.status_path

    @property
    def max_body(self) -> int:
        """Bytes; more than the vendor ever posts is not read."""
        return self.handler.max_body

    @property
    def refusal_status(self) -> int:
        """HTTP status for a request without proof."""
        return self.handler.refusal_status

    @property
    def handshake(self) -> Callable[[Mapping[str, str]], Response] | None:
        """The answer to the vendor's GET, where it asks."""
        return self._handshake if self.handler.has_handshake else None

    def _handshake(self, query: Mapping[str, str]) -> Response:
        try:
            return self.handler.handshake(query, self.settings)
        except BadSignature:
            return PlainTextResponse("the token does not fit", status_code=403)

    def verify(self, request: Request) -> None:
        """Raises BadSignature."""
        self.handler.verify(request, self.settings)

    def parse(self, request: Request) -> list[IncomingMessage]:
        """Raises UnknownPayload."""
        return self.handler.parse(request, self.settings)

    def parse_statuses(self, request: Request) -> list[DeliveryStatus]:
        """Raises UnknownPayload."""
        return self.handler.parse_statuses(request, self.settings)

    def acknowledge(self, request: Request | None = None) -> Response:
        """The answer once the messages are stored; `request` stops a tapped button's spinning."""
        return self.handler.acknowledge(request or Request("POST", "", {}, {}, b""))

    def render(self, reply: Reply, style: str) -> tuple[list[Outgoing], tuple[str, ...]]:
        """The messages to send now, and the text kept until she asks for more."""
        return self.handler.render(reply, style)

    async def send(self, address: str, outgoing: Outgoing, key: str) -> str | None:
        """The vendor's id; raises ChannelError."""
        sent = await self.handler.send(self.client, self.settings, address, outgoing, key)
        return sent or None

    async def find(self, address: str, outgoing: Outgoing, sent: Sent) -> str | None:
        """The vendor's id of a message that it may have taken; raises ChannelError."""
        return await self.handler.find(self.client, self.settings, address, outgoing, sent)

    async def delete(self, address: str, refs: Sequence[str]) -> bool:
        """Whether the messages are gone on the vendor's side; raises ChannelError."""
        return await self.handler.delete(self.client, self.settings, address, refs)

    @property
    def mailbox(self) -> Any:
        """Where the page's replies lie; only the web channel has one."""
        return self.settings.mailbox

    def prefix_country(self, address: str) -> str | None:
        """The country of the number's prefix, where there is a number."""
        return self.handler.prefix_country(address)


def handler(name: str) -> Handler:
    """The handler of the folder `name`."""
    return cast(Handler, importlib.import_module(f"connectors.{name}.handler"))


def channels(
    settings: Settings, client: httpx.AsyncClient
) -> tuple[dict[str, InChannel], tuple[str, ...]]:
    """The channels that have what they need, by name, and the names of those that are off."""
    # httpx logs every address that it calls, and Telegram's holds the bot's token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    env = environment(settings)
    known = {name: handler(name) for name in NAMES}
    found = {name: module.from_environment(env) for name, module in known.items()}
    on = {
        name: InChannel(known[name], value, client)
        for name, value in found.items()
        if value is not None
    }
    return on, tuple(name for name in NAMES if name not in on)


def environment(settings: Settings) -> dict[str, str]:
    """What a channel may know of the installation: its environment, with the public address."""
    return {**settings.environment, "COMADRE_PUBLIC_URL": settings.public_url}


def missing_settings(env: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For every channel that is off: the settings that it lacks."""
    lacks = {name: handler(name).missing(env) for name in NAMES}
    return {name: names for name, names in lacks.items() if names}
