"""Rasa's REST channel for whoever has the token: Rasa's own lets in whoever reaches its port.

What is posted there counts as a woman's own words, and a known pseudonym continues or erases her
conversation. So another program on the same machine must not be able to.
"""

from __future__ import annotations

import hmac
from typing import Any

from rasa.core.channels.rest import RestInput
from sanic import response

LEAST = 16  # signs of a token; shorter ones can be tried out


class GuardedRest(RestInput):
    """As `rest`, at the same address; 403 without `Authorization: Bearer <token>`."""

    def __init__(self, token: str) -> None:
        if len(token) < LEAST:
            # Not an error, whose words bot/privacy/quiet.py would keep from the log.
            raise SystemExit(f"COMADRE_RASA_TOKEN: expected at least {LEAST} characters")
        self._wanted = f"Bearer {token}".encode()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GuardedRest:
        """From credentials.yml."""
        return cls(str((credentials or {}).get("token") or ""))

    def blueprint(self, on_new_message: Any) -> Any:
        """Rasa's own routes, each behind the token."""
        blueprint = super().blueprint(on_new_message)

        @blueprint.middleware("request")  # type: ignore[untyped-decorator]
        async def guard(request: Any) -> Any:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, self._wanted):
                return response.json({"error": "the token does not fit"}, status=403)
            return None

        return blueprint
