"""A new version meets an old database: processes that start together, and rows of long ago."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.database import migrate, migration_config, open_engine, unmigrate
from bot.paths import ROOT

TOGETHER = 6
# What every role of every pod does first; each is told to go once all have read their modules.
START = """
import sys
from bot.database import migrate, open_engine
print(flush=True)
sys.stdin.readline()
migrate(sys.argv[1])
open_engine(sys.argv[1]).connect().close()
"""


def start_together(url: str) -> list[str]:
    """Of each process what it died of, empty where it lived."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen([sys.executable, "-c", START, url], env=environment, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(TOGETHER)
    ]  # fmt: skip
    try:
        for each in processes:
            assert each.stdout is not None
            each.stdout.readline()
        for each in processes:
            assert each.stdin is not None
            each.stdin.write("\n")
            each.stdin.flush()
        said = [each.communicate(timeout=100)[1] for each in processes]
    finally:
        for each in processes:
            each.kill()
    return [text.strip().rpartition("\n")[2] if each.returncode else ""
            for each, text in zip(processes, said, strict=True)]  # fmt: skip


def head() -> str:
    found = ScriptDirectory.from_config(migration_config("")).get_current_head()
    assert found is not None
    return found


def revision(url: str) -> str | None:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return found


def test_six_that_start_together_make_the_tables_once(empty_url: str) -> None:
    assert start_together(empty_url) == [""] * TOGETHER
    assert revision(empty_url) == head()


@pytest.mark.parametrize("back", ["-1", "-3"])
def test_six_of_a_new_version_bring_the_tables_up_once(empty_url: str, back: str) -> None:
    migrate(empty_url)
    unmigrate(empty_url, back)
    before = revision(empty_url)

    assert start_together(empty_url) == [""] * TOGETHER
    assert before != head()
    assert revision(empty_url) == head()
