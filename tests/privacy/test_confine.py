"""The program's folder and memory are closed to everybody else with an account on the machine."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.privacy.confine import confine, open_to_others
from tests.privacy.apart import apart


@pytest.fixture(autouse=True)
def as_most_machines_do() -> Iterator[None]:
    mask = os.umask(0o022)
    yield
    os.umask(mask)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_that_is_not_there_is_made_for_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "srv" / "var"

    apart(lambda: confine(folder))

    assert mode(folder) == 0o700


def test_files_from_before_keep_our_own_rights_and_lose_everybody_elses(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "old.log").write_text("x")
    (tmp_path / "run.sh").write_text("x")
    (tmp_path / "run.sh").chmod(0o755)

    apart(lambda: confine(tmp_path))

    assert mode(tmp_path) == 0o700
    assert mode(tmp_path / "log" / "old.log") == 0o600
    assert mode(tmp_path / "run.sh") == 0o700


def test_new_files_are_ours_alone_and_a_crash_leaves_no_picture_of_the_memory(
    tmp_path: Path,
) -> None:
    def check() -> None:
        confine(tmp_path)
        (tmp_path / "new").write_text("x")
        assert mode(tmp_path / "new") == 0o600
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)

    apart(check)


def test_what_a_link_leads_to_is_not_ours_to_close(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "var"
    elsewhere.write_text("x")
    folder.mkdir()
    (folder / "link").symlink_to(elsewhere)

    apart(lambda: confine(folder))

    assert mode(elsewhere) == 0o644
    assert list(open_to_others(folder)) == []


def test_whatever_the_group_or_everybody_may_do_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    for name, rights in (("mine", 0o600), ("group", 0o640), ("everybody", 0o601)):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(rights)

    assert [path.name for path in open_to_others(tmp_path)] == ["everybody", "group"]
