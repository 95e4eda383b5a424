"""Coming in: invitations, passwords, the second lock, sessions; and who is kept out."""

from __future__ import annotations

from urllib.parse import quote

import pyotp
import pytest
from argon2 import Type, extract_parameters
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.portal.audit import note
from bot.portal.models import Account, Attempt, Audit
from bot.portal.models import Session as PortalSession
from bot.portal.secrets import hash_password
from bot.portal.sessions import find_session, open_session
from bot.portal.sign_in import wrong_with
from tests.portal.desk import PASSWORD, Desk, Worker, on_both


def sign_in(worker: Worker, email: str = "ana@red.example", password: str = PASSWORD) -> Worker:
    return worker.open("/portal/login").send("/login", email=email, password=password)


@on_both
def test_an_invitation_opens_once_and_leads_to_my_work(desk: Desk) -> None:
    link = desk.invite("editor", country="HN")
    worker = desk.browser().open(link)
    assert "ana@red.example" in worker.words

    worker.send(link, password=PASSWORD, again=PASSWORD)

    assert (worker.status, worker.path) == (200, "/portal/")
    assert "Hola, Ana" in worker.words
    assert desk.browser().open(link).status == 404


def test_an_invitation_ends_after_a_week(desk: Desk) -> None:
    link = desk.invite("editor", country="HN")

    desk.clock.pass_by(days=7, minutes=1)

    assert desk.browser().open(link).status == 404


def test_a_weak_password_is_refused_with_its_reason(desk: Desk) -> None:
    worker = desk.browser().open(desk.invite("editor", country="HN"))

    for password, again, reason in (
        ("corta", "corta", "doce letras"),
        ("aaaaaaaaaaaaa", "aaaaaaaaaaaaa", "fácil de adivinar"),
        (PASSWORD, PASSWORD + "x", "no son iguales"),
    ):
        worker.send(worker.path, password=password, again=again)
        assert worker.status == 422
        assert reason in worker.words


def test_a_password_with_her_mail_in_it_is_too_easy_unless_that_is_a_short_word() -> None:
    for password, email, wrong in (
        ("anamaria-2026-x", "anamaria@red.example", "password_easy"),
        ("ganar la banana azul", "ana@red.example", ""),
        ("caballo pila grapa", "a@red.example", ""),
    ):
        assert wrong_with(password, password, email) == wrong, password


def test_a_stolen_password_is_slow_to_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the other tests hash quickly
    found = extract_parameters(hash_password(PASSWORD))

    assert found.type is Type.ID
    assert (found.memory_cost, found.time_cost) >= (65_536, 3)


def test_whoever_is_not_signed_in_sees_the_sign_in_page(desk: Desk) -> None:
    for path in ("/", "/services", "/statements", "/people", "/sheets/export", "/reports"):
        worker = desk.browser().open(f"/portal{path}")
        assert worker.path == "/portal/login", path


def test_a_wrong_password_says_no_more_than_a_wrong_mail(desk: Desk) -> None:
    desk.editor()

    wrong = sign_in(desk.browser(), password="algo distinto por completo").words  # noqa: S106
    unknown = sign_in(desk.browser(), email="nadie@red.example").words

    assert "no son correctos" in wrong
    assert wrong.replace("ana@", "") == unknown.replace("nadie@", "")


@on_both
def test_six_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(desk: Desk) -> None:
    desk.editor()
    worker = desk.browser()
    for _ in range(6):
        assert sign_in(worker, password="no es esta").status == 401  # noqa: S106

    assert sign_in(worker).status == 429
    assert "quince minutos" in worker.words
    desk.clock.pass_by(minutes=16)
    assert sign_in(worker).path == "/portal/"


def test_an_administrator_does_nothing_before_the_second_lock(desk: Desk) -> None:
    worker = desk.browser().open(desk.invite("administrator"))

    worker.send(worker.path, password=PASSWORD, again=PASSWORD)

    assert worker.path == "/portal/totp"
    assert worker.open("/portal/people").path == "/portal/totp"
    desk.set_up_totp(worker)
    assert worker.open("/portal/people").path == "/portal/people"


@on_both
def test_with_a_second_lock_the_password_alone_opens_nothing(desk: Desk) -> None:
    editor = desk.editor()
    secret = desk.set_up_totp(editor)
    desk.clock.pass_by(minutes=2)
    worker = sign_in(desk.browser())
    assert worker.path == "/portal/code"
    assert worker.open("/portal/services").path == "/portal/code"

    assert worker.send("/code", code="000000").status == 401
    code = pyotp.TOTP(secret).at(desk.clock())
    assert worker.send("/code", code=code).path == "/portal/"

    other = sign_in(desk.browser())
    assert other.send("/code", code=code).status == 401, "a code was taken twice"


def test_codes_cannot_be_guessed_for_long(desk: Desk) -> None:
    secret = desk.set_up_totp(desk.editor())
    worker = sign_in(desk.browser())
    for _ in range(6):
        worker.send("/code", code="123456")

    worker.send("/code", code=pyotp.TOTP(secret).at(desk.clock()))

    assert worker.status == 429


def test_with_a_borrowed_session_neither_password_nor_code_can_be_guessed(desk: Desk) -> None:
    worker = desk.editor()
    secret = desk.set_up_totp(worker)
    new = "otra frase con cuatro palabras"
    desk.clock.pass_by(minutes=2)
    for _ in range(6):
        worker.open("/portal/account").send("/password", old="mala", password=new, again=new)
        assert worker.status == 422
        assert worker.open("/portal/account").send("/totp-off", code="123456").status == 422

    worker.open("/portal/account").send("/password", old=PASSWORD, password=new, again=new)
    assert worker.status == 429
    code = pyotp.TOTP(secret).at(desk.clock())
    assert worker.open("/portal/account").send("/totp-off", code=code).status == 429
    assert "quince minutos" in worker.words
    assert desk.site.accounts.with_password("ana@red.example", PASSWORD)


@on_both
def test_signing_out_everywhere_ends_every_session(desk: Desk) -> None:
    laptop = desk.editor()
    phone = sign_in(desk.browser())
    assert phone.open("/portal/account").words.count("Cerrar") == 1

    phone.send("/end-everywhere")

    assert laptop.open("/portal/").path == "/portal/login"
    assert phone.open("/portal/").path == "/portal/login"


@on_both
def test_a_session_ends_by_itself(desk: Desk) -> None:
    worker = desk.editor()

    desk.clock.pass_by(hours=13)

    assert worker.open("/portal/").path == "/portal/login"
    assert "no se guardó" not in worker.words


def test_who_sends_a_form_after_her_session_is_told_that_it_is_not_saved(desk: Desk) -> None:
    service = desk.service()
    worker = desk.editor().open(f"/portal/services/{service.id}")
    desk.clock.pass_by(hours=13)

    worker.send(worker.path, name="Otro nombre", do="save")

    assert worker.path == "/portal/login"
    assert "lo que enviaste no se guardó" in worker.words
    assert desk.read(service.id).name == service.name


def test_signing_out_ends_the_session_on_the_server_too(desk: Desk) -> None:
    worker = desk.editor()
    cookies = dict(worker.client.cookies)

    worker.send("/logout")
    worker.client.cookies.update(cookies)

    assert worker.open("/portal/").path == "/portal/login"


@on_both
def test_a_new_password_ends_the_other_sessions(desk: Desk) -> None:
    laptop, new = desk.editor(), "otra frase con cuatro palabras"
    phone = sign_in(desk.browser()).open("/portal/account")

    assert phone.send("/password", old="mala", password=new, again=new).status == 422
    phone.send("/password", old=PASSWORD, password=new, again=new)

    assert phone.path == "/portal/account"
    assert laptop.open("/portal/").path == "/portal/login"
    assert sign_in(desk.browser(), password=new).path == "/portal/"


def test_a_forged_form_is_refused(desk: Desk) -> None:
    service = desk.service()
    worker = desk.editor()
    path = f"/portal/records/{service.id}/still-true"

    for token in ("", "0" * 64):
        assert worker.client.post(path, data={"csrf": token}).status_code == 403
    stranger = desk.browser().open("/portal/login")
    form = stranger.forms()[-1]["fields"]
    assert worker.client.post(path, data={"csrf": form["csrf"][0]}).status_code == 403

    assert desk.read(service.id).verified_at is None


def test_the_sign_in_form_cannot_be_forged_either(desk: Desk) -> None:
    desk.editor()

    answer = desk.browser().client.post(
        "/portal/login", data={"email": "ana@red.example", "password": PASSWORD}
    )

    assert answer.status_code == 403


def test_every_answer_carries_the_security_headers(desk: Desk) -> None:
    worker = desk.editor()

    for path in ("/portal/", "/portal/static/portal.css", "/portal/nothing", "/portal/people"):
        headers = worker.open(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    for path in ("/portal/", "/portal/services/new", "/portal/account"):
        text = worker.open(path).text
        assert " style=" not in text
        assert "<script>" not in text


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(desk: Desk) -> None:
    worker = desk.browser().open(desk.invite("editor", country="HN"))
    form = worker.forms()[-1]["fields"] | {"password": [PASSWORD], "again": [PASSWORD]}

    answer = worker.client.post(worker.path, data=form, follow_redirects=False)

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@on_both
def test_nothing_of_a_worker_is_in_the_database_in_clear(desk: Desk) -> None:
    worker = desk.editor()
    desk.set_up_totp(worker)
    token = worker.client.cookies["comadre_session"]

    with Session(desk.engine) as session:
        account = session.scalars(select(Account)).one()
        assert account.password
        assert account.totp
        kept = repr([vars(each) for table in (Account, PortalSession, Audit, Attempt)
                     for each in session.scalars(select(table))])  # fmt: skip

    assert "ana@" not in kept.lower()
    assert "'Ana'" not in kept
    assert token not in kept
    assert PASSWORD not in kept
    assert "argon2" not in kept


def test_an_account_that_is_closed_is_out_at_once(desk: Desk) -> None:
    boss, editor = desk.worker("administrator", "Clara"), desk.editor()
    number = desk.site.accounts.with_password("ana@red.example", PASSWORD)
    assert number

    boss.open("/portal/people").send(f"/people/{number.id}", do="off")

    assert editor.open("/portal/").path == "/portal/login"
    assert sign_in(desk.browser()).status == 401


def test_after_a_new_link_the_old_password_opens_nothing(desk: Desk) -> None:
    desk.set_up_totp(desk.editor())
    boss = desk.worker("administrator", "Clara")
    ana = desk.site.accounts.with_password("ana@red.example", PASSWORD)
    assert ana

    boss.open("/portal/people").send(f"/people/{ana.id}", do="reset")

    assert sign_in(desk.browser()).status == 401, "whoever has the old password gets in alone"


@on_both
def test_setting_a_password_by_a_link_ends_what_was_open(desk: Desk) -> None:
    desk.editor()
    ana = desk.site.accounts.with_password("ana@red.example", PASSWORD)
    assert ana
    link = f"/portal/invitation/{desk.site.accounts.new_link(ana.id, desk.clock())}"
    other = open_session(desk.engine, ana.id, "Firefox", desk.clock(), is_whole=True)

    worker = desk.browser().open(link)
    worker.send(link, password="otra frase con cuatro palabras",  # noqa: S106
                again="otra frase con cuatro palabras")  # fmt: skip

    assert worker.path == "/portal/"
    assert find_session(desk.site.accounts, other, desk.clock()) is None


@on_both
def test_an_administrator_invites_a_contributor_of_an_organisation(desk: Desk) -> None:
    service = desk.service()
    boss = desk.worker("administrator", "Clara").open("/portal/people")

    boss.send("/people", name="Berta", email="berta@red.example", role="contributor")
    assert "necesita una organización" in boss.words
    boss.send("/people", name="Berta", email="berta@red.example", role="contributor",
              organization=f"{service.organization.name} (HN)")  # fmt: skip

    link = next(
        part for part in boss.text.split('"') if "/portal/invitation/" in part
    ).removeprefix("http://testserver")
    berta = desk.browser().open(link)
    berta.send(link, password=PASSWORD, again=PASSWORD)
    assert berta.open(f"/portal/services/{service.id}").status == 200


@on_both
def test_the_record_of_what_was_done_names_the_account(desk: Desk) -> None:
    service = desk.service()
    desk.editor().open(f"/portal/services/{service.id}").send("/still-true")

    boss = desk.worker("administrator", "Clara").open("/portal/audit")

    assert f"Ana · Editora comprobó {service.id}" in boss.words


def test_an_act_that_does_not_exist_is_refused_and_not_noted(desk: Desk) -> None:
    desk.editor()
    boss = desk.worker("administrator", "Clara").open("/portal/people")
    ana = desk.site.accounts.with_password("ana@red.example", PASSWORD)
    assert ana

    assert boss.send_bare(f"/portal/people/{ana.id}", do="xyz").status == 400
    with Session(desk.engine) as session:
        assert "account_xyz" not in session.scalars(select(Audit.action)).all()


def test_the_record_opens_though_an_act_has_no_words_any_more(desk: Desk) -> None:
    boss = desk.worker("administrator", "Clara")
    note(desk.engine, desk.clock(), None, "of_an_older_version", "account 1")

    assert "of_an_older_version" in boss.open("/portal/audit").words


@on_both
def test_only_the_roles_of_a_page_open_it(desk: Desk) -> None:
    service = desk.service()
    people = {
        "contributor": desk.contributor(service), "editor": desk.editor(),
        "administrator": desk.worker("administrator", "Clara"),
        "analyst": desk.worker("analyst", "Diana"),
    }  # fmt: skip
    table = {
        "/": "contributor editor administrator analyst",
        "/services": "contributor editor administrator",
        "/services/new": "contributor editor administrator",
        f"/services/{service.id}": "contributor editor administrator",
        "/reports": "contributor editor administrator",
        "/sheets": "contributor editor administrator",
        "/statements": "editor administrator",
        "/people": "administrator",
        "/audit": "administrator",
        "/account": "contributor editor administrator analyst",
    }

    for path, allowed in table.items():
        for role, worker in people.items():
            expected = 200 if role in allowed.split() else 403
            assert worker.open(f"/portal{path}").status == expected, (path, role)


def test_an_analyst_sees_figures_and_no_record(desk: Desk) -> None:
    analyst = desk.worker("analyst", "Diana")

    assert "Honduras" in analyst.words
    assert desk.service().name not in analyst.words


def test_the_language_changes_and_stays(desk: Desk) -> None:
    worker = desk.editor()

    worker.open("/portal/language/en?from=/portal/services")

    assert worker.path == "/portal/services"
    assert "Add a place" in worker.words
    assert 'lang="en"' in worker.open("/portal/").text
    for elsewhere in ("https://evil.example/portal/", "//evil.example", "/portal//evil.example?x"):
        worker.open(f"/portal/language/es?from={quote(elsewhere)}")
        assert worker.path in ("/portal/", "/portal//evil.example")
        assert "evil.example/" not in str(worker.client.base_url)
