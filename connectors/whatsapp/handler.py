"""Meta's WhatsApp Cloud API: many messages and reports in one signed POST."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import PlainTextResponse, Response

from connectors.channel import DeliveryStatus, State, clean, country_of_number, same_secret
from connectors.contract import BadSignature, IncomingMessage, Reply, Request
from connectors.contract import UnknownPayload as Unknown
from connectors.render import META, Rendered
from connectors.render import render as render_style
from connectors.vendor import field as get
from connectors.vendor import needs_a_look
from connectors.whatsapp.payload import is_said, list_of, read_message, values
from connectors.whatsapp.sender import BSUID, CODES
from connectors.whatsapp.sender import delete as delete
from connectors.whatsapp.sender import find as find
from connectors.whatsapp.sender import send as send

name = "whatsapp"
path: str | None = "/webhooks/whatsapp"
status_path: str | None = None  # reports come to the same address
max_body = 4 * 1024 * 1024  # Meta posts up to 3 MB at once, and again for seven days
refusal_status = 401
has_handshake = True
_REQUIRED = (
    "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_PHONE_NUMBER_ID",
)  # fmt: skip

_STATES: Mapping[str, State] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}


@dataclass(frozen=True)
class WhatsAppSettings:
    """One business number."""

    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    phone_number_id: str = ""
    api_base: str = "https://graph.facebook.com/v25.0"


def missing(env: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the settings without which the channel stays off."""
    return tuple(key for key in _REQUIRED if not env.get(key))


def from_environment(env: Mapping[str, str]) -> WhatsAppSettings | None:
    """Settings, or None = off."""
    if missing(env):
        return None
    base = env.get("WHATSAPP_API_BASE", "").rstrip("/") or "https://graph.facebook.com/v25.0"
    secret, verify_token, access_token, number_id = (env[key] for key in _REQUIRED)
    return WhatsAppSettings(secret, verify_token, access_token, number_id, base)


def verify(request: Request, settings: WhatsAppSettings) -> None:
    """HMAC-SHA256 of the body with the app's secret; raises BadSignature."""
    given = request.headers.get("x-hub-signature-256", "")
    digest = hmac.new(settings.app_secret.encode(), request.body, hashlib.sha256).hexdigest()
    if not settings.app_secret or not same_secret(given, f"sha256={digest}"):
        raise BadSignature("whatsapp")


def handshake(query: Mapping[str, str], settings: WhatsAppSettings) -> Response:
    """Meta's question whether the address is ours: its challenge comes back."""
    if query.get("hub.mode") != "subscribe":
        raise BadSignature("whatsapp")
    if not same_secret(query.get("hub.verify_token", ""), settings.verify_token):
        raise BadSignature("whatsapp")
    return PlainTextResponse(query.get("hub.challenge", ""))


def parse(request: Request, settings: WhatsAppSettings) -> list[IncomingMessage]:
    """Every message of the POST; one that cannot be read does not cost the others.

    Raises Unknown where there were messages and none could be read.
    """
    messages: list[IncomingMessage] = []
    unread = 0
    for value in values(request, settings.phone_number_id):
        for raw in filter(is_said, list_of(value, "messages")):
            message = read_message(raw, list_of(value, "contacts"))
            if message:
                messages.append(message)
            else:
                unread += 1
    if unread and not messages:
        raise Unknown("entry.changes.value.messages: no id or no sender")
    return messages


def parse_statuses(request: Request, settings: WhatsAppSettings) -> list[DeliveryStatus]:
    """Every report of the POST, also on what is wrong with the account itself."""
    found: list[DeliveryStatus | None] = []
    for value in values(request, settings.phone_number_id):
        found += map(_status, list_of(value, "statuses"))
        found += map(_trouble, list_of(value, "errors"))
    return [status for status in found if status]


def _trouble(error: Any) -> DeliveryStatus:
    """An error of the app or the account, about no single message: somebody should look."""
    code = clean(str(get(error, "code")))[:16]
    return DeliveryStatus(name, "", "failed", code, alert=True)


def _status(raw: Any) -> DeliveryStatus | None:
    state, vendor_id = _STATES.get(str(get(raw, "status"))), clean(get(raw, "id"))
    if state is None or not vendor_id:
        return None
    error = get(raw, "errors", 0, "code")
    code = clean(str(error))[:16] if error is not None else ""
    verdict = CODES.get(code)
    return DeliveryStatus(
        name, vendor_id[:256], state, code,
        opted_out=bool(verdict and verdict.opted_out),
        alert=bool(code) and needs_a_look(verdict),
        key=clean(get(raw, "biz_opaque_callback_data"))[:64],
    )  # fmt: skip


def acknowledge(request: Request) -> Response:
    """200: anything else makes Meta send it again for seven days."""
    return Response(status_code=200)


def render(reply: Reply, style: str) -> Rendered:
    """As WhatsApp messages."""
    return render_style(reply, style, META)


def prefix_country(address: str) -> str | None:
    """From the number, or the first two letters of a user id."""
    return address[:2] if BSUID.fullmatch(address) else country_of_number(f"+{address}")
