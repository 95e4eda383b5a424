"""What can be set up at Twilio's twin: numbers, Messaging Services, WhatsApp senders, templates.

Pages of twilio.com/docs: phone-numbers/api/incomingphonenumber-resource, messaging/api/
service-resource and phonenumber-resource, whatsapp/api/senders, content/content-api-resources.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.twilio.handler import TwilioSettings
from connectors.twin_server import Twin

NUMBER, SENDER = "PN" + "0" * 32, "XE" + "0" * 32
# As a new number is: Twilio's own example answers.
_NEW_NUMBER = {"sms_url": "https://demo.twilio.com/welcome/sms/reply", "sms_method": "POST",
               "sms_application_sid": ""}  # fmt: skip
_NEW_SERVICE = {"inbound_request_url": None, "inbound_method": "POST", "status_callback": None,
                "use_inbound_webhook_on_number": False}  # fmt: skip


class Account(Protocol):
    """What is needed of the account."""

    @property
    def twin(self) -> Twin: ...
    @property
    def settings(self) -> TwilioSettings: ...
    def is_ours(self, request: HttpRequest) -> bool: ...
    def refused(self, status: int, code: int) -> Response: ...


class Books:
    """What the account has, and what was changed of it."""

    def __init__(self, account: Account) -> None:
        self.account, self.twin = account, account.twin

    def _has(self, sid: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**values, **self.twin.registered.get(sid, {}), "sid": sid}

    def _number(self) -> dict[str, Any]:
        return self._has(NUMBER, {"phone_number": self.account.settings.sms_from, **_NEW_NUMBER})

    def _sender(self) -> dict[str, Any]:
        identity = f"whatsapp:{self.account.settings.whatsapp_from}"
        return self._has(SENDER, {"sender_id": identity, "status": "ONLINE", "webhook": None})

    async def numbers(self, request: HttpRequest) -> Response:
        """GET IncomingPhoneNumbers.json?PhoneNumber=…: also those that only hold the digits."""
        part, number = request.query_params.get("PhoneNumber", ""), self._number()
        is_number = not self.account.settings.sms_from.startswith("MG")
        found = [number] if is_number and part in number["phone_number"] else []
        return JSONResponse({"incoming_phone_numbers": found, "next_page_uri": None})

    async def number(self, request: HttpRequest) -> Response:
        """POST IncomingPhoneNumbers/{sid}.json."""
        self.twin.register(NUMBER, _snake(await _form(request)))
        return JSONResponse(self._number())

    def _services(self) -> set[str]:
        """Those that the settings name, and whatever else was put into the account."""
        named = (self.account.settings.sms_from, self.account.settings.whatsapp_from)
        return {sid for sid in (*named, *self.twin.registered) if sid.startswith("MG")}

    async def services(self, request: HttpRequest) -> Response:
        """GET Services."""
        found = [self._has(sid, _NEW_SERVICE) for sid in sorted(self._services())]
        return JSONResponse({"services": found, "meta": {"key": "services", "next_page_url": None}})

    async def number_of_service(self, request: HttpRequest) -> Response:
        """GET Services/{sid}/PhoneNumbers/{number}: 404 where the service does not hold it."""
        sid, number = request.path_params["sid"], request.path_params["number"]
        if number not in self.twin.registered.get(sid, {}).get("holds", ()):
            return self.account.refused(404, 20404)
        return JSONResponse({"sid": number, "service_sid": sid})

    async def service(self, request: HttpRequest) -> Response:
        """GET and POST Services/{sid}."""
        sid = request.path_params["sid"]
        if sid not in self._services():
            return self.account.refused(404, 20404)
        if request.method == "POST":
            self.twin.register(sid, _snake(await _form(request)))
        return JSONResponse(self._has(sid, _NEW_SERVICE))

    async def senders(self, request: HttpRequest) -> Response:
        """GET Channels/Senders?Channel=whatsapp."""
        is_number = not self.account.settings.whatsapp_from.startswith("MG")
        found = [self._sender()] if is_number else []
        return JSONResponse({"senders": found, "meta": {"key": "senders", "next_page_url": None}})

    async def sender(self, request: HttpRequest) -> Response:
        """POST Channels/Senders/{sid}: taken, done a little later."""
        self.twin.register(SENDER, await request.json())
        return JSONResponse(self._sender(), 202)

    async def contents(self, request: HttpRequest) -> Response:
        """GET and POST /v1/Content."""
        if request.method == "POST":
            sid = f"HX{secrets.token_hex(16)}"
            self.twin.register(sid, {**await request.json(), "sid": sid})
            return JSONResponse(self.twin.registered[sid], 201)
        made = [each for sid, each in self.twin.registered.items() if sid.startswith("HX")]
        return JSONResponse({"contents": made, "meta": {"key": "contents", "next_page_url": None}})


async def _form(request: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def _snake(form: Mapping[str, str]) -> dict[str, Any]:
    """ "SmsUrl" is "sms_url" in the answer, and "false" is false."""
    truths = {"true": True, "false": False}
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in key).lstrip("_"):
        truths.get(value.lower(), value)
        for key, value in form.items()
    }  # fmt: skip


def routes(account: Account) -> list[Route]:
    """Beside those for messages; each only with the account's own token."""
    books = Books(account)
    home = f"/2010-04-01/Accounts/{account.settings.account_sid}/IncomingPhoneNumbers"

    def route(path: str, answer: Any, *methods: str) -> Route:
        async def guarded(request: HttpRequest) -> Response:
            if not account.is_ours(request):
                return account.refused(401, 20003)
            found: Response = await answer(request)
            return found

        return Route(path, guarded, methods=list(methods))

    return [
        route(f"{home}.json", books.numbers, "GET"),
        route(f"{home}/{{sid}}.json", books.number, "POST"),
        route("/v1/Services", books.services, "GET"),
        route("/v1/Services/{sid}/PhoneNumbers/{number}", books.number_of_service, "GET"),
        route("/v1/Services/{sid}", books.service, "GET", "POST"),
        route("/v2/Channels/Senders", books.senders, "GET"),
        route("/v2/Channels/Senders/{sid}", books.sender, "POST"),
        route("/v1/Content", books.contents, "GET", "POST"),
    ]
