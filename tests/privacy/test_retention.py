"""What is promised about forgetting is the most that can be set."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.paths import ROOT
from bot.settings import SettingError, read_settings
from tests.privacy.stage import RASA

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


_SAVE = """
import asyncio, sqlite3, sys, time
from bot.rasa.light import leave_out
leave_out()
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from bot.rasa.tracker_store import SlotStore
domain = Domain.from_dict({"slots": {name: {"type": "any", "mappings": [{"type": "custom"}]}
                                     for name in ("topic", "sensitive")}})
store = SlotStore(domain, url=sys.argv[1])
for who, sensitive in (("hers", True), ("another's", False)):
    slots = [SlotSet("topic", "ask_asylum"), SlotSet("sensitive", sensitive)]
    asyncio.run(store.save(DialogueStateTracker.from_events(who, slots, domain.slots)))
rows = sqlite3.connect(sys.argv[1]).execute("SELECT key, until FROM slots").fetchall()
print(*(f"{key}:{(until - time.time()) / 60:.0f}" for key, until in sorted(rows)), sep=";")
"""


@pytest.mark.skipif(not RASA.exists(), reason="Rasa's environment is not installed")
def test_rasa_keeps_what_is_sensitive_for_two_hours_and_the_rest_for_a_day(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in NAMES}
    ran = subprocess.run(  # noqa: S603  # our own command
        [RASA, "-c", _SAVE, tmp_path / "slots.db"], cwd=ROOT, capture_output=True, text=True,
        env={**env, "PYTHONPATH": str(ROOT)}, timeout=240, check=False,
    )  # fmt: skip

    assert ran.stdout.strip() == "another's:1440;hers:120", ran.stderr[-2_000:]
