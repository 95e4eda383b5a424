"""The page of figures as it is served: in the portal's frame, to an analyst who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from bot.analytics.pages import routes
from bot.conversation.world import World
from bot.portal.guard import framed
from bot.portal.person import Person
from bot.portal.routes import application
from bot.portal.secrets import Secrets
from bot.portal.site import Site, Visit

ANALYST = Person(1, "Ana", "ana@red.example", "analyst", None, None, has_totp=False)
Refusal = Callable[[Request], Response | None]


def visit_of(engine: Engine, clock: Callable[[], datetime]) -> Visit:
    """Hers, to the page."""
    site = Site(engine, Secrets(b"s" * 32), World(engine), clock, "http://testserver")
    return Visit(site, "/portal/figures", "GET", "es", "c" * 32, ANALYST)


def figures(engine: Engine, clock: Callable[[], datetime],
            refusal: Refusal = lambda _: None) -> Starlette:  # fmt: skip
    """The application; without a sign-in, which the portal's own tests are about. `refusal`: what
    a door answers that lets nobody in."""
    visit = visit_of(engine, clock)

    def require(request: Request) -> Response | None:
        request.state.visit = replace(visit, path=request.url.path)
        return refusal(request)

    pages = routes(engine, require, clock=clock, frame=framed)
    return Starlette(routes=[*pages, Mount("/portal", app=application(visit.site))])
