"""The telephone is lost, or the last administrator's password: codes kept beforehand, and a
command of whoever runs the server. Both are doors, so both are knocked at."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.__main__ import main
from bot.portal.accounts import Accounts, Newcomer
from bot.portal.audit import note_server
from bot.portal.models import Audit, Recovery
from bot.portal.recovery import MANY, new_codes, read, use_code
from bot.portal.rotation import rotate_accounts
from bot.portal.secrets import Secrets
from tests.portal.desk import PASSWORD, Desk, Worker, on_both
from tests.portal.test_accounts import sign_in
from tests.portal.test_own_account import NEW, sent_by, written

CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b")
CLARA = "clara@red.example"


def clara_with_codes(desk: Desk) -> tuple[Worker, list[str]]:
    """The only administrator, and the codes that the page showed her."""
    clara = desk.browser().open(desk.invite("administrator", "Clara"))
    clara.send(clara.path, password=PASSWORD, again=PASSWORD)
    desk.set_up_totp(clara)
    return clara, CODE.findall(clara.text)


def without_phone(desk: Desk, code: str, email: str = CLARA) -> Worker:
    worker = sign_in(desk.browser(), email=email).open("/portal/recovery")
    return worker.send("/recovery", code=code)


@on_both
def test_the_last_administrator_without_her_phone_gets_in_and_locks_with_another(
    desk: Desk,
) -> None:
    clara, codes = clara_with_codes(desk)
    assert len(set(codes)) == MANY
    assert not CODE.findall(clara.open("/portal/account").text), "the codes are shown once"
    sent = sent_by(desk)

    worker = sign_in(desk.browser(), email=CLARA)
    assert "código de reserva" in worker.words
    worker = without_phone(desk, codes[2].lower().replace("-", " "))
    assert worker.path == "/portal/totp"
    secret = desk.set_up_totp_here(worker)
    fresh = CODE.findall(worker.text)
    assert worker.open("/portal/people").status == 200

    assert sent == [(CLARA, "recovery_used"), (CLARA, "totp_changed")]
    assert clara.open("/portal/").path == "/portal/login", "the lost phone may be somebody's"
    assert "Alguien entró con un código de reserva" in worker.open("/portal/account").words
    desk.clock.pass_by(minutes=2)
    again = sign_in(desk.browser(), email=CLARA)
    assert again.send("/code", code=pyotp.TOTP(secret).at(desk.clock())).path == "/portal/"
    assert not set(fresh) & set(codes)
    assert without_phone(desk, codes[3]).status == 401, "a code of the lock before"


@on_both
def test_a_recovery_code_is_good_once(desk: Desk) -> None:
    _, codes = clara_with_codes(desk)
    worker = without_phone(desk, codes[0])
    assert worker.open("/portal/people").status == 200, "in the drawer is no reason to change it"
    assert f"Te quedan {MANY - 1} códigos" in worker.open("/portal/account").words

    assert without_phone(desk, codes[0]).status == 401
    assert without_phone(desk, codes[1]).path == "/portal/totp"


@on_both
def test_of_two_who_bring_the_same_code_at_once_one_gets_in(desk: Desk) -> None:
    """Both have read it from the database before either has used it."""
    clara_with_codes(desk)
    number = desk.site.accounts.number_of(CLARA)
    assert number
    code = new_codes(desk.engine, desk.site.secrets, number)[0]
    second: list[bool] = []

    class Slow(Secrets):
        def is_password(self, kept: str | None, password: str) -> bool:
            right = super().is_password(kept, password)
            if right and not second:
                second.append(True)
                second.append(use_code(desk.engine, desk.site.secrets, number, code))
            return right

    assert use_code(desk.engine, Slow(b"s" * 32), number, code) is False
    assert second == [True, True]


def test_recovery_codes_cannot_be_guessed_for_long_nor_beside_the_others(desk: Desk) -> None:
    _, codes = clara_with_codes(desk)
    worker = sign_in(desk.browser(), email=CLARA)
    for _ in range(3):
        assert worker.open("/portal/code").send("/code", code="123456").status == 401
        assert (
            worker.open("/portal/recovery").send("/recovery", code="AAAA-AAAA-AAAA").status == 401
        )

    assert worker.open("/portal/recovery").send("/recovery", code=codes[0]).status == 429
    assert "quince minutos" in worker.words
    desk.clock.pass_by(minutes=16)
    assert without_phone(desk, codes[0]).path == "/portal/totp"


def test_without_the_password_nobody_learns_whether_there_are_codes(desk: Desk) -> None:
    _, codes = clara_with_codes(desk)
    desk.editor()

    stranger = desk.browser().open("/portal/recovery")
    assert stranger.path == "/portal/login"
    answer = stranger.send_bare("/portal/recovery", code=codes[0])
    assert answer.path == "/portal/login"
    ana = desk.editor("Berta").open("/portal/account")
    assert ana.send_bare("/portal/recovery", code=codes[0]).path == "/portal/"
    assert without_phone(desk, codes[0]).path == "/portal/totp", "it was used up by a stranger"


def test_another_ones_code_and_what_is_no_code_open_nothing(desk: Desk) -> None:
    clara_with_codes(desk)
    berta = desk.editor("Berta")
    desk.set_up_totp(berta)
    others = CODE.findall(berta.text)

    for wrong in (others[0], "", "-", "0" * 5_000, "ñ" * 12, "\0"):
        assert without_phone(desk, wrong).status in (401, 429), wrong[:20]
        desk.clock.pass_by(minutes=16)


def test_with_her_password_alone_nobody_puts_another_lock(desk: Desk) -> None:
    clara_with_codes(desk)
    thief = sign_in(desk.browser(), email=CLARA)

    assert thief.open("/portal/totp").path == "/portal/code"
    assert thief.send_bare("/portal/totp", code="000000").path == "/portal/code"


@on_both
def test_a_borrowed_session_does_not_move_the_lock_to_another_phone(desk: Desk) -> None:
    clara, codes = clara_with_codes(desk)
    clara.open("/portal/totp")

    for present in ("", "123456", "AAAA-AAAA-AAAA"):
        secret = re.search(r'class="secret">([A-Z2-7 ]+)<', clara.text)
        assert secret
        code = pyotp.TOTP(secret[1].replace(" ", "")).at(desk.clock())
        clara.send("/totp", code=code, old=PASSWORD, present=present)
        assert clara.status == 422, present
    assert "no es correcto" in clara.words
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', clara.text)
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(desk.clock())
    clara.send("/totp", code=code, old=PASSWORD, present=codes[5])
    assert clara.status == 200
    assert len(CODE.findall(clara.text)) == MANY


def test_the_address_after_a_recovery_code_is_worth_nothing_in_another_session(desk: Desk) -> None:
    clara, codes = clara_with_codes(desk)
    worker = without_phone(desk, codes[0])
    proof = re.search(r'name="proof" value="([^"]+)"', worker.text)
    assert proof

    clara.open(f"/portal/totp?proof={proof[1]}")
    assert "Código del teléfono de antes" in clara.words
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', clara.text)
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(desk.clock())
    clara.send("/totp", code=code, old=PASSWORD, present="", proof=proof[1])
    assert clara.status == 422


def test_new_codes_need_the_phone_and_end_the_old_ones(desk: Desk) -> None:
    ana, sent = desk.editor(), sent_by(desk)
    secret = desk.set_up_totp(ana)
    old = CODE.findall(ana.text)
    desk.clock.pass_by(minutes=2)

    assert ana.open("/portal/account").send("/recovery", present="000000").status == 422
    code = pyotp.TOTP(secret).at(desk.clock())
    new = CODE.findall(ana.open("/portal/account").send("/recovery", present=code).text)

    assert len(new) == MANY
    assert sent[-1] == ("ana@red.example", "recovery_made")
    assert without_phone(desk, old[0], "ana@red.example").status == 401
    assert without_phone(desk, new[0], "ana@red.example").path == "/portal/totp"


@on_both
def test_no_code_is_in_the_database_in_clear_and_a_new_root_secret_keeps_them(desk: Desk) -> None:
    _, codes = clara_with_codes(desk)
    with Session(desk.engine) as session:
        kept = [each.code for each in session.scalars(select(Recovery))]
    assert len(kept) == MANY
    assert not any(read(code) in each or "argon2" in each for code in codes for each in kept)

    new = Secrets(b"n" * 32)
    with desk.engine.begin() as connection:
        rotate_accounts(connection, desk.site.secrets, new)
    number = Accounts(desk.engine, new).number_of(CLARA)
    assert number
    assert not use_code(desk.engine, desk.site.secrets, number, codes[0]), "of the old secret"
    assert use_code(desk.engine, new, number, codes[0])


@pytest.mark.parametrize("act", ["reset", "off"])
def test_codes_end_with_the_lock_that_an_administrator_removes(desk: Desk, act: str) -> None:
    ana = desk.editor()
    desk.set_up_totp(ana)
    number = desk.site.accounts.number_of("ana@red.example")
    boss = desk.worker("administrator", "Clara").open("/portal/people")

    boss.send(f"/people/{number}", do=act)

    with Session(desk.engine) as session:
        left = session.scalars(select(Recovery).where(Recovery.account_id == number)).all()
    assert len(left) == (0 if act == "reset" else MANY), "closed for a while, not taken away"
    assert sign_in(desk.browser()).status == 401


def test_whoever_runs_the_server_lets_a_locked_out_administrator_in_again(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    engine = sqlite_engine
    accounts, now = Accounts(engine, Secrets(b"s" * 32)), datetime.now(UTC)
    for name, role in (("Clara", "administrator"), ("Ana", "editor")):
        who = Newcomer(
            name, f"{name.lower()}@red.example", role, "HN" if role == "editor" else None
        )
        accounts.accept(accounts.invite(who, now), PASSWORD, now)
    for setting, value in {
        "DATABASE_URL": str(engine.url), "VAR": str(tmp_path), "SECRET_KEY": "s" * 32,
        "PUBLIC_URL": "https://comadre.example",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"COMADRE_{setting}", value)

    for mail in ("ana@red.example", "nadie@red.example"):
        assert main(["invite", "--again", mail]) == 1
        assert "No open account of an administrator" in capsys.readouterr().err
    assert main(["invite", "--again", "Clara@red.example"]) == 0

    said = capsys.readouterr().err
    token = re.search(r"https://comadre\.example/portal/invitation/([\w-]+)", said)
    assert token
    assert accounts.with_password("clara@red.example", PASSWORD) is None
    clara = accounts.accept(token[1], NEW, now)
    assert clara
    assert not clara.has_totp
    with Session(engine) as session:
        row = session.scalars(select(Audit).where(Audit.action == "account_rescued")).one()
    assert (row.role, row.account_id, row.subject) == ("server", None, f"account {clara.id}")


def test_a_rescue_from_the_server_stands_on_her_page_and_in_the_record(desk: Desk) -> None:
    clara, _ = clara_with_codes(desk)
    number = desk.site.accounts.number_of(CLARA)
    note_server(desk.engine, desk.clock(), "account_rescued", f"account {number}")

    assert "Quien cuida el servidor hizo un enlace" in clara.open("/portal/account").words
    assert "servidor dio un enlace" in clara.open("/portal/audit").words
    assert len(written(desk, "account_rescued")) == 1
