"""Telegram: one update per request, known by a secret header."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from connectors.channel import SMALL_BODY, DeliveryStatus, clean, same_secret
from connectors.contract import BadSignature, IncomingMessage, MessageKind, Reply, Request
from connectors.contract import UnknownPayload as Unknown
from connectors.render import TELEGRAM, Rendered
from connectors.render import render as render_style
from connectors.telegram.payload import (
    SERVICE,
    CallbackQuery,
    MemberChange,
    Message,
    Update,
    content_names,
)
from connectors.telegram.sender import delete as delete
from connectors.telegram.sender import find as find
from connectors.telegram.sender import send as send

name = "telegram"
path: str | None = "/webhooks/telegram"
status_path: str | None = None
max_body = SMALL_BODY
refusal_status = 401
has_handshake = False

_KINDS: tuple[tuple[str, MessageKind], ...] = (
    ("text", "text"), ("location", "location"), ("venue", "location"),
    ("voice", "voice"), ("audio", "voice"), ("video_note", "voice"),
    ("photo", "photo"), ("sticker", "sticker"), ("contact", "contact"),
    ("animation", "document"), ("video", "document"), ("document", "document"),
)  # fmt: skip
# A link may carry a payload behind "/start": it says where she is from.
_START = re.compile(r"/start(?![\w-])")


@dataclass(frozen=True)
class TelegramSettings:
    """One bot."""

    bot_token: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    api_base: str = "https://api.telegram.org"


def missing(env: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the settings without which the channel stays off."""
    return tuple(k for k in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET") if not env.get(k))


def from_environment(env: Mapping[str, str]) -> TelegramSettings | None:
    """Settings, or None = off."""
    if missing(env):
        return None
    base = env.get("TELEGRAM_API_BASE", "").rstrip("/") or "https://api.telegram.org"
    return TelegramSettings(env["TELEGRAM_BOT_TOKEN"], env["TELEGRAM_WEBHOOK_SECRET"], base)


def verify(request: Request, settings: TelegramSettings) -> None:
    """The secret that was given to setWebhook; raises BadSignature."""
    given = request.headers.get("x-telegram-bot-api-secret-token", "")
    if not same_secret(given, settings.webhook_secret):
        raise BadSignature("telegram")


def _raw(request: Request) -> dict[str, Any]:
    try:
        raw = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unknown("body: expected JSON") from error
    if not isinstance(raw, dict):
        raise Unknown("body: expected an object")
    return raw


def parse(request: Request, settings: TelegramSettings) -> list[IncomingMessage]:
    """What she did; none for groups, bots and what Telegram itself writes."""
    raw = _raw(request)
    try:
        update = Update.model_validate(raw)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Unknown(f"{place}: unexpected value") from None  # the value may be her words
    if update.message:
        return _message(update.update_id, update.message, content_names(raw, "message"))
    if update.edited_message:
        names = content_names(raw, "edited_message")
        return _message(update.update_id, update.edited_message, names, edited=True)
    if update.callback_query:
        return _tap(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _member(update.update_id, update.my_chat_member)
    return []


def _message(
    update_id: int, message: Message, names: frozenset[str], edited: bool = False
) -> list[IncomingMessage]:
    is_bot = message.sender is not None and message.sender.is_bot
    if message.chat.type != "private" or is_bot or names & SERVICE:
        return []
    if edited and "location" in names:
        return []  # a live location that moves, every few seconds for hours: the first is answered
    kind: MessageKind = next((kind for key, kind in _KINDS if key in names), "unknown")
    kind = "edited" if edited and kind == "text" else kind
    place = message.location or (message.venue.location if message.venue else None)
    text = clean(message.text or message.caption)
    if _START.match(text):
        text = "/start"
    return [
        IncomingMessage(
            name, "telegram", str(message.chat.id), str(update_id),
            kind, text,
            location=(place.latitude, place.longitude) if place else None,
            order=update_id,
            sent_at_utc=datetime.fromtimestamp(message.date, UTC),
            vendor_ref=str(message.message_id),
        )
    ]  # fmt: skip


def _tap(update_id: int, tap: CallbackQuery) -> list[IncomingMessage]:
    if tap.sender.is_bot or (tap.message and tap.message.chat.type not in ("private", "")):
        return []
    chat = tap.message.chat.id if tap.message else tap.sender.id  # the same in a private chat
    choice = clean(tap.data) or None
    kind: MessageKind = "choice" if choice else "unknown"
    return [
        IncomingMessage(
            name, "telegram", str(chat), str(update_id), kind, choice=choice, order=update_id
        )
    ]


def _member(update_id: int, change: MemberChange) -> list[IncomingMessage]:
    kinds: Mapping[str, MessageKind] = {"kicked": "blocked", "member": "unblocked"}
    kind = kinds.get(change.new_chat_member.status)
    if change.chat.type != "private" or kind is None:
        return []
    sent_at = datetime.fromtimestamp(change.date, UTC)
    return [
        IncomingMessage(
            name, "telegram", str(change.chat.id), str(update_id), kind,
            order=update_id, sent_at_utc=sent_at,
        )
    ]  # fmt: skip


def parse_statuses(request: Request, settings: TelegramSettings) -> list[DeliveryStatus]:
    """Telegram reports nothing."""
    return []


def acknowledge(request: Request) -> Response:
    """200; after a tap with answerCallbackQuery in it, without which her button spins.

    A method call in the answer saves a request of our own
    (core.telegram.org/bots/api#making-requests-when-getting-updates).
    """
    try:
        tap = Update.model_validate(_raw(request)).callback_query
    except (Unknown, ValidationError):
        tap = None
    if tap is None:
        return Response(status_code=200)
    return JSONResponse({"method": "answerCallbackQuery", "callback_query_id": clean(tap.id)})


def handshake(query: Mapping[str, str], settings: TelegramSettings) -> Response:
    """Telegram does not ask."""
    raise BadSignature("telegram")


def render(reply: Reply, style: str) -> Rendered:
    """As Telegram messages."""
    return render_style(reply, style, TELEGRAM)


def prefix_country(address: str) -> str | None:
    """A chat id tells nothing."""
    return None
