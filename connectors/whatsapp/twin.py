"""WhatsApp without Meta: signed POSTs, and the Cloud API's answers."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import httpx

from connectors.contract import Request
from connectors.twin import Said
from connectors.whatsapp.handler import WhatsAppSettings

URL = "https://comadre.example/webhooks/whatsapp"
_TYPES = {"voice": "audio", "photo": "image", "document": "document", "sticker": "sticker"}


def post(body: bytes, settings: WhatsAppSettings, url: str = URL) -> Request:
    """A signed POST."""
    digest = hmac.new(settings.app_secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}
    return Request("POST", url, headers, {}, body)


def request(settings: WhatsAppSettings, address: str, said: Said, url: str = URL) -> Request:
    """`address`: the number without plus ("50370000001"), or a business-scoped user id."""
    message = {
        "from": address, "id": said.message_id, "timestamp": str(said.sent_at), **_content(said),
    }  # fmt: skip
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": settings.phone_number_id},
        "contacts": [{"wa_id": address, "profile": {"name": "Persona"}}],
        "messages": [message],
    }
    entry = {"id": "0", "changes": [{"field": "messages", "value": value}]}
    whole = {"object": "whatsapp_business_account", "entry": [entry]}
    return post(json.dumps(whole).encode(), settings, url)


def _content(said: Said) -> dict[str, Any]:
    if said.choice:
        reply = {"id": said.choice[0], "title": said.choice[1]}
        interactive = {"type": "button_reply", "button_reply": reply}
        return {"type": "interactive", "interactive": interactive}
    if said.location:
        place = {"latitude": said.location[0], "longitude": said.location[1]}
        return {"type": "location", "location": place}
    if said.media:
        return {"type": _TYPES[said.media], _TYPES[said.media]: {"id": "1"}}
    return {"type": "text", "text": {"body": said.text or ""}}


def answer(request: httpx.Request) -> httpx.Response:
    """As the Cloud API answers."""
    mark = hashlib.md5(request.content, usedforsecurity=False).hexdigest()
    return httpx.Response(200, json={"messages": [{"id": f"wamid.{mark}"}]})
