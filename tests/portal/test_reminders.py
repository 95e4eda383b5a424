"""Organisations whose services are due are asked: by an editor's tap, or by mail where wanted."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge.trust import Verification
from bot.portal import mailing
from bot.portal import reminders as reminding
from bot.portal.mailing import Postwoman
from bot.portal.models import Reminder
from bot.portal.post import MailAccount
from bot.portal.reminders import letters
from bot.portal.set_here import MAILS, put
from bot.serve import program
from bot.settings import SettingError, read_settings
from tests.portal.desk import NOW, Desk, on_both

TODAY = NOW.date()
MAIL, PHONE = "casa@red.example", "+50499990000"


@pytest.fixture
def due(desk: Desk) -> list[Service]:
    """Two places of one organisation, overdue, with the same mail; nobody else has any."""
    with transaction(desk.engine) as session:
        session.execute(update(Service).values(email=None, whatsapp=None, as_of="2026-11"))
        wanted = select(Service).where(
            Service.country == "HN", Service.publication == "published",
            Service.confidential_location.is_(False),
        ).order_by(Service.id)  # fmt: skip
        two = list(session.scalars(wanted.limit(2)))
        for each in two:
            each.email, each.whatsapp, each.as_of = MAIL, PHONE, "2019"
            each.organization_id = two[0].organization_id
    return two


class Box:
    """What would leave."""

    def __init__(self, desk: Desk, *, broken: bool = False) -> None:
        self.sent: list[EmailMessage] = []
        self.broken = broken
        self.postwoman = Postwoman(
            desk.engine, desk.site.secrets, "http://testserver", "red@comadre.example", self.send,
            server=True,
        )  # fmt: skip

    def send(self, message: EmailMessage) -> None:
        if self.broken:
            raise OSError("no server")
        self.sent.append(message)


@on_both
def test_a_letter_is_ready_and_its_link_is_one_tap_for_the_organisation(
    desk: Desk, due: list[Service]
) -> None:
    editor = desk.editor().open("/portal/")
    assert 'href="/portal/reminders"' in editor.text
    editor.open("/portal/reminders")
    assert "lugares por comprobar: 2" in editor.words
    assert "Nada sale solo" in editor.words
    assert f'href="mailto:{MAIL}?subject=' in editor.text
    assert f'href="https://wa.me/{PHONE[1:]}?text=' in editor.text
    links = re.findall(r"http://testserver(/portal/still-true/[\w.-]+)", editor.words)
    assert len(links) == 2

    somebody = desk.browser().open(links[0])
    somebody.send(somebody.path, do="true")

    assert "queda" in somebody.words or "anotado" in somebody.words
    with Session(desk.engine) as session:
        assert session.scalars(select(Verification.role)).all() == ["organization"]
    assert "lugares por comprobar: 1" in editor.open("/portal/reminders").words


def test_what_was_sent_by_hand_is_noted_and_not_offered_again_for_a_month(
    desk: Desk, due: list[Service]
) -> None:
    editor = desk.editor().open("/portal/reminders")

    editor.send("/reminders/sent")

    assert "Anotado: se les preguntó hoy" in editor.words
    assert "/reminders/sent" not in editor.text
    desk.clock.pass_by(days=31)
    again = desk.editor("Rosa").open("/portal/reminders")
    assert "/reminders/sent" in again.text


@on_both
def test_the_longest_unchecked_comes_first_whatever_its_id(desk: Desk, due: list[Service]) -> None:
    with transaction(desk.engine) as session:
        first, second = (session.get_one(Service, each.id) for each in due)
        assert first.id < second.id
        first.email, first.as_of = "una@red.example", "2020"
        second.email, second.as_of = "otra@red.example", "2019"

    with Session(desk.engine) as session:
        assert [each.email for each in letters(session, TODAY)] == [
            "otra@red.example", "una@red.example",
        ]  # fmt: skip


def test_an_editor_notes_nothing_for_another_country(desk: Desk, due: list[Service]) -> None:
    berta = desk.editor("Berta", "BZ").open("/portal/reminders")
    assert MAIL not in berta.text

    assert berta.send_bare("/portal/reminders/sent", services=due[0].id).status == 404
    assert desk.contributor(due[0], "Clara").open("/portal/reminders").status == 403


@on_both
def test_by_mail_each_organisation_gets_one_letter_a_month(desk: Desk, due: list[Service]) -> None:
    box = Box(desk)

    assert box.postwoman.deliver(TODAY) == 1
    assert box.postwoman.deliver(TODAY + timedelta(days=29)) == 0
    assert box.postwoman.deliver(TODAY + timedelta(days=30)) == 1

    message = box.sent[0]
    assert (message["To"], message["From"]) == (MAIL, "red@comadre.example")
    assert message["Subject"] == "¿Sigue siendo así?"
    body = message.get_content()
    assert body.count("/portal/still-true/") == 2
    assert "migrante" not in body  # whoever sees the mailbox may not know whom it is for
    assert "se les preguntó el 25 de diciembre" in desk.editor().open("/portal/reminders").words


def test_who_turns_mails_off_stops_those_of_the_day_too(desk: Desk, due: list[Service]) -> None:
    with transaction(desk.engine) as session:
        session.get_one(Service, due[1].id).email = "otra@red.example"
    box = Box(desk)

    def turn_off(message: EmailMessage) -> None:
        box.sent.append(message)
        with transaction(desk.engine) as session:
            put(session, MAILS, "off", "administrator", desk.clock())

    assert replace(box.postwoman, send=turn_off).deliver(TODAY) == 1
    assert box.postwoman.deliver(TODAY) == 0


async def test_mails_that_are_turned_on_leave_the_same_day_and_once(
    desk: Desk, due: list[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, looks = Box(desk), list[int]()

    async def look_again(_: float) -> None:
        looks.append(len(box.sent))
        if len(looks) == 1:
            with transaction(desk.engine) as session:
                put(session, MAILS, "on", "administrator", desk.clock())
        if len(looks) == 2:  # were it to begin anew, each could be asked again
            with transaction(desk.engine) as session:
                session.execute(update(Reminder).values(asked_on=None))
        if len(looks) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", look_again)
    with pytest.raises(asyncio.CancelledError):
        await mailing.every_day(replace(box.postwoman, server=False), desk.clock)

    assert looks == [0, 1, 1]


def test_nobody_but_the_directory_names_an_address(desk: Desk, due: list[Service]) -> None:
    box = Box(desk)
    with transaction(desk.engine) as session:
        session.execute(update(Service).values(email=None, whatsapp=PHONE))

    assert box.postwoman.deliver(TODAY) == 0  # a telephone alone is never written to by itself
    assert box.sent == []


@on_both
def test_a_letter_does_not_say_where_a_secret_place_is(desk: Desk, due: list[Service]) -> None:
    with transaction(desk.engine) as session:
        for place in session.get_one(Service, due[0].id).locations:
            place.city = place.address_1 = place.latitude = place.longitude = None
            place.location_type, place.precision = "virtual", None
    with transaction(desk.engine) as session:
        session.execute(update(Service).where(Service.id == due[1].id).values(as_of="2026-11"))
        secret = session.get_one(Service, due[0].id)
        secret.confidential_location, secret.name = True, "Casa Luz de Choloma"
        secret.email = "casa@choloma.example"
        secret.organization.name = "Mujeres de Choloma"

    editor = desk.editor().open("/portal/reminders")

    assert "lugares por comprobar: 1" in editor.words
    assert f'href="https://wa.me/{PHONE[1:]}?text=' in editor.text
    assert "/portal/still-true/" in editor.text
    assert "choloma" not in editor.text.lower()


def test_secret_places_and_who_wants_none_get_no_mail(desk: Desk, due: list[Service]) -> None:
    box = Box(desk)
    page = desk.editor().open("/portal/reminders").words
    link = re.findall(r"http://testserver(/portal/still-true/[\w.-]+)", page)[0]
    somebody = desk.browser().open(link)
    somebody.send(somebody.path, do="no_mail")
    assert "No les escribiremos más" in somebody.words
    assert box.postwoman.deliver(TODAY) == 1  # of the other place
    assert box.sent[0].get_content().count("/portal/still-true/") == 1
    assert "solo a mano" in desk.editor("Eva").open("/portal/reminders").words

    with transaction(desk.engine) as session:
        session.execute(update(Reminder).values(no_mail=False, asked_on=None))
        session.get_one(Service, due[0].id).confidential_location = True

    assert box.postwoman.deliver(TODAY) == 0
    assert "solo a mano" in desk.editor("Rosa").open("/portal/reminders").words


def test_who_answered_can_still_say_that_she_wants_no_mails(desk: Desk, due: list[Service]) -> None:
    page = desk.editor().open("/portal/reminders").words
    link = re.findall(r"http://testserver(/portal/still-true/[\w.-]+)", page)[0]
    desk.browser().open(link).send(link, do="true")

    late = desk.browser().open(link)
    assert "Ya se comprobó" in late.words
    late.send(link, do="no_mail")

    assert "No les escribiremos más" in late.words
    with Session(desk.engine) as session:
        assert session.scalars(select(Reminder.no_mail)).all() == [True]


@on_both
def test_who_stays_silent_keeps_nobody_else_from_being_asked(
    desk: Desk, due: list[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "MOST_LETTERS", 1)
    monkeypatch.setattr(reminding, "MOST_SERVICES", 2)
    with transaction(desk.engine) as session:
        others = select(Service).where(
            Service.organization_id != due[0].organization_id, Service.country == "HN",
            Service.publication == "published", Service.confidential_location.is_(False),
        ).order_by(Service.id)  # fmt: skip
        other = session.scalars(others).first()
        assert other
        other.email, other.as_of = "otra@red.example", "2020"
    editor = desk.editor().open("/portal/reminders")
    assert "otra@red.example" not in editor.text

    editor.send("/reminders/sent")

    assert editor.text.index("mailto:otra@red.example") < editor.text.index(f"mailto:{MAIL}")


@on_both
def test_of_many_places_of_one_organisation_each_has_its_turn(
    desk: Desk, due: list[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "MOST_SERVICES", 1)
    box = Box(desk)
    for month in range(3):
        assert box.postwoman.deliver(TODAY + timedelta(days=30 * month)) == 1
        assert box.postwoman.deliver(TODAY + timedelta(days=30 * month + 1)) == 0

    names = [each.get_content().count(due[0].name + ":") for each in box.sent]
    assert names[0] != names[1]
    assert names[0] == names[2]


@on_both
def test_a_day_has_its_most_whoever_sends_and_one_bad_address_stops_no_other(
    desk: Desk,
    due: list[Service],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with transaction(desk.engine) as session:
        session.get_one(Service, due[0].id).email = "casa@red.example\nBcc: x@y.example"
        session.get_one(Service, due[1].id).as_of = "2020"
    box, other = Box(desk), Box(desk)

    assert box.postwoman.deliver(TODAY) == 1
    assert "ValueError" in caplog.text
    assert "red.example" not in caplog.text

    with transaction(desk.engine) as session:
        session.get_one(Service, due[0].id).email = "otra@red.example"
    monkeypatch.setattr(mailing, "MOST_A_DAY", 1)
    assert other.postwoman.deliver(TODAY) == 0
    assert other.postwoman.deliver(TODAY + timedelta(days=1)) == 1


def test_a_letter_that_does_not_leave_is_tried_again(
    desk: Desk, due: list[Service], caplog: pytest.LogCaptureFixture
) -> None:
    assert Box(desk, broken=True).postwoman.deliver(TODAY) == 0
    assert MAIL not in caplog.text
    assert "OSError" in caplog.text

    box, other = Box(desk), Box(desk)
    with Session(desk.engine) as session:
        letter = letters(session, TODAY)[0]
    assert box.postwoman._deliver_one(letter, TODAY)
    assert not other.postwoman._deliver_one(letter, TODAY)  # two workers found it together
    assert (len(box.sent), other.sent) == (1, [])


def test_whoever_has_a_mail_server_may_turn_mails_on_later(desk: Desk) -> None:
    mail = {"COMADRE_SMTP_HOST": "mail.example", "COMADRE_MAIL_FROM": "red@comadre.example"}

    def made(env: dict[str, str]) -> Postwoman | None:
        settings = read_settings({"COMADRE_SECRET_KEY": "s" * 32, **env})
        parts: Any = SimpleNamespace(settings=settings, engine=desk.engine)
        return program._postwoman(parts)

    ready, begun = made(mail), made(mail | {"COMADRE_REMINDERS": "on"})
    assert ready is not None
    assert begun is not None
    assert (ready.is_wanted(), begun.is_wanted()) == (False, True)
    assert made({}) is None


@pytest.mark.parametrize("wrong", [
    {"COMADRE_SMTP_HOST": ""}, {"COMADRE_MAIL_FROM": "nobody"}, {"COMADRE_SMTP_PORT": "mail"},
])  # fmt: skip
def test_reminders_without_a_server_are_refused_at_the_start(wrong: dict[str, str]) -> None:
    given = {"COMADRE_SMTP_HOST": "mail.example", "COMADRE_MAIL_FROM": "red@comadre.example"}
    assert MailAccount.read(given).port == 587

    with pytest.raises(SettingError, match="COMADRE_SMTP_HOST"):
        MailAccount.read(given | wrong)


def test_the_link_of_one_place_is_sent_in_the_language_of_its_country(desk: Desk) -> None:
    """Whoever sends it may read Spanish; who gets it in Belize reads English."""
    service = desk.service(country="BZ")
    with transaction(desk.engine) as session:
        session.get_one(Service, service.id).email = "office@belize.example"
    editor = desk.editor(country="BZ")

    page = editor.open(f"/portal/services/{service.id}").text

    mail = re.search(r'href="mailto:office@belize.example\?([^"]+)"', page)
    assert mail
    assert "One tap is enough" in unquote(unescape(mail[1]))
    assert "Is it still so?" in unquote(unescape(mail[1]))
