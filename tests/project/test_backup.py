"""A backup is worth what can be restored from it, and must not bring back what was erased."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bot.database import migrate, open_engine
from bot.paths import ROOT
from bot.privacy.keys import Keys
from bot.serve.observed import BACKUP
from connectors import jobs
from connectors.contract import IncomingMessage
from connectors.inbox import Store, receive
from connectors.models import Setting
from tests.conftest import Copied, drop, only_honduras
from tests.throwaway_postgresql import programs

SCRIPTS = ROOT / "deploy" / "backup"
WORDS = (SCRIPTS / "backup").read_text(encoding="utf-8")
LEFT_OUT = re.search(r"left_out=\((.*?)\)", WORDS, re.S)[1].replace("'", "").split()  # type: ignore[index]
# Of women, and kept all the same: who said STOP must not be written to after a restoration either,
# nor a number shown that was reported; none of it names anybody without the root secret.
KEPT = {"opt_out", "report", "report_key", "installation"}
OWNER = "comadre"
STAND_IN = """#!/bin/sh
# In age's place where it is not installed: turns the bytes, hides nothing.
for last; do :; done
case "$1" in
  --encrypt) tr '\\000-\\377' '\\200-\\377\\000-\\177' >"$last" ;;
  *) tr '\\200-\\377\\000-\\177' '\\000-\\377' <"$last" ;;
esac
"""


def test_every_table_of_women_is_left_out_or_kept_for_a_reason() -> None:
    page = (ROOT / "docs" / "security" / "what-is-findable.md").read_text(encoding="utf-8")
    of_women = page.partition("that the database holds of people")[2].partition("\n## ")[0]
    tables = set(re.findall(r"^\| `(\w+)` \|", of_women, re.M))

    assert len(tables) >= 9
    assert tables - KEPT <= set(LEFT_OUT)
    assert not KEPT & set(LEFT_OUT)


@dataclass(frozen=True)
class Backups:
    """The scripts, and what they are told."""

    folder: Path
    url: str
    environment: Mapping[str, str]

    def run(self, name: str, given: bytes = b"", **more: str) -> subprocess.CompletedProcess[bytes]:
        """One of the scripts, with `given` at its standard input, `more` in its environment."""
        return subprocess.run(  # noqa: S603  # our own scripts
            [str(SCRIPTS / name)], env={**self.environment, **more}, input=given,
            capture_output=True, check=False, timeout=120,
        )  # fmt: skip

    def copies(self) -> list[Path]:
        """Encrypted copies, oldest first."""
        return sorted((self.folder / "copies").iterdir())

    def opened(self, copy: Path) -> bytes:
        """As on the computer of who has the private key."""
        command = ["age", "--decrypt", "--identity", str(self.folder / "key.txt"), str(copy)]
        found = shutil.which("age", path=self.environment["PATH"])
        return subprocess.run(  # noqa: S603
            command, executable=found, capture_output=True, check=True, timeout=60
        ).stdout


@pytest.fixture
def backups(tmp_path: Path, copied: Copied) -> Backups:
    """On a PostgreSQL of the tests' own, with Honduras in it; with age where it is installed."""
    url = copied("postgresql", only_honduras)
    parsed = make_url(url)
    (tmp_path / "copies").mkdir()
    path = f"{programs()}{os.pathsep}{os.environ['PATH']}"
    if shutil.which("age-keygen"):
        made = subprocess.run(  # noqa: S603
            ["age-keygen", "-o", str(tmp_path / "key.txt")],  # noqa: S607
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        recipient = made.stderr.split()[-1]
    else:
        stand_in = tmp_path / "bin" / "age"
        stand_in.parent.mkdir()
        stand_in.write_text(STAND_IN, encoding="utf-8")
        stand_in.chmod(0o755)
        path, recipient = f"{stand_in.parent}{os.pathsep}{path}", "age1standin"
    (tmp_path / "recipient").write_text(recipient, encoding="utf-8")
    environment = {
        "PATH": path, "BACKUP_FOLDER": str(tmp_path / "copies"),
        "BACKUP_RECIPIENT": str(tmp_path / "recipient"), "PGHOST": str(parsed.query["host"]),
        "PGPORT": str(parsed.query["port"]), "PGUSER": str(parsed.username),
        "PGDATABASE": str(parsed.database),
    }  # fmt: skip
    return Backups(tmp_path, url, environment)


def _rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()  # noqa: S608
            for table in inspect(connection).get_table_names()
        }


def _somebody_writes(engine: Engine, number: str) -> int:
    store = Store(engine, Keys(b"k" * 32), 86_400, jobs.announce)
    message = IncomingMessage("twilio", "sms", number, f"SM{number}", text="no me pagaron")
    return receive(store, [message], datetime.now(UTC))


def _is_left_out(table: str) -> bool:
    return table in LEFT_OUT or table.startswith("procrastinate_")


@pytest.mark.postgresql
def test_the_server_burns_and_the_network_has_its_directory_again(backups: Backups) -> None:
    engine = open_engine(backups.url)
    jobs.prepare(engine)
    _somebody_writes(engine, "+50499990001")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO opt_out VALUES ('somebody', now())"))
    before = _rows(engine)
    assert before["person"] == before["inbox"] == before["procrastinate_jobs"] == 1
    assert before["service"] > 10

    done = backups.run("backup")
    assert done.returncode == 0, done.stderr
    engine.dispose()
    drop(backups.url)
    _create(backups.url)
    (copy,) = backups.copies()
    done = backups.run("restore", backups.opened(copy), PGUSER=OWNER)
    assert done.returncode == 0, done.stderr
    assert re.match(rb"restored: the copy of \d{4}-\d\d-\d\d \d", done.stdout), done.stdout

    migrate(backups.url)  # as the program's start does
    engine = open_engine(backups.url)
    jobs.prepare(engine)
    assert _rows(engine) == {
        table: 0 if _is_left_out(table) else rows for table, rows in before.items()
    }
    assert _somebody_writes(engine, "+50499990002") == 1  # and goes on
    engine.dispose()
    again = backups.run(
        "restore", backups.opened(copy), PGUSER=OWNER
    )  # over what is there, the same
    assert again.returncode == 0, again.stderr
    engine = open_engine(backups.url)
    assert _rows(engine)["person"] == 0
    engine.dispose()
    drop(backups.url)


def _create(url: str) -> None:
    """As docs/deploy.md does it: the program's user owns the database and nothing else."""
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    admin = create_engine(parsed.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE {OWNER} LOGIN"))
        connection.execute(text(f"CREATE DATABASE {parsed.database} OWNER {OWNER}"))
    admin.dispose()


@pytest.mark.postgresql
def test_a_damaged_copy_changes_nothing(backups: Backups) -> None:
    backups.run("backup")
    good = backups.opened(backups.copies()[0])
    engine = open_engine(backups.url)
    before = _rows(engine)

    for damaged in (b"", b"nonsense", good[: len(good) // 2]):
        assert backups.run("restore", damaged).returncode != 0

    assert _rows(engine) == before
    engine.dispose()
    drop(backups.url)


@pytest.mark.postgresql
def test_a_copy_is_kept_seven_days_and_as_long_as_no_newer_one_succeeds(backups: Backups) -> None:
    old, younger = (backups.folder / "copies" / f"comadre-{name}.dump.age" for name in "01")
    for path, days in ((old, 7.1), (younger, 6.9)):
        path.write_bytes(b"")
        os.utime(path, (time.time() - days * 86_400,) * 2)

    assert backups.run("backup", PGHOST="/nowhere").returncode != 0
    assert backups.copies() == [old, younger]  # nothing half done either
    assert _noted(backups.url) is None

    assert backups.run("backup").returncode == 0
    assert abs((_noted(backups.url) or 0) - time.time()) < 60
    assert len(backups.copies()) == 2
    assert old not in backups.copies()
    assert all(path.stat().st_mode & 0o077 == 0 for path in backups.copies()[1:])
    drop(backups.url)


def _noted(url: str) -> int | None:
    """What Prometheus will be told of the newest copy."""
    engine = open_engine(url)
    with Session(engine) as session:
        made: int | None = session.scalar(select(Setting.value).where(Setting.key == BACKUP))
    engine.dispose()
    return made


@pytest.mark.postgresql
def test_without_the_private_key_a_copy_says_nothing(backups: Backups) -> None:
    if not shutil.which("age"):
        pytest.skip("age is not installed")
    backups.run("backup")
    (copy,) = backups.copies()

    assert copy.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert b"organization" not in copy.read_bytes()
    assert b"organization" in backups.opened(copy)
    drop(backups.url)
