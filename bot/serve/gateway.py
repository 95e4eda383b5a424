"""What the internet sees: webhooks, the chat simulator, health, metrics."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.serve.health import routes as health_routes
from bot.serve.parts import Parts
from bot.telemetry import metrics, tracing
from connectors.contract import BadSignature, Request, UnknownPayload
from connectors.inbox import receive
from connectors.registry import InChannel

log = logging.getLogger(__name__)
Endpoint = Callable[[HttpRequest], Awaitable[Response]]


class BodyTooLarge(Exception):
    """More bytes than any vendor ever sends."""


async def read_body(request: HttpRequest, limit: int) -> bytes:
    """The request's body; raises BodyTooLarge as soon as the limit is passed."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge(f"expected at most {limit} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def refusal(status: int, message: str) -> Response:
    """A clear answer to a bad request; never holds anything from the request."""
    return JSONResponse({"error": message}, status_code=status)


async def as_channel_request(request: HttpRequest, public_url: str, limit: int) -> Request:
    """With the configured public address: the request's own host may be forged or a proxy's."""
    query = request.url.query
    url = f"{public_url}{request.url.path}" + (f"?{query}" if query else "")
    return Request(
        request.method, url, {k.lower(): v for k, v in request.headers.items()},
        dict(request.query_params), await read_body(request, limit),
    )  # fmt: skip


def webhook(parts: Parts, channel: InChannel) -> Endpoint:
    """Verify, parse, store, answer: one transaction happens before the vendor gets its 2xx."""

    async def endpoint(http: HttpRequest) -> Response:
        try:
            request = await as_channel_request(http, parts.settings.public_url, channel.max_body)
            channel.verify(request)
            messages = channel.parse(request)
        except BodyTooLarge as error:
            return refusal(413, str(error))
        except BadSignature:
            metrics.REFUSED.labels(channel.name).inc()
            return refusal(channel.refusal_status, "the signature or secret does not fit")
        except UnknownPayload as error:
            metrics.UNKNOWN.labels(channel.name).inc()
            log.warning("%s: unknown payload: %s", channel.name, error)
            if channel.path and not str(error).startswith("body"):
                # It is the vendor's, of a shape that we do not know: refusing would only make the
                # vendor repeat it for days.
                await _note_beside(parts, channel, request)
                return channel.acknowledge(request)
            return refusal(400, str(error))
        with tracing.span("receive", channel=channel.name):
            new = await asyncio.to_thread(receive, parts.store, messages, parts.clock())
        metrics.RECEIVED.labels(channel.name).inc(new)
        if new:
            parts.wake(new)
        await _note_beside(parts, channel, request)
        return channel.acknowledge(request)

    return endpoint


async def note_reports(parts: Parts, channel: InChannel, request: Request) -> None:
    """Count what became of our messages; a block or opt-out is obeyed. Raises UnknownPayload."""
    for status in channel.parse_statuses(request):
        metrics.DELIVERY.labels(channel.name, metrics.known("state", status.state)).inc()
        if status.alert:
            log.warning("%s: delivery needs a look: code %s", channel.name, status.error_code)
        queue = parts.worker.queue
        if status.key:
            await asyncio.to_thread(queue.reported, status.key, status.vendor_id)
        if status.opted_out:
            who = await asyncio.to_thread(queue.recipient_of, status.vendor_id)
            if who:
                await asyncio.to_thread(queue.opt_out, who, parts.clock())


async def _note_beside(parts: Parts, channel: InChannel, request: Request) -> None:
    """Reports beside messages: a report of a shape that we do not know must not cost a message."""
    if not channel.path or channel.status_path:
        return  # only Meta posts both to one address
    try:
        await note_reports(parts, channel, request)
    except UnknownPayload as error:
        metrics.UNKNOWN.labels(channel.name).inc()
        log.warning("%s: unknown report: %s", channel.name, error)


def status_callback(parts: Parts, channel: InChannel) -> Endpoint:
    """Delivery reports at an address of their own."""

    async def endpoint(http: HttpRequest) -> Response:
        try:
            request = await as_channel_request(http, parts.settings.public_url, channel.max_body)
            channel.verify(request)
            await note_reports(parts, channel, request)
        except BodyTooLarge as error:
            return refusal(413, str(error))
        except BadSignature:
            return refusal(channel.refusal_status, "the signature or secret does not fit")
        except UnknownPayload as error:
            return refusal(400, str(error))
        return channel.acknowledge(request)

    return endpoint


def webhook_routes(parts: Parts) -> list[BaseRoute]:
    """One per channel that has credentials; a channel without them answers 404."""
    routes: list[BaseRoute] = []
    for channel in parts.channels.values():
        if channel.path is None:
            continue
        methods = ["POST"]
        if channel.handshake is not None:
            methods.append("GET")
        routes.append(Route(channel.path, _with_handshake(parts, channel), methods=methods))
        if channel.status_path:
            routes.append(
                Route(channel.status_path, status_callback(parts, channel), methods=["POST"])
            )
    return routes


def _with_handshake(parts: Parts, channel: InChannel) -> Endpoint:
    post = webhook(parts, channel)

    async def endpoint(http: HttpRequest) -> Response:
        if http.method == "GET" and channel.handshake is not None:
            return channel.handshake(dict(http.query_params))
        return await post(http)

    return endpoint


async def unexpected(_: HttpRequest, error: Exception) -> Response:
    """The last net: a plain sentence, and the kind of error in the log (never its text)."""
    log.error("request failed: %s", type(error).__name__)
    return refusal(500, "something went wrong here; please try again")


async def not_found(_: HttpRequest, __: Exception) -> Response:
    """Nothing at this address."""
    return refusal(404, "there is nothing at this address")


def application(parts: Parts, extra: list[BaseRoute]) -> Starlette:
    """The gateway with whatever pages the program serves beside it."""
    handlers: dict[Any, Any] = {404: not_found, Exception: unexpected}
    routes = [*webhook_routes(parts), *health_routes(parts), *extra]
    return Starlette(routes=routes, exception_handlers=handlers)
