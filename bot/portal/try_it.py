"""Talking to the assistant as women do, and seeing which records its answers come from."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.conversation.wording import LANGUAGES
from bot.directory.found import describe
from bot.directory.hsds_words import name_of_country
from bot.directory.models import Service
from bot.knowledge.models import Statement
from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.snapshot import find_record
from bot.knowledge.topics import topics
from bot.nlu.normalise import strip_accents
from bot.portal.records import may_decide
from bot.portal.site import Refused, Visit
from bot.portal.trial import STYLES, Said, Trial, begin, forget, seal, take, unseal
from bot.rasa_client import RasaUnavailable
from connectors.contract import MAX_TEXT

SHOWN = 110  # characters of a statement


@dataclass(frozen=True)
class Used:
    """A record that an answer came from, as this person may see it."""

    key: str  # of words.yml: what it is
    name: str
    country: str
    town: str | None
    is_secret: bool
    link: str | None  # where her role may change it


def try_it(visit: Visit) -> Response:
    """The choice of whom to be, or the conversation with one message more."""
    assistant, own = visit.site.assistant, visit.site.secrets
    if assistant is None:
        raise Refused(404, "nothing_here")
    if visit.method == "GET":
        return _page(visit, None)
    form = visit.form
    trial = None
    if form.get("trial"):
        trial = unseal(form["trial"], visit.session, own, visit.now)
        if trial is None:
            return _page(visit, None, is_over=True)
    if form.get("do") == "anew":
        if trial is not None:
            with contextlib.suppress(RasaUnavailable):
                asyncio.run(forget(trial, assistant, own))
        return _page(visit, None)
    trial = trial or begin(visit.session, *_chosen(visit), visit.now)
    text, choice = form.get("text", "")[: 2 * MAX_TEXT], form.get("choice", "")
    if text or choice in trial.offered:
        keeps = visit.site.world.keeps_unanswered
        trial = asyncio.run(take(trial, assistant, own, text, choice, visit.now, keeps=keeps))
    return _page(visit, trial)


def _chosen(visit: Visit) -> tuple[str, str, str]:
    country, language, style = (visit.form.get(k, "") for k in ("country", "language", "style"))
    if country not in COUNTRY_CODES or language not in LANGUAGES or style not in STYLES:
        raise Refused(400, "nothing_here")
    return country, language, style


def _page(visit: Visit, trial: Trial | None, *, is_over: bool = False) -> Response:
    turns = trial.turns if trial else ()
    with Session(visit.engine) as session:
        used = [list(_used(visit, session, each.records)) for each in turns]
    sealed = seal(trial, visit.site.secrets) if trial else ""
    countries = [(code, name_of_country(code).get(visit.language)) for code in COUNTRY_CODES]
    return visit.page(
        "try.html", trial=trial, parts=_parts(turns), sealed=sealed, used=used, is_over=is_over,
        countries=sorted(countries, key=lambda each: strip_accents(each[1])),
        languages=(("es", "Español"), ("en", "English")),
        styles=[(style, visit.say(f"style_{style}")) for style in STYLES], mine=_home(visit),
    )  # fmt: skip


def _parts(turns: Iterable[Said]) -> int:
    """Of all SMS on the page."""
    sent = (message for each in turns for message in each.messages if message.kind != "silent")
    return sum(message.segments for message in sent)


def _home(visit: Visit) -> str | None:
    """Her country: an editor's, or that of a contributor's places."""
    if visit.person.country or not visit.person.organization_id:
        return visit.person.country
    with Session(visit.engine) as session:
        theirs = Service.organization_id == visit.person.organization_id
        return session.scalar(select(Service.country).where(theirs).limit(1))


def _used(visit: Visit, session: Session, ids: Iterable[str]) -> Iterable[Used]:
    for record_id in ids:
        record = find_record(session, record_id)
        link = quote(record_id, safe="")
        if isinstance(record, Service):
            told = describe(record, None, visit.today)
            link = f"/portal/services/{link}"
            name, key, town = told.names.get(visit.language), "used_service", told.town
            is_secret = told.confidential_location
        elif isinstance(record, Statement):
            link, key, town, is_secret = f"/portal/statements/{link}", "used_statement", None, False
            text = record.text_en if visit.language == "en" else record.text_es
            topic = topics().get(record.intent)
            head = f"{topic.name.get(visit.language)}: " if topic else ""
            name = head + (text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()}…")
        else:
            continue  # removed meanwhile
        may = may_decide(visit.person, record)
        yield Used(key, name, record.country, town, is_secret, link if may else None)
