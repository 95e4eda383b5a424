"""What each role of the portal could open on this instance, counted: for the report on thieves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Engine, func, or_, select
from sqlalchemy.orm import Session

from bot.analytics.models import PublishedFigure
from bot.directory.models import Location, Service
from bot.knowledge.models import Statement
from bot.knowledge.trust import Report
from bot.portal.models import Account, Audit
from bot.portal.person import ROLES
from bot.portal.routes import FIGURES, PAGES
from bot.portal.staff import REMOVED


def seen_by_roles(engine: Engine) -> list[str]:
    """A line for each role; nothing of anybody, only numbers."""
    with Session(engine) as session:
        most = _most(session)
        pages = {role: sum(role in access.roles for _, _, access in PAGES) for role in ROLES}
        secret, told = _secret(session)
        figures, reports = _count(session, PublishedFigure), Report.state == "open"
        counts = [
            _count(session, Service), _count(session, Statement), _count(session, Report, reports),
            _count(session, Account, Account.sealed != REMOVED), _count(session, Audit),
        ]  # fmt: skip
        texts = {
            "contributor": f"at most {most['organisation']} services of one organisation, and how "
            "many women reported a number of them",
            "editor": f"at most {most['country']} services and {most['texts']} statements of one "
            "country, and the same of reports",
            "administrator": "all {} services, {} statements, {} open reports; names and mail of "
            "{} colleagues; {} lines of what they did".format(*counts),
            "analyst": "no record; how many services a country has",
        }
    lines = []
    for role in ROLES:
        more = f"; {figures} published figures" if role in FIGURES else ""
        lines.append(f"- {role} ({pages[role]} pages): {texts[role]}{more}")
    return [*lines, f"- {secret} services have a secret place; of {told} the database holds one"]


def _count(session: Session, table: Any, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _most(session: Session) -> dict[str, int]:
    """Of what is one organisation's or one country's."""

    def largest(column: Any) -> int:
        counts = select(func.count(column)).group_by(column)
        return max(session.scalars(counts), default=0)

    return {
        "organisation": largest(Service.organization_id), "country": largest(Service.country),
        "texts": largest(Statement.country),
    }  # fmt: skip


def _secret(session: Session) -> tuple[int, int]:
    """Services with a secret place, and of how many of them a town or street is there."""
    written = or_(Location.city.is_not(None), Location.address_1.is_not(None),
                  Location.latitude.is_not(None))  # fmt: skip
    secret = Service.confidential_location.is_(True)
    return (
        _count(session, Service, secret),
        _count(session, Service, secret, Service.locations.any(written)),
    )
