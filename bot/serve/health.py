"""/healthz, /readyz, /metrics: for supervisors, balancers and Prometheus, never for the internet.

`/healthz`: the process answers; a restart would help where it does not, and only there.
`/readyz`: everything is there that a whole answer needs. `/readyz/intake`: messages can be taken
in and are safe; without Rasa they are answered from disk, so a gateway must not be closed for it.
"""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.serve.observed import page
from bot.serve.parts import Parts

_FOR_INTAKE = ("database", "disk")


def routes(parts: Parts) -> list[BaseRoute]:
    """The four addresses."""

    async def live(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_: Request) -> Response:
        state = await parts.state()
        fit = all(part["ok"] for part in state["parts"].values())
        return JSONResponse({"ready": fit, **state}, status_code=200 if fit else 503)

    async def takes_in(_: Request) -> Response:
        found = {name: await parts.probes[name].state() for name in _FOR_INTAKE}
        fit = all(part["ok"] for part in found.values())
        return JSONResponse({"ready": fit, "parts": found}, status_code=200 if fit else 503)

    async def counters(_: Request) -> Response:
        return Response(await page(parts), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/healthz", live), Route("/readyz", ready), Route("/readyz/intake", takes_in),
        Route("/metrics", counters),
    ]  # fmt: skip


def application(parts: Parts) -> Starlette:
    """The same on a port of its own (COMADRE_METRICS_PORT), for roles that serve nothing else."""
    return Starlette(routes=routes(parts))
