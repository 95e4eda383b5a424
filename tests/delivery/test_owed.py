"""She leaves or erases while Rasa is silent: Rasa forgets her before anything else is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors import loop
from connectors.contract import Reply
from tests.conftest import Copied
from tests.delivery.stage import KEYS, Stage, staged, until
from tests.delivery.test_workers import ANA, BERTA, EVERY_WAY

WISHES = ("borra todo", "salir", "¿quién es este número? soy el marido")


class Remembers:
    """Rasa: says what it remembers of whoever asks."""

    def __init__(self) -> None:
        self.slots: dict[str, list[str]] = {}
        self.is_silent = False
        self.fails_on = ""
        self.language = ""

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        if self.is_silent or (self.fails_on and message.startswith(self.fails_on)):
            raise RasaUnavailable("silent")
        if message in ("/delete_my_data", "/quick_exit"):
            self.slots.pop(pseudonym, None)
            self.language = metadata["language"]
            return RasaAnswer((), message[1:], {"language": metadata["language"]})
        known = self.slots.setdefault(pseudonym, [])
        said = Reply(f"sé: {', '.join(known)}; dices: {message}")
        known.append(message)
        return RasaAnswer((said.as_dict(),), "greet", {"language": "es"})


@pytest.fixture(params=EVERY_WAY)
def stage(
    request: pytest.FixtureRequest, copied: Copied, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    monkeypatch.setattr(loop, "SETTLE_EVERY_S", 3_600.0)  # only when a worker starts
    with staged(copied, *request.param) as made:
        made.echo = Remembers()  # type: ignore[assignment]
        yield made


def rasa(stage: Stage) -> Remembers:
    return stage.echo  # type: ignore[return-value]


def owed(stage: Stage) -> int:
    with stage.engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM owed_forgetting")) or 0)


async def told(stage: Stage, who: str, words: str) -> str:
    """What she is answered."""
    before = len(stage.notebook.to(who))
    stage.says(who, words)
    await until(lambda: len(stage.notebook.to(who)) > before)
    return stage.notebook.to(who)[-1]


@pytest.mark.parametrize("wish", WISHES)
async def test_what_she_asks_next_finds_nothing_of_before(stage: Stage, wish: str) -> None:
    async with stage.workers():
        await told(stage, ANA, "mi marido me pega")
        rasa(stage).is_silent = True
        await told(stage, ANA, wish)
        assert owed(stage) == 1
        rasa(stage).is_silent = False

        assert await told(stage, ANA, "¿y qué más?") == "sé: ; dices: ¿y qué más?"

        assert owed(stage) == 0
        assert await told(stage, ANA, "otra") == "sé: ¿y qué más?; dices: otra"


async def test_while_rasa_cannot_forget_her_it_is_not_asked_in_her_name(stage: Stage) -> None:
    async with stage.workers():
        await told(stage, ANA, "mi marido me pega")
        rasa(stage).is_silent = True
        await told(stage, ANA, "borra todo")
        rasa(stage).is_silent, rasa(stage).fails_on = False, "/delete_my_data"

        answer = await told(stage, ANA, "¿y qué más?")
        card = await told(stage, ANA, "me va a matar")

        assert "pega" not in answer
        assert "pega" not in card
        assert card
        assert rasa(stage).slots[KEYS.pseudonym("twilio", ANA)] == ["mi marido me pega"]
        assert owed(stage) == 1


async def test_who_writes_no_more_is_forgotten_as_soon_as_rasa_answers(stage: Stage) -> None:
    async with stage.workers():
        for who in (ANA, BERTA):
            await told(stage, who, "mi marido me pega")
        rasa(stage).is_silent = True
        for who in (ANA, BERTA):
            await told(stage, who, "salir")
    worker = stage.worker("another, after a restart")
    assert await worker.settle_owed() == 0
    assert (owed(stage), len(rasa(stage).slots)) == (2, 2)

    rasa(stage).is_silent = False
    worker.clock = lambda: datetime.now(UTC) + timedelta(minutes=1)

    assert await worker.settle_owed() == 2
    assert (owed(stage), rasa(stage).slots) == (0, {})


async def test_one_whom_rasa_never_forgets_keeps_no_other_waiting(stage: Stage) -> None:
    async with stage.workers():
        rasa(stage).is_silent = True
        await told(stage, ANA, "borra todo")
        await told(stage, BERTA, "salir")
    rasa(stage).is_silent, rasa(stage).fails_on = False, "/delete_my_data"
    worker = stage.worker("later")

    await worker.settle_owed()
    assert await worker.settle_owed() == 1

    assert owed(stage) == 1
    worker.clock = lambda: datetime.now(UTC) + timedelta(hours=25)
    await worker.settle_owed()
    assert owed(stage) == 0, "her slots have ended by themselves"


async def test_her_language_is_not_forgotten_with_it(stage: Stage) -> None:
    async with stage.workers():
        rasa(stage).is_silent = True
        await told(stage, ANA, "delete everything")
    rasa(stage).is_silent = False

    await stage.worker("later").settle_owed()

    assert rasa(stage).language == "en"
