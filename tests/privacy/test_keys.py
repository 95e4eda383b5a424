"""The root secret: changed, lost, thrown away."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from bot.commands.privacy import rotate_keys
from bot.portal.accounts import Accounts, Newcomer, new_totp
from bot.portal.models import Account
from bot.portal.secrets import Secrets
from bot.portal.sessions import find_session, open_session
from bot.privacy.keys import Keys, Unreadable, seal, unseal
from bot.privacy.rotation import rename_slots, rotate
from connectors.contract import IncomingMessage, Outgoing
from connectors.inbox import Store, receive
from connectors.memory import Memory
from connectors.models import OptOut, Outbox, Person
from connectors.queue import Queue

OLD, NEW, THIRD = (Keys(letter * 32) for letter in (b"o", b"n", b"t"))
ANA, BERTA = "+50378123456", "+50378654321"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    return empty_engine


def write(engine: Engine, keys: Keys, who: str, words: str, at: datetime = NOW) -> int:
    message = IncomingMessage("twilio", "sms", who, f"SM-{who}-{words}", text=words)
    return receive(Store(engine, keys, 86_400), [message], at)


def answer(engine: Engine, keys: Keys, **ends: bool | None) -> str:
    queue = Queue(engine, keys)
    claimed = queue.claim(NOW, ())
    assert claimed is not None
    end = {"stop": None, "erase": False, **ends}
    queue.finish(claimed, [Outgoing(f"a: {claimed.body['text']}")], Memory(country="GT"), NOW,
                 NOW + DAY, **end)  # type: ignore[arg-type]  # fmt: skip
    return str(claimed.body["text"])


def test_after_rotation_every_conversation_goes_on_under_the_new_secret(engine: Engine) -> None:
    write(engine, OLD, ANA, "una")
    answer(engine, OLD)
    write(engine, OLD, ANA, "dos")
    write(engine, OLD, BERTA, "tres")

    done = rotate(engine, OLD, NEW)

    assert (done.people, done.lost) == (2, 0)
    due = Queue(engine, NEW).due(NOW, ())
    assert due is not None
    assert (due.address, due.outgoing.text) == (ANA, "a: una")
    assert {answer(engine, NEW), answer(engine, NEW)} == {"dos", "tres"}
    write(engine, NEW, ANA, "cuatro")
    claimed = Queue(engine, NEW).claim(NOW, ())
    assert claimed is not None
    assert claimed.memory.country == "GT"


def test_after_rotation_the_old_secret_opens_nothing_and_names_nobody(engine: Engine) -> None:
    write(engine, OLD, ANA, "una")

    rotate(engine, OLD, NEW)

    with Session(engine) as session:
        person = session.scalars(select(Person)).one()
        assert person.pseudonym == NEW.pseudonym("twilio", ANA)
        with pytest.raises(Unreadable):
            OLD.open_person_key(person.wrapped_key)


def test_a_copy_from_before_is_unreadable_once_the_old_secret_is_destroyed(engine: Engine) -> None:
    write(engine, OLD, ANA, "una")
    with Session(engine) as session:
        backup = session.scalars(select(Person)).one().wrapped_key

    rotate(engine, OLD, NEW)

    with pytest.raises(Unreadable):
        NEW.open_person_key(backup)


def test_a_second_run_changes_nothing_more(engine: Engine) -> None:
    write(engine, OLD, ANA, "una")
    rotate(engine, OLD, NEW)

    again = rotate(engine, OLD, NEW)

    assert (again.people, again.done_before, again.lost) == (0, 1, 0)
    assert answer(engine, NEW) == "una"


def test_who_wrote_between_the_two_runs_loses_neither_message(engine: Engine) -> None:
    write(engine, OLD, ANA, "¿con el viejo?")
    write(engine, NEW, ANA, "¿con el nuevo?")

    rotate(engine, OLD, NEW)

    assert {answer(engine, NEW), answer(engine, NEW)} == {"¿con el viejo?", "¿con el nuevo?"}
    with Session(engine) as session:
        assert len(session.scalars(select(Person)).all()) == 1


def test_stop_outlives_rotations_even_of_who_is_forgotten(engine: Engine) -> None:
    for who in (ANA, BERTA):
        write(engine, OLD, who, "ALTO")
        answer(engine, OLD, stop=True)
    Queue(engine, OLD).forget(NOW + 2 * DAY)
    rotate(engine, OLD, NEW)
    rotate(engine, NEW, THIRD)

    write(engine, THIRD, ANA, "hola", NOW)

    claimed = Queue(engine, THIRD).claim(NOW, ())
    assert claimed is not None
    assert claimed.opted_out
    with Session(engine) as session:
        assert session.get(OptOut, THIRD.pseudonym("twilio", ANA)) is not None
        assert session.get(OptOut, OLD.pseudonym("twilio", BERTA)) is not None


def test_when_the_secret_is_lost_everything_is_unreadable_and_the_service_goes_on(
    engine: Engine,
) -> None:
    write(engine, OLD, ANA, "perdido")
    answer(engine, OLD)
    write(engine, OLD, ANA, "perdido también")

    write(engine, NEW, ANA, "¿hay alguien?")
    queue = Queue(engine, NEW)

    assert queue.due(NOW, ()) is None
    assert answer(engine, NEW) == "¿hay alguien?"
    with Session(engine) as session:
        assert session.scalars(select(Outbox.error_code)).first() == "forgotten"
    queue.forget(NOW + 2 * DAY)
    with Session(engine) as session:
        assert session.scalars(select(Person)).all() == []


def test_a_damaged_row_does_not_shut_her_out(engine: Engine) -> None:
    write(engine, OLD, ANA, "antes")
    with engine.begin() as connection:
        connection.execute(text("UPDATE person SET wrapped_key = :x"), {"x": b"broken" * 10})

    write(engine, OLD, ANA, "después")

    assert answer(engine, OLD) == "después"


def test_at_expiry_the_key_goes_and_copies_of_sealed_words_are_noise(engine: Engine) -> None:
    write(engine, OLD, ANA, "una")
    with engine.connect() as connection:
        copy = bytes(connection.execute(text("SELECT sealed FROM inbox")).scalar_one())
        wrapped = bytes(connection.execute(text("SELECT wrapped_key FROM person")).scalar_one())
    assert unseal(OLD.open_person_key(wrapped), copy)["text"] == "una"

    Queue(engine, OLD).forget(NOW + 2 * DAY)
    write(engine, OLD, ANA, "dos", NOW + 2 * DAY)

    with engine.connect() as connection:
        new = bytes(connection.execute(text("SELECT wrapped_key FROM person")).scalar_one())
    with pytest.raises(Unreadable):
        unseal(OLD.open_person_key(new), copy)


def test_rasas_memory_follows(tmp_path: Path) -> None:
    path = tmp_path / "slots.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE slots (key TEXT PRIMARY KEY, value TEXT, until REAL)")
        connection.execute("INSERT INTO slots VALUES ('old', '{}', 1e12)")
    connection.close()

    assert rename_slots(path, {"old": "new", "nobody": "no"}) == 1
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT key, value FROM slots").fetchall() == [("new", "{}")]
    connection.close()
    assert rename_slots(tmp_path / "none.db", {"old": "new"}) == 0


def test_the_command_says_what_is_missing_and_what_it_has_done(
    engine: Engine, tmp_path: Path
) -> None:
    write(engine, OLD, ANA, "una")
    for environment in ({}, {"COMADRE_SECRET_KEY_OLD": "n" * 32}):
        with pytest.raises(ValueError, match="COMADRE_SECRET_KEY_OLD"):
            rotate_keys(engine, b"n" * 32, tmp_path, environment)

    said = rotate_keys(engine, b"n" * 32, tmp_path, {"COMADRE_SECRET_KEY_OLD": "o" * 32})

    assert said.startswith("1 people re-wrapped")
    assert "n" * 32 not in said


def test_a_new_version_of_the_program_still_knows_everybody_and_opens_what_lies_there() -> None:
    """Made by the version of November 2026 with the secret `k` thirty-two times."""
    keys = Keys(b"k" * 32)
    wrapped = bytes.fromhex(
        "068be0fe81442ebc01c98525fe8e8df80558a21e60b43bd15699b37f37fc16cc366fbe07d22dd992b2fe11c3"
        "2d274daf504a49fb81cb90a53cd66747b8b8bf8334c02f723d7d3a28901669001293a01983984a23ae5585e2"
        "a909f2b29b33"
    )

    assert keys.pseudonym("twilio", ANA) == "q6g3in4oscefx4uiomxfqqqfwnm3yal2"
    assert keys.message_mark("twilio", "SM1") == "zafbuajbw45sjobp4c7ppnwdx4r3ypsc"
    assert keys.open_person_key(wrapped) == b"p" * 32


def test_a_broken_letter_in_an_address_ends_nothing() -> None:
    assert len(OLD.pseudonym("web", "\ud800")) == 32


def test_no_two_sealed_values_share_their_nonce() -> None:
    key, _ = OLD.new_person_key()

    assert len({seal(key, "hola")[:12] for _ in range(50)}) == 50
    assert len(OLD.new_person_key()[0]) == 32


PASSWORD = "caballo correcto pila grapa"  # noqa: S105 - of nobody


def test_after_rotation_the_people_of_the_portal_sign_in_as_before(
    engine: Engine, tmp_path: Path
) -> None:
    before, after = (Accounts(engine, Secrets(each * 32)) for each in (b"o", b"n"))
    link = before.invite(Newcomer("Ana", "Ana@red.example", "administrator"), NOW)
    ana = before.accept(link, PASSWORD, NOW)
    assert ana
    totp = new_totp()
    before.keep_totp(ana.id, totp)
    cookie = open_session(engine, ana.id, "Firefox", NOW, is_whole=True)
    assert find_session(after, cookie, NOW) is None, "an old cookie must not break the page"

    for _ in range(2):  # a second run changes nothing more
        rotate_keys(engine, b"n" * 32, tmp_path, {"COMADRE_SECRET_KEY_OLD": "o" * 32})

    assert after.with_password("ana@red.example", PASSWORD)
    assert after.try_code(ana.id, pyotp.TOTP(totp).at(NOW), NOW) == "right"
    assert [each["person"].name for each in after.everybody()] == ["Ana"]
    assert find_session(after, cookie, NOW) is None, "what was open before goes on"
    with Session(engine) as session, pytest.raises(Unreadable):
        before.person(session.scalars(select(Account)).one())


def test_after_the_loss_of_the_secret_a_first_administrator_is_invited_again(
    engine: Engine,
) -> None:
    lost, now = (Accounts(engine, Secrets(each * 32)) for each in (b"x", b"n"))
    who = Newcomer("Ana", "ana@red.example", "administrator")
    lost.accept(lost.invite(who, NOW), PASSWORD, NOW)

    assert lost.waiting_administrator() is None
    assert now.waiting_administrator() == 0
    now.accept(now.invite(who, NOW), PASSWORD, NOW)
    assert now.waiting_administrator() is None
    assert [each["person"].name for each in now.everybody()] == ["Ana"]


def test_an_account_that_neither_secret_opens_does_not_shut_the_portal(
    engine: Engine, tmp_path: Path
) -> None:
    stranger, after = (Accounts(engine, Secrets(each * 32)) for each in (b"x", b"n"))
    link = stranger.invite(Newcomer("Ana", "ana@red.example", "administrator"), NOW)
    stranger.accept(link, PASSWORD, NOW)

    rotate_keys(engine, b"n" * 32, tmp_path, {"COMADRE_SECRET_KEY_OLD": "o" * 32})

    assert after.everybody() == []
    assert after.waiting_administrator() == 0
