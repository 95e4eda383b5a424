"""The signed link, asked without a browser: what it opens, what each answer does, and to nobody
else's place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.database import transaction
from bot.directory.models import Service
from bot.knowledge.load import load_all
from bot.knowledge.trust import Verification
from bot.portal.link import LONGEST_NOTE, MOST_NOTES, still_true_link
from bot.portal.models import Audit, Proposal, Reminder
from bot.portal.person import Person
from bot.portal.site import Refused, Visit
from tests.conftest import Copied, opened
from tests.portal.desk import NOW, Desk

EDITOR = Person(1, "Ana", "ana@red.example", "editor", "HN", None, has_totp=False)
ASKS, THANKS = "Sí, sigue igual", "Quedó anotado que todo sigue igual"


@dataclass
class Place:
    """One service, and whoever holds its link."""

    desk: Desk
    id: str

    def link(self, seen: date | None = None, **more: Any) -> str:
        was = {"service": self.id, "seen": seen.isoformat() if seen else ""}
        return self.desk.site.secrets.sign(was | more)

    def asked(self, link: str, method: str = "POST", **form: str) -> Response:
        return still_true_link(Visit(
            self.desk.site, f"/portal/still-true/{link}", method, "es", "c" * 24, EDITOR,
            parameters={"signed": link}, form=form,
        ))  # fmt: skip

    def said(self, link: str, method: str = "POST", status: int = 200, **form: str) -> str:
        answer = self.asked(link, method, **form)
        assert answer.status_code == status
        return bytes(answer.body).decode()

    def all_of(self, table: type, *where: Any) -> list[Any]:
        with Session(self.desk.engine) as session:
            return list(session.scalars(select(table).where(*where)))

    def noted(self) -> list[tuple[str, str, int | None]]:
        return [(each.action, each.subject, each.account_id) for each in self.all_of(Audit)]

    @property
    def verified_at(self) -> date | None:
        at = self.desk.read(self.id).verified_at
        return at.date() if at else None


@pytest.fixture
def engine(copied: Copied) -> Iterator[Engine]:
    """Every country: filled once and for all runs, where Honduras alone would be for each."""
    yield from opened(copied("sqlite", load_all))


@pytest.fixture
def place(desk: Desk) -> Place:
    """Never checked by anybody, and its source has no date."""
    service = desk.service()
    with transaction(desk.engine) as session:
        session.get_one(Service, service.id).as_of = None
    return Place(desk, service.id)


def refused(place: Place, link: str) -> tuple[int, str]:
    with pytest.raises(Refused) as found:
        place.asked(link, "GET")
    return found.value.status, found.value.key


def test_it_opens_what_women_are_told_of_that_place_and_changes_nothing(place: Place) -> None:
    service = place.desk.read(place.id)

    page = place.said(place.link(), "GET")

    assert ASKS in page
    assert service.phones[0].number[-4:] in page
    assert 'role="status"' not in page
    assert 'value="undo"' not in page
    assert 'value="no_mail"' in page
    assert f'maxlength="{LONGEST_NOTE}"' in page
    assert (place.verified_at, place.noted()) == (None, [])
    told = place.said(place.link(), "GET", do="true")
    assert ASKS in told
    assert place.verified_at is None, "mail programs open links by themselves"


def test_a_link_of_another_kind_of_nothing_or_of_what_is_no_more_is_over(place: Place) -> None:
    sign = place.desk.site.secrets.sign
    assert refused(place, "invented") == (404, "link_over")
    assert refused(place, sign(["a", 1])) == (404, "link_over")
    assert refused(place, sign({"seen": ""})) == (404, "link_over")
    assert refused(place, sign({"service": "of-nobody", "seen": ""})) == (404, "link_over")
    with transaction(place.desk.engine) as session:
        session.get_one(Service, place.id).publication = "withdrawn"
    assert refused(place, place.link()) == (404, "link_over")


def test_one_tap_says_that_all_is_true_for_the_organisation_whoever_is_signed_in(
    place: Place,
) -> None:
    link = place.link()

    page = place.said(link, do="true")

    assert THANKS in page
    assert ASKS not in page
    assert 'value="undo"' in page
    assert place.verified_at == NOW.date()
    check = place.all_of(Verification)[0]
    assert (check.record_id, check.role, check.method) == (place.id, "organization", "message")
    assert place.noted() == [("confirmed", place.id, None)]
    again = place.said(link, "GET")
    assert "Ya se comprobó" in again
    assert ASKS not in again
    place.said(link, do="true")
    place.said(link, do="changed", note="algo")
    assert len(place.all_of(Verification)) == 1, "a link is answered once"
    assert place.all_of(Proposal) == []


def test_a_link_asks_again_only_while_the_place_was_seen_no_later_than_it_says(
    place: Place,
) -> None:
    yesterday = NOW - timedelta(days=1)
    with transaction(place.desk.engine) as session:
        session.get_one(Service, place.id).verified_at = yesterday

    assert ASKS in place.said(place.link(yesterday.date()), "GET")
    assert "Ya se comprobó" in place.said(place.link(), "GET")
    assert 'value="undo"' not in place.said(place.link(), "GET"), "nobody's tap of now"


def test_a_slip_is_taken_back_for_a_quarter_of_an_hour(place: Place) -> None:
    link = place.link()
    place.said(link, do="true")

    page = place.said(link, do="undo")

    assert "Deshecho" in page
    assert ASKS in page
    assert 'value="undo"' not in page
    assert place.verified_at is None
    assert place.all_of(Verification) == []
    assert place.noted()[1:] == [("check_taken_back", place.id, None)]

    place.said(link, do="true")
    place.desk.clock.pass_by(minutes=16)
    late = place.said(link, do="undo")
    assert place.verified_at == NOW.date()
    assert ASKS not in late
    assert 'value="undo"' not in late
    assert "ya no se puede deshacer" in late
    assert len(place.noted()) == 3


def test_where_nothing_was_tapped_nothing_is_taken_back(place: Place) -> None:
    page = place.said(place.link(), do="undo")

    assert ASKS in page
    assert place.noted() == []


def test_what_changed_is_a_note_for_the_network_and_no_check(place: Place) -> None:
    page = place.said(place.link(), do="changed", note="Ahora cerramos los lunes")

    assert "La red lo lee" in page
    assert ASKS not in page
    assert 'value="undo"' not in page
    found = place.all_of(Proposal)
    assert [(each.record_id, each.note, each.values, each.made_by, each.made_at, each.state)
            for each in found] == [
        (place.id, "Ahora cerramos los lunes", {}, None, NOW, "open")]  # fmt: skip
    assert (found[0].decided_by, found[0].reason, found[0].read_at) == (None, "", None)
    assert place.noted() == [("note_left", place.id, None)]
    assert place.verified_at is None


def test_a_note_says_something_and_no_more_than_fits(place: Place) -> None:
    link = place.link()

    for nothing in ({"do": "changed"}, {"do": "changed", "note": ""}, {}):
        page = place.said(link, status=422, **nothing)
        assert "Escribe primero qué cambió" in page
    assert place.noted() == []
    place.said(link, do="changed", note="a" * (LONGEST_NOTE + 9))
    assert place.all_of(Proposal)[0].note == "a" * LONGEST_NOTE


def test_so_many_notes_are_kept_of_a_place_and_no_more_until_they_are_read(place: Place) -> None:
    other, link = place.desk.service(country="BZ"), place.link()
    with transaction(place.desk.engine) as session:
        session.get_one(Service, other.id).as_of = None
    for number in range(MOST_NOTES + 2):
        place.said(link, do="changed", note=f"nota {number}")
    place.said(place.link(service=other.id), do="changed", note="de otro lugar")

    here = Proposal.record_id == place.id
    assert [each.note for each in place.all_of(Proposal, here)] == [
        f"nota {number}" for number in range(MOST_NOTES)
    ]
    assert len(place.all_of(Proposal, Proposal.record_id == other.id)) == 1
    with transaction(place.desk.engine) as session:
        session.scalars(select(Proposal).where(here)).first().state = "accepted"  # type: ignore[union-attr]
    place.said(link, do="changed", note="otra")
    assert len(place.all_of(Proposal, here)) == MOST_NOTES + 1


def test_a_note_that_says_where_a_secret_place_is_is_not_kept(desk: Desk) -> None:
    secret = desk.service(confidential_location=True)
    place = Place(desk, secret.id)
    with transaction(desk.engine) as session:
        session.get_one(Service, secret.id).as_of = None

    page = place.said(place.link(), status=422, do="changed", note="Ahora en Calle 3, Choloma")

    assert "Este lugar es secreto" in page
    assert ASKS in page
    assert place.all_of(Proposal) == []
    assert place.noted() == []


def test_who_wants_no_mails_says_so_also_by_a_link_that_was_answered(place: Place) -> None:
    link = place.link()
    place.said(link, do="true")

    page = place.said(link, do="no_mail")

    assert "No les escribiremos más" in page
    assert 'value="no_mail"' not in page
    assert 'value="undo"' in page, "what was tapped before can still be taken back"
    assert [(each.record_id, each.no_mail) for each in place.all_of(Reminder)] == [(place.id, True)]
    assert len(place.all_of(Verification)) == 1
    opened = place.said(place.link(), "GET", do="no_mail")
    assert "No les escribiremos más" not in opened
