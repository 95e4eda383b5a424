"""What the portal keeps for a while only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session as Database

from bot.directory.hsds_secret import veil_of
from bot.directory.models import Service
from bot.knowledge.confirm import forget_closed
from bot.portal.attempts import WINDOW
from bot.portal.models import Attempt, Audit, GapSeen, Invitation, Proposal, Session, Upload
from bot.portal.sessions import IDLE, LONGEST

UPLOADS = timedelta(days=1)
AUDIT = timedelta(days=2 * 365)
GAPS = timedelta(days=365)


def forget_portal(session: Database, now: datetime) -> None:
    """Spreadsheets after a day, links and sessions when they have ended, the audit after two
    years, failed sign-ins after a quarter of an hour, what a check closed once it can no longer be
    taken back, gaps of my work after a year."""
    session.execute(delete(Upload).where(Upload.made_at < now - UPLOADS))
    session.execute(delete(Invitation).where(Invitation.until < now))
    ended = or_(Session.opened_at < now - LONGEST, Session.seen_at < now - IDLE)
    session.execute(delete(Session).where(ended))
    session.execute(delete(Attempt).where(Attempt.since <= now - WINDOW))
    session.execute(delete(Audit).where(Audit.at < now - AUDIT))
    session.execute(delete(GapSeen).where(GapSeen.at < now - GAPS))
    forget_closed(session, now)


def forget_places(session: Database) -> None:
    """A note that says where a secret place is: it became secret after somebody wrote that."""
    notes = select(Proposal, Service).join(Service, Service.id == Proposal.record_id)
    secret = notes.where(Service.confidential_location, Proposal.note != "")
    for note, service in session.execute(secret):
        if veil_of(service).hides_note(note.note):
            session.delete(note)
