"""A training is begun only where it fits into the memory that is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.database import transaction
from bot.improving.examples import keep
from bot.improving.room import TRAINING_MB, fits, room_mb
from bot.improving.workshop import Workshop
from bot.portal import understanding
from tests.portal.desk import Desk

MB = 2**20


def machine(
    folder: Path, available_mb: int, group: str = "", limit: str = "max", taken_mb: int = 0
) -> tuple[Path, Path]:
    """What the kernel tells, as files."""
    proc, groups = folder / "proc", folder / "groups"
    (proc / "self").mkdir(parents=True)
    (proc / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable: {available_mb * 1024} kB\n")
    (proc / "self/cgroup").write_text(f"0::/{group}\n")
    own = groups / group
    own.mkdir(parents=True)
    (own / "memory.max").write_text(f"{limit}\n")
    (own / "memory.current").write_text(f"{taken_mb * MB}\n")
    (own / "memory.stat").write_text(f"anon 1\ninactive_file {100 * MB}\n")
    return proc, groups


def test_a_unit_with_a_narrow_limit_has_less_room_than_its_machine(tmp_path: Path) -> None:
    free = machine(tmp_path / "free", 6_000)
    unit = machine(tmp_path / "unit", 6_000, "system.slice/comadre.service", str(2_048 * MB), 1_000)
    wide = machine(tmp_path / "wide", 6_000, "system.slice/comadre.service", str(4_096 * MB), 1_000)

    assert room_mb(*free) == 6_000
    assert room_mb(*unit) == 2_048 - 1_000 + 100
    assert [fits(room_mb(*each)) for each in (free, unit, wide)] == [True, False, True]


def test_a_limit_of_what_stands_above_the_unit_counts_too(tmp_path: Path) -> None:
    proc, groups = machine(tmp_path, 6_000, "pod/container")
    (groups / "pod/memory.max").write_text(str(1_500 * MB))
    (groups / "pod/memory.current").write_text(str(500 * MB))

    assert room_mb(proc, groups) == 1_000


def test_where_the_kernel_tells_nothing_a_training_is_not_refused(tmp_path: Path) -> None:
    assert room_mb(tmp_path, tmp_path) is None
    assert fits(None)


def test_the_page_says_beforehand_that_memory_is_missing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.site.workshop = Workshop(tmp_path)
    with transaction(desk.engine) as session:
        keep(session, ["hay clases"], "es", "ask_education", desk.clock().date())
    boss = desk.worker("administrator", "Clara")
    monkeypatch.setattr(understanding, "room_mb", lambda: 700)

    page = boss.open("/portal/understanding")
    assert f"hacen falta {TRAINING_MB}" in page.words
    assert "quedan 700" in page.words
    assert page.send_bare("/portal/understanding/train").status == 409
    assert desk.site.workshop.progress.step == "none", "it would be ended half an hour later"

    monkeypatch.setattr(understanding, "room_mb", lambda: TRAINING_MB)
    page = boss.open("/portal/understanding").send("/train")
    assert desk.site.workshop.progress.step == "waiting"
