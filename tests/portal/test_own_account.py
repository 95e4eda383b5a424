"""What happens to somebody's account is written down, and whose it is learns of it."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from bot.database import transaction
from bot.portal.models import Account, Audit
from bot.portal.post import MailAccount
from bot.portal.rotation import rotate_accounts
from bot.portal.secrets import Secrets, hash_password
from bot.portal.telling import CHANGES, MOST, TRIES, post_office
from bot.portal.words import texts
from bot.settings import SettingError
from tests.portal.desk import PASSWORD, Desk, Worker, on_both
from tests.portal.test_accounts import sign_in

NEW = "otra frase con cuatro palabras"
SERVER = {"COMADRE_SMTP_HOST": "mail.example.org", "COMADRE_MAIL_FROM": "no-reply@example.org"}


def sent_by(desk: Desk) -> list[tuple[str, str]]:
    """What leaves by mail from now on: to whom, what happened."""
    sent: list[tuple[str, str]] = []
    desk.site.post = lambda email, action: sent.append((email, action))
    return sent


def written(desk: Desk, action: str) -> list[Audit]:
    with Session(desk.engine) as session:
        return list(session.scalars(select(Audit).where(Audit.action == action)))


@on_both
def test_she_is_told_of_a_new_password_on_her_page_and_by_mail(desk: Desk) -> None:
    ana = desk.editor()
    desk.clock.pass_by(days=4)  # the beginning is no news any more
    assert "Hace poco, en tu cuenta" not in sign_in(ana).words
    sent = sent_by(desk)

    thief = sign_in(desk.browser()).open("/portal/account")
    thief.send("/password", old=PASSWORD, password=NEW, again=NEW)
    sign_in(ana, password=NEW)

    assert sent == [("ana@red.example", "password_changed")]
    assert "Hace poco, en tu cuenta: Se cambió la contraseña. ¿No fuiste tú?" in ana.words
    assert "Se cambió la contraseña." in ana.open("/portal/account").words
    clara = desk.worker("administrator", "Clara").open("/portal/account")
    assert "Se cambió la contraseña." not in clara.words, "another's account is not hers"


@on_both
def test_news_stand_on_my_work_for_three_days_and_under_my_account_for_thirty(desk: Desk) -> None:
    desk.editor()
    desk.clock.pass_by(days=4)
    ana = sign_in(desk.browser()).open("/portal/account")
    ana.send("/password", old=PASSWORD, password=NEW, again=NEW)
    seen = []
    for days in (0, 2, 2, 25, 2):
        desk.clock.pass_by(days=days)
        ana = sign_in(desk.browser(), password=NEW)
        home = "Se cambió la contraseña" in ana.open("/portal/").words
        seen.append((home, "Se cambió la contraseña" in ana.open("/portal/account").words))
    assert seen == [(True, True), (True, True), (False, True), (False, True), (False, False)]


def test_her_page_lists_the_last_twenty_of_many_tries_the_newest_first(desk: Desk) -> None:
    desk.editor()
    for _ in range(25):
        desk.clock.pass_by(minutes=16)  # once a quarter of an hour it is written
        sign_in(desk.browser(), password="no es esta")  # noqa: S106
    assert len(written(desk, "wrong_password")) == 25
    ana = sign_in(desk.browser()).open("/portal/account")
    ana.send("/password", old=PASSWORD, password=NEW, again=NEW)

    words = ana.open("/portal/account").words
    assert words.count("Alguien escribió una contraseña que no es.") == MOST - 1
    assert words.index("Se cambió la contraseña.") < words.index("Alguien escribió")


def test_no_administrator_takes_over_an_account_unseen(desk: Desk) -> None:
    desk.set_up_totp(desk.editor())
    boss, sent = desk.worker("administrator", "Clara"), sent_by(desk)
    number = desk.site.accounts.number_of("ana@red.example")

    boss.open("/portal/people").send(f"/people/{number}", do="reset")
    link = next(part for part in boss.text.split('"') if "/portal/invitation/" in part)
    worker = desk.browser().open(link.removeprefix("http://testserver"))
    worker.send(worker.path, password=NEW, again=NEW)

    assert sent == [("ana@red.example", "account_reset"), ("ana@red.example", "password_set")]
    words = worker.open("/portal/account").words
    assert "hizo un enlace para una contraseña nueva y quitó el segundo candado" in words


def test_a_code_that_is_used_again_is_refused_noted_and_told(desk: Desk) -> None:
    editor = desk.editor()
    secret = desk.set_up_totp(editor)
    desk.clock.pass_by(minutes=2)
    sent, code = sent_by(desk), pyotp.TOTP(secret).at(desk.clock())
    sign_in(desk.browser()).send("/code", code=code)

    assert sign_in(desk.browser()).send("/code", code=code).status == 401

    assert sent == [("ana@red.example", "code_used_again")]
    assert len(written(desk, "code_used_again")) == 1
    assert "un código que ya estaba usado" in editor.open("/portal/account").words


@on_both
def test_wrong_passwords_are_written_once_a_quarter_of_an_hour_and_never_a_mail(
    desk: Desk,
) -> None:
    ana, sent = desk.editor(), sent_by(desk)
    for email in ("ana@red.example", "nadie@red.example", "otra@red.example"):
        for _ in range(3):
            sign_in(desk.browser(), email=email, password="no es esta")  # noqa: S106

    rows = written(desk, "wrong_password")
    number = desk.site.accounts.number_of("ana@red.example")
    assert sorted((each.subject, each.role, each.account_id) for each in rows) == [
        ("", "nobody", None), (f"account {number}", "nobody", None),
    ]  # fmt: skip
    assert "Alguien escribió una contraseña que no es." in ana.open("/portal/account").words
    assert "contraseña que no es" not in ana.open("/portal/").words, "anybody can cause that"
    assert sent == []
    boss = desk.worker("administrator", "Clara").open("/portal/audit")
    assert "sin entrar escribió una contraseña que no es Ana" in boss.words


@on_both
def test_whoever_tries_what_is_not_hers_stands_in_the_record_once_and_no_stranger_does(
    desk: Desk,
) -> None:
    editor = desk.editor()
    for _ in range(3):
        assert editor.open("/portal/people").status == 403
        assert editor.open("/portal/figures").status == 403
        assert editor.open("/portal/services/of.another").status == 404
        assert editor.open("/portal/still-true/a-signed-link-of-somebody").status in (403, 404)
        assert desk.browser().open("/portal/people").path == "/portal/login"

    rows = written(desk, "refused_access")
    # Each once; the page and never the address, which may open something.
    found = sorted(each.subject for each in rows)
    assert found == ["/figures", "/people", "/services/{record_id}", "/still-true/{signed}"]
    assert {(each.role, each.account_id) for each in rows} == {
        ("editor", desk.site.accounts.number_of("ana@red.example"))
    }


@on_both
def test_a_forged_form_stands_in_the_record_and_a_version_that_is_gone_or_a_slip_does_not(
    desk: Desk,
) -> None:
    editor, own = desk.editor(), f"/portal/records/{desk.service().id}"
    editor.open(f"{own}/history")
    assert editor.send_bare(f"{own}/restore", number="9999").status == 404
    assert editor.send_bare(f"{own}/hide", number="x").status == 400
    assert written(desk, "refused_access") == []

    assert editor.client.post(f"{own}/still-true", data={"csrf": "0" * 64}).status_code == 403

    assert [each.subject for each in written(desk, "refused_access")] == [
        "/records/{record_id}/still-true"
    ]  # fmt: skip


@on_both
def test_an_administrators_session_ends_after_half_an_hour_and_after_twelve_hours_at_work(
    desk: Desk,
) -> None:
    boss = desk.worker("administrator", "Clara")
    for _ in range(24):
        desk.clock.pass_by(minutes=29)
        assert boss.open("/portal/people").path == "/portal/people"
    desk.clock.pass_by(minutes=29)
    assert boss.open("/portal/people").path == "/portal/login"

    other = desk.worker("administrator", "Diana")
    desk.clock.pass_by(minutes=31)
    assert other.open("/portal/people").path == "/portal/login"


@on_both
@pytest.mark.parametrize(("role", "minutes"), [("administrator", 20), ("editor", 7 * 60)])
def test_where_she_is_signed_in_lists_no_device_that_opens_nothing_any_more(
    desk: Desk, role: str, minutes: int
) -> None:
    """A device that is not hers must not hide among sessions that are over."""
    laptop = desk.browser().open(desk.invite(role, country="HN"))
    laptop.send(laptop.path, password=PASSWORD, again=PASSWORD)
    secret = desk.set_up_totp(laptop)
    desk.clock.pass_by(minutes=2)
    phone = sign_in(desk.browser()).send("/code", code=pyotp.TOTP(secret).at(desk.clock()))
    assert phone.open("/portal/account").words.count("visto el") == 2

    for _ in range(2):  # the laptop lies closed
        desk.clock.pass_by(minutes=minutes)
        phone.open("/portal/account")

    assert phone.words.count("visto el") == 1
    assert "este" in phone.words
    assert laptop.open("/portal/account").path == "/portal/login"


def test_over_tls_the_cookies_are_this_hosts_alone_and_a_planted_one_counts_for_nothing(
    desk: Desk,
) -> None:
    """A neighbour under the same domain can write cookies for all of it, but none of that name."""
    desk.site.public_url = "https://comadre.example.org"
    ana = Worker(TestClient(desk.app, base_url=desk.site.public_url))
    ana.open(desk.invite("editor", country="HN"))
    form = ana.forms()[-1]["fields"] | {"password": [PASSWORD], "again": [PASSWORD]}
    answer = ana.client.post(ana.path, data=form, follow_redirects=False)

    given = answer.headers["set-cookie"]
    assert given.startswith("__Host-comadre_session=")
    for attribute in ("; Path=/;", "; Secure", "; HttpOnly", "; SameSite=lax"):
        assert attribute in given
    assert "Domain" not in given
    token = ana.client.cookies["__Host-comadre_session"]
    assert ana.open("/portal/account").status == 200
    for name in ("comadre_session", "comadre_visitor"):
        planted = Worker(TestClient(desk.app, base_url=desk.site.public_url))
        planted.client.cookies.set(name, token)
        assert planted.open("/portal/account").path == "/portal/login"
        assert planted.client.cookies["__Host-comadre_visitor"] != token

    ana.send("/logout")
    assert "__Host-comadre_session" not in ana.client.cookies


def test_a_mail_says_what_happened_and_helps_no_other_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[EmailMessage] = []
    monkeypatch.setattr(MailAccount, "send", lambda _, message: sent.append(message))
    post = post_office(SERVER)
    assert post

    post("ana@red.example", "password_changed")

    words = sent[0].get_content()
    assert "Se cambió la contraseña." in words
    assert "The password was changed." in words
    assert sent[0]["Auto-Submitted"] == "auto-generated"
    assert "http" not in words, "a link in such mails teaches people to follow links"
    assert (sent[0]["To"], sent[0]["From"]) == ("ana@red.example", SERVER["COMADRE_MAIL_FROM"])
    assert "ana" not in f"{sent[0]['Subject']} {words}".lower().replace("@", " ").split()


def test_a_mail_that_does_not_leave_changes_nothing_and_names_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("550 ana@red.example unknown")

    monkeypatch.setattr(MailAccount, "send", refuse)
    post = post_office(SERVER)
    assert post

    post("ana@red.example", "totp_off")

    assert "a notice of an account did not leave: OSError" in caplog.text
    assert "ana@" not in caplog.text


def test_what_goes_wrong_after_an_answer_takes_no_answer_away(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("ana@red.example")

    worker = desk.editor()
    desk.site.post = broken

    worker.open("/portal/account").send("/password", old=PASSWORD, password=NEW, again=NEW)

    assert (worker.status, worker.path) == (200, "/portal/account")
    assert "something after an answer failed: ValueError" in caplog.text
    assert "ana@" not in caplog.text
    assert sign_in(desk.browser(), password=NEW).path == "/portal/", "the password did change"


def test_without_a_server_there_is_no_mail_and_half_a_server_stops_the_start() -> None:
    assert post_office({}) is None
    with pytest.raises(SettingError, match="COMADRE_MAIL_FROM"):
        post_office({"COMADRE_SMTP_HOST": "mail.example.org"})


def test_there_are_words_for_all_that_is_told() -> None:
    assert [each for each in CHANGES + TRIES if f"happened_{each}" not in texts()] == []
    assert [each for each in CHANGES + TRIES if f"act_{each}" not in texts()] == []


@on_both
def test_whoever_steals_the_database_has_nothing_to_guess_passwords_against(desk: Desk) -> None:
    """Without the root secret, which is not in it, not even the right password can be tried."""
    desk.editor()
    with Session(desk.engine) as session:
        kept = session.scalars(select(Account.password)).one()
    thief = Secrets(b"any root but ours, as long as it")

    assert desk.site.secrets.is_password(kept, PASSWORD)
    assert not thief.is_password(kept, PASSWORD)
    assert len(kept or "") <= 200, "the column holds that much"


@on_both
def test_a_password_that_was_kept_before_hashes_were_sealed_still_opens(desk: Desk) -> None:
    desk.editor()
    with transaction(desk.engine) as session:
        session.scalars(select(Account)).one().password = hash_password(PASSWORD)

    assert sign_in(desk.browser()).path == "/portal/"
    with transaction(desk.engine) as session:
        rotate_accounts(session.connection(), desk.site.secrets, Secrets(b"n" * 32))
    with Session(desk.engine) as session:
        kept = session.scalars(select(Account.password)).one()
    assert "argon2" not in str(kept), "sealed at the weekly rotation at the latest"
    assert Secrets(b"n" * 32).is_password(kept, PASSWORD)


@on_both
def test_signing_in_does_not_undo_a_password_that_was_changed_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.editor()
    ana = desk.site.accounts.number_of("ana@red.example")
    assert ana
    with transaction(desk.engine) as session:
        session.scalars(select(Account)).one().password = hash_password(PASSWORD)
    accounts, seal_hash = desk.site.accounts, Secrets.seal_hash

    def slow(secrets: Secrets, hashed: str) -> str:
        monkeypatch.undo()
        accounts.change_password(ana, "otra frase con cuatro palabras")
        return seal_hash(secrets, hashed)

    monkeypatch.setattr(Secrets, "seal_hash", slow)
    accounts.with_password("ana@red.example", PASSWORD)

    assert accounts.with_password("ana@red.example", PASSWORD) is None
    assert accounts.with_password("ana@red.example", "otra frase con cuatro palabras")


def test_a_password_of_a_hundred_and_twenty_eight_signs_is_taken_whole_and_no_longer_one(
    desk: Desk,
) -> None:
    worker, longest = desk.browser().open(desk.invite("editor", country="HN")), "caballo " * 16
    longest = f"{longest[:127]}x"

    worker.send(worker.path, password=f"{longest}y", again=f"{longest}y")
    assert (worker.status, "hasta 128 letras" in worker.words) == (422, True)
    worker.send(worker.path, password=longest, again=longest)

    assert worker.path == "/portal/"
    assert sign_in(desk.browser(), password=longest).path == "/portal/"
    assert sign_in(desk.browser(), password=f"{longest}y").status == 401, "cut to what fits"
    assert sign_in(desk.browser(), password=longest[:-1]).status == 401


def test_whoever_borrows_an_open_telephone_cannot_lock_her_out_with_a_lock_of_their_own(
    desk: Desk,
) -> None:
    worker = desk.editor().open("/portal/totp")
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', worker.text)
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(desk.clock())

    assert worker.send("/totp", code=code, old="no la sabe").status == 422
    assert sign_in(desk.browser()).path == "/portal/", "she still gets in with her password"
    assert "candado está puesto" in worker.send("/totp", code=code, old=PASSWORD).words
