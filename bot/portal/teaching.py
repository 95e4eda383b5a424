"""An editor teaches: how women ask about a topic, in the editor's own words, a line each."""

from __future__ import annotations

from starlette.responses import Response

from bot.database import transaction
from bot.improving.examples import MOST_LINES, doubt, keep, read_lines
from bot.knowledge.topics import topics
from bot.portal.questions import country_of, looking_of
from bot.portal.site import Refused, Visit
from bot.unanswered.similar import Group


def teach(visit: Visit) -> Response:
    """The form, begun with the words that many shared; then they are kept, and the questions
    behind them are deleted."""
    group, topic = _group(visit), visit.form.get("topic") or visit.query.get("topic", "")
    if topic not in topics():
        raise Refused(400, "question_topic")
    text = visit.form.get("examples", " ".join(group.words))
    lines = read_lines(text)
    wrong = doubt(lines, group.language) if visit.method == "POST" else None
    if visit.method == "GET" or wrong:
        return visit.page(
            "teach.html", status=422 if wrong else 200, group=group, topic=topic, text=text,
            wrong=wrong, most=MOST_LINES, country=country_of(visit) or "",
            topic_name=topics()[topic].name.get(visit.language),
        )  # fmt: skip
    if not looking_of(visit).dismiss(country_of(visit), group.key):
        raise Refused(404, "question_gone")
    with transaction(visit.engine) as session:
        keep(session, lines, group.language, topic, visit.today)
    visit.note("taught", topic)
    return visit.go("/portal/questions", "taught")


def _group(visit: Visit) -> Group:
    key = visit.form.get("group") or visit.query.get("group", "")
    found = looking_of(visit).group(country_of(visit), key)
    if found is None:
        raise Refused(404, "question_gone")
    return found
