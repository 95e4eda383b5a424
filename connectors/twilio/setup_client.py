"""Twilio's library with another host under it, and its errors in our words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from connectors.steps import TIMEOUT_S, Trouble

_REMEDIES = {
    20003: "Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN again from console.twilio.com.",
    20404: "Is the Messaging Service (MG…) in the settings one of this account?",
    20429: "Wait a minute and run it again.",
}


class Redirected(TwilioHttpClient):  # type: ignore[misc]  # untyped
    """Calls go to `base` where one is set, and otherwise to Twilio alone."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=TIMEOUT_S)
        self.base = base

    def request(self, method: str, url: str, *rest: Any, **more: Any) -> Any:
        """As the library's own."""
        parts = urlsplit(url)
        # The next page's address comes from outside: nobody else must get our password.
        if parts.scheme != "https" or not (parts.hostname or "").endswith(".twilio.com"):
            raise Trouble("Twilio", "its own host", "another one in a list of pages",
                          "Try again; if it stays, ask Twilio.")  # fmt: skip
        if self.base:
            url = f"{self.base}{parts.path}{f'?{parts.query}' if parts.query else ''}"
        return super().request(method, url, *rest, **more)


@dataclass(frozen=True)
class Json:
    """A body as it is: the library's own classes write `null` for all that is not set."""

    body: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """What the library asks for."""
        return self.body


def trouble(error: Exception) -> Trouble:
    """Status and code alone: the library's text may quote what was sent."""
    status, code = _status(error)
    if status is None:
        return Trouble("Twilio", "an answer", f"none ({type(error).__name__})",
                       "Is the network open, and TWILIO_API_BASE right if it is set?")  # fmt: skip
    page = f"twilio.com/docs/api/errors/{code} says what to do." if code else "Try again later."
    return Trouble("Twilio", "the call to be taken", f"HTTP {status}, error {code or 'unnamed'}",
                   _REMEDIES.get(code or 0, page))  # fmt: skip


def _status(error: Exception) -> tuple[int | None, int | None]:
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return error.status, error.code
    # Of a list that was refused the library gives the answer as it came.
    response = error.args[1] if len(error.args) > 1 else None
    if not isinstance(response, Response):
        return None, None
    status = response.status_code
    try:
        code = json.loads(response.text).get("code")
    except (ValueError, AttributeError):
        code = None
    return status, code if isinstance(code, int) else None
