"""Who works here: administrators invite, change, send new links, switch off, remove, and read the
audit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

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
from bot.portal.staff import LastAdministrator, change_account, remove_account, switch_off
from bot.portal.telling import happened

PAGE = 25
MOST_CHOICES = 20
ACTS = ("link", "reset", "on", "off", "change", "remove")


@dataclass(frozen=True)
class Wrong:
    """Why a form cannot be taken; `choices`: organisations that she may have meant, by id."""

    key: str
    choices: Mapping[str, str] = field(default_factory=dict)


def people(visit: Visit) -> Response:
    """Who works here, a page at a time, and the form for one more."""
    if visit.method == "GET":
        return _people(visit)
    newcomer = _newcomer(visit)
    if isinstance(newcomer, Wrong):
        return _people(visit, wrong=newcomer)
    try:
        token = visit.site.accounts.invite(newcomer, visit.now)
    except AlreadyThere:
        return _people(visit, wrong=Wrong("mail_taken"))
    visit.note("invited", newcomer.role)
    return _people(visit, link=link_of(visit, token))


def link_of(visit: Visit, token: str) -> str:
    return f"{visit.site.public_url}/portal/invitation/{token}"


def _newcomer(visit: Visit) -> Newcomer | Wrong:
    """Whom the form names, or what is wrong with it."""
    form = visit.form
    role, email, name = form.get("role", ""), form.get("email", ""), form.get("name", "")
    if role not in ROLES or not name or len(name) > 80:
        return Wrong("people_incomplete")
    if not MAIL.fullmatch(email) or len(email) > 120:
        return Wrong("people_mail")
    country, owner = None, None
    if role == "editor":
        country = form.get("country", "")
        if country not in (*COUNTRY_CODES, REGIONAL):
            return Wrong("people_country")
    if role == "contributor":
        found = _organization(visit, form.get("organization", "")[:250])
        if isinstance(found, Wrong):
            return found
        owner = found
    return Newcomer(name, email, role, country, owner)


def _organization(visit: Visit, text: str) -> str | Wrong:
    """By its id, or by its whole name where one alone is called so; else those that have that in
    their names, to choose from."""
    wanted = fold(text)
    if not wanted:
        return Wrong("people_organization")
    with Session(visit.engine) as session:
        if session.get(Organization, text):
            return text
        rows = session.execute(
            select(Organization.id, Organization.name, Organization.country)
            .order_by(Organization.name, Organization.country)
        ).all()  # fmt: skip
    named = {key: f"{name} ({country})" for key, name, country in rows}
    whole = [key for key, name, _ in rows if wanted in (fold(name), fold(named[key]))]
    if len(whole) == 1:
        return whole[0]
    like = {key: name for key, name in named.items() if wanted in fold(name)}
    if not like:
        return Wrong("people_organization")
    if len(like) > MOST_CHOICES:
        return Wrong("people_many")
    return Wrong("people_choose", like)


def _people(visit: Visit, wrong: Wrong | None = None, link: str = "") -> Response:
    searched = visit.query.get("q", "")[:80]
    folded = fold(searched)
    found = [
        each for each in visit.site.accounts.everybody()
        if folded in fold(each["person"].name) or searched.lower() in each["person"].email.lower()
    ]  # fmt: skip
    page, pages = visit.page_of(len(found), PAGE)
    rows = found[(page - 1) * PAGE : page * PAGE]
    return visit.page(
        "people.html", status=422 if wrong else 200, wrong=wrong, link=link, everybody=rows,
        organizations=_named(visit, [each["person"].organization_id for each in rows]),
        searched=searched, page=page, pages=pages, query=urlencode({"q": searched}),
        form=visit.form if wrong else {}, **_choices(),
    )  # fmt: skip


def _choices() -> dict[str, Any]:
    return {"roles": ROLES, "countries": (*COUNTRY_CODES, REGIONAL)}


def _named(visit: Visit, wanted: list[str | None]) -> dict[str, str]:
    """Organisations by id, with their countries."""
    ids = [each for each in wanted if each]
    with Session(visit.engine) as session:
        found = session.scalars(select(Organization).where(Organization.id.in_(ids)))
        return {each.id: f"{each.name} ({each.country})" for each in found}


def one_person(visit: Visit) -> Response:
    """Somebody's account: what can be changed of it, and how it is removed."""
    who = _who(visit)
    return _one(visit, who) if visit.method == "GET" else _change(visit, who)


def _who(visit: Visit) -> dict[str, Any]:
    """Not herself: nobody takes the key from under her own feet, or from the last administrator."""
    number = visit.parameters["id"]
    known = {str(each["person"].id): each for each in visit.site.accounts.everybody()}
    if number not in known or int(number) == visit.person.id:
        raise Refused(404, "nothing_here")
    return known[number]


def _one(visit: Visit, who: Mapping[str, Any], wrong: Wrong | None = None) -> Response:
    person = who["person"]
    names = _named(visit, [person.organization_id])
    stands = {
        "name": person.name, "email": person.email, "role": person.role,
        "country": person.country or "", "organization": names.get(person.organization_id, ""),
    }  # fmt: skip
    return visit.page(
        "person.html", status=422 if wrong else 200, wrong=wrong, who=person,
        is_open=who["active"], form=stands | dict(visit.form) if wrong else stands, **_choices(),
    )  # fmt: skip


def _change(visit: Visit, who: Mapping[str, Any]) -> Response:
    """A new link (with or without the second lock), off, on; other words for her, or none."""
    accounts, what, person = visit.site.accounts, visit.form.get("do", ""), who["person"]
    if what not in ACTS:
        raise Refused(400, "nothing_here")
    token, also = "", ""
    try:
        if what in ("link", "reset"):
            token = accounts.new_link(person.id, visit.now, forget_totp=what == "reset")
        elif what == "on":
            accounts.switch_on(person.id)
        elif what == "off":
            switch_off(accounts, person.id)
        elif what == "remove":
            if not visit.form.get("sure"):
                return _one(visit, who, Wrong("people_sure"))
            remove_account(accounts, person.id)
        else:
            to = _newcomer(visit)
            if isinstance(to, Wrong):
                return _one(visit, who, to)
            change_account(accounts, person.id, to)
            also = to.email
    except AlreadyThere:
        return _one(visit, who, Wrong("mail_taken"))
    except LastAdministrator:
        return _one(visit, who, Wrong("people_last"))
    happened(visit, f"account_{what}", person, also)
    if token:
        return _people(visit, link=link_of(visit, token))
    return visit.go("/portal/people", "saved")


def audit_page(visit: Visit) -> Response:
    """What was done lately."""
    with Session(visit.engine) as session:
        rows = audit.latest(session)
    names = {each["person"].id: each["person"].name for each in visit.site.accounts.everybody()}
    gone = {each.account_id for each in rows} - {None, *names}
    names |= dict.fromkeys((each for each in gone if each), visit.say("removed_person"))
    subjects = {each.id: _subject(visit, each, names) for each in rows}
    return visit.page("audit.html", rows=rows, names=names, subjects=subjects)


def _subject(visit: Visit, row: Audit, names: Mapping[int, str]) -> str:
    """Whom or what it was done to, in words where there are some."""
    if row.subject in ROLES:
        return visit.say(f"role_{row.subject}")
    if number := re.fullmatch(r"account (\d+)", row.subject):
        return names.get(int(number[1]), visit.say("removed_person"))
    return "" if row.action in ("imported", "undone") else row.subject
