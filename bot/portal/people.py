"""Who works here: administrators invite, send new links, switch off, read the audit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.directory.models import Organization
from bot.directory.text import fold
from bot.knowledge.schema import COUNTRY_CODES, REGIONAL
from bot.portal import audit
from bot.portal.accounts import AlreadyThere, Newcomer
from bot.portal.models import Audit
from bot.portal.person import ROLES
from bot.portal.sign_in import MAIL
from bot.portal.site import Refused, Visit
from bot.portal.telling import happened


def people(visit: Visit) -> Response:
    """Everybody, and the form for one more."""
    if visit.method == "GET":
        return _people(visit)
    newcomer = _newcomer(visit)
    if isinstance(newcomer, str):
        return _people(visit, wrong=newcomer)
    try:
        token = visit.site.accounts.invite(newcomer, visit.now)
    except AlreadyThere:
        return _people(visit, wrong="mail_taken")
    visit.note("invited", newcomer.role)
    return _people(visit, link=link_of(visit, token), newcomer=newcomer)


def link_of(visit: Visit, token: str) -> str:
    return f"{visit.site.public_url}/portal/invitation/{token}"


def _newcomer(visit: Visit) -> Newcomer | str:
    """Whom the form names, or what is wrong with it."""
    form = visit.form
    role, email, name = form.get("role", ""), form.get("email", ""), form.get("name", "")
    if role not in ROLES or not name or len(name) > 80:
        return "people_incomplete"
    if not MAIL.fullmatch(email) or len(email) > 120:
        return "people_mail"
    country, owner = None, None
    if role == "editor":
        country = form.get("country", "")
        if country not in (*COUNTRY_CODES, REGIONAL):
            return "people_country"
    if role == "contributor":
        owner = _organization(visit, form.get("organization", ""))
        if owner is None:
            return "people_organization"
    return Newcomer(name, email, role, country, owner)


def _organization(visit: Visit, text: str) -> str | None:
    """By its id, or by its name with the country, "Red Esperanza (MX)"; without it where only one
    is called so."""
    with Session(visit.engine) as session:
        if session.get(Organization, text):
            return text
        match = re.fullmatch(r"(.+) \(([A-Z]{2})\)", text)
        if match is None:
            named = session.execute(select(Organization.id, Organization.name))
            alike = [each.id for each in named if fold(each.name) == fold(text)]
            return alike[0] if len(alike) == 1 else None
        wanted = select(Organization.id).where(
            Organization.name == match[1], Organization.country == match[2]
        )
        return session.scalar(wanted)


def _people(visit: Visit, wrong: str = "", link: str = "",
            newcomer: Newcomer | None = None) -> Response:  # fmt: skip
    with Session(visit.engine) as session:
        wanted = select(Organization).order_by(Organization.name)
        names = {each.id: f"{each.name} ({each.country})" for each in session.scalars(wanted)}
    return visit.page(
        "people.html", status=422 if wrong else 200, wrong=wrong, link=link, newcomer=newcomer,
        everybody=visit.site.accounts.everybody(), roles=ROLES, organizations=names,
        countries=(*COUNTRY_CODES, REGIONAL), form=visit.form,
    )  # fmt: skip


def change(visit: Visit) -> Response:
    """A new link (with or without the second lock), off, on."""
    accounts, what = visit.site.accounts, visit.form.get("do", "")
    number = visit.parameters["id"]
    known = {str(each["person"].id): each["person"] for each in accounts.everybody()}
    if number not in known or int(number) == visit.person.id:
        raise Refused(404, "nothing_here")
    if what not in ("link", "reset", "on", "off"):
        raise Refused(400, "nothing_here")
    token = ""
    if what in ("link", "reset"):
        token = accounts.new_link(int(number), visit.now, forget_totp=what == "reset")
    else:
        accounts.switch(int(number), active=what == "on")
    happened(visit, f"account_{what}", known[number])
    if token:
        return _people(visit, link=link_of(visit, token))
    return visit.go("/portal/people", "saved")


def audit_page(visit: Visit) -> Response:
    """What was done lately."""
    with Session(visit.engine) as session:
        rows = audit.latest(session)
    names = {each["person"].id: each["person"].name for each in visit.site.accounts.everybody()}
    subjects = {each.id: _subject(visit, each, names) for each in rows}
    return visit.page("audit.html", rows=rows, names=names, subjects=subjects)


def _subject(visit: Visit, row: Audit, names: Mapping[int, str]) -> str:
    """Whom or what it was done to, in words where there are some."""
    if row.subject in ROLES:
        return visit.say(f"role_{row.subject}")
    if number := re.fullmatch(r"account (\d+)", row.subject):
        return names.get(int(number[1]), row.subject)
    return "" if row.action in ("imported", "undone") else row.subject
