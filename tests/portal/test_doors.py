"""The portal's doors themselves, to the second and without pages: sessions, tries, second lock,
recovery codes, invitations, what is sealed, and what goes by itself."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pyotp
import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as Database

from bot.database import transaction
from bot.portal import attempts, secrets, sessions
from bot.portal.accounts import (
    INVITATION_DAYS,
    NO_MAIL,
    Accounts,
    AlreadyThere,
    Newcomer,
    new_totp,
    step_of,
)
from bot.portal.forgetting import AUDIT, GAPS, UPLOADS, forget_portal
from bot.portal.models import (
    Account,
    Attempt,
    Audit,
    GapSeen,
    Invitation,
    Recovery,
    Session,
    Upload,
)
from bot.portal.recovery import MANY, codes_left, is_of_phone, new_codes, read, use_code
from bot.portal.rotation import rotate_accounts
from bot.portal.secrets import Secrets, hash_of, new_token
from bot.privacy.keys import Unreadable
from bot.telemetry.metrics import SIGN_IN
from tests.portal.desk import NOW, PASSWORD

SECOND = timedelta(seconds=1)
ANA, BERTA = "ana@red.example", "berta@red.example"
SEALS = Secrets(b"s" * 32)
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """Empty: none of these needs a directory."""
    return sqlite_engine


@pytest.fixture
def accounts(engine: Engine) -> Accounts:
    return Accounts(engine, SEALS)


def somebody(accounts: Accounts, email: str = ANA, role: str = "editor") -> int:
    """Who has accepted her invitation."""
    token = accounts.invite(Newcomer(email.split("@")[0], email, role), NOW)
    person = accounts.accept(token, PASSWORD, NOW)
    assert person
    return person.id


def opened(accounts: Accounts, who: int, at: datetime = NOW) -> str:
    return sessions.open_session(accounts.engine, who, "Firefox", at, is_whole=True)


def many(engine: Engine, table: type) -> int:
    with Database(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# Sessions


@pytest.mark.parametrize(("role", "idle", "longest"), [
    ("editor", timedelta(hours=12), timedelta(days=14)),
    ("administrator", timedelta(minutes=30), timedelta(hours=12)),
])  # fmt: skip
def test_a_session_is_open_to_its_last_second_and_closed_after_it(
    accounts: Accounts, role: str, idle: timedelta, longest: timedelta
) -> None:
    who = somebody(accounts, role=role)
    lies, works = opened(accounts, who), opened(accounts, who)
    assert sessions.find_session(accounts, lies, NOW + idle)
    assert sessions.find_session(accounts, works, NOW)

    still = opened(accounts, who)
    assert sessions.find_session(accounts, still, NOW + idle + SECOND) is None

    with transaction(accounts.engine) as session:
        session.get_one(Session, hash_of(works)).seen_at = NOW + longest
    assert sessions.find_session(accounts, works, NOW + longest)
    assert sessions.find_session(accounts, works, NOW + longest + SECOND) is None


def test_her_clicks_are_noted_every_five_minutes_and_keep_her_in(accounts: Accounts) -> None:
    token = opened(accounts, somebody(accounts))

    def seen_at(after: timedelta) -> datetime:
        assert sessions.find_session(accounts, token, NOW + after)
        with Database(accounts.engine) as session:
            return session.get_one(Session, hash_of(token)).seen_at

    five = timedelta(minutes=5)
    assert seen_at(five) == NOW
    assert seen_at(five + SECOND) == NOW + five + SECOND


def test_signing_in_clears_away_only_what_is_over(accounts: Accounts) -> None:
    who = somebody(accounts)
    for seen, open_since in (
        (sessions.IDLE, timedelta()), (sessions.IDLE + SECOND, timedelta()),
        (timedelta(), sessions.LONGEST), (timedelta(), sessions.LONGEST + SECOND),
    ):  # fmt: skip
        token = opened(accounts, who, NOW)
        with transaction(accounts.engine) as session:
            row = session.get_one(Session, hash_of(token))
            row.seen_at, row.opened_at = NOW - seen, NOW - max(seen, open_since)

    opened(accounts, who, NOW)

    assert many(accounts.engine, Session) == 3


def test_a_session_is_ended_by_whose_it_is_and_by_nobody_else(accounts: Accounts) -> None:
    ana, berta = somebody(accounts), somebody(accounts, BERTA)
    hers, others = opened(accounts, ana), opened(accounts, berta)

    sessions.end_session(accounts.engine, hash_of(hers), berta)
    assert sessions.find_session(accounts, hers, NOW)
    sessions.end_session(accounts.engine, hash_of(hers), ana)
    assert sessions.find_session(accounts, hers, NOW) is None
    sessions.end_all(accounts.engine, ana)
    assert sessions.find_session(accounts, others, NOW)
    sessions.end_all(accounts.engine, berta)
    assert sessions.find_session(accounts, others, NOW) is None


def test_her_page_lists_her_open_sessions_the_latest_first(accounts: Accounts) -> None:
    ana, berta = somebody(accounts), somebody(accounts, BERTA)
    opened(accounts, ana, NOW)
    newer = opened(accounts, ana, NOW + sessions.IDLE)
    opened(accounts, berta, NOW)

    assert [each.token for each in sessions.sessions_of(
        accounts.engine, ana, NOW + sessions.IDLE + SECOND)] == [hash_of(newer)]  # fmt: skip
    both = sessions.sessions_of(accounts.engine, ana, NOW + sessions.IDLE)
    assert [each.seen_at for each in both] == [NOW + sessions.IDLE, NOW]


def test_who_has_given_no_code_yet_is_not_whole_and_who_is_closed_is_out(
    accounts: Accounts,
) -> None:
    who = somebody(accounts)
    half = sessions.open_session(accounts.engine, who, "?", NOW, is_whole=False)
    signed = sessions.find_session(accounts, half, NOW)
    assert signed
    assert (signed.person.email, signed.is_whole) == (ANA, False)
    assert sessions.find_session(accounts, new_token(), NOW) is None

    with transaction(accounts.engine) as session:
        session.get_one(Account, who).active = False
    assert sessions.find_session(accounts, half, NOW) is None
    accounts.switch_on(who)
    assert sessions.find_session(accounts, half, NOW)


def test_under_another_root_secret_no_session_is_anybodys(accounts: Accounts) -> None:
    token = opened(accounts, somebody(accounts))

    other = Accounts(accounts.engine, Secrets(b"o" * 32))

    assert sessions.find_session(other, token, NOW) is None


@pytest.mark.parametrize(("agent", "device"), [
    ("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Firefox, Android"),
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/129 Safari/537 Edg/129", "Edge, Windows"),
    ("Mozilla/5.0 (X11; Linux x86_64) Chrome/129 Safari/537 OPR/114", "Opera, Linux"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Safari/604", "Safari, iPhone"),
    ("curl/8", "?"), ("Firefox", "Firefox"), ("Linux", "Linux"),
])  # fmt: skip
def test_a_device_is_known_again_and_no_more_than_that(agent: str, device: str) -> None:
    assert sessions.device_of(agent) == device


# Tries


def tries(engine: Engine, many: int, at: datetime = NOW, *, right: bool = False,
          address: str = "office") -> list[object]:  # fmt: skip
    found: list[object] = []
    for _ in range(many):
        try:
            found.append(attempts.guarded(engine, ("mail", address), at, lambda: right or None))
        except attempts.TooOften:
            found.append("closed")
    return found


def test_six_are_tried_and_the_seventh_waits_a_quarter_of_an_hour(engine: Engine) -> None:
    before = [SIGN_IN.labels(each)._value.get() for each in ("wrong", "closed", "right")]
    assert tries(engine, 7) == [None] * 6 + ["closed"]
    later = NOW + attempts.WINDOW
    assert tries(engine, 1, later - SECOND, right=True) == ["closed"]
    assert tries(engine, 1, later, right=True) == [True]
    after = [SIGN_IN.labels(each)._value.get() for each in ("wrong", "closed", "right")]
    assert [b - a for a, b in zip(before, after, strict=True)] == [6, 2, 1]
    again = later + attempts.WINDOW
    assert tries(engine, 7, again) == [None] * 6 + ["closed"]


def test_who_gets_in_begins_anew_and_the_office_has_one_failure_less(engine: Engine) -> None:
    for failed in (0, 5):
        tries(engine, failed)
        assert tries(engine, 1, right=True) == [True]
        with Database(engine) as session:
            assert session.get_one(Attempt, "mail").failures == 0
            assert session.get_one(Attempt, "office").failures == failed
    assert tries(engine, 7) == [None] * 6 + ["closed"]


def test_an_office_has_sixty_tries_in_all(engine: Engine) -> None:
    def mail(number: int) -> object:
        marks = (f"mail {number}", "office")
        return attempts.guarded(engine, marks, NOW, lambda: None)

    assert mail(0) is None
    with transaction(engine) as session:
        session.get_one(Attempt, "office").failures = 59
    assert mail(1) is None
    with pytest.raises(attempts.TooOften):
        mail(2)


def test_a_mark_alone_is_counted_once_and_counts_as_a_mail(engine: Engine) -> None:
    assert tries(engine, 7, address="mail") == [None] * 6 + ["closed"]
    with Database(engine) as session:
        assert session.get_one(Attempt, "mail").failures == 6


def test_what_is_counted_is_locked_while_it_is_counted(engine: Engine) -> None:
    """Many at the same moment, on a server that has more than one writer."""
    locked = []

    def look(state: ORMExecuteState) -> None:
        if state.is_select:
            locked.append(getattr(state.statement, "_for_update_arg", None) is not None)

    event.listen(Database, "do_orm_execute", look)
    try:
        tries(engine, 1, right=True)
    finally:
        event.remove(Database, "do_orm_execute", look)
    assert locked == [True] * 4


# The second lock


def test_a_code_is_good_in_its_half_minute_and_those_beside_it() -> None:
    lock = pyotp.TOTP(TOTP)
    step = int(NOW.timestamp()) // 30

    found = [step_of(TOTP, lock.at(NOW + timedelta(seconds=30 * n)), NOW) for n in range(-2, 3)]

    assert found == [None, step - 1, step, step + 1, None]
    assert step_of(TOTP, " ".join(lock.at(NOW)), NOW) == step
    assert len({new_totp(), new_totp()}) == 2


def test_a_code_opens_once_and_none_of_before_it_any_more(accounts: Accounts) -> None:
    who = somebody(accounts)
    assert accounts.try_code(who, "123456", NOW) == ""
    accounts.keep_totp(who, TOTP)
    code = [pyotp.TOTP(TOTP).at(NOW + timedelta(seconds=30 * n)) for n in (-1, 0, 1)]

    found = [accounts.try_code(who, each, NOW) for each in (code[1], code[1], code[0], code[2])]

    assert found == ["right", "used", "used", "right"]
    assert accounts.try_code(who, "000000", NOW) == ""
    accounts.keep_totp(who, None)
    assert accounts.try_code(who, code[2], NOW) == ""


# Recovery codes


def test_a_recovery_code_is_long_hers_and_good_once(accounts: Accounts) -> None:
    ana, berta = somebody(accounts), somebody(accounts, BERTA)
    codes = new_codes(accounts.engine, SEALS, ana)
    new_codes(accounts.engine, SEALS, berta)

    assert len(set(codes)) == MANY == 8
    assert {tuple(map(len, each.split("-"))) for each in codes} == {(4, 4, 4)}
    assert not use_code(accounts.engine, SEALS, berta, codes[0])
    assert use_code(accounts.engine, SEALS, ana, f" {codes[0].lower()} ")
    assert not use_code(accounts.engine, SEALS, ana, codes[0])
    assert not use_code(accounts.engine, SEALS, ana, "")
    assert (codes_left(accounts.engine, ana), codes_left(accounts.engine, berta)) == (7, 8)
    assert not set(codes) & set(new_codes(accounts.engine, SEALS, ana))
    assert codes_left(accounts.engine, ana) == 8
    assert not use_code(accounts.engine, SEALS, ana, codes[1])


def test_what_looks_alike_is_read_alike_and_an_endless_code_is_cut() -> None:
    assert read("ilo-7 h") == "1107H"
    assert read("A" * 50) == "A" * 40
    assert [is_of_phone(each) for each in ("123 456", "1234567")] == [True, False]


def test_another_second_lock_ends_the_codes_of_the_one_before(accounts: Accounts) -> None:
    who = somebody(accounts)
    for change in (lambda: accounts.keep_totp(who, TOTP), lambda: accounts.new_link(
        who, NOW, forget_totp=True)):  # fmt: skip
        new_codes(accounts.engine, SEALS, who)
        change()
        assert codes_left(accounts.engine, who) == 0
    new_codes(accounts.engine, SEALS, who)
    accounts.keep_totp(who, TOTP)
    new_codes(accounts.engine, SEALS, who)
    accounts.new_link(who, NOW)
    assert codes_left(accounts.engine, who) == MANY, "she only forgot her password"


# Invitations and passwords


def test_an_invitation_is_good_to_its_last_second_and_once(accounts: Accounts) -> None:
    token = accounts.invite(Newcomer("Ana", f" {ANA.upper()} ", "editor", country="HN"), NOW)
    end = NOW + timedelta(days=INVITATION_DAYS)
    assert accounts.invited(token, end)
    assert accounts.invited(token, end + SECOND) is None
    assert accounts.accept(token, PASSWORD, end + SECOND) is None
    assert accounts.with_password(ANA, PASSWORD) is None

    person = accounts.accept(token, PASSWORD, end)

    assert person
    assert (person.name, person.email, person.role, person.country) == (
        "Ana", ANA.upper(), "editor", "HN")  # fmt: skip
    assert accounts.accept(token, "another one, long", NOW) is None
    assert accounts.invited(token, NOW) is None
    assert accounts.with_password(f" {ANA} ", PASSWORD) == person
    assert accounts.with_password(ANA, f"{PASSWORD}.") is None
    assert accounts.with_password(BERTA, PASSWORD) is None
    with pytest.raises(AlreadyThere):
        accounts.invite(Newcomer("Ana", ANA, "editor"), NOW)


def test_a_link_is_of_who_is_open_and_ends_the_links_sessions_and_password_before(
    accounts: Accounts,
) -> None:
    who, other = somebody(accounts), somebody(accounts, BERTA)
    accounts.keep_totp(who, TOTP)
    hers, others = opened(accounts, who), opened(accounts, other)
    first = accounts.new_link(who, NOW)
    assert accounts.with_password(ANA, PASSWORD) is None
    assert sessions.find_session(accounts, hers, NOW) is None
    assert sessions.find_session(accounts, others, NOW)
    second = accounts.new_link(who, NOW)
    assert accounts.invited(first, NOW) is None
    person = accounts.invited(second, NOW)
    assert person
    assert person.has_totp

    with transaction(accounts.engine) as session:
        session.get_one(Account, who).active = False
    assert accounts.invited(second, NOW) is None
    assert accounts.accept(second, PASSWORD, NOW) is None
    accounts.switch_on(who)
    meanwhile = opened(accounts, who)
    assert accounts.accept(second, PASSWORD, NOW)
    assert sessions.find_session(accounts, meanwhile, NOW) is None
    accounts.new_link(who, NOW, forget_totp=True)
    with Database(accounts.engine) as session:
        assert session.get_one(Account, who).totp is None


def test_the_first_administrator_writes_her_mail_and_nobody_elses(accounts: Accounts) -> None:
    assert accounts.waiting_administrator() == 0
    somebody(accounts)
    token = accounts.invite(Newcomer("Clara", NO_MAIL, "administrator"), NOW)
    waiting = accounts.number_of(NO_MAIL)
    assert waiting
    assert accounts.waiting_administrator() == waiting
    with pytest.raises(AlreadyThere):
        accounts.accept(token, PASSWORD, NOW, ANA)

    person = accounts.accept(token, PASSWORD, NOW, f" {BERTA}")

    assert person
    assert (person.name, person.email) == ("Clara", BERTA)
    assert accounts.waiting_administrator() is None
    assert accounts.administrator(BERTA) == person
    assert accounts.administrator(ANA) is None
    assert accounts.administrator("nobody@red.example") is None
    with transaction(accounts.engine) as session:
        session.get_one(Account, person.id).active = False
    assert accounts.administrator(BERTA) is None
    assert accounts.waiting_administrator() == 0
    everybody = [(each["person"].email, each["active"], each["accepted"])
                 for each in accounts.everybody()]  # fmt: skip
    assert everybody == [(ANA, True, True), (BERTA, False, True)]
    assert Accounts(accounts.engine, Secrets(b"o" * 32)).everybody() == []


def test_a_bare_hash_of_before_is_sealed_as_she_signs_in(accounts: Accounts) -> None:
    who = somebody(accounts)
    bare = secrets.hash_password(PASSWORD)
    with transaction(accounts.engine) as session:
        session.get_one(Account, who).password = bare

    assert accounts.with_password(ANA, "not this one at all") is None
    with Database(accounts.engine) as session:
        assert session.get_one(Account, who).password == bare
    assert accounts.with_password(ANA, PASSWORD)

    with Database(accounts.engine) as session:
        kept = session.get_one(Account, who).password
    assert not SEALS.is_bare(kept)
    assert accounts.with_password(ANA, PASSWORD)
    accounts.change_password(who, f"{PASSWORD} nueva")
    assert accounts.with_password(ANA, PASSWORD) is None
    assert accounts.with_password(ANA, f"{PASSWORD} nueva")


# What the root secret makes


def test_a_new_version_of_the_program_knows_its_people_opens_seals_and_reads_links(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: 1_780_000_000)
    link = "WyJhIiwxXQ.ahilAA.P6kgWlxp9WCjiUXUOjqMczbatDA"

    seals = Secrets(b"s" * 32)
    assert seals.mark("mail", ANA).startswith("90c3c0f1dd3c32f6")
    assert seals.form_token("cookie").startswith("1bbe7ca289624f22")
    assert hash_of("token").startswith("3c469e9d6c5875d3")
    assert seals.sign(["a", 1]) == link
    sealed = base64.b64decode("nm2n+xJVrsDvUAjhV3PM95rXmsRdnv0V0XW4790A1ZIMzSJ1")
    assert seals.unseal(sealed) == {"n": 1}


def test_a_signed_link_is_good_thirty_days_and_only_as_it_was_signed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link = SEALS.sign(["a", 1])
    signed_at = TimestampSigner.get_timestamp(None)  # type: ignore[arg-type]
    days = 30 * 86_400
    for after, value in ((days - 5, ["a", 1]), (days + 5, None)):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _, now=after: signed_at + now)
        assert SEALS.read_signed(link) == value
    monkeypatch.undo()
    assert SEALS.read_signed(f"{link[:-1]}-") is None
    assert Secrets(b"o" * 32).read_signed(link) is None


def test_a_form_token_is_of_one_cookie() -> None:
    assert SEALS.is_form_token("cookie", SEALS.form_token("cookie"))
    for token in (SEALS.form_token("other"), "", "ñ"):
        assert not SEALS.is_form_token("cookie", token)
    assert len({new_token() for _ in range(3)}) == 3
    assert len(new_token()) == 43


def test_a_password_is_checked_against_what_is_kept_and_never_against_nobodys() -> None:
    kept = SEALS.hash_password(PASSWORD)
    assert not SEALS.is_bare(kept)
    assert not SEALS.is_bare(None)
    assert SEALS.is_password(kept, PASSWORD)
    assert SEALS.is_password(SEALS.open_hash(kept), PASSWORD)
    for nobody in (None, "no base64 at all", kept[:-8], "$argon2 damaged"):
        assert not SEALS.is_password(nobody, "nobody")
    assert not Secrets(b"o" * 32).is_password(kept, PASSWORD)
    with pytest.raises(Unreadable):
        SEALS.open_hash("no base64 at all")


def test_who_has_no_account_waits_as_long_as_who_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Slow:
        def verify(self, hashed: str, _: str) -> bool:
            asked.append(hashed)
            return True

    monkeypatch.setattr(secrets, "_HASHER", Slow())
    assert not SEALS.is_password(None, "nobody")
    assert asked == [secrets._NOBODY]


# A new root secret


def test_with_a_new_secret_everybody_keeps_what_she_knows_and_nothing_stays_open(
    accounts: Accounts,
) -> None:
    new = Accounts(accounts.engine, Secrets(b"n" * 32))
    who = somebody(accounts)
    accounts.keep_totp(who, TOTP)
    codes = new_codes(accounts.engine, SEALS, who)
    stranger = somebody(Accounts(accounts.engine, Secrets(b"x" * 32)), BERTA)
    somebody(accounts, "dora@red.example")
    opened(accounts, who)
    accounts.invite(Newcomer("Clara", "clara@red.example", "editor"), NOW)
    tries(accounts.engine, 1)

    for expected in (3, 0):
        with accounts.engine.begin() as connection:
            assert rotate_accounts(connection, SEALS, new.secrets) == expected

    for table in (Session, Invitation, Attempt):
        assert many(accounts.engine, table) == 0
    assert new.with_password(ANA, PASSWORD)
    assert new.try_code(who, pyotp.TOTP(TOTP).at(NOW), NOW) == "right"
    assert use_code(accounts.engine, new.secrets, who, codes[0])
    assert accounts.with_password(ANA, PASSWORD) is None
    assert new.number_of("clara@red.example")
    with Database(accounts.engine) as session:
        emptied = session.get_one(Account, stranger)
        assert (emptied.password, emptied.totp, emptied.active) == (None, None, False)


def test_with_a_new_secret_what_neither_opens_is_taken_off_the_account(accounts: Accounts) -> None:
    who, none = somebody(accounts), somebody(accounts, BERTA)
    other, new = Secrets(b"x" * 32), Secrets(b"n" * 32)
    with transaction(accounts.engine) as session:
        account = session.get_one(Account, who)
        account.totp = other.seal(TOTP)
        account.password = other.hash_password(PASSWORD)
        session.add(Recovery(account_id=who, code=other.hash_password("A")))
        session.get_one(Account, none).password = None

    with accounts.engine.begin() as connection:
        assert rotate_accounts(connection, SEALS, new) == 2

    with Database(accounts.engine) as session:
        account = session.get_one(Account, who)
        assert (account.totp, account.password, account.active) == (None, None, True)
        assert session.get_one(Account, none).password is None
    assert codes_left(accounts.engine, who) == 0


# What goes by itself


def test_what_the_portal_keeps_for_a_while_goes_when_it_is_over_and_not_before(
    accounts: Accounts,
) -> None:
    who, engine = somebody(accounts), accounts.engine
    with transaction(engine) as session:
        for number, late in enumerate((timedelta(), SECOND)):
            name = str(number)
            session.add_all([
                Upload(token=name, account_id=who, name="", data=b"", is_whole_list=False,
                       made_at=NOW - UPLOADS - late),
                Invitation(token=name, account_id=who, until=NOW - late),
                Session(token=f"i{name}", account_id=who, is_whole=True, device="",
                        opened_at=NOW - sessions.IDLE - late, seen_at=NOW - sessions.IDLE - late),
                Session(token=f"l{name}", account_id=who, is_whole=True, device="",
                        opened_at=NOW - sessions.LONGEST - late, seen_at=NOW),
                Attempt(mark=name, since=NOW - attempts.WINDOW + SECOND - late, failures=1),
                Audit(at=NOW - AUDIT - late, account_id=who, role="editor", action="signed_in",
                      subject=""),
                GapSeen(whose="", month="", cut="", key=name, at=NOW - GAPS - late),
            ])  # fmt: skip

    with transaction(engine) as session:
        forget_portal(session, NOW)

    left = {table.__name__: many(engine, table)
            for table in (Upload, Invitation, Session, Attempt, Audit, GapSeen)}  # fmt: skip
    assert left == {"Upload": 1, "Invitation": 1, "Session": 2, "Attempt": 1, "Audit": 1,
                    "GapSeen": 1}  # fmt: skip
