"""Sending through Twilio: text by Body; choices by content templates that hold only variables."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol

import httpx

from connectors.channel import Sent
from connectors.contract import Outgoing, SendRefused, SendUncertain
from connectors.twilio.content import shape_name, shape_variables, wish
from connectors.vendor import Vendor, field, load_codes

CLOCKS_DIFFER_S = 5
WORDS = 40  # enough to know a message by; a numbered list may follow in its other form
log = logging.getLogger(__name__)
CODES = load_codes(Path(__file__).with_name("codes.yml"))


def _read_error(body: Any) -> tuple[Sequence[str], float | None]:
    code = field(body, "code")
    return ([str(code)] if code else []), None


VENDOR = Vendor(CODES, _read_error)
# Content templates of an account by name, as found or made; the only state, and only a saving.
_SIDS: dict[tuple[str, str], dict[str, str]] = {}


class Settings(Protocol):
    """What sending needs of TwilioSettings."""

    @property
    def account_sid(self) -> str: ...
    @property
    def auth_token(self) -> str: ...
    @property
    def whatsapp_from(self) -> str: ...
    @property
    def sms_from(self) -> str: ...
    @property
    def api_base(self) -> str: ...
    @property
    def content_base(self) -> str: ...
    @property
    def status_url(self) -> str: ...


async def send(
    client: httpx.AsyncClient, settings: Settings, address: str, outgoing: Outgoing, key: str
) -> str:
    """The message's SID; raises SendRefused, SendThrottled, SendUncertain.

    Twilio knows no idempotency key: after SendUncertain, `find` looks before it is sent again.
    """
    if outgoing.kind == "silent":
        return ""
    form = {"To": address, **_from(settings, address)}
    if settings.status_url:
        form["StatusCallback"] = settings.status_url
    form |= await _content(client, settings, outgoing)
    url = f"{_account(settings)}/Messages.json"
    body = await VENDOR.call(client, "POST", url, data=form, auth=_auth(settings))
    sid = field(body, "sid")
    if not isinstance(sid, str):
        raise SendUncertain("no-sid")
    return sid


async def find(
    client: httpx.AsyncClient, settings: Settings, address: str, outgoing: Outgoing, sent: Sent
) -> str | None:
    """The SID of a message to her with the same words that Twilio has taken since then.

    The list of messages is the only way to ask (twilio.com/docs/messaging/api/message-resource,
    "Read multiple Message resources"). Where records are discarded at once it stays empty.
    """
    if outgoing.kind == "silent":
        return ""
    url = f"{_account(settings)}/Messages.json"
    query = {"To": address, "PageSize": "50"}
    body = await VENDOR.call(client, "GET", url, params=query, auth=_auth(settings))
    # Their clock and ours differ by a little, and theirs tells whole seconds.
    since = sent.since - timedelta(seconds=CLOCKS_DIFFER_S)
    for message in field(body, "messages") or []:
        sid, words = field(message, "sid"), str(field(message, "body") or "")
        is_ours = str(field(message, "direction")).startswith("outbound")
        is_same = words.split()[:WORDS] == outgoing.text.split()[:WORDS]
        if sid in sent.known or not (is_ours and is_same):
            continue
        if _moment(field(message, "date_created")) >= since:
            return str(sid)
    return None


def _moment(text: object) -> datetime:
    """From "Wed, 25 Nov 2026 12:00:00 +0000"; long ago where it cannot be read."""
    try:
        return parsedate_to_datetime(str(text))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


async def _content(
    client: httpx.AsyncClient, settings: Settings, outgoing: Outgoing
) -> Mapping[str, str]:
    """Text as Body, choices by template; as numbered lines where Twilio refuses the template."""
    if outgoing.kind not in ("buttons", "list"):
        return {"Body": outgoing.text}
    try:
        sid = await _content_sid(client, settings, outgoing)
    except SendRefused as error:
        log.warning("twilio: no content template %s: %s", shape_name(outgoing), error.code)
        lines = [f"{n} {o.title}" for n, o in enumerate(outgoing.options, 1)]
        return {"Body": "\n".join([outgoing.text, "", *lines])}
    variables = json.dumps(shape_variables(outgoing), ensure_ascii=False)
    return {"ContentSid": sid, "ContentVariables": variables}


def _from(settings: Settings, address: str) -> Mapping[str, str]:
    if address.startswith("whatsapp:"):
        sender = settings.whatsapp_from and f"whatsapp:{settings.whatsapp_from}"
    else:
        sender = settings.sms_from
    if not sender:
        raise SendRefused("no-sender", alert=True)
    return {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}


def _account(settings: Settings) -> str:
    return f"{settings.api_base}/2010-04-01/Accounts/{settings.account_sid}"


def _auth(settings: Settings) -> tuple[str, str]:
    return settings.account_sid, settings.auth_token


async def _content_sid(client: httpx.AsyncClient, settings: Settings, outgoing: Outgoing) -> str:
    """The template of this shape: remembered, else found in the account, else made."""
    sids = _SIDS.setdefault((settings.content_base, settings.account_sid), {})
    name = shape_name(outgoing)
    if name not in sids:
        sids.update(await _existing(client, settings))
    if name not in sids:
        url = f"{settings.content_base}/v1/Content"
        made = await VENDOR.call(client, "POST", url, json=wish(outgoing), auth=_auth(settings))
        sids[name] = str(field(made, "sid"))
    return sids[name]


async def _existing(client: httpx.AsyncClient, settings: Settings) -> dict[str, str]:
    url: str | None = f"{settings.content_base}/v1/Content?PageSize=500"
    found: dict[str, str] = {}
    for _ in range(20):
        body = await VENDOR.call(client, "GET", url or "", auth=_auth(settings))
        for content in field(body, "contents") or []:
            found[str(field(content, "friendly_name"))] = str(field(content, "sid"))
        url = field(body, "meta", "next_page_url")
        # With the slash: "https://content.twilio.com.elsewhere" must not get our password.
        if not url or not url.startswith(f"{settings.content_base}/"):
            break
    return found


async def delete(
    client: httpx.AsyncClient, settings: Settings, address: str, refs: Sequence[str]
) -> bool:
    """Takes messages (hers and ours) out of Twilio's records; not out of her telephone.

    Raises SendThrottled while one of ours is still on its way.
    """
    for ref in refs:
        if not ref.isalnum():  # a path of its own choosing is no message
            continue
        url = f"{_account(settings)}/Messages/{ref}.json"
        try:
            await VENDOR.call(client, "DELETE", url, auth=_auth(settings))
        except SendRefused as error:
            if error.code not in ("20404", "http-404"):  # gone already
                raise
    return True
