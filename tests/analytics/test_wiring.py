"""That the running program counts at all, and has a word for everything that can come of a turn."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Engine

from actions.turn import TurnAction
from bot.analytics.counted import Counted
from bot.analytics.noise import NoOpendp, sure_of_noise
from bot.analytics.vocabulary import OUTCOMES, read_turn
from bot.conversation.compose import Decision, decide
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from bot.database import open_engine
from bot.paths import ROOT
from bot.privacy.keys import Keys
from bot.serve import program
from bot.serve.parts import Parts, assemble
from bot.settings import Settings
from tests.analytics.test_counting import NOON, claimed, outcome

SECRET = b"w" * 32


class _Idle:
    """A worker to which nobody writes."""

    async def run(self) -> None:
        await asyncio.Event().wait()


async def test_what_the_running_program_answers_and_sends_is_counted(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unplug `on_turn` or `on_sent` in bot/serve/program.py, and every other test still passes."""
    made: list[Parts] = []

    def assembled(*given: Any, **more: Any) -> Parts:
        made.append(assemble(*given, **more))
        return made[0]

    async def one_turn(tasks: list[asyncio.Task[None]], _: object) -> None:
        worker = made[0].worker
        worker.on_turn(claimed(), outcome("ask_asylum", "answered"), [])
        assert worker.on_sent is not None
        worker.on_sent(claimed().pseudonym, "sms", 2.0)
        for task in tasks:
            task.cancel()

    monkeypatch.setattr(program, "assemble", assembled)
    monkeypatch.setattr(program, "runner", lambda _: _Idle())
    monkeypatch.setattr(program, "_until_stopped", one_turn)
    for name in ("confine", "quiet", "_settle", "_warm_up"):
        monkeypatch.setattr(program, name, lambda *_, **__: None)
    url = sqlite_engine.url.render_as_string(hide_password=False)
    settings = replace(Settings(url, SECRET), folder=tmp_path)

    await program.serve(settings, roles=("worker",))

    found = {(cell.cut, cell.row) for cell in _read(url)}
    assert ("topics", "ask_asylum") in found
    assert ("outcomes", "answered") in found
    assert ("delivery", "in_ten_seconds") in found


def _read(url: str) -> Iterator[Any]:
    engine = open_engine(url)
    yield from Counted(engine, Keys(SECRET)).read(date.min, date.max)
    engine.dispose()


# Who makes a turn's outcome: a function, its word's place and its word's name.
MAKERS = {"decide": (4, "outcome"), "Decision": (3, "outcome"), "Outcome": (4, "outcome"),
          "replace": (99, "outcome"), "but": (99, "outcome")}  # fmt: skip


def words_of_outcomes() -> dict[str, str]:
    """Every word that the assistant writes down as an outcome, with the file that does."""
    found = {}
    for folder in ("bot/conversation", "actions", "connectors"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call):
                    found |= dict.fromkeys(_words(call), str(path.relative_to(ROOT)))
    return found


def _words(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in MAKERS:
        return
    place, keyword = MAKERS[name]
    told = [*call.args[place : place + 1], *(k.value for k in call.keywords if k.arg == keyword)]
    for each in told:
        chosen = [each.body, each.orelse] if isinstance(each, ast.IfExp) else [each]
        yield from (str(c.value) for c in chosen if isinstance(c, ast.Constant))


def test_every_outcome_of_the_conversation_is_counted_as_what_it_is() -> None:
    """An outcome that nobody listed was counted as "answered", and nobody noticed."""
    words = words_of_outcomes()
    unknown = {word: path for word, path in words.items() if word.replace(" ", "_") not in OUTCOMES}

    assert len(words) >= 8  # they are found at all
    assert unknown == {}


@pytest.mark.parametrize(
    "intent", ["ask_threats_extortion", "ask_human", "ask_privacy", "change_language", "affirm"]
)
def test_a_crisis_card_is_one_whatever_she_had_asked_for(intent: str) -> None:
    turn = read_turn("sms", intent, "crisis card", {"country": "HN"}, 1, 3)

    assert turn.outcome == "crisis_card"


def test_without_the_package_for_noise_the_program_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It started, published nothing, and said so once an hour to nobody."""
    monkeypatch.setattr("bot.analytics.noise.find_spec", lambda _: None)

    sure_of_noise(None)
    with pytest.raises(NoOpendp, match="COMADRE_FIGURES_EPSILON is set"):
        sure_of_noise(0.42)


async def test_the_figures_are_told_that_she_writes_in_another_language(
    sqlite_engine: Engine,
) -> None:
    """She is answered in Spanish, and was counted as Spanish. Rasa keeps nothing of it."""

    def said(turn: Turn, state: State, world: World) -> Decision:
        return decide(["Hola."], state, "change_language")

    heard = {}
    for code in ("ht", "es"):
        message = {
            "text": "mwen bezwen yon avoka", "language": code, "language_sure": True,
            "entities": [], "intent": {"name": "change_language", "confidence": 0.9},
            "metadata": {"now": NOON.isoformat(), "typed": 4},
        }  # fmt: skip
        dispatcher = CollectingDispatcher()
        tracker = Tracker("ana", {}, message, [], False, None, {}, None)
        action = TurnAction("action_language", said, World(sqlite_engine))
        events = await action.run(dispatcher, tracker, {})
        assert "wrote_in" not in {event.get("name") for event in events}
        heard[code] = dispatcher.messages[0]["custom"]["slots"]

    assert heard["ht"]["wrote_in"] == "other"
    assert "wrote_in" not in heard["es"]
