"""What women of her countries asked last month and got no place, or no answer, for.

From the published figures alone: rounded, merged where few asked, and the same that everybody may
read (docs/analytics.md). Each comes with the page where the gap can be closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.analytics.models import Publication, PublishedFigure
from bot.analytics.protect import ALL
from bot.directory.schema import SERVICE_TYPES
from bot.knowledge.topics import topics
from bot.portal.person import Person

MOST = 4  # of a kind
_NONE = ":none_found"


@dataclass(frozen=True)
class Gap:
    """One kind of help, or one topic, and how many conversations went without."""

    key: str
    many: int
    link: str


@dataclass(frozen=True)
class Gaps:
    """Of one month, the most asked first."""

    month: str
    places: tuple[Gap, ...]
    texts: tuple[Gap, ...]


def gaps(session: Session, person: Person) -> Gaps | None:
    """Of the newest published month; None where nothing of it is published for her."""
    month = session.scalar(select(func.max(Publication.month)))
    if month is None or person.role not in ("editor", "administrator"):
        return None
    country = person.country if person.role == "editor" else ALL
    each = PublishedFigure
    wanted = (
        select(each.cut, each.row, each.value)
        .where(each.month == month, each.country == country,
               each.cut.in_(("services", "unanswered")), each.value > 0)
        .order_by(each.value.desc(), each.row)
    )  # fmt: skip
    places, texts = [], []
    for cut, row, value in session.execute(wanted):
        kind = row.removesuffix(_NONE)
        if cut == "services" and row.endswith(_NONE) and kind in SERVICE_TYPES:
            places.append(Gap(kind, value, f"/portal/services/new?{urlencode({'type': kind})}"))
        elif cut == "unanswered" and row in topics():
            texts.append(Gap(row, value, f"/portal/statements/new?{urlencode({'topic': row})}"))
    if not places and not texts:
        return None
    return Gaps(month, tuple(places[:MOST]), tuple(texts[:MOST]))
