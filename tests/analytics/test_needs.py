"""What an emergency was: counted as what she needed, as the conversation itself has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.analytics.recorder import Recorder
from bot.conversation.state import State
from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors.claimed import Claimed
from connectors.memory import Memory
from connectors.outcome import Message, Outcome
from connectors.turns import take_turn
from tests.analytics.counting import counts_of, table_of
from tests.conversation.heard import hear

NOON = datetime(2026, 11, 10, 18, 0, tzinfo=UTC)
BIRTH, CHILD = "se me vino la fuente", "my baby won't drink since last night"
LEFT, POLICE = "we are lost in the jungle", "police number"
ATTACK, DESPAIR = "me está pegando", "me quiero matar"


class Salvadoran:
    """She writes from El Salvador; gateway and conversation are the real ones, without a model."""

    def __init__(self, engine: Engine, *, is_down: bool = False) -> None:
        self._engine, self._is_down = engine, is_down
        self._state, self._memory = State(), Memory()

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """As Rasa would."""
        if self._is_down:
            raise RasaUnavailable("down")
        intent = metadata["force_intent"] or message.lstrip("/")
        said = hear(self._engine, message, self._state, intent, **metadata)
        self._state = said.state
        replies = tuple(reply.as_dict() for reply in said.replies)
        return RasaAnswer(replies, said.acted_on, said.state.as_slots(), said.outcome)

    def writes(self, text: str) -> Outcome:
        """What it leads to."""
        message = Message("text", text, None, None, "sms", NOON, None, prefix_country="SV")
        came = asyncio.run(take_turn(self, lambda _: (None, None), "p", message, self._memory))
        self._memory = came.memory
        return came


def claimed(at: datetime = NOON) -> Claimed:
    """Her message, as a worker has it."""
    return Claimed((1,), "a" * 32, "twilio", "sms", "+50370000001", {}, Memory(), at, at, None, 1,
                   False)  # fmt: skip


def counted(engine: Engine, *outcomes: Outcome) -> dict[str, set[str]]:
    """The rows that one process counts them in."""
    recorder = Recorder(counts_of(engine), clock=lambda: NOON)
    for number, came in enumerate(outcomes):
        recorder.on_turn(claimed(NOON + timedelta(minutes=number)), came, [])
    recorder.stop()
    return {cut: {row for row, at in table_of(engine, cut) if at == "SV"}
            for cut in ("crises", "topics", "themes")}  # fmt: skip


@pytest.fixture
def library(filled_engines: Callable[[str], Engine]) -> Engine:
    return filled_engines("sqlite")


@pytest.mark.parametrize("is_down", [False, True])
@pytest.mark.parametrize(("words", "kind", "topic", "theme"), [
    (BIRTH, "emergency", {"ask_health_care"}, {"rights"}),
    (CHILD, "emergency", {"ask_health_care"}, {"rights"}),
    (LEFT, "emergency", {"ask_missing_relative"}, {"family"}),
    (POLICE, "emergency", set(), set()),
    (ATTACK, "danger", {"report_immediate_danger"}, {"violence"}),
    (DESPAIR, "distress", {"express_suicidal_distress"}, {"violence"}),
])  # fmt: skip
def test_who_needs_a_doctor_the_way_out_or_the_police_is_not_counted_as_attacked(
    library: Engine, sqlite_engine: Engine, *, words: str, kind: str, topic: set[str],
    theme: set[str], is_down: bool,
) -> None:  # fmt: skip
    """Each of them gets a card that is acted on as immediate danger, and was counted as one: a
    birth was violence. Also where Rasa is silent and the card comes from disk."""
    came = Salvadoran(library, is_down=is_down).writes(words)

    assert counted(sqlite_engine, came) == {
        "crises": {f"{kind}:silent"}, "topics": topic, "themes": theme,
    }  # fmt: skip


@pytest.mark.parametrize(("words", "kind"), [
    (ATTACK, "danger"), (DESPAIR, "distress"), (POLICE, "danger"),
])  # fmt: skip
def test_a_yes_that_another_process_hears_is_the_same_crisis(
    library: Engine, sqlite_engine: Engine, words: str, kind: str
) -> None:
    """To the first one's question whether she can write, is alone, or is in danger now. A process
    that knew no more than the yes counted "another emergency"."""
    she = Salvadoran(library)
    she.writes(words)

    assert counted(sqlite_engine, she.writes("1"))["crises"] == {f"{kind}:silent"}


@pytest.mark.parametrize(("words", "then", "row"), [
    (POLICE, "1", "danger:silent"), (POLICE, "2", "emergency:over"),
    (BIRTH, ATTACK, "danger:silent"), (ATTACK, BIRTH, "danger:silent"),
])  # fmt: skip
def test_an_attack_is_one_whatever_she_needs_before_or_after_it(
    library: Engine, sqlite_engine: Engine, words: str, then: str, row: str
) -> None:
    she = Salvadoran(library)

    assert counted(sqlite_engine, she.writes(words), she.writes(then))["crises"] == {row}
