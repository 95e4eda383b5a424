"""What is promised about forgetting is the most that can be set."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingError, read_settings

NAMES = {"COMADRE_RETENTION_S": 86_400, "COMADRE_RETENTION_SENSITIVE_S": 7_200}


@pytest.mark.parametrize(("name", "most"), NAMES.items())
def test_nothing_can_be_kept_for_longer_than_is_promised(
    tmp_path: Path, name: str, most: int
) -> None:
    for value in (most + 1, 604_800, 0, -1):
        with pytest.raises(SettingError, match=f"{name}: expected 1 to {most}, got {value}"):
            read_settings({name: str(value)}, tmp_path)


def test_it_may_be_forgotten_sooner(tmp_path: Path) -> None:
    settings = read_settings(dict.fromkeys(NAMES, "600"), tmp_path)

    assert (settings.retention_s, settings.retention_sensitive_s) == (600, 600)
    usual = read_settings({}, tmp_path)
    assert (usual.retention_s, usual.retention_sensitive_s) == tuple(NAMES.values())
