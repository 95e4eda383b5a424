"""Every address of the portal, with who may open it: the whole list on one page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import BaseRoute, Mount, Route

from bot.analytics.alerts.watch import Watch
from bot.analytics.pages import routes as figure_routes
from bot.improving.workshop import Workshop
from bot.portal import (
    cases,
    ending,
    gaps,
    home,
    just_done,
    link,
    new_statement,
    own_account,
    people,
    questions,
    records,
    recovery,
    reminders,
    reviews,
    service_history,
    service_pages,
    services,
    settings_page,
    sheets,
    sheets_out,
    sign_in,
    statements,
    teaching,
    try_it,
    understanding,
)
from bot.portal.guard import (
    EVERYBODY,
    Access,
    Page,
    SecurityHeaders,
    doorkeeper,
    framed,
    guarded,
    language_of,
)
from bot.portal.person import DIRECTORY, REVIEWERS, ROLES
from bot.portal.secrets import Secrets
from bot.portal.site import HEADERS, Site, templates
from bot.portal.sms_price import prices
from bot.portal.telling import post_office
from bot.portal.trial import Rasa
from bot.serve.parts import Parts
from bot.unanswered.looking import Looking

STATIC = Path(__file__).with_name("static")
FILES = {"portal.css": "text/css", "portal.js": "text/javascript"}
GET, POST = ("GET",), ("POST",)
ADMINISTRATOR = ("administrator",)

PAGES: list[tuple[str, Page, Access]] = [
    ("/login", sign_in.login, Access(EVERYBODY)),
    ("/code", sign_in.code, Access(ROLES, before_totp=True)),
    ("/recovery", recovery.recovery, Access(ROLES, before_totp=True)),
    ("/logout", sign_in.logout, Access(ROLES, POST, before_totp=True)),
    ("/invitation/{token}", sign_in.invitation, Access(EVERYBODY)),
    ("/language/{code}", sign_in.language, Access(EVERYBODY, GET)),
    ("/still-true/{signed}", link.still_true_link, Access(EVERYBODY)),
    ("/totp", own_account.totp, Access(ROLES, before_totp=True)),
    ("/account", own_account.account, Access(ROLES, GET)),
    ("/account/password", own_account.password, Access(ROLES, POST)),
    ("/account/totp-off", own_account.totp_off, Access(ROLES, POST)),
    ("/account/recovery", own_account.recovery_codes, Access(ROLES, POST)),
    ("/account/end", own_account.end_one, Access(ROLES, POST)),
    ("/account/end-everywhere", own_account.end_everywhere, Access(ROLES, POST)),
    ("/", home.home, Access(ROLES, GET)),
    ("/waiting", home.waiting_page, Access(DIRECTORY, GET)),
    ("/gaps", gaps.gap_seen, Access(DIRECTORY, POST)),
    ("/services", services.services, Access(DIRECTORY, GET)),
    ("/services/new", service_pages.new_service, Access(DIRECTORY)),
    ("/services/{record_id}", service_pages.service, Access(DIRECTORY)),
    ("/services/{record_id}/publication", service_pages.publication, Access(DIRECTORY, POST)),
    ("/records/{record_id}/still-true", records.still_true, Access(DIRECTORY, POST)),
    ("/records/{record_id}/hide", records.hide, Access(DIRECTORY, POST)),
    ("/records/{record_id}/show-again", just_done.show_again, Access(DIRECTORY, POST)),
    ("/records/{record_id}/tell-again", just_done.tell_again, Access(DIRECTORY, POST)),
    ("/records/{record_id}/not-checked", just_done.not_checked, Access(DIRECTORY, POST)),
    ("/records/{record_id}/how", just_done.how_checked, Access(DIRECTORY, POST)),
    ("/records/{record_id}/history", service_history.history, Access(DIRECTORY, GET)),
    ("/records/{record_id}/restore", service_history.restore_version, Access(DIRECTORY, POST)),
    ("/proposals/{id}", reviews.decide, Access(DIRECTORY, POST)),
    ("/reports", cases.reports, Access(DIRECTORY, GET)),
    ("/reminders", reminders.reminders, Access(REVIEWERS, GET)),
    ("/reminders/sent", reminders.letter_sent, Access(REVIEWERS, POST)),
    ("/sheets", sheets.sheets, Access(DIRECTORY, with_file=True)),
    ("/sheets/undo", sheets.undo_batch, Access(DIRECTORY, POST)),
    ("/sheets/export", sheets_out.export, Access(DIRECTORY, GET)),
    ("/sheets/export.xlsx", sheets_out.export_xlsx, Access(DIRECTORY, GET)),
    ("/sheets/template.xlsx", sheets_out.empty_xlsx, Access(DIRECTORY, GET)),
    ("/sheets/hsds.json", sheets_out.hsds_json, Access(DIRECTORY, GET)),
    ("/sheets/hsds.zip", sheets_out.hsds_package, Access(DIRECTORY, GET)),
    ("/sheets/template", sheets_out.empty_sheet, Access(DIRECTORY, GET)),
    ("/sheets/work/{name}", sheets.sheet_work, Access(DIRECTORY, GET)),
    ("/sheets/{token}", sheets.sheet_preview, Access(DIRECTORY)),
    ("/statements", statements.statements, Access(REVIEWERS, GET)),
    ("/statements/new", new_statement.new_statement, Access(REVIEWERS)),
    ("/statements/{record_id}", statements.statement, Access(REVIEWERS)),
    ("/statements/{record_id}/status", statements.statement_status, Access(REVIEWERS, POST)),
    ("/statements/{record_id}/longer", ending.a_year_more, Access(REVIEWERS, POST)),
    ("/try", try_it.try_it, Access(DIRECTORY)),
    ("/questions", questions.questions, Access(REVIEWERS, GET)),
    ("/questions/decide", questions.decide_question, Access(REVIEWERS, POST)),
    ("/questions/teach", teaching.teach, Access(REVIEWERS)),
    ("/understanding", understanding.understanding, Access(ADMINISTRATOR, GET)),
    ("/understanding/train", understanding.train, Access(ADMINISTRATOR, POST)),
    ("/understanding/use", understanding.use, Access(ADMINISTRATOR, POST)),
    ("/understanding/take-out", understanding.take_example_out, Access(ADMINISTRATOR, POST)),
    ("/questions/proposals", questions.proposals, Access(ADMINISTRATOR, GET)),
    ("/questions/proposals/empty", questions.empty_proposals, Access(ADMINISTRATOR, POST)),
    ("/people", people.people, Access(ADMINISTRATOR)),
    ("/people/{id}", people.one_person, Access(ADMINISTRATOR)),
    ("/settings", settings_page.settings_page, Access(ADMINISTRATOR)),
    ("/audit", people.audit_page, Access(ADMINISTRATOR, GET)),
]


FIGURES = ("administrator", "analyst")


def routes(parts: Parts) -> list[BaseRoute]:
    """All of it under `/portal`."""
    settings = parts.settings
    looking = Looking(parts.engine, parts.keys, settings.unanswered_people, parts.clock)
    kept = settings.environment.get("COMADRE_RASA_ADDRESS")  # by `make run`
    site = Site(
        parts.engine, Secrets(settings.secret_key), parts.world, parts.clock, settings.public_url,
        looking if settings.unanswered else None,
        Workshop(Path(kept).parent) if kept else None, settings.reminders, Rasa(settings),
        post_office(settings.environment), prices(settings.environment),
        shown_settings=settings_page.blocks(settings, parts.channels, parts.off),
    )  # fmt: skip
    return site_routes(site, parts.watch)


def site_routes(site: Site, watch: Watch | None = None) -> list[BaseRoute]:
    """The portal's own pages, and the figures behind the same door."""

    async def to_home(_: Request) -> Response:
        return RedirectResponse("/portal/", status_code=307)

    door = doorkeeper(site, Access(FIGURES, GET))
    figures = figure_routes(site.engine, door, clock=site.clock, watch=watch,
                            language=partial(language_of, site), frame=framed)  # fmt: skip
    return [Route("/portal", to_home), *figures, Mount("/portal", app=application(site))]


def application(site: Site) -> Starlette:
    """The portal alone."""
    pages = [guarded(site, path, page, access) for path, page, access in PAGES]
    return Starlette(
        routes=[Route("/static/{name}", _static), *pages],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={404: _nothing, 405: _nothing, Exception: _broken},
    )


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        return PlainTextResponse("404", status_code=404)
    headers = {"Cache-Control": "public, max-age=3600"}
    return FileResponse(STATIC / name, media_type=FILES[name], headers=headers)


async def _broken(_: Request, __: Exception) -> Response:
    """Nothing of the error: its text may hold what somebody wrote."""
    return _lost("Algo falló; prueba otra vez.", "Something failed; please try again.", 500)


async def _nothing(_: Request, __: Exception) -> Response:
    return _lost("Aquí no hay nada.", "There is nothing here.", 404)


def _lost(es: str, en: str, status: int) -> Response:
    """In both languages: nothing is asked of whatever went wrong, not even which one she reads."""
    drawn = templates().get_template("lost.html").render(es=es, en=en)
    return HTMLResponse(drawn, status_code=status, headers=HEADERS)
