"""The chat page (simulator): the same way as every vendor's, in any channel's looks."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from connectors.channel import SMALL_BODY, DeliveryStatus, clean
from connectors.contract import BadSignature, IncomingMessage, Reply, Request, Style
from connectors.contract import UnknownPayload as Unknown
from connectors.render import META, Rendered
from connectors.render import render as render_style
from connectors.web.mailbox import Mailbox
from connectors.web.sender import delete as delete
from connectors.web.sender import find as find
from connectors.web.sender import send as send

name = "web"
path: str | None = None  # the page posts to the simulator's own address
status_path: str | None = None
max_body = SMALL_BODY
refusal_status = 403
has_handshake = False


@dataclass(frozen=True)
class WebSettings:
    """The page's own address, and where its replies lie."""

    public_url: str
    mailbox: Mailbox = field(default_factory=Mailbox, repr=False, compare=False)


class Said(BaseModel):
    """What the page posts: exactly one of text, choose, location, media."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    session: str = Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")  # unguessable: who has it reads along
    style: Style = "web"
    id: str = Field(default="", max_length=64)  # against repeats; without it none is recognised
    text: str | None = None
    choose: str | None = Field(  # payload of the tapped option
        default=None, validation_alias=AliasChoices("choose", "choice")
    )
    location: list[float] | None = Field(default=None, min_length=2, max_length=2)
    media: Literal["voice", "photo", "document", "sticker"] | None = None


def missing(env: Mapping[str, str]) -> tuple[str, ...]:
    """Nothing: the page needs no credentials."""
    return ()


def from_environment(env: Mapping[str, str]) -> WebSettings | None:
    """Always on."""
    default = f"http://127.0.0.1:{env.get('COMADRE_PORT') or 8000}"
    return WebSettings((env.get("COMADRE_PUBLIC_URL") or default).rstrip("/"))


def verify(request: Request, settings: WebSettings) -> None:
    """There is no secret to prove, but no foreign page may write in a visitor's name."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadSignature("web")
    site = request.headers.get("sec-fetch-site")  # set by the browser, out of a page's reach
    origin = request.headers.get("origin")
    if site is not None:
        same = site == "same-origin"
    else:
        same = origin is None or (bool(settings.public_url) and origin == _origin(settings))
    if not same:
        raise BadSignature("web")


def _origin(settings: WebSettings) -> str:
    url = urlsplit(settings.public_url)
    return f"{url.scheme}://{url.netloc}"


def parse(request: Request, settings: WebSettings) -> list[IncomingMessage]:
    """The one message of the page."""
    try:
        said = Said.model_validate(_json(request))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"][:1])
        raise Unknown(f"{place}: unexpected value") from None  # the value may be her words
    given = [v for v in (said.text, said.choose, said.location, said.media) if v is not None]
    if len(given) != 1:
        raise Unknown("expected exactly one of text, choose, location, media")
    return [_message(said)]


def _json(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unknown("body: expected JSON") from error


def _message(said: Said) -> IncomingMessage:
    message_id = f"{said.session}:{clean(said.id) or secrets.token_hex(8)}"
    message = IncomingMessage(name, said.style, said.session, message_id)
    if said.location is not None:
        latitude, longitude = said.location
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also refuses NaN
            raise Unknown("location: expected latitude, longitude")
        return replace(message, kind="location", location=(latitude, longitude))
    if said.choose is not None:
        choice = clean(said.choose) or None
        return replace(message, kind="choice" if choice else "unknown", choice=choice)
    return replace(message, kind=said.media or "text", text=clean(said.text))


def parse_statuses(request: Request, settings: WebSettings) -> list[DeliveryStatus]:
    """The page reports nothing."""
    return []


def acknowledge(request: Request) -> Response:
    """The replies come through the mailbox."""
    return Response(status_code=204)


def handshake(query: Mapping[str, str], settings: WebSettings) -> Response:
    """The page does not ask."""
    raise BadSignature("web")


def render(reply: Reply, style: str) -> Rendered:
    """In the looks of any channel."""
    return render_style(reply, style, META)


def prefix_country(address: str) -> str | None:
    """A session tells nothing."""
    return None
