"""What women asked that had no answer: words that many of them share, and what to do about them."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from bot.knowledge.schema import COUNTRY_CODES
from bot.knowledge.topics import topics
from bot.portal.site import HEADERS, Refused, Visit
from bot.unanswered.looking import Looking
from bot.unanswered.similar import Group

PAGE = 15  # groups: each brings the list of all topics


def questions(visit: Visit, without_topic: str = "") -> Response:
    """The groups, the most asked first; of one of them she has to choose the topic."""
    looking = visit.site.questions
    country = country_of(visit)
    found = looking.groups(country) if looking else []
    page, pages = visit.page_of(len(found), PAGE)
    keys = [each.key for each in found]
    if without_topic in keys:  # sent from whichever page it stood on
        page = keys.index(without_topic) // PAGE + 1
    return visit.page(
        "questions.html", status=422 if without_topic else 200, without_topic=without_topic,
        is_on=looking is not None, asked=country or "",
        groups=found[(page - 1) * PAGE : page * PAGE],
        least=looking.least if looking else 0, topics=topics(), countries=COUNTRY_CODES,
        page=page, pages=pages, query=urlencode({"country": country}) if country else "",
        proposals=len(looking.proposals()) if looking and _is_administrator(visit) else 0,
    )  # fmt: skip


def decide_question(visit: Visit) -> Response:
    """An answer exists, under this topic; a statement is missing and is written now; or it is
    nothing that the network answers."""
    do, country, key = visit.form.get("do"), country_of(visit), visit.form.get("key", "")
    if do == "dismiss":
        return _dismiss(visit, country, key)
    topic = visit.form.get("topic", "")
    if topic not in topics():
        return questions(visit, without_topic=key)
    if do == "teach":
        wanted = {"topic": topic, "group": key} | ({"country": country} if country else {})
        return visit.go(f"/portal/questions/teach?{urlencode(wanted)}")
    if do == "missing":
        wanted = {"topic": topic, "group": key} | ({"country": country} if country else {})
        return visit.go(f"/portal/statements/new?{urlencode(wanted)}")
    if not looking_of(visit).answer_exists(country, key, topic):
        raise Refused(404, "question_gone")
    visit.note("question_known", topic)
    return visit.go("/portal/questions", "question_known")


def _dismiss(visit: Visit, country: str | None, key: str) -> Response:
    """The audit says of which country, never what was asked."""
    if not looking_of(visit).dismiss(country, key):
        raise Refused(404, "question_gone")
    visit.note("dismissed", country or "")
    return visit.go("/portal/questions", "dismissed")


def shared_words(visit: Visit) -> dict[str, str]:
    """By language: the words of the group that the writer of a new text came from. They are not
    in the address, which browsers remember; none where the group is gone."""
    looking, key = visit.site.questions, visit.query.get("group", "")
    group = looking.group(country_of(visit), key) if looking and key else None
    return {group.language: " ".join(group.words)} if group else {}


def proposals(visit: Visit) -> Response:
    """The file for data/nlu."""
    looking = looking_of(visit)
    visit.note("exported")
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="questions.yml"'}
    return Response(looking.file(), media_type="application/yaml", headers=headers)


def empty_proposals(visit: Visit) -> Response:
    """Taken: the list begins anew."""
    looking_of(visit).empty()
    return visit.go("/portal/questions", "saved")


def of_home(visit: Visit) -> list[Group]:
    """For my work today."""
    looking = visit.site.questions
    if looking is None or visit.person.role not in ("editor", "administrator"):
        return []
    return looking.soon(visit.person.country)


def looking_of(visit: Visit) -> Looking:
    if visit.site.questions is None:
        raise Refused(404, "questions_off")
    return visit.site.questions


def _is_administrator(visit: Visit) -> bool:
    return visit.person.role == "administrator"


def country_of(visit: Visit) -> str | None:
    """An editor's own; an administrator's choice, or None for all."""
    if not _is_administrator(visit):
        return visit.person.country
    wanted = visit.form.get("country") or visit.query.get("country", "")
    return wanted if wanted in COUNTRY_CODES else None
