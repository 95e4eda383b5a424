"""What we read of Meta's POST; every other field is left unread."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.channel import clean
from connectors.contract import IncomingMessage, MessageKind, Request
from connectors.contract import UnknownPayload as Unknown
from connectors.vendor import field as get
from connectors.whatsapp.sender import BSUID

# A thumb under our message; a changed number; a message taken back.
NOTHING_SAID = ("reaction", "system", "revoke")
_NUMBER = re.compile(r"[0-9]{5,15}")
_KINDS: Mapping[str, MessageKind] = {
    "text": "text", "audio": "voice", "image": "photo", "video": "document",
    "document": "document", "sticker": "sticker", "contacts": "contact", "location": "location",
    "interactive": "choice", "button": "choice",
}  # fmt: skip


def values(request: Request, number_id: str) -> Iterator[Any]:
    """Every `value` of a change in the field "messages" that is about our number.

    Meta posts for all numbers of the account to the app's one address: what somebody wrote to
    another of them is not for us, nor is a report on what another installation has sent.
    """
    try:
        raw = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unknown("body: expected JSON") from error
    if get(raw, "object") != "whatsapp_business_account":
        raise Unknown("object: expected whatsapp_business_account")
    for entry in list_of(raw, "entry"):
        for change in list_of(entry, "changes"):
            value = get(change, "value")
            whose = get(value, "metadata", "phone_number_id")
            if get(change, "field") == "messages" and whose in (None, number_id):
                yield value


def list_of(value: Any, key: str) -> list[Any]:
    found = get(value, key)
    return found if isinstance(found, list) else []


def is_said(raw: Any) -> bool:
    """Whether somebody said something to us alone; in a group she would be answered before all."""
    return get(raw, "type") not in NOTHING_SAID and not get(raw, "group_id")


def read_message(raw: Any, contacts: list[Any]) -> IncomingMessage | None:
    message_id, address = clean(get(raw, "id")), _address(raw, contacts)
    if not message_id or address is None:
        return None
    is_edited = get(raw, "type") == "edit"
    said = get(raw, "edit", "message") if is_edited else raw
    kind = _KINDS.get(str(get(said, "type")), "unknown")
    kind = "edited" if is_edited and kind == "text" else kind
    text, choice, location = clean(_text(said)), _choice(said), _location(said)
    if (kind == "choice" and choice is None) or (kind == "location" and location is None):
        kind = "unknown"
    sent_at = _moment(get(raw, "timestamp"))
    return IncomingMessage(
        "whatsapp", "whatsapp", address, message_id[:256], kind, text,
        choice=choice if kind == "choice" else None,
        location=location if kind == "location" else None,
        # Meta delivers out of order: within the same second the order of arrival stays.
        order=int(sent_at.timestamp()) if sent_at else 0,
        sent_at_utc=sent_at, vendor_ref=message_id[:256],
    )  # fmt: skip


def _address(raw: Any, contacts: list[Any]) -> str | None:
    """Number, or the business-scoped id where she uses a user name and hides her number."""
    candidates = [get(raw, "from"), get(raw, "from_user_id"), get(raw, "user_id")]
    if len(contacts) == 1:
        candidates += [get(contacts[0], "wa_id"), get(contacts[0], "user_id")]
    for candidate in candidates:
        if isinstance(candidate, str) and (
            _NUMBER.fullmatch(candidate) or BSUID.fullmatch(candidate)
        ):
            return candidate
    return None


def _text(raw: Any) -> Any:
    kind = get(raw, "type")
    paths: Mapping[Any, tuple[str, ...]] = {
        "text": ("text", "body"), "button": ("button", "text"),
        "image": ("image", "caption"), "video": ("video", "caption"),
        "document": ("document", "caption"),
        "interactive": ("interactive", str(get(raw, "interactive", "type")), "title"),
    }  # fmt: skip
    return get(raw, *paths[kind]) if isinstance(kind, str) and kind in paths else None


def _choice(raw: Any) -> str | None:
    """The payload of a tapped button or row; forms (nfm_reply) are none of ours."""
    found = (
        get(raw, "interactive", "button_reply", "id")
        or get(raw, "interactive", "list_reply", "id")
        or get(raw, "button", "payload")
    )
    return clean(found) or None


def _location(raw: Any) -> tuple[float, float] | None:
    latitude, longitude = get(raw, "location", "latitude"), get(raw, "location", "longitude")
    for degrees, limit in ((latitude, 90), (longitude, 180)):
        if not isinstance(degrees, int | float) or isinstance(degrees, bool):
            return None
        if abs(degrees) > limit or not math.isfinite(degrees):  # in this order: 10 to the 400th
            return None
    return float(latitude), float(longitude)


def _moment(timestamp: Any) -> datetime | None:
    if not re.fullmatch(r"[0-9]{1,10}", str(timestamp), re.ASCII):
        return None
    return datetime.fromtimestamp(int(timestamp), UTC)
