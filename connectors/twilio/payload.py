"""What we read of a Twilio form; every other field is left unread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict

from connectors.channel import clean
from connectors.contract import MessageKind, Request, Style, UnknownPayload

Form = ImmutableMultiDict[str, str]
# A shorter one is a short code: a machine wrote that, and an answer would be refused (21265).
_NUMBER = re.compile(r"\+?[0-9]{7,15}")
MAX_FIELDS = 500  # a form with ten media has about sixty
# Business-scoped user ids take the place of the number where she uses a WhatsApp username.
BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_OPT_OUT: Mapping[str, MessageKind] = {"STOP": "blocked", "START": "unblocked"}
NOTHING_SAID = ("reaction", "system")  # a thumb under our message; a changed number
_MEDIA: tuple[tuple[str, MessageKind], ...] = (
    ("audio/", "voice"), ("image/webp", "sticker"), ("image/", "photo"),
    ("text/vcard", "contact"), ("text/x-vcard", "contact"),
)  # fmt: skip


def read_form(request: Request) -> Form:
    """Every field, also blank and repeated ones; bytes that are not UTF-8 become U+FFFD."""
    text = request.body.decode("utf-8", "replace")
    return ImmutableMultiDict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def message_sid(form: Form) -> str:
    """Twilio's id of the message; the older names of the field hold the same."""
    for key in ("MessageSid", "SmsMessageSid", "SmsSid"):
        sid = form.get(key, "")
        if re.fullmatch(r"[A-Za-z0-9]{1,64}", sid):
            return sid
    raise UnknownPayload("MessageSid: expected letters and digits")


def read_sender(form: Form) -> tuple[str, Style]:
    """Her address as Twilio takes it back in `To`, and how replies must look."""
    given = form.get("From", "").strip()
    prefix, colon, identity = given.rpartition(":")
    if not given and BSUID.fullmatch(form.get("ExternalUserId", "")):
        prefix, colon, identity = "whatsapp", ":", form["ExternalUserId"]
    if prefix == "whatsapp" and (_NUMBER.fullmatch(identity) or BSUID.fullmatch(identity)):
        return f"whatsapp:{identity}", "whatsapp"
    # RCS is what her telephone makes of SMS today: the same number, the same woman, and the
    # answer goes to the number, by whatever Twilio finds best.
    if (not colon or prefix == "rcs") and _NUMBER.fullmatch(identity):
        return identity, "sms"
    raise UnknownPayload("From: expected a number, or whatsapp: and a number or user id")


def read_kind(form: Form) -> tuple[MessageKind, str | None, tuple[float, float] | None]:
    """Kind, payload of the tapped choice, place."""
    if opt_out := _OPT_OUT.get(form.get("OptOutType", "")):
        return opt_out, None, None  # Twilio's Advanced Opt-Out has answered already
    if choice := clean(form.get("ButtonPayload") or form.get("ListId")):
        return "choice", choice, None
    if form.get("Latitude") or form.get("Longitude"):
        location = _location(form)
        return ("location", None, location) if location else ("unknown", None, None)
    if form.get("NumMedia", "0").strip() not in ("", "0"):
        media_type = form.get("MediaContentType0", "").lower()
        kinds = [kind for start, kind in _MEDIA if media_type.startswith(start)]
        return kinds[0] if kinds else "document", None, None
    if not form.get("Body") and form.get("MessageType", "text") not in ("text", "button"):
        return "unknown", None, None
    return "text", None, None


def _location(form: Form) -> tuple[float, float] | None:
    try:
        latitude, longitude = float(form.get("Latitude", "")), float(form.get("Longitude", ""))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
