"""What women of her countries asked last month and got no place, or no answer, for.

From the published figures alone: rounded, merged where few asked, and the same that everybody may
read (docs/analytics.md). Each comes with the page where the gap can be closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Engine

from bot.analytics.cuts import GAP
from bot.analytics.figures import Figures, published_months, read_months
from bot.analytics.protect import ALL
from bot.directory.schema import SERVICE_TYPES
from bot.knowledge.topics import topics
from bot.portal.person import Person

MOST = 4  # of a kind


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


def gaps(engine: Engine, person: Person) -> Gaps | None:
    """Of the newest published month; None where nothing of it is published for her."""
    if person.role not in ("editor", "administrator"):
        return None
    country = person.country if person.role == "editor" else ALL
    newest = published_months(engine)[-1:]
    for figures in read_months(engine, newest, ("services", "unanswered")):
        places = _most(figures, "services", str(country), "/portal/services/new?type=")
        texts = _most(figures, "unanswered", str(country), "/portal/statements/new?topic=")
        if places or texts:
            return Gaps(figures.period.name, places, texts)
    return None


def _most(figures: Figures, cut: str, country: str, link: str) -> tuple[Gap, ...]:
    """The most asked first; of services those for which none was found."""
    known = SERVICE_TYPES if cut == "services" else topics()
    suffix = GAP if cut == "services" else ""
    found = [
        Gap(key, figure.value, link + quote(key))
        for row, figure in figures.rows(cut, country).items()
        if row.endswith(suffix) and (key := row.removesuffix(suffix)) in known and figure.value
    ]
    return tuple(sorted(found, key=lambda each: (-each.many, each.key))[:MOST])
