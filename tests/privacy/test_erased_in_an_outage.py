"""She leaves or erases while Rasa is dead: what Rasa remembers of her is never reached again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.knowledge.load import load_all
from connectors import loop
from tests.conftest import Copied
from tests.delivery.stage import until
from tests.privacy.canaries import Canary, canaries
from tests.privacy.stage import RASA, Stage, stage

LAST_WORDS = ("borra todo", "salir", "¿quién es este número? soy el marido")
pytestmark = pytest.mark.skipif(not RASA.exists(), reason="Rasa's environment is not installed")


def slots(on: Stage, who: Canary) -> str:
    """What Rasa's memory holds under her pseudonym."""
    with sqlite3.connect(on.folder / "slots.db") as connection:
        rows = connection.execute(
            "SELECT value FROM slots WHERE key = ?", (who.pseudonym(on.parts.keys),)
        ).fetchall()
    return "".join(value for (value,) in rows)


def owed(on: Stage) -> int:
    with on.parts.engine.connect() as connection:
        return len(connection.exec_driver_sql("SELECT 1 FROM owed_forgetting").all())


def last_to(on: Stage, who: Canary) -> str:
    taken = [each for each in on.twins.of(who.folder).taken if who.digits in str(each.address)]
    return str(taken[-1].text)


async def test_what_rasa_remembers_is_gone_though_it_was_dead_when_she_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copied: Copied
) -> None:
    monkeypatch.setattr(loop, "SETTLE_EVERY_S", 3_600.0)  # at the start of a worker alone
    monkeypatch.setattr("tests.privacy.stage.SLOTS_KEPT_S", 7_200)
    people = [each for each in canaries(20) if each.channel == "whatsapp"]
    write, are_silent = people[:3], people[3:]
    async with stage(tmp_path, copied("sqlite", load_all), rasa_timeout_s=60.0) as on:
        async with on.working():
            for who in people:
                await on.says(who, "violence")
            await on.quiet()
            assert all("domestic_violence" in slots(on, who) for who in people)
            on.rasa.kill()
            on.rasa.wait()
            for number, who in enumerate(people):
                await on.says(who, text=LAST_WORDS[number % 3])
            await on.quiet()
            assert "Borré" in last_to(on, people[0])  # she is told so, outage or not
            assert owed(on) == len(people)

            await on.restart_rasa()
            for who in write:
                await on.says(who, text="¿y qué más?")
            await on.quiet()

            for who in write:  # whoever holds her telephone now reads and finds nothing of it
                assert "violencia" not in last_to(on, who)
                assert "domestic_violence" not in slots(on, who)
            assert all("domestic_violence" in slots(on, who) for who in are_silent)
            assert owed(on) == len(are_silent)  # nobody has tried again yet
        async with on.working():
            await until(lambda: owed(on) == 0, 60)
            assert not any("domestic_violence" in slots(on, who) for who in people)
