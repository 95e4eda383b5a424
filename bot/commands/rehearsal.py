"""A line of `make converse` as the request that the vendor would send."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from connectors.contract import Option, Request

PUBLIC = "https://rehearsal.example"
TOKEN = secrets.token_hex(16)
# Invented credentials: with them each channel is on, and nothing outside can be reached.
ENVIRONMENT = {
    "COMADRE_PUBLIC_URL": PUBLIC,
    "COMADRE_SECRET_KEY": secrets.token_hex(32),
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "COMADRE_MOST_BY_SENDER": "0",  # a rehearsal types faster than anybody
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_WHATSAPP_FROM": "whatsapp:+15005550006",
    "TWILIO_SMS_FROM": "+15005550006",
    "TWILIO_API_BASE": "http://127.0.0.1:9",
    "TELEGRAM_BOT_TOKEN": "1:rehearsal",
    "TELEGRAM_WEBHOOK_SECRET": TOKEN,
    "TELEGRAM_API_BASE": "http://127.0.0.1:9",
}
CHANNELS = ("whatsapp", "sms", "telegram", "web")
MEDIA = ("voice", "photo", "document", "sticker")
_CONTENT_TYPES = {"voice": "audio/ogg", "photo": "image/jpeg", "document": "application/pdf",
                  "sticker": "image/webp"}  # fmt: skip


class BadLine(ValueError):
    """A line that is not in the contract's form; the message says what was expected."""


@dataclass(frozen=True)
class Line:
    """One message of the rehearsal."""

    conversation: str
    channel: str
    sender: str
    text: str | None = None
    location: tuple[float, float] | None = None
    media: str | None = None
    choose: int | None = None
    after: float | None = None


def read_line(text: str) -> Line:
    """From JSON; raises BadLine."""
    try:
        value = json.loads(text)
        channel = value.get("channel", "whatsapp")
        if channel not in CHANNELS:
            raise BadLine(f"channel: expected one of {', '.join(CHANNELS)}, got {channel!r}")
        place = value.get("location")
        line = Line(
            conversation=str(value["conversation"]),
            channel=channel,
            sender=str(value.get("from") or f"+5037{abs(hash(value['conversation'])) % 10**7:07}"),
            text=None if value.get("text") is None else str(value["text"]),
            location=(float(place[0]), float(place[1])) if place else None,
            media=value.get("media"),
            choose=None if value.get("choose") is None else int(value["choose"]),
            after=None if value.get("after") is None else float(value["after"]),
        )
    except BadLine:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadLine(
            'expected {"conversation": …, "channel": …, "from": …} with "text", "location", '
            f'"media" or "choose" ({type(error).__name__}: {error})'
        ) from error
    if line.media is not None and line.media not in MEDIA:
        raise BadLine(f"media: expected one of {', '.join(MEDIA)}, got {line.media!r}")
    return line


def vendor_request(
    number: int, line: Line, options: tuple[Option, ...]
) -> tuple[Request, tuple[str, str]]:
    """The signed request, and the (channel, address) of its sender."""
    chosen = _chosen(line, options)
    if line.channel in ("whatsapp", "sms"):
        return _twilio(number, line, chosen)
    return _telegram(number, line, chosen) if line.channel == "telegram" else _web(
        number, line, chosen)  # fmt: skip


def _chosen(line: Line, options: tuple[Option, ...]) -> Option | None:
    if line.choose is None:
        return None
    if not 1 <= line.choose <= len(options):
        raise BadLine(f"choose: {line.choose} of {len(options)} options offered")
    return options[line.choose - 1]


def _request(path: str, body: bytes, headers: dict[str, str]) -> Request:
    return Request("POST", f"{PUBLIC}{path}", headers, {}, body)


def _twilio(number: int, line: Line, chosen: Option | None) -> tuple[Request, tuple[str, str]]:
    prefix = "whatsapp:" if line.channel == "whatsapp" else ""
    form: dict[str, str] = {
        "MessageSid": f"SM{number:032x}", "AccountSid": ENVIRONMENT["TWILIO_ACCOUNT_SID"],
        "From": prefix + line.sender, "To": prefix + "+15005550006",
        "Body": line.text or "", "NumMedia": "0",
    }  # fmt: skip
    if chosen and line.channel == "whatsapp":
        form |= {"Body": chosen.title, "ButtonText": chosen.title, "ButtonPayload": chosen.payload}
    elif chosen:
        form["Body"] = str(line.choose)
    if line.location:
        form |= {"Latitude": str(line.location[0]), "Longitude": str(line.location[1])}
    if line.media:
        form |= {"NumMedia": "1", "MediaUrl0": "https://example.org/m",
                 "MediaContentType0": _CONTENT_TYPES[line.media]}  # fmt: skip
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}/webhooks/twilio", form)
    headers = {"content-type": "application/x-www-form-urlencoded",
               "x-twilio-signature": signature}  # fmt: skip
    request = _request("/webhooks/twilio", urlencode(form).encode(), headers)
    return request, ("twilio", prefix + line.sender)


def _telegram(number: int, line: Line, chosen: Option | None) -> tuple[Request, tuple[str, str]]:
    chat = int("".join(c for c in line.sender if c.isdigit()) or "1")
    who = {"id": chat, "is_bot": False, "first_name": "-"}
    message: dict[str, Any] = {
        "message_id": number + 1, "date": 1_790_000_000 + number, "from": who,
        "chat": {"id": chat, "type": "private"},
    }  # fmt: skip
    update: dict[str, Any] = {"update_id": number + 1, "message": message}
    if chosen:
        update = {"update_id": number + 1, "callback_query": {
            "id": str(number), "from": who, "chat_instance": "1", "data": chosen.payload,
            "message": {**message, "text": "-"}}}  # fmt: skip
    elif line.location:
        message["location"] = {"latitude": line.location[0], "longitude": line.location[1]}
    elif line.media:
        message |= _telegram_media(line.media)
    else:
        message["text"] = line.text or ""
    headers = {"content-type": "application/json", "x-telegram-bot-api-secret-token": TOKEN}
    body = json.dumps(update).encode()
    return _request("/webhooks/telegram", body, headers), ("telegram", str(chat))


def _telegram_media(kind: str) -> dict[str, Any]:
    file = {"file_id": "f", "file_unique_id": "f"}
    sized = {**file, "width": 1, "height": 1}
    sticker = {**sized, "type": "regular", "is_animated": False, "is_video": False}
    media: dict[str, Any] = {
        "voice": {**file, "duration": 1},
        "photo": [sized],
        "document": file,
        "sticker": sticker,
    }
    return {kind: media[kind]}


def _web(number: int, line: Line, chosen: Option | None) -> tuple[Request, tuple[str, str]]:
    session = "rehearsal-" + line.conversation.encode().hex()[:50].rjust(12, "0")
    value: dict[str, Any] = {"session": session, "style": "web", "id": str(number)}
    if chosen:
        value["choice"] = chosen.payload
    elif line.location:
        value["location"] = list(line.location)
    elif line.media:
        value["media"] = line.media
    else:
        value["text"] = line.text or ""
    headers = {"content-type": "application/json"}
    request = _request("/simulator/message", json.dumps(value).encode(), headers)
    return request, ("web", session)
