"""Rotation of the root secret: what follows it, what is let go, what lies in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from bot.directory.reports import _people, open_cases
from bot.knowledge.trust import Report
from bot.privacy import former
from bot.privacy.keys import Keys, Unreadable
from bot.privacy.rotation import rotate
from bot.privacy.scan import Needles, in_folder
from connectors.models import OptOut
from connectors.owed import Owed, owe
from connectors.queue import Queue
from connectors.vendor_copies import Record
from tests.privacy.test_keys import ANA, BERTA, NEW, NOW, OLD, THIRD, answer, write
from tests.privacy.test_keys import engine as engine


def test_stop_is_known_by_every_former_secret_even_after_three(engine: Engine) -> None:
    fourth = Keys(b"f" * 32)
    for before, after in ((OLD, NEW), (NEW, THIRD), (THIRD, fourth)):
        rotate(engine, before, after)
        rotate(engine, before, after)  # a second run changes nothing more

    with engine.connect() as connection:
        known = former.former_pseudonyms(connection, fourth, "twilio", ANA)

    assert known == [each.pseudonym("twilio", ANA) for each in (OLD, NEW, THIRD)]


def test_with_two_new_secrets_one_telephone_hides_no_number(engine: Engine) -> None:
    """Under each secret she is somebody else; the network sees all three reports."""
    where = {"record_id": "hn.casa", "number": "+504 2222", "reported_on": NOW.date()}
    for keys, following in ((OLD, NEW), (NEW, THIRD), (THIRD, None)):
        with Session(engine) as session:
            session.add(Report(**where, mark=keys.pseudonym("twilio", ANA), state="open",
                               way="twilio whatsapp"))  # fmt: skip
            session.commit()
            assert _people(session, "hn.casa", "+504 2222") == 1
        if following:
            rotate(engine, keys, following)

    with Session(engine) as session:
        assert [each.people for each in open_cases(session)] == [3]


def test_a_conversation_of_the_first_secret_outlives_two_new_ones(engine: Engine) -> None:
    """All that was kept of her when it was rotated: a copy of before opens under none of them."""
    write(engine, OLD, ANA, "una")
    with engine.connect() as connection:
        copy = connection.execute(text("SELECT wrapped_key FROM person")).scalar_one()
    rotate(engine, OLD, NEW)
    write(engine, NEW, BERTA, "dos")

    assert rotate(engine, NEW, THIRD).lost == 0

    assert {answer(engine, THIRD), answer(engine, THIRD)} == {"una", "dos"}
    for keys in (NEW, THIRD):
        with pytest.raises(Unreadable):
            keys.open_person_key(copy)


def test_what_a_process_of_before_wrote_under_the_first_secret_is_let_go_at_the_second(
    engine: Engine,
) -> None:
    """It was never stopped: she is told as lost, and may write again as somebody new."""
    rotate(engine, OLD, NEW)
    write(engine, OLD, ANA, "una")
    write(engine, NEW, BERTA, "dos")

    done = rotate(engine, NEW, THIRD)

    assert (done.people, done.lost) == (1, 1)
    assert answer(engine, THIRD) == "dos"
    write(engine, THIRD, ANA, "tres")
    assert answer(engine, THIRD) == "tres"


def test_a_former_key_that_nobody_opens_is_in_nobodys_way(engine: Engine) -> None:
    stranger = Keys(b"x" * 32).sealed_pseudonym_key()
    with engine.begin() as connection:
        former.write(connection, [stranger])

    rotate(engine, OLD, NEW)

    with engine.connect() as connection:
        assert former.read(connection)[0] == stranger
        known = former.former_pseudonyms(connection, NEW, "twilio", ANA)
    assert known == [OLD.pseudonym("twilio", ANA)]


def test_who_can_be_read_under_neither_secret_is_let_go_without_a_trace(engine: Engine) -> None:
    stranger = Keys(b"x" * 32)
    write(engine, stranger, BERTA, "una")
    answer(engine, stranger)
    write(engine, stranger, BERTA, "dos")
    write(engine, OLD, ANA, "tres")

    done = rotate(engine, OLD, NEW)

    assert (done.people, done.lost) == (1, 1)
    who = {"who": stranger.pseudonym("twilio", BERTA)}
    with engine.connect() as connection:
        for table in ("person", "inbox", "outbox"):
            named = text(f"SELECT count(*) FROM {table} WHERE pseudonym = :who")  # noqa: S608
            assert connection.execute(named, who).scalar_one() == 0, table
        left = connection.execute(text("SELECT state, sealed FROM inbox WHERE pseudonym = ''"))
        assert {tuple(row) for row in left} == {("done", None)}
    assert answer(engine, NEW) == "tres"


def test_who_is_lost_is_not_told_as_somebody_elses_new_name(engine: Engine) -> None:
    write(engine, OLD, ANA, "una")
    write(engine, Keys(b"x" * 32), BERTA, "dos")

    renamed = rotate(engine, OLD, NEW).renamed

    assert renamed == {OLD.pseudonym("twilio", ANA): NEW.pseudonym("twilio", ANA)}


def test_replies_and_their_vendors_marks_of_both_secrets_join_her(engine: Engine) -> None:
    write(engine, OLD, ANA, "una")
    answer(engine, OLD)
    write(engine, NEW, ANA, "dos")
    answer(engine, NEW)

    rotate(engine, OLD, NEW)

    queue, sent = Queue(engine, NEW), set()
    while (due := queue.due(NOW, ())) is not None:
        sent.add((due.address, due.outgoing.text))
        queue.sent(due, f"SM{len(sent)}")
    assert sent == {(ANA, "a: una"), (ANA, "a: dos")}


def test_the_vendors_copies_of_what_was_sent_under_the_old_secret_can_still_be_deleted(
    engine: Engine,
) -> None:
    write(engine, OLD, ANA, "una")
    answer(engine, OLD)
    due = Queue(engine, OLD).due(NOW, ())
    assert due is not None
    Queue(engine, OLD).sent(due, "SM1")
    write(engine, NEW, ANA, "dos")

    rotate(engine, OLD, NEW)

    assert Queue(engine, NEW).sent_ids(NEW.pseudonym("twilio", ANA)) == ["SM1"]


def test_stop_said_under_both_secrets_is_one_stop(engine: Engine) -> None:
    for keys in (OLD, NEW):
        write(engine, keys, ANA, "ALTO")
        answer(engine, keys, stop=True)

    rotate(engine, OLD, NEW)

    with Session(engine) as session:
        assert [each.pseudonym for each in session.scalars(select(OptOut))] == [
            NEW.pseudonym("twilio", ANA)
        ]


def test_jobs_that_bear_the_old_pseudonyms_go_and_the_programs_own_stay(
    sqlite_engine: Engine,
) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("CREATE TABLE procrastinate_jobs (queue_name TEXT)"))
        connection.execute(
            text("INSERT INTO procrastinate_jobs VALUES ('answer'), ('send'), ('sweep')")
        )

    rotate(sqlite_engine, OLD, NEW)

    with sqlite_engine.connect() as connection:
        left = connection.execute(text("SELECT queue_name FROM procrastinate_jobs")).scalars().all()
    assert left == ["sweep"]


def test_after_rotation_nothing_of_the_old_secret_lies_in_the_journal(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL overwrites its own journal in its own time: see the threat model")
    write(engine, OLD, ANA, "una")
    folder = Path(str(engine.url.database)).parent
    old = Needles({"old": [OLD.pseudonym("twilio", ANA)]})
    assert in_folder(folder, old)

    rotate(engine, OLD, NEW)

    assert in_folder(folder, old) == set()


def test_what_is_owed_to_her_follows_her_and_what_vendors_owe_can_still_be_read(
    engine: Engine,
) -> None:
    write(engine, OLD, ANA, "una")
    queue = Queue(engine, OLD)
    who, after = OLD.pseudonym("twilio", ANA), NEW.pseudonym("twilio", ANA)
    with engine.begin() as connection:
        owe(connection, who, Owed("leave", "es"), NOW)
    queue.owe_deletion(Record("twilio", ANA, ("SM1",)), NOW)

    rotate(engine, OLD, NEW)
    rotate(engine, OLD, NEW)  # a second run changes nothing more

    renewed = Queue(engine, NEW)
    owed = renewed.next_owed(NOW)
    assert owed is not None
    assert owed.pseudonym == after
    found = renewed.next_deletion(NOW)
    assert found is not None
    assert found[1] == Record("twilio", ANA, ("SM1",))
