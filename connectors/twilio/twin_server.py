"""Twilio's API as far as we use it: messages, their list, content templates, status callbacks.

Pages of twilio.com/docs: messaging/api/message-resource, content/…, api/errors; see README.md.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.twilio.handler import TwilioSettings
from connectors.twilio.twin import post
from connectors.twilio.twin_setup import routes
from connectors.twin_server import Taken, Twin, application

MAX_BODY = 1_600


@dataclass
class Account:
    """What the account holds besides the messages."""

    twin: Twin
    settings: TwilioSettings

    @property
    def contents(self) -> dict[str, dict[str, Any]]:
        """Content templates by SID."""
        return {sid: each for sid, each in self.twin.registered.items() if sid.startswith("HX")}

    def refused(self, status: int, code: int) -> Response:
        """As Twilio words an error."""
        page = f"https://www.twilio.com/docs/errors/{code}"
        body = {"code": code, "message": "refused", "more_info": page, "status": status}
        return JSONResponse(body, status)

    def is_ours(self, request: HttpRequest) -> bool:
        """Basic authentication."""
        pair = f"{self.settings.account_sid}:{self.settings.auth_token}".encode()
        expected = f"Basic {base64.b64encode(pair).decode()}"
        return secrets.compare_digest(request.headers.get("authorization", ""), expected)

    async def send(self, request: HttpRequest) -> Response:
        """POST Messages.json."""
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        refusal = self._refusal(request, form)
        if refusal is not None:
            return refusal
        sid, address = f"SM{secrets.token_hex(16)}", form["To"]
        values = json.loads(form.get("ContentVariables") or "{}")
        words = form.get("Body") or str(values.get("body", ""))
        titles = tuple(str(v) for k, v in sorted(values.items()) if k.startswith("title"))
        states = list(self.twin.mischief.reports)
        if address.startswith("whatsapp:") and not self.twin.is_open(address):
            states = ["queued", "undelivered"]  # outside 24 hours it is taken, and then fails
            self._report(form, sid, states, "63016")
            return JSONResponse({"sid": sid, "status": "queued"}, 201)
        learnt = self.twin.take(Taken(sid, address, words, options=titles))
        self._report(form, sid, states)
        if not learnt:
            return Response("<html>bad gateway</html>", 502)
        return JSONResponse({"sid": sid, "status": "queued", "body": words}, 201)

    def _refusal(self, request: HttpRequest, form: dict[str, str]) -> Response | None:
        if not self.is_ours(request):
            return self.refused(401, 20003)
        if self.twin.is_throttled():
            return self.refused(429, 20429)
        if not form.get("To"):
            return self.refused(400, 21604)
        if not (form.get("From") or form.get("MessagingServiceSid")):
            return self.refused(400, 21603)
        if not (form.get("Body") or form.get("ContentSid")):
            return self.refused(400, 21602)
        if len(form.get("Body", "")) > MAX_BODY:
            return self.refused(400, 21617)
        if form.get("ContentSid") and form["ContentSid"] not in self.contents:
            return self.refused(400, 63027)
        return self.refused(400, 21610) if form["To"] in self.twin.blocked else None

    def _report(self, form: dict[str, str], sid: str, states: list[str], code: str = "") -> None:
        url = form.get("StatusCallback")
        for state in states if url else ():
            fields = {"MessageSid": sid, "MessageStatus": state, "To": form["To"],
                      "AccountSid": self.settings.account_sid}  # fmt: skip
            fields |= {"ErrorCode": code} if code and state == states[-1] else {}
            self.twin.post(post(urlencode(fields).encode(), self.settings, str(url)))

    async def list(self, request: HttpRequest) -> Response:
        """GET Messages.json: the newest first."""
        if not self.is_ours(request):
            return self.refused(401, 20003)
        whom = request.query_params.get("To")
        size = int(request.query_params.get("PageSize", 50))
        found = [
            {"sid": each.vendor_id, "to": each.address, "body": each.text,
             "direction": "outbound-api", "status": "delivered",
             "date_created": format_datetime(datetime.fromtimestamp(int(each.at), UTC))}
            for each in reversed(self.twin.taken)
            if whom in (None, each.address) and each.vendor_id not in self.twin.deleted
        ]  # fmt: skip
        return JSONResponse({"messages": found[:size], "next_page_uri": None})

    async def delete(self, request: HttpRequest) -> Response:
        """DELETE Messages/{sid}.json."""
        if not self.is_ours(request):
            return self.refused(401, 20003)
        self.twin.deleted.add(request.path_params["sid"])
        return Response(status_code=204)


def server(twin: Twin, settings: TwilioSettings) -> Starlette:
    """The API."""
    account = Account(twin, settings)
    messages = f"/2010-04-01/Accounts/{settings.account_sid}/Messages"
    return application(twin, [
        Route(f"{messages}.json", account.send, methods=["POST"]),
        Route(f"{messages}.json", account.list, methods=["GET"]),
        Route(f"{messages}/{{sid}}.json", account.delete, methods=["DELETE"]),
        *routes(account),
    ])  # fmt: skip
