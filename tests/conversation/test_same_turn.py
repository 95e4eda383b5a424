"""Rasa is asked again, for nobody knows whether it had taken the first try: one turn, not two."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Engine

from actions.registry import DECIDERS
from actions.same_turn import SLOT
from actions.turn import TurnAction
from bot.conversation.world import World
from tests.conversation.heard import NOW
from tests.turns import RULES

Slots = dict[str, Any]


def take(engine: Engine, slots: Slots, intent: str, turn: str | None, **metadata: Any) -> Slots:
    """The slots after the turn, as Rasa keeps them."""
    message = {
        "text": metadata.pop("text", "unas palabras"), "entities": [],
        "intent": {"name": intent, "confidence": 0.9},
        "metadata": {"now": NOW.isoformat(), "typed": 2, "turn": turn, **metadata},
    }  # fmt: skip
    tracker = Tracker("ana", dict(slots), message, [], False, None, {}, None)
    action = TurnAction(RULES[intent], DECIDERS[RULES[intent]], World(engine))
    events = asyncio.run(action.run(CollectingDispatcher(), tracker, {}))
    return {**slots, **{event["name"]: event["value"] for event in events}}


def test_a_second_try_ends_where_the_first_did(filled_engine: Engine) -> None:
    begun = take(filled_engine, {}, "ask_asylum", "1")
    lost = take(filled_engine, begun, "nlu_fallback", "2")
    again = take(filled_engine, lost, "nlu_fallback", "2")
    next_one = take(filled_engine, again, "nlu_fallback", "3")

    assert again == lost
    assert (lost["misunderstood"], next_one["misunderstood"]) == (1.0, 2.0)


def test_what_was_told_stays_readable_for_the_next_turn(filled_engine: Engine) -> None:
    slots = take(filled_engine, {"country": "MX"}, "ask_asylum", "1")

    assert slots[SLOT]["now"]
    after = take(filled_engine, slots, "ask_repeat_or_more", "2")

    told = {each for each in slots[SLOT]["now"] if not each.startswith(":")}  # no mark
    assert told <= set(after[SLOT]["now"])
    assert "before" not in str(after[SLOT]["before"])  # one turn back, and no more


@pytest.mark.parametrize("intent", ["quick_exit", "delete_my_data"])
@pytest.mark.parametrize("turn", ["2", None])
def test_nothing_of_before_outlives_leaving(
    filled_engine: Engine, intent: str, turn: str | None
) -> None:
    slots = take(filled_engine, {"country": "MX"}, "ask_domestic_violence", "1")

    after = take(filled_engine, slots, intent, turn, text=f"/{intent}")

    assert after[SLOT] == []
    assert "MX" not in str(after)
    assert "domestic" not in str(after)


def test_what_is_forgotten_is_not_kept_as_before(filled_engine: Engine) -> None:
    slots = take(filled_engine, {"country": "MX"}, "ask_domestic_violence", "1")

    after = take(filled_engine, slots, "nlu_fallback", "2", forgotten=True, idle_s=90_000.0)

    assert "MX" not in str(after)


def test_without_a_number_of_the_turn_all_is_as_before(filled_engine: Engine) -> None:
    assert isinstance(take(filled_engine, {}, "ask_asylum", None)[SLOT], list)
