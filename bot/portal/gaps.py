"""What women of her countries asked last month and got no place, or no answer, for.

From the published figures alone: rounded, merged where few asked, and the same that everybody may
read (docs/analytics.md). Each comes with the page where the gap can be closed, and with a tap that
says so: closed by whoever looks after the country, it is gone for all who work there; seen by an
organisation, for that organisation alone. Next month's figures say whether it is still asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.analytics.cuts import GAP
from bot.analytics.figures import Figures, published_months, read_months
from bot.analytics.protect import ALL
from bot.database import add_once, transaction
from bot.directory.models import Service
from bot.directory.schema import SERVICE_TYPES
from bot.knowledge.topics import topics
from bot.portal.models import GapSeen
from bot.portal.person import Person
from bot.portal.site import Refused, Visit

MOST = 4  # of a kind
CUTS = ("services", "unanswered")


@dataclass(frozen=True)
class Gap:
    """One kind of help, or one topic, and how many conversations went without."""

    cut: str  # services, unanswered
    key: str
    many: int
    link: str


@dataclass(frozen=True)
class Gaps:
    """Of one month, the most asked first."""

    month: str
    places: tuple[Gap, ...]
    texts: tuple[Gap, ...]
    gone: int  # which she, or her organisation, took off this list


def gaps(session: Session, engine: Engine, person: Person) -> Gaps | None:
    """Of the newest published month; None where nothing of it is published for her. Whoever works
    for an organisation is told of the places alone: texts are not hers to write."""
    country = _country(session, person)
    if country is None:
        return None
    newest = published_months(engine)[-1:]
    for figures in read_months(engine, newest, CUTS):
        month, hers = figures.period.name, person.role != "contributor"
        seen = _seen(session, month, {country, whose(session, person)})
        places = _asked(figures, "services", country, "/portal/services/new?type=")
        texts = _asked(figures, "unanswered", country, "/portal/statements/new?topic=")
        every = [*places, *(texts if hers else ())]
        gone = sum((each.cut, each.key) in seen for each in every)
        places, texts = (
            [each for each in some if (each.cut, each.key) not in seen][:MOST]
            for some in (places, texts if hers else [])
        )
        if every:
            return Gaps(month, tuple(places), tuple(texts), gone)
    return None


def whose(session: Session, person: Person) -> str:
    """For whom she takes a gap off the list: the country that she looks after, "*" for all of
    them, or her organisation."""
    if person.role == "contributor":
        return person.organization_id or ""
    return _country(session, person) or ""


def _country(session: Session, person: Person) -> str | None:
    """Whose figures are hers: of an organisation where most of its places are."""
    if person.role == "administrator":
        return ALL
    if person.role != "contributor":
        return person.country if person.role == "editor" else None
    many = func.count()
    wanted = select(Service.country).where(Service.organization_id == person.organization_id)
    return session.scalar(
        wanted.group_by(Service.country).order_by(many.desc(), Service.country).limit(1)
    )


def gap_seen(visit: Visit) -> Response:
    """One is taken off the list, or all of the month are put on it again."""
    month, cut, key = (visit.form.get(name, "") for name in ("month", "cut", "key"))
    again = visit.form.get("do") == "again"
    if month not in published_months(visit.engine):
        raise Refused(400, "nothing_here")
    if not again and (cut not in CUTS or key not in _known(cut)):
        raise Refused(400, "nothing_here")
    with transaction(visit.engine) as session:
        own = whose(session, visit.person)
        if not own:
            raise Refused
        if again:
            session.execute(delete(GapSeen).where(GapSeen.whose == own, GapSeen.month == month))
        else:
            add_once(session, GapSeen, whose=own, month=month, cut=cut, key=key, at=visit.now)
    visit.note("gap_again" if again else "gap_seen", f"{month} {key}".strip())
    return visit.go("/portal/", "gap_again" if again else "gap_seen")


def _seen(session: Session, month: str, by: set[str]) -> set[tuple[str, str]]:
    wanted = select(GapSeen).where(GapSeen.month == month, GapSeen.whose.in_(by))
    return {(each.cut, each.key) for each in session.scalars(wanted)}


def _known(cut: str) -> Collection[str]:
    return SERVICE_TYPES if cut == "services" else topics()


def _asked(figures: Figures, cut: str, country: str, link: str) -> list[Gap]:
    """The most asked first; of services those for which none was found."""
    suffix = GAP if cut == "services" else ""
    found = [
        Gap(cut, key, figure.value, link + quote(key))
        for row, figure in figures.rows(cut, country).items()
        if row.endswith(suffix)
        and (key := row.removesuffix(suffix)) in _known(cut)
        and figure.value
    ]
    return sorted(found, key=lambda each: (-each.many, each.key))
