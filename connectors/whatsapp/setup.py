"""What Meta's API lets a program set up; the rest is told in plain words (`by_hand.yml`).

developers.facebook.com/docs/graph-api/reference/app/subscriptions for the app's webhook,
…/docs/graph-api/reference/whats-app-business-account/subscribed_apps for the account's.
No templates: Comadre only answers, within 24 hours of her message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from connectors.steps import (
    TIMEOUT_S,
    Step,
    Trouble,
    in_place_of,
    public_url,
    quoted,
    required,
    settle,
)
from connectors.vendor import field
from connectors.whatsapp import handler

COMMAND = "python -m bot setup meta"
OBJECT, FIELD = "whatsapp_business_account", "messages"
BY_HAND: list[str] = yaml.safe_load(Path(__file__).with_name("by_hand.yml").read_text("utf-8"))
_REFUSED_TOKEN = 190
_REMEDIES = {
    100: "Compare WHATSAPP_BUSINESS_ACCOUNT_ID, WHATSAPP_APP_ID and WHATSAPP_PHONE_NUMBER_ID with "
         "the app's dashboard; the token's system user must have the account among its assets.",
    _REFUSED_TOKEN: "Make a new token for the system user, and compare WHATSAPP_APP_SECRET and "
         "WHATSAPP_APP_ID with the app's dashboard.",
    10: "Give the token whatsapp_business_management and whatsapp_business_messaging.",
    200: "Give the token whatsapp_business_management and whatsapp_business_messaging.",
    2200: "Meta asks the address back at once: start Comadre there first, with the same "
          "WHATSAPP_VERIFY_TOKEN, and let the TLS proxy pass it through.",
}  # fmt: skip


def set_up(env: Mapping[str, str], check: bool) -> Iterator[Step]:
    """Raises Trouble."""
    ours = tuple(name for name in ("WHATSAPP_BUSINESS_ACCOUNT_ID", "WHATSAPP_APP_ID")
                 if not env.get(name))  # fmt: skip
    required((*handler.missing(env), *ours), COMMAND)
    settings = handler.from_environment(env)
    assert settings is not None
    url = f"{public_url(env, 'WHATSAPP_API_BASE')}{handler.path}"
    account = env["WHATSAPP_BUSINESS_ACCOUNT_ID"]
    with httpx.Client(timeout=TIMEOUT_S) as client:
        app_token = f"{env['WHATSAPP_APP_ID']}|{settings.app_secret}"
        as_user = Graph(client, settings.api_base, settings.access_token, env)
        as_app = Graph(client, settings.api_base, app_token, env)
        yield _number(as_user, account, settings.phone_number_id)
        yield _webhook(as_app, env["WHATSAPP_APP_ID"], url, settings.verify_token, check)
        yield _subscription(as_user, account, env["WHATSAPP_APP_ID"], url, check)
    yield Step("note", "templates: none needed, Comadre only answers within 24 hours")
    for words in BY_HAND:
        yield Step("by hand", words)


@dataclass(frozen=True)
class Graph:
    """Meta's API with one token, which goes into a header and never into an address."""

    client: httpx.Client
    base: str
    token: str
    env: Mapping[str, str]

    def get(self, path: str, **query: str) -> Any:
        """The parsed answer; raises Trouble."""
        return self._call("GET", path, params=query)

    def post(self, path: str, **form: str) -> Any:
        """The same."""
        return self._call("POST", path, data=form)

    def _call(self, method: str, path: str, **request: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            answer = self.client.request(method, f"{self.base}/{path}", headers=headers, **request)
        except httpx.HTTPError as error:
            raise Trouble(
                "Meta", "an answer", f"none ({type(error).__name__})",
                "Is the network open, and WHATSAPP_API_BASE right if it is set?",
            ) from None  # fmt: skip
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not answer.is_success or not isinstance(body, dict):
            raise _trouble(answer.status_code, body, self.env)
        return body


def _trouble(status: int, body: Any, env: Mapping[str, str]) -> Trouble:
    given = field(body, "error", "code")
    code = given if isinstance(given, int) else 0
    words = f" ({quoted(field(body, 'error', 'message') or 'no words', env)})"
    if code == _REFUSED_TOKEN:
        words = ""  # Meta's may hold the token, in whatever spelling
    return Trouble(
        "Meta", "the call to be taken", f"HTTP {status}, error {code or 'unnamed'}{words}",
        _REMEDIES.get(code, "developers.facebook.com/docs/graph-api/guides/error-handling "
                            "says what it means."),
    )  # fmt: skip


def _number(graph: Graph, account: str, number_id: str) -> Step:
    found = graph.get(f"{account}/phone_numbers", fields="id", limit="500")
    if number_id not in [field(each, "id") for each in field(found, "data") or []]:
        raise Trouble(
            "WHATSAPP_PHONE_NUMBER_ID", "the id of a number of WHATSAPP_BUSINESS_ACCOUNT_ID",
            "one that the account does not have",
            "business.facebook.com → WhatsApp Manager → Phone numbers shows both ids.",
        )  # fmt: skip
    return Step("fits", "the token opens the account, and the number is one of it")


def _webhook(graph: Graph, app: str, url: str, verify_token: str, check: bool) -> Step:
    path = f"{app}/subscriptions"
    found = [each for each in field(graph.get(path), "data") or []
             if field(each, "object") == OBJECT]  # fmt: skip
    fields = {str(field(each, "name")) for each in field(found, 0, "fields") or []}
    is_there = field(found, 0, "callback_url") == url and field(found, 0, "active") is True
    return settle(
        f"the app's webhook {url}, field {FIELD}", is_there and FIELD in fields, check,
        lambda: graph.post(
            path, object=OBJECT, callback_url=url, verify_token=verify_token,
            fields=",".join(sorted(fields | {FIELD})), include_values="true",
        ),
        in_place_of(field(found, 0, "callback_url"), url),
    )  # fmt: skip


def _subscription(graph: Graph, account: str, app: str, url: str, check: bool) -> Step:
    path = f"{account}/subscribed_apps"
    entries = field(graph.get(path), "data") or []
    found = [each for each in entries
             if field(each, "whatsapp_business_api_data", "id") == app]  # fmt: skip
    # An address of the account's own goes before the app's; a call without one takes it away.
    own = field(found, 0, "override_callback_uri")
    elsewhere = own not in (None, url)
    return settle(
        "the account sends to the app", bool(found) and not elsewhere, check,
        lambda: graph.post(path),
        in_place_of(own, url, "the account's own address taken off: "),
    )  # fmt: skip
