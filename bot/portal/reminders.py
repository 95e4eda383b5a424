"""Organisations whose services are due, each with a letter and signed links: "is it still so?".

Whom it may concern is read from the directory alone, the mail and WhatsApp that a service itself
gives; nothing here knows of any woman. An editor sends a letter by one tap in her own mail or
WhatsApp; by itself only mail is sent, and only where an administrator or the server says so
(mailing.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, false, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload
from starlette.responses import Response

from bot.database import add_once, among, transaction
from bot.directory.hsds_secret import veil_of
from bot.directory.models import Service
from bot.directory.veiled import told_name
from bot.knowledge.lifecycle import last_check
from bot.portal.census import Census
from bot.portal.freshness import hers, is_waiting
from bot.portal.models import Reminder
from bot.portal.secrets import Secrets
from bot.portal.set_here import mails_leave
from bot.portal.site import Refused, Visit
from bot.portal.words import tell

AGAIN = timedelta(days=30)  # nobody is asked more often
MOST_LETTERS, MOST_RECENT = 40, 20  # on a page
MOST_SERVICES = 10  # in a letter
ENGLISH = ("BZ", "CA", "US")


@dataclass
class Letter:
    """To one organisation, by one address; `asked_on`: when any of them was last asked."""

    organization: str
    country: str
    email: str | None
    whatsapp: str | None
    asked_on: date | None
    may_mail: bool
    is_recent: bool = False  # that address was asked within the month
    services: list[Service] = field(default_factory=list)

    @property
    def language(self) -> str:
        return "en" if self.country in ENGLISH else "es"

    def add_veil(self) -> None:
        """What says where a secret place is goes from the head of the letter."""
        for service in (each for each in self.services if each.confidential_location):
            veil = veil_of(service)
            if veil.hides(service.organization.name):
                self.organization = told_name(service, veil).get(self.language)
            self.email = veil.link(self.email)


def letters(
    session: Session, today: date, *where: ColumnElement[bool], most: int = MOST_LETTERS,
    again: bool = False,
) -> list[Letter]:  # fmt: skip
    """The longest unchecked first; only who can be reached by mail or WhatsApp, and was not asked
    within the month, or with `again` was. A place that wants no mail has a letter of its own."""
    recent = asked_lately(session, today)
    reachable = (Service.email != "") | (Service.whatsapp != "")
    census = Census.of_services(session, today, *where, reachable, recent if again else ~recent)
    reminded = {each.record_id: each for each in session.scalars(select(Reminder))}
    found: dict[tuple[str, str | None, str | None, bool], Letter] = {}
    for service in _reachable(session, census, most * MOST_SERVICES):
        was = reminded.get(service.id)
        no_mail = was is not None and was.no_mail
        key = (service.organization_id, service.email, service.whatsapp, no_mail)
        if key not in found and len(found) == most:
            continue
        letter = found.setdefault(key, _letter(service, is_recent=again))
        letter.may_mail &= not service.confidential_location and not no_mail
        letter.services.append(service)
        if was and was.asked_on:
            letter.asked_on = max(letter.asked_on or was.asked_on, was.asked_on)
    for letter in found.values():
        letter.services = _due(letter.services, reminded)
        letter.add_veil()
    return [each for each in found.values() if each.email or each.whatsapp]


def _due(services: list[Service], reminded: Mapping[str, Reminder]) -> list[Service]:
    """Who was never asked, or the longest ago, goes first: of many each has its turn."""

    def last(service: Service) -> date:
        was = reminded.get(service.id)
        return was.asked_on if was and was.asked_on else date.min

    return sorted(services, key=last)[:MOST_SERVICES]


def asked_lately(session: Session, today: date) -> ColumnElement[bool]:
    """Services whose address was asked within the month, for themselves or for another."""
    asked = (
        select(_address(Reminder.no_mail)).join(Reminder, Reminder.record_id == Service.id)
        .where(Reminder.asked_on > today - AGAIN).distinct()
    )  # fmt: skip
    # Few, and looked for once: each service is then held against them.
    addresses = session.scalars(asked).all()
    wants_no_mail = Service.id.in_(select(Reminder.record_id).where(Reminder.no_mail))
    return _address(wants_no_mail).in_(among(session, addresses)) if addresses else false()


def _address(no_mail: ColumnElement[bool] | InstrumentedAttribute[bool]) -> ColumnElement[str]:
    """Whose, by which mail and WhatsApp, and whether by hand alone, as one text."""
    mail, whatsapp = (func.coalesce(each, "") for each in (Service.email, Service.whatsapp))
    by_hand = case((no_mail, "by hand"), else_="")
    return Service.organization_id + "\n" + mail + "\n" + whatsapp + "\n" + by_hand


def _reachable(session: Session, census: Census, most: int) -> Iterator[Service]:
    """Those that wait, the longest unchecked first, read some at a time."""
    taken = 0
    for some in census.each(is_waiting):
        ids = [each.id for each in some]
        wanted = select(Service).where(Service.id.in_(ids)).options(
            joinedload(Service.organization)
        )  # fmt: skip
        read = {each.id: each for each in session.scalars(wanted)}
        for service in (read[each] for each in ids if each in read):
            yield service
            taken += 1
            if taken == most:
                return


def _letter(service: Service, *, is_recent: bool = False) -> Letter:
    name = service.organization.name
    return Letter(name, service.country, service.email, service.whatsapp, None, may_mail=True,
                  is_recent=is_recent)  # fmt: skip


def link_to(secrets: Secrets, public_url: str, record: Service) -> str:
    """The signed link to one service; spent once somebody checked it."""
    seen = last_check(record).on
    signed = secrets.sign({"service": record.id, "seen": seen.isoformat() if seen else ""})
    return f"{public_url}/portal/still-true/{signed}"


def text_of(letter: Letter, secrets: Secrets, public_url: str) -> str:
    """What is written to them, in the language of their country."""
    lines = [
        f"{_name(each, letter.language)}: {link_to(secrets, public_url, each)}"
        for each in letter.services
    ]
    return tell("letter", letter.language, services="\n\n".join(lines))


def _name(service: Service, language: str) -> str:
    """As it may be told: a letter lies in mailboxes and telephones of others."""
    if not service.confidential_location:
        return service.name  # without a look at thousands of towns
    return told_name(service, veil_of(service)).get(language)


def subject_of(letter: Letter) -> str:
    """Says nothing of whom the services are for: whoever sees the mailbox may not know."""
    return tell("link_subject", letter.language)


def asked(session: Session, letter: Letter, on: date | None) -> None:
    """It is sent, or an editor says so."""
    for service in letter.services:
        add_once(session, Reminder, record_id=service.id, asked_on=on, no_mail=False)
        session.get_one(Reminder, service.id).asked_on = on


def asked_today(session: Session, today: date) -> int:
    """How many addresses."""
    ways = select(Service.organization_id, Service.email, Service.whatsapp, Reminder.no_mail).join(
        Reminder, Reminder.record_id == Service.id
    )
    one_each = ways.where(Reminder.asked_on == today).distinct().subquery()
    return session.scalar(select(func.count()).select_from(one_each)) or 0


def claim(session: Session, letter: Letter, today: date) -> bool:
    """As `asked`, unless somebody else was quicker: several workers may wish to send it."""
    first = letter.services[0].id
    add_once(session, Reminder, record_id=first, asked_on=None, no_mail=False)
    free = Reminder.asked_on.is_(None) | (Reminder.asked_on <= today - AGAIN)
    got = session.execute(
        update(Reminder).where(Reminder.record_id == first, free).values(asked_on=today)
        .returning(Reminder.record_id)
    ).all()  # fmt: skip
    if got:
        asked(session, letter, today)
    return bool(got)


def no_mail(session: Session, record_id: str) -> None:
    """They do not want to be asked by mail."""
    add_once(session, Reminder, record_id=record_id, asked_on=None, no_mail=True)
    session.get_one(Reminder, record_id).no_mail = True


def reminders(visit: Visit) -> Response:
    """The letters, ready to be sent by hand; those of the last month further down."""
    secrets, url = visit.site.secrets, visit.site.public_url
    with Session(visit.engine) as session:
        own = hers(visit.person, Service)
        found = letters(session, visit.today, own, most=MOST_LETTERS)
        found += letters(session, visit.today, own, most=MOST_RECENT, again=True)
        written = [(each, subject_of(each), text_of(each, secrets, url)) for each in found]
        leave = visit.site.post is not None and mails_leave(session, visit.site.sends_mail)
    return visit.page("reminders.html", letters=written, sends=leave)


def letter_sent(visit: Visit) -> Response:
    """An editor has sent one by hand: it counts as asked."""
    ids = visit.form.get("services", "").split(" ")
    with transaction(visit.engine) as session:
        wanted = select(Service).where(hers(visit.person, Service), Service.id.in_(ids))
        services = list(session.scalars(wanted))
        if not services:
            raise Refused(404, "nothing_here")
        letter = _letter(services[0])
        letter.services = services
        asked(session, letter, visit.today)
    visit.note("reminded", services[0].organization_id)
    return visit.go("/portal/reminders", "reminded")
