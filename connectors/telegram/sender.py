"""Sending through the Bot API with plain HTTP.

Not with `telegram.Bot`: its rate limiter holds back everybody when one chat is told to wait, it
keeps a client of its own to start and stop, and it must not be asked who it is on every message.
Ours needs two methods, and the queue already knows how to wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx

from connectors.channel import Sent
from connectors.contract import Option, Outgoing, SendRefused, SendUncertain
from connectors.vendor import Vendor, field, load_codes

MAX_DELETE = 100  # messages per deleteMessages
MOST_REFUSALS = 20  # of one deletion: one message among a hundred is found after seven
OF_THESE = "400"  # a refusal of these messages; every other one is of the chat, or of us
CODES = load_codes(Path(__file__).with_name("codes.yml"))


def _read_error(body: Any) -> tuple[Sequence[str], float | None]:
    """The exact name ("403: bot was blocked by the user"), then the number alone."""
    number, description = field(body, "error_code"), str(field(body, "description") or "")
    if number is None:
        return [], None
    words = description.rpartition(": ")[2].strip().lower()
    wait = field(body, "parameters", "retry_after")
    exact = f"{number}: {words}"
    # Descriptions may quote what we sent: only those that we know become a code.
    known = [exact] if exact in CODES else []
    return [*known, str(number)], wait if isinstance(wait, int | float) else None


VENDOR = Vendor(CODES, _read_error)


class Settings(Protocol):
    """What sending needs of TelegramSettings."""

    @property
    def bot_token(self) -> str: ...
    @property
    def api_base(self) -> str: ...


async def send(
    client: httpx.AsyncClient, settings: Settings, address: str, outgoing: Outgoing, key: str
) -> str:
    """The message's id; raises SendRefused, SendThrottled, SendUncertain. No idempotency key."""
    if outgoing.kind == "silent":
        return ""
    message: dict[str, Any] = {
        "chat_id": int(address),
        "text": outgoing.text,
        # No preview: a picture of a shelter's page must not stand in her chat list.
        "link_preview_options": {"is_disabled": True},
        **_keyboard(outgoing),
    }
    body = await VENDOR.call(client, "POST", _method(settings, "sendMessage"), json=message)
    message_id = field(body, "result", "message_id")
    if message_id is None:
        raise SendUncertain("no-message-id")
    return str(message_id)


def _method(settings: Settings, method: str) -> str:
    return f"{settings.api_base}/bot{settings.bot_token}/{method}"


def _keyboard(outgoing: Outgoing) -> Mapping[str, Any]:
    if outgoing.kind == "buttons":
        return {"reply_markup": {"inline_keyboard": _rows(outgoing.options)}}
    if outgoing.kind == "location_request":
        button = {"text": outgoing.list_button, "request_location": True}
        markup = {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
        return {"reply_markup": markup}
    if outgoing.kind == "delete":
        return {"reply_markup": {"remove_keyboard": True}}
    return {}


def _rows(options: Sequence[Option]) -> list[list[dict[str, str]]]:
    """One button a row; two short ones (yes, no) side by side."""
    buttons = [{"text": o.title, "callback_data": o.payload} for o in options]
    if len(options) == 2 and all(len(o.title) <= 12 for o in options):
        return [buttons]
    return [[button] for button in buttons]


async def find(
    client: httpx.AsyncClient, settings: Settings, address: str, outgoing: Outgoing, sent: Sent
) -> str | None:
    """Never: a bot cannot read what it has sent, so after an unknown end it is sent again."""
    return None


async def delete(
    client: httpx.AsyncClient, settings: Settings, address: str, refs: Sequence[str]
) -> bool:
    """Takes messages (hers and ours) out of both sides of the chat, the newest first.

    Telegram deletes nothing that is older than 48 hours, and one such message may have all refused
    that are asked for with it. So what is refused is asked for again in halves; once everything
    else has been asked for, the refusal is raised.
    """
    ids = sorted({int(ref) for ref in refs if ref.isdigit()}, reverse=True)
    left = deque(ids[start : start + MAX_DELETE] for start in range(0, len(ids), MAX_DELETE))
    refusals: list[SendRefused] = []
    while left and len(refusals) < MOST_REFUSALS:
        some = left.popleft()
        call = {"chat_id": int(address), "message_ids": some}
        try:
            await VENDOR.call(client, "POST", _method(settings, "deleteMessages"), json=call)
        except SendRefused as error:
            if error.code != OF_THESE:
                raise
            refusals.append(error)
            if half := len(some) // 2:
                left.extendleft((some[half:], some[:half]))
    if refusals:
        raise refusals[-1]
    return True
