"""The one way in: every page says who may open it, and here is where everybody else is refused.

Sessions, form tokens, roles, headers: no page of its own has to think of them.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.background import BackgroundTask, BackgroundTasks
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.analytics.pages import Leaf
from bot.portal.person import DIRECTORY, REVIEWERS, ROLES
from bot.portal.secrets import hash_of
from bot.portal.sessions import find_session
from bot.portal.site import HEADERS, File, Refused, Site, Visit, whole_number

log = logging.getLogger(__name__)
SESSION, VISITOR, LANGUAGE = "comadre_session", "comadre_visitor", "comadre_language"
MOST_FORM = 1_000_000
MOST_FILE = 11_000_000  # bot/directory/sheet.py reads ten
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")

Page = Callable[[Visit], Response]
EVERYBODY: tuple[str, ...] = ()
__all__ = ["DIRECTORY", "EVERYBODY", "REVIEWERS", "ROLES", "guarded"]


NOT_DONE = ("forged", "question_gone", "version_gone")  # hers, and yet it cannot be done


@dataclass(frozen=True)
class Access:
    """Who may open a page; no roles: whoever comes, also without signing in."""

    roles: tuple[str, ...]
    methods: tuple[str, ...] = ("GET", "POST")
    before_totp: bool = False  # also while a code is missing, or the second lock not set up
    with_file: bool = False


def guarded(site: Site, path: str, page: Page, access: Access) -> Route:
    """The page behind its door."""

    async def endpoint(request: Request) -> Response:
        visit, is_new = await asyncio.to_thread(_visit, site, request)
        try:
            response = await _answer(request, visit, page, access)
        except Refused as refused:
            _note_refusal(visit, refused, path)
            response = _refusal(visit, refused)
        response.background = _after(visit)
        if is_new:
            set_cookie(site, response, VISITOR, visit.cookie)
        return response

    return Route(path, endpoint, methods=list(access.methods))


def doorkeeper(site: Site, access: Access) -> Callable[[Request], Awaitable[Response | None]]:
    """For pages that are not the portal's own: the refusal, or None for who may come in."""

    async def refusal(request: Request) -> Response | None:
        visit, _ = await asyncio.to_thread(_visit, site, request)
        if visit.signed is None:
            return RedirectResponse("/portal/login", status_code=303)
        if elsewhere := _first_to(visit, access):
            return RedirectResponse(elsewhere, status_code=303)
        if visit.signed.role not in access.roles:
            _note_refusal(visit, Refused(), "/figures")
            response = _refusal(visit, Refused())
            response.background = _after(visit)
            return response
        request.state.visit = visit
        return None

    return refusal


def framed(request: Request, leaf: Leaf) -> Response:
    """A page that is not the portal's own, in its frame and navigation, once `doorkeeper` has let
    somebody in."""
    return in_frame(request.state.visit, leaf)


def in_frame(visit: Visit, leaf: Leaf) -> Response:
    """The same for a visit at hand."""
    shown = replace(visit, language=leaf.language)
    return shown.page("figures.html", leaf=leaf, here=leaf.here)


async def _answer(request: Request, visit: Visit, page: Page, access: Access) -> Response:
    if access.roles:
        if visit.signed is None:
            # Who only wanted to leave has lost nothing.
            is_lost = request.method == "POST" and not visit.path.endswith("/logout")
            return visit.go("/portal/login", "ended" if is_lost else "")
        if elsewhere := _first_to(visit, access):
            return RedirectResponse(elsewhere, status_code=303)
        if visit.signed.role not in access.roles:
            raise Refused
    if request.method == "POST":
        await _read_form(request, visit, access)
        token = visit.form.get("csrf", "")
        if not visit.site.secrets.is_form_token(visit.cookie, token):
            raise Refused(403, "forged")
    return await asyncio.to_thread(page, visit)


def _refusal(visit: Visit, refused: Refused) -> Response:
    return visit.page(
        "refused.html", status=refused.status, key=refused.key, values=refused.values,
        is_hers=refused.status not in (403, 404) or refused.key in NOT_DONE,
    )  # fmt: skip


def _note_refusal(visit: Visit, refused: Refused, page: str) -> None:
    """What somebody of the network tried that is not hers. The page, never the address: it may hold
    a signed link. Strangers, who are only led to the sign-in, are not written down."""
    stale = refused.key == "version_gone"  # of a record of hers
    if visit.signed is not None and refused.status in (403, 404) and not stale:
        visit.note_failure("refused_access", page)


def _after(visit: Visit) -> BackgroundTasks | None:
    tasks = [BackgroundTask(_quietly, each) for each in visit.after]
    return BackgroundTasks(tasks) if tasks else None


def _quietly(act: Callable[[], None]) -> None:
    """She has her answer: what goes wrong now is ours."""
    try:
        act()
    except Exception as error:
        log.error("something after an answer failed: %s", type(error).__name__)


def _first_to(visit: Visit, access: Access) -> str | None:
    """What she has to do before anything else."""
    if access.before_totp:
        return None
    if not visit.is_whole:
        return "/portal/code"
    return "/portal/totp" if visit.person.must_set_up_totp else None


def _visit(site: Site, request: Request) -> tuple[Visit, bool]:
    """The request, read; and whether it is of a browser that we did not know."""
    token = request.cookies.get(cookie_name(site, SESSION), "")
    signed = find_session(site.accounts, token, site.clock()) if _TOKEN.fullmatch(token) else None
    known = request.cookies.get(cookie_name(site, VISITOR), "")
    is_new = signed is None and not _TOKEN.fullmatch(known)
    cookie = token if signed else secrets.token_urlsafe(24) if is_new else known
    visit = Visit(
        site, request.url.path, request.method,
        language_of(site, request), cookie,
        signed.person if signed else None,
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
        parameters=_plain(request.path_params), query=_plain(request.query_params),
        is_whole=signed.is_whole if signed else True, session=hash_of(token) if signed else "",
    )  # fmt: skip
    return visit, is_new


def language_of(site: Site, request: Request) -> str:
    """Which of the portal's languages this browser reads."""
    return "en" if request.cookies.get(cookie_name(site, LANGUAGE)) == "en" else "es"


def _plain(given: Mapping[str, str]) -> dict[str, str]:
    """Without the one sign that no PostgreSQL takes."""
    return {name: value.replace("\0", "") for name, value in given.items()}


async def _read_form(request: Request, visit: Visit, access: Access) -> None:
    """Fields and files; refused where it is larger than any form of ours."""
    most = MOST_FILE if access.with_file else MOST_FORM
    length = request.headers.get("content-length", "")
    size = whole_number(length)
    if size is None or size > most:
        raise Refused(413, "too_large")
    try:
        form = await request.form(max_files=1, max_fields=1_000)
    except HTTPException as error:
        raise Refused(400, "too_large") from error
    visit.form, visit.many = _fields(form)
    visit.files = {
        name: File(value.filename or "", await value.read())
        for name, value in form.items()
        if isinstance(value, UploadFile)
    }
    await form.close()


def _fields(form: FormData) -> tuple[dict[str, str], dict[str, list[str]]]:
    many: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            many.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", "").strip())
    return {name: values[-1] for name, values in many.items()}, many


def cookie_name(site: Site, name: str) -> str:
    """Over TLS with a beginning by which browsers take it from this host alone: no neighbour under
    the same domain, and nobody in the line, can plant a session or a visitor of their own."""
    return f"__Host-{name}" if site.is_secure else name


def set_cookie(site: Site, response: Response, name: str, value: str) -> None:
    """Never for scripts, never for other sites."""
    response.set_cookie(
        cookie_name(site, name), value, path=_path(site), httponly=True, samesite="lax",
        secure=site.is_secure, max_age=14 * 86_400,
    )  # fmt: skip


def end_cookie(site: Site, response: Response) -> None:
    """The browser forgets her session."""
    response.delete_cookie(cookie_name(site, SESSION), path=_path(site), httponly=True,
                           samesite="lax", secure=site.is_secure)  # fmt: skip


def _path(site: Site) -> str:
    return "/" if site.is_secure else "/portal"  # the first is what that beginning demands


class SecurityHeaders:
    """On everything that leaves the portal, its errors and files too."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [
                    (name.lower().encode(), value.encode())
                    for name, value in HEADERS.items()
                    if name.lower().encode() not in names
                ]
            await send(message)

        await self.app(scope, receive, with_headers)
