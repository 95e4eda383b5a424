"""Twilio: WhatsApp and SMS through one webhook, told apart by `From`.

Why not Rasa's own Twilio channel: it checks no signature, swaps "¡" for "@" and fails on a post
without a Body. See README.md for the vendor's pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.responses import Response
from twilio.request_validator import (
    RequestValidator,
    add_port,
    remove_port,
)

from connectors.channel import DeliveryStatus, State, clean, country_of_number, same_secret
from connectors.contract import (
    BadSignature,
    IncomingMessage,
    Reply,
    Request,
    UnknownPayload,
)
from connectors.render import META, TWILIO, Rendered
from connectors.render import render as render_style
from connectors.twilio.payload import BSUID, message_sid, read_form, read_kind, read_sender
from connectors.twilio.sender import CODES
from connectors.twilio.sender import delete as delete
from connectors.twilio.sender import find as find
from connectors.twilio.sender import send as send

name = "twilio"
path: str | None = "/webhooks/twilio"
status_path: str | None = "/webhooks/twilio/status"
refusal_status = 403
has_handshake = False
# Twilio sends some forty. The check below takes the square of their number: a forged post of a
# hundred thousand would keep everybody waiting for minutes.
MOST_FIELDS = 400

_STATES: Mapping[str, State] = {
    "accepted": "queued", "scheduled": "queued", "queued": "queued", "sending": "queued",
    "sent": "sent", "delivered": "delivered", "read": "read",
    "undelivered": "failed", "failed": "failed", "canceled": "failed",
}  # fmt: skip


@dataclass(frozen=True)
class TwilioSettings:
    """One account. A sender's number may be missing: that half of the channel cannot answer."""

    account_sid: str
    auth_token: str = field(repr=False)
    whatsapp_from: str = ""  # "+14155238886"
    sms_from: str = ""  # a number, or a Messaging Service ("MG…")
    api_base: str = "https://api.twilio.com"
    content_base: str = "https://content.twilio.com"
    status_url: str = ""  # where Twilio reports what became of a message


def missing(env: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the settings without which the channel stays off; one sender is enough."""
    names = [key for key in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN") if not env.get(key)]
    if not (env.get("TWILIO_WHATSAPP_FROM") or env.get("TWILIO_SMS_FROM")):
        names.append("TWILIO_WHATSAPP_FROM or TWILIO_SMS_FROM")
    return tuple(names)


def from_environment(env: Mapping[str, str]) -> TwilioSettings | None:
    """Settings, or None = off."""
    if missing(env):
        return None
    whatsapp, sms = env.get("TWILIO_WHATSAPP_FROM", ""), env.get("TWILIO_SMS_FROM", "")
    base = env.get("TWILIO_API_BASE", "").rstrip("/")
    public = env.get("COMADRE_PUBLIC_URL", "").rstrip("/")
    return TwilioSettings(
        env["TWILIO_ACCOUNT_SID"], env["TWILIO_AUTH_TOKEN"],
        whatsapp.removeprefix("whatsapp:"), sms,
        base or "https://api.twilio.com", base or "https://content.twilio.com",
        # Twilio refuses a callback that it cannot reach (error 21609); its twin can reach all.
        f"{public}{status_path}" if public.startswith("https://") or (public and base) else "",
    )  # fmt: skip


def verify(request: Request, settings: TwilioSettings) -> None:
    """Twilio's HMAC over the public URL and every field; raises BadSignature.

    The form must be read for this; nothing in it is looked at before the signature fits.
    """
    given = request.headers.get("x-twilio-signature", "")
    if request.body.count(b"&") >= MOST_FIELDS:
        raise BadSignature("twilio")
    url = urlsplit(request.url)
    validator = RequestValidator(settings.auth_token)
    fits = False
    # Twilio signs some addresses with the port and some without.
    for address in (add_port(url), remove_port(url)):
        expected = validator.compute_signature(address, read_form(request))
        fits |= same_secret(given, expected)
    if not (settings.auth_token and given and fits):
        raise BadSignature("twilio")


def parse(request: Request) -> list[IncomingMessage]:
    """The message in the form; none where it is a delivery report."""
    form = read_form(request)
    if form.get("MessageStatus"):
        return []
    address, style = read_sender(form)
    kind, choice, location = read_kind(form)
    text = form.get("Body", "")
    if kind == "choice" and not text:
        text = form.get("ButtonText") or form.get("ListTitle", "")
    return [
        IncomingMessage(
            name, style, address, message_sid(form), kind, clean(text),
            choice=choice, location=location, vendor_ref=message_sid(form),
        )
    ]  # fmt: skip


def parse_statuses(request: Request) -> list[DeliveryStatus]:
    """The delivery report in the form."""
    form = read_form(request)
    state = _STATES.get(form.get("MessageStatus", "").lower())
    if state is None:
        raise UnknownPayload("MessageStatus: expected one of Twilio's states")
    code = clean(form.get("ErrorCode", ""))[:16]
    verdict = CODES.get(code)
    return [
        DeliveryStatus(
            name, message_sid(form), state, code,
            opted_out=bool(verdict and verdict.opted_out),
            alert=bool(code and (verdict is None or verdict.alert)),
        )
    ]  # fmt: skip


def acknowledge(request: Request) -> Response:
    """Nothing to say in the answer itself: replies go through the API."""
    return Response(status_code=204)


def handshake(query: Mapping[str, str], settings: TwilioSettings) -> Response:
    """Twilio does not ask."""
    raise BadSignature("twilio")


def render(reply: Reply, style: str) -> Rendered:
    """As WhatsApp or SMS."""
    return render_style(reply, style, TWILIO if style == "whatsapp" else META)


def prefix_country(address: str) -> str | None:
    """From the number, or the first two letters of a user id."""
    identity = address.removeprefix("whatsapp:")
    return identity[:2] if BSUID.fullmatch(identity) else country_of_number(identity)
