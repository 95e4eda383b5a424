"""An editor teaches: how women ask about a topic, in the editor's own words, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.improving.examples import MOST_LINES, Doubt, doubt, keep, read_lines
from bot.knowledge.topics import topics
from bot.portal.questions import country_of, looking_of
from bot.portal.site import Refused, Visit
from bot.unanswered.similar import Group


def teach(visit: Visit) -> Response:
    """The form, begun with the words that many shared; then they are kept, and the questions
    behind them are deleted. Where one line cannot be kept, nothing happens yet."""
    group, topic = _group(visit), visit.form.get("topic") or visit.query.get("topic", "")
    if topic not in topics():
        raise Refused(400, "question_topic")
    text = visit.form.get("examples", " ".join(group.words))
    lines = read_lines(text)
    wrong = None
    if visit.method == "POST":
        wrong = doubt(lines, group.language) or _kept(visit, lines, group.language, topic)
    if visit.method == "GET" or wrong:
        return visit.page(
            "teach.html", status=422 if wrong else 200, group=group, topic=topic, text=text,
            wrong=wrong, most=MOST_LINES, country=country_of(visit) or "",
            topic_name=topics()[topic].name.get(visit.language),
        )  # fmt: skip
    looking_of(visit).dismiss(country_of(visit), group.key)
    visit.note("taught", topic)
    return visit.go("/portal/questions", "taught")


def _kept(visit: Visit, lines: Sequence[str], language: str, topic: str) -> Doubt | None:
    """None where all of them are kept now."""
    with Session(visit.engine) as session:
        refused = keep(session, lines, language, topic, visit.today)
        if refused:
            return refused[0]
        session.commit()
    return None


def _group(visit: Visit) -> Group:
    key = visit.form.get("group") or visit.query.get("group", "")
    found = looking_of(visit).group(country_of(visit), key)
    if found is None:
        raise Refused(404, "question_gone")
    return found
