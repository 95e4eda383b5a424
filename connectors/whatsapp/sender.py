"""Sending through Meta's Cloud API."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx

from connectors.channel import Sent
from connectors.contract import Outgoing, SendThrottled, SendUncertain
from connectors.vendor import Vendor, field, load_codes

REPORT_WAIT_S = 12.0  # a report on a message that was taken comes within a second or two
CODES = load_codes(Path(__file__).with_name("codes.yml"))
# Business-scoped user ids take the place of the number where she uses a WhatsApp user name.
BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


def _read_error(body: Any) -> tuple[Sequence[str], float | None]:
    code = field(body, "error", "code")
    return ([str(code)] if code is not None else []), None


VENDOR = Vendor(CODES, _read_error)


class Settings(Protocol):
    """What sending needs of WhatsAppSettings."""

    @property
    def access_token(self) -> str: ...
    @property
    def phone_number_id(self) -> str: ...
    @property
    def api_base(self) -> str: ...


async def send(
    client: httpx.AsyncClient, settings: Settings, address: str, outgoing: Outgoing, key: str
) -> str:
    """The message's id; raises SendRefused, SendThrottled, SendUncertain.

    Meta knows no idempotency key; `key` comes back in every report on the message, so that a send
    with an uncertain end can be recognised.
    """
    if outgoing.kind == "silent":
        return ""
    whom = "recipient" if BSUID.fullmatch(address) else "to"
    message = {
        "messaging_product": "whatsapp", "recipient_type": "individual", whom: address,
        "biz_opaque_callback_data": key, **_content(outgoing),
    }  # fmt: skip
    body = await VENDOR.call(
        client, "POST", f"{settings.api_base}/{settings.phone_number_id}/messages",
        json=message, headers={"Authorization": f"Bearer {settings.access_token}"},
    )  # fmt: skip
    message_id = field(body, "messages", 0, "id")
    if not isinstance(message_id, str):
        raise SendUncertain("no-message-id")
    return message_id


def _content(outgoing: Outgoing) -> dict[str, Any]:
    action = _action(outgoing)
    if action is None:
        return {"type": "text", "text": {"body": outgoing.text, "preview_url": False}}
    kinds = {"buttons": "button", "location_request": "location_request_message"}
    kind = kinds.get(outgoing.kind, "list")
    interactive = {"type": kind, "body": {"text": outgoing.text}, "action": action}
    return {"type": "interactive", "interactive": interactive}


def _action(outgoing: Outgoing) -> dict[str, Any] | None:
    if outgoing.kind == "location_request":
        return {"name": "send_location"}
    if outgoing.kind == "buttons":
        replies = [{"id": o.payload, "title": o.title} for o in outgoing.options]
        return {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}
    if outgoing.kind == "list":
        rows = [
            {"id": o.payload, "title": o.title}
            | ({"description": o.description} if o.description else {})
            for o in outgoing.options
        ]
        return {"button": outgoing.list_button, "sections": [{"rows": rows}]}
    return None


async def find(
    client: httpx.AsyncClient, settings: Settings, address: str, outgoing: Outgoing, sent: Sent
) -> str | None:
    """Waits for Meta's own report, which bears our key and marks the message as sent by itself.

    Meta cannot be asked. If no report comes within `REPORT_WAIT_S`, it is sent again.
    """
    wait_s = REPORT_WAIT_S - sent.age_s
    if wait_s > 0 and outgoing.kind != "silent":
        raise SendThrottled("no-report-yet", wait_s)
    return None


async def delete(
    client: httpx.AsyncClient, settings: Settings, address: str, refs: Sequence[str]
) -> bool:
    """Meta lets no business take a message back: nothing is gone."""
    return not refs
