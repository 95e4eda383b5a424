"""Twilio without Twilio: signed webhook forms, and its API's answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode

import httpx

from connectors.contract import Request
from connectors.twilio.handler import TwilioSettings
from connectors.twin import Said

URL = "https://comadre.example/webhooks/twilio"
_TYPES = {"voice": "audio/ogg", "photo": "image/jpeg", "document": "application/pdf",
          "sticker": "image/webp"}  # fmt: skip


def sign(url: str, body: bytes, auth_token: str) -> str:
    """X-Twilio-Signature as in twilio.com/docs/usage/webhooks/webhooks-security."""
    fields: dict[str, set[str]] = {}
    for key, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        fields.setdefault(key, set()).add(value)
    signed = url + "".join(k + v for k in sorted(fields) for v in sorted(fields[k]))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()


def post(body: bytes, settings: TwilioSettings, url: str = URL) -> Request:
    """A signed form."""
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": sign(url, body, settings.auth_token),
    }
    return Request("POST", url, headers, {}, body)


def request(settings: TwilioSettings, address: str, said: Said, url: str = URL) -> Request:
    """`address`: "+50370000001" for SMS, "whatsapp:+50370000001" for WhatsApp."""
    form = {
        "MessageSid": said.message_id, "SmsMessageSid": said.message_id, "SmsSid": said.message_id,
        "AccountSid": settings.account_sid, "From": address, "Body": said.text or "",
        "NumMedia": "1" if said.media else "0", "SmsStatus": "received",
    }  # fmt: skip
    if said.choice:
        form |= {"ButtonPayload": said.choice[0], "ButtonText": said.choice[1]}
        form |= {"Body": said.choice[1], "MessageType": "button"}
    if said.location:
        form |= {"Latitude": str(said.location[0]), "Longitude": str(said.location[1])}
    if said.media:
        form |= {"MediaContentType0": _TYPES[said.media], "MediaUrl0": "https://media.example/0"}
    return post(urlencode(form).encode(), settings, url)


def answer(request: httpx.Request) -> httpx.Response:
    """As Twilio answers to a message, to a template, to a deletion."""
    if request.method == "DELETE":
        return httpx.Response(204)
    if request.method == "GET":
        return httpx.Response(200, json={"contents": [], "meta": {"next_page_url": None}})
    mark = hashlib.md5(request.content, usedforsecurity=False).hexdigest()
    kind = "HX" if request.url.path.endswith("/Content") else "SM"
    return httpx.Response(201, json={"sid": kind + mark})
