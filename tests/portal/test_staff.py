"""What an administrator changes of somebody's account, and how somebody leaves."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.database import transaction
from bot.directory.models import Organization
from bot.portal.accounts import Newcomer
from bot.portal.models import Account, Audit
from bot.portal.people import MOST_CHOICES, PAGE
from bot.portal.rotation import rotate_accounts
from bot.portal.secrets import Secrets
from bot.portal.staff import LastAdministrator, change_account, remove_account, switch_off
from tests.portal.desk import Desk, on_both
from tests.portal.test_accounts import sign_in
from tests.portal.test_own_account import sent_by

ANA = "ana@red.example"


def number(desk: Desk, email: str = ANA) -> int:
    found = desk.site.accounts.number_of(email)
    assert found
    return found


@on_both
def test_an_editor_gets_another_country_and_mail_and_is_told_at_both(desk: Desk) -> None:
    ana, boss = desk.editor(), desk.worker("administrator", "Clara")
    of_belize = desk.service(country="BZ")
    assert ana.open(f"/portal/services/{of_belize.id}").status == 403
    sent = sent_by(desk)

    page = boss.open(f"/portal/people/{number(desk)}")
    page.send(page.path, do="change", name="Ana María", email="am@red.example", country="BZ")

    assert boss.path == "/portal/people"
    assert "Ana María" in boss.words
    assert sent == [(ANA, "account_change"), ("am@red.example", "account_change")]
    assert ana.open("/portal/").path == "/portal/login", "an open page would keep the old role"
    assert sign_in(desk.browser()).status == 401
    again = sign_in(desk.browser(), email="am@red.example")
    assert again.open(f"/portal/services/{of_belize.id}").status == 200
    assert "cambió tu nombre, tu correo" in again.open("/portal/").words


@on_both
def test_an_invitation_that_went_to_a_wrong_mail_opens_nothing_once_the_mail_is_put_right(
    desk: Desk,
) -> None:
    accounts = desk.site.accounts
    token = accounts.invite(Newcomer("Bea", "otra@extrana.example", "analyst"), desk.clock())
    who = number(desk, "otra@extrana.example")

    change_account(accounts, who, Newcomer("Bea", "bea@red.example", "editor", "GT"))

    assert accounts.invited(token, desk.clock()) is None


@on_both
def test_an_editor_becomes_a_contributor_and_sees_her_organisation_alone(desk: Desk) -> None:
    service = desk.service()
    desk.editor()
    boss = desk.worker("administrator", "Clara").open(f"/portal/people/{number(desk)}")

    boss.send(boss.path, do="change", role="contributor")
    assert (boss.status, boss.path) == (422, f"/portal/people/{number(desk)}")
    boss.send(boss.path, do="change", role="contributor", organization=service.organization.name)
    if boss.status == 422:  # several have that in their names
        boss.send(boss.path, do="change", organization=service.organization_id)

    ana = sign_in(desk.browser())
    assert ana.open("/portal/statements").status == 403
    assert ana.open(f"/portal/services/{service.id}").status == 200


@on_both
def test_who_is_removed_leaves_no_name_and_what_she_did_keeps_her_role(desk: Desk) -> None:
    service = desk.service()
    ana = desk.editor().open(f"/portal/services/{service.id}").send("/still-true")
    boss, sent = desk.worker("administrator", "Clara"), sent_by(desk)
    gone = number(desk)
    page = boss.open(f"/portal/people/{gone}")

    assert "marca primero la casilla" in page.send(page.path, do="remove").words
    assert number(desk) == gone
    page.send(page.path, do="remove", sure="1")

    assert sent == [(ANA, "account_remove")]
    assert ana.open("/portal/").path == "/portal/login"
    assert sign_in(desk.browser()).status == 401
    assert ANA not in boss.open("/portal/people").words
    assert boss.open(f"/portal/people/{gone}").status == 404
    assert (
        f"alguien que ya no está · Editora comprobó {service.id}"
        in boss.open("/portal/audit").words
    )
    with Session(desk.engine) as session:
        row = session.get_one(Account, gone)
        assert (row.sealed, row.password, row.totp, row.country) == (b"", None, None, None)
        assert (
            session.scalars(select(Audit.role).where(Audit.action == "confirmed")).one() == "editor"
        )


@on_both
def test_the_number_of_who_was_removed_never_becomes_anothers(desk: Desk) -> None:
    """Else the newcomer would stand in the record for what somebody else has done."""
    desk.worker("administrator", "Clara")
    desk.editor()
    gone = number(desk)
    remove_account(desk.site.accounts, gone)

    with desk.engine.begin() as connection:
        rotate_accounts(connection, desk.site.secrets, Secrets(b"n" * 32))
    desk.site.accounts.secrets = Secrets(b"n" * 32)
    desk.site.accounts.invite(Newcomer("Ana", ANA, "editor", "HN"), desk.clock())

    assert number(desk) > gone


@on_both
def test_the_last_administrator_stays(desk: Desk) -> None:
    """One who was invited and never came in opens no door, nor does one whose account is closed."""
    accounts = desk.site.accounts
    desk.worker("administrator", "Clara")
    clara = number(desk, "clara@red.example")
    desk.invite("administrator", "Eva")
    desk.worker("administrator", "Flor")
    switch_off(accounts, number(desk, "flor@red.example"))
    editor = Newcomer("Clara", "clara@red.example", "editor", "HN")

    for act in (
        lambda: switch_off(accounts, clara), lambda: remove_account(accounts, clara),
        lambda: change_account(accounts, clara, editor),
    ):  # fmt: skip
        with pytest.raises(LastAdministrator):
            act()

    assert sign_in(desk.browser(), email="clara@red.example").path == "/portal/code"


@on_both
def test_two_administrators_who_remove_each_other_at_once_do_not_both_go(desk: Desk) -> None:
    for name in ("Clara", "Eva"):
        desk.worker("administrator", name)
    numbers = [number(desk, f"{name}@red.example") for name in ("clara", "eva")]
    start, refused = Barrier(2), list[LastAdministrator]()

    def remove(who: int) -> None:
        start.wait()
        try:
            remove_account(desk.site.accounts, who)
        except LastAdministrator as error:
            refused.append(error)

    both = [Thread(target=remove, args=(each,)) for each in numbers]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert len(refused) == 1
    assert desk.site.accounts.waiting_administrator() is None


def test_nobody_changes_or_removes_herself_and_no_mail_is_taken_twice(desk: Desk) -> None:
    desk.editor()
    boss = desk.worker("administrator", "Clara")
    own = number(desk, "clara@red.example")
    assert boss.open(f"/portal/people/{own}").status == 404
    boss.open("/portal/people")
    assert boss.send_bare(f"/portal/people/{own}", do="remove", sure="1").status == 404

    page = boss.open(f"/portal/people/{number(desk)}")
    page.send(page.path, do="change", email="CLARA@red.example")
    assert "Ese correo ya tiene una cuenta" in page.words
    assert number(desk) != own


def test_an_editor_changes_nobody(desk: Desk) -> None:
    ana = desk.editor()
    desk.worker("editor", "Berta", country="HN")
    berta = number(desk, "berta@red.example")

    assert ana.open(f"/portal/people/{berta}").status == 403
    answer = ana.open("/portal/account").send_bare(
        f"/portal/people/{berta}", do="change", name="Ana", email=ANA, role="administrator"
    )
    assert answer.status == 403
    assert desk.site.accounts.everybody()[1]["person"].role == "editor"


def test_of_two_hundred_people_a_page_shows_some_and_the_search_finds_each(desk: Desk) -> None:
    for n in range(200):
        desk.invite("editor", f"Persona{n:03}", country="HN")
    boss = desk.worker("administrator", "Clara").open("/portal/people")
    assert boss.text.count('class="item"') == PAGE
    assert "Página 1 de 9" in boss.words

    found = boss.open("/portal/people?q=persona177")
    assert "Persona177" in found.words
    assert found.text.count('class="item"') == 1
    assert "No hay nadie con ese nombre" in boss.open("/portal/people?q=xyz").words


@on_both
def test_with_five_thousand_organisations_one_is_found_by_a_part_of_its_name(desk: Desk) -> None:
    """The page held them all once: 398 kB. Without scripts, and by the keyboard alone: a form that
    comes back with those that fit."""
    rows = [
        {"id": f"invented-{n}", "country": "HN", "name": f"Casa {n:04} de Acogida", "kind": "ngo"}
        for n in range(5_000)
    ]
    with transaction(desk.engine) as session:
        kind = session.scalars(select(Organization.kind).limit(1)).one()
        session.execute(insert(Organization), [each | {"kind": kind} for each in rows])
    boss = desk.worker("administrator", "Clara").open("/portal/people")
    assert len(boss.text) < 20_000
    who = {"name": "Berta", "email": "berta@red.example", "role": "contributor"}

    boss.send("/people", **who, organization="acogida")
    assert "más de veinte" in boss.words
    boss.send("/people", **who, organization="casa 123")
    choices = re.findall(r'<option value="(invented-\d+)"', boss.text)
    assert sorted(choices) == sorted(
        f"invented-123{n}" if n else "invented-1230" for n in range(10)
    )
    assert len(choices) <= MOST_CHOICES
    boss.send("/people", organization="invented-1234")

    assert re.search("/portal/invitation/", boss.text)
    with Session(desk.engine) as session:
        assert session.scalars(select(Account.organization_id)).all().count("invented-1234") == 1


def test_a_closed_account_opens_again_with_what_it_had(desk: Desk) -> None:
    desk.editor()
    boss = desk.worker("administrator", "Clara").open("/portal/people")
    boss.send(f"/people/{number(desk)}", do="off")
    assert sign_in(desk.browser()).status == 401

    boss.open("/portal/people").send(f"/people/{number(desk)}", do="on")

    desk.clock.now += timedelta(minutes=16)
    assert sign_in(desk.browser()).path == "/portal/"
