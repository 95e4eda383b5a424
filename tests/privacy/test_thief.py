"""The report on a live instance counts what lies there, and repeats nothing of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from bot.commands.privacy import write_thief_report
from bot.portal.accounts import Accounts, Newcomer
from bot.portal.secrets import Secrets
from bot.privacy.catalogue import undecided
from bot.privacy.confine import open_to_others
from bot.privacy.keys import Keys, seal
from bot.privacy.scan import Needles
from bot.privacy.thief import former_secret_files, opened, report, secret_files
from connectors.contract import IncomingMessage, Outgoing
from connectors.inbox import Store, receive
from connectors.memory import Memory
from connectors.queue import Queue
from connectors.sending import utc_now
from connectors.vendor_copies import Record

KEYS, SECRET, NUMBER = Keys(b"k" * 32), b"k" * 32, "+50378123456"


@pytest.fixture
def lived_in(empty_engine: Engine) -> Engine:
    now = utc_now()
    store, queue = Store(empty_engine, KEYS, 86_400), Queue(empty_engine, KEYS)
    for number, words in enumerate(("hola Ñandúcanaria", "¿y ahora?")):
        message = IncomingMessage("twilio", "sms", NUMBER, f"SM{number}", text=words)
        receive(store, [message], now)
        if number == 0:
            claimed = queue.claim(now, ())
            assert claimed is not None
            queue.finish(claimed, [Outgoing("respuesta")], Memory(), now, now + timedelta(1),
                         stop=None, erase=False)  # fmt: skip
    return empty_engine


def test_with_the_root_secret_exactly_this_opens(lived_in: Engine) -> None:
    found = opened(lived_in, KEYS)

    assert (found.people, found.addresses, found.memories) == (1, 1, 1)
    assert (found.waiting_words, found.replies) == (1, 1)


def test_a_reply_that_a_chat_page_has_not_fetched_is_counted_until_it_has(lived_in: Engine) -> None:
    queue = Queue(lived_in, KEYS)
    due = queue.due(utc_now(), ())
    assert due is not None
    queue.lay(due, utc_now())
    assert opened(lived_in, KEYS).replies == 1

    queue.fetch(due.pseudonym)

    assert opened(lived_in, KEYS).replies == 0


def test_with_another_secret_nothing_opens(lived_in: Engine) -> None:
    found = opened(lived_in, Keys(b"x" * 32))

    assert (found.people, found.addresses, found.waiting_words, found.replies) == (1, 0, 0, 0)


def test_what_was_sealed_for_somebody_else_is_not_counted_as_opened(lived_in: Engine) -> None:
    with lived_in.begin() as connection:
        connection.execute(
            text("UPDATE person SET sealed_address = :other"), {"other": seal(b"o" * 32, NUMBER)}
        )

    assert (opened(lived_in, KEYS).addresses, opened(lived_in, KEYS).memories) == (0, 1)


def test_the_report_warns_of_a_secret_on_the_disk_and_of_open_files(
    lived_in: Engine, tmp_path: Path
) -> None:
    (tmp_path / "secret.key").write_bytes(SECRET)
    (tmp_path / "secret.key").chmod(0o644)

    path = write_thief_report(lived_in, SECRET, tmp_path, tmp_path / "thief.md")
    said = path.read_text("utf-8")

    assert "secret.key` holds the root secret in plain: **whoever has this disk has both**" in said
    assert "and the root secret (it lies on this disk)" in said
    assert "**Others on this machine may read**" in said


def test_a_secret_of_before_a_rotation_that_still_lies_there_is_named(
    lived_in: Engine, tmp_path: Path
) -> None:
    (tmp_path / "secret.key").write_bytes(b"o" * 32 + b"\n")

    said = write_thief_report(lived_in, SECRET, tmp_path, tmp_path / "thief.md").read_text("utf-8")

    assert "secret.key` holds a secret that is not the present one: **destroy it**" in said
    assert "older copies of the disk open with it" in said
    assert "it lies on this disk" not in said
    assert "o" * 32 not in said


def test_only_another_root_secret_is_one_of_before(tmp_path: Path) -> None:
    old, both, present, other = (
        tmp_path / name for name in ("old.env", "both.env", "a.env", "b.env")
    )
    old.write_bytes(b"COMADRE_SECRET_KEY='" + b"o" * 32 + b"'\n")
    both.write_bytes(
        b"COMADRE_SECRET_KEY=" + SECRET + b"\nexport COMADRE_SECRET_KEY_OLD=" + b"o" * 32
    )
    present.write_bytes(b'COMADRE_SECRET_KEY="' + SECRET + b'"\nCOMADRE_PORT=8000')
    other.write_bytes(b"COMADRE_TWILIO_TOKEN=" + b"t" * 32 + b"\nCOMADRE_SECRET_KEY_OLD=\n")
    (tmp_path / "secret.key").write_bytes(SECRET + b"\n")
    files = [old, both, present, other, tmp_path / "secret.key", tmp_path / "missing"]

    assert former_secret_files(SECRET, files) == [old, both]
    assert secret_files(SECRET, files) == [both, present, tmp_path / "secret.key"]


def test_the_report_repeats_nothing_of_anybody(lived_in: Engine, tmp_path: Path) -> None:
    path = write_thief_report(lived_in, SECRET, tmp_path, tmp_path / "report.md")
    sought = Needles(
        {"hers": [NUMBER, "Ñandúcanaria", KEYS.pseudonym("twilio", NUMBER), "respuesta"]}
    )

    assert sought.found_in(path.read_bytes()) == set()
    assert "1 addresses of 1 people" in path.read_text("utf-8")
    assert path not in list(open_to_others(tmp_path))


def test_a_new_column_that_nobody_has_decided_on_is_named(lived_in: Engine, tmp_path: Path) -> None:
    assert undecided(lived_in) == []
    with lived_in.begin() as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN nickname VARCHAR(9)"))
        connection.execute(text("UPDATE person SET nickname = 'Ana'"))

    assert undecided(lived_in) == ["person.nickname"]
    assert "person.nickname" in report(lived_in, KEYS, tmp_path)


def test_what_lies_there_of_the_networks_own_people_is_named_too(
    lived_in: Engine, tmp_path: Path
) -> None:
    accounts = Accounts(lived_in, Secrets(SECRET))
    accounts.invite(Newcomer("Ana", "ana@red.example", "editor", country="HN"), utc_now())

    said = report(lived_in, KEYS, tmp_path)

    assert "`portal_account`" in said
    assert "`portal_invitation`" in said
    assert "ana@red.example" not in said


def test_a_file_of_settings_that_holds_the_root_secret_is_named(
    lived_in: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "comadre.env"
    path.write_bytes(b"COMADRE_SECRET_KEY=" + SECRET)
    (tmp_path / "other.env").write_text("COMADRE_PORT=8000")
    found = secret_files(SECRET, [path, tmp_path / "other.env", tmp_path / "missing"])

    said = report(lived_in, KEYS, tmp_path, secrets=found)

    assert found == [path]
    assert "comadre.env` holds the root secret in plain" in said
    assert "and the root secret (it lies on this disk)" in said
    assert "comadre.env" not in report(lived_in, KEYS, tmp_path / "elsewhere")


def test_rasas_memory_is_counted_and_redis_is_named_where_it_holds_it(
    lived_in: Engine, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "slots.db")) as slots, slots:
        slots.execute("CREATE TABLE slots (key TEXT)")
        slots.execute("INSERT INTO slots VALUES ('hers')")

    assert "in clear, of 1 women now" in report(lived_in, KEYS, tmp_path)
    said = report(lived_in, KEYS, tmp_path, redis_url="rediss://:hidden@memory.example/0")
    assert "Redis on `memory.example` holds" in said
    assert "hidden" not in said
    assert "slots.db`: codes" not in said


def test_of_postgresql_it_says_how_far_back_its_files_go(lived_in: Engine, tmp_path: Path) -> None:
    said = report(lived_in, KEYS, tmp_path)
    if lived_in.dialect.name == "sqlite":
        assert "PostgreSQL" not in said
        return

    assert "since the last night (09:00 UTC), in dead rows" in said
    assert f"files, the oldest of {utc_now():%Y-%m-%d}" in said
    assert ("`wal_recycle` is on" in said) != ("UTC; nothing of before" in said)
    assert "copied elsewhere" not in said

    @event.listens_for(lived_in, "before_cursor_execute", retval=True)
    def _(_connection, _cursor, asked, given, *_):  # type: ignore[no-untyped-def]
        asked = asked.replace("SHOW archive_mode", "SELECT 'on'")
        return asked.replace("pg_ls_waldir", "not_for_this_role"), given

    said = report(lived_in, KEYS, tmp_path)
    assert "which this role may not look into" in said
    assert "**PostgreSQL's journal is copied elsewhere**" in said


def test_what_else_the_root_secret_opens_is_counted(lived_in: Engine, tmp_path: Path) -> None:
    Accounts(lived_in, Secrets(SECRET)).invite(
        Newcomer("Ana", "ana@red.example", "editor", country="HN"), utc_now()
    )
    queue = Queue(lived_in, KEYS)
    queue.owe_deletion(Record("twilio", NUMBER, ("SM1",)), utc_now())

    said = report(lived_in, KEYS, tmp_path)

    assert "1 lists of ids that a vendor has to delete still" in said
    assert "seeds of the second factor of 1 people" in said
    assert "0 redacted questions of the last 30 days" in said
