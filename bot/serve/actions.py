"""Rasa's action endpoint, on loopback, inside the application's own process."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.telemetry import metrics, tracing
from connectors.channel import same_secret

log = logging.getLogger(__name__)


def _traced(call: Mapping[str, Any]) -> object:
    """What ties the call to the turn (bot/telemetry/tracing.py); Rasa hands it through."""
    message = (call.get("tracker") or {}).get("latest_message") or {}
    return (message.get("metadata") or {}).get("trace")


def _failed(kind: str) -> None:
    metrics.ACTIONS.labels(kind).inc()
    tracing.note(error=kind)


def application(executor: ActionExecutor, token: str) -> Starlette:
    """`POST /webhook` as Rasa's action protocol says; 403 without `Authorization: Bearer <token>`.

    Where none is set nobody may call: what is called here counts as a woman's own words.
    """

    async def webhook(request: Request) -> Response:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or not same_secret(given, token):
            return JSONResponse({"error": "the token does not fit"}, status_code=403)
        call = await request.json()
        name = str(call.get("next_action"))
        # Rasa does not send the domain (endpoints.yml), which ours need not; the executor insists.
        call.setdefault("domain", {})
        came = _traced(call)  # nothing where a trial of the back office asks, or the readiness
        with tracing.span("act", came) if came else contextlib.nullcontext():
            try:
                result = await executor.run(call)
            except ActionExecutionRejection as error:
                _failed("rejected")
                return JSONResponse({"error": str(error), "action_name": name}, status_code=400)
            except ActionNotFoundException as error:
                _failed("unknown")
                return JSONResponse({"error": str(error), "action_name": name}, status_code=404)
            except Exception as error:  # the text of an error may hold what she wrote
                _failed("failed")
                log.error("action %s failed: %s", name, type(error).__name__, exc_info=False)
                return JSONResponse({"error": "the action failed", "action_name": name}, 500)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"])])
