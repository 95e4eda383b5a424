"""A message in a conversation, without Rasa: its own words, the intent that was understood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from actions.registry import DECIDERS
from actions.turn import read_turn
from bot.conversation.compose import Decision
from bot.conversation.dialogue import play
from bot.conversation.state import State
from bot.conversation.world import World
from tests.turns import RULES

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


def hear(engine: Engine, words: str, state: State, intent: str = "nlu_fallback",
         confidence: float = 0.9, *, ranking: tuple[tuple[str, float], ...] = (),
         places: dict[str, str] | None = None, stays: dict[str, float] | None = None,
         entities: Sequence[dict[str, Any]] = (), **metadata: Any) -> Decision:  # fmt: skip
    """What `words` lead to, where the model makes `intent` of them."""
    message = {
        "text": words, "intent": {"name": intent, "confidence": confidence},
        "entities": list(entities),
        "intent_ranking": [{"name": n, "confidence": c} for n, c in ranking],
        "places": places or {}, "stays": stays,
        "metadata": {"now": NOW.isoformat(), "typed": len(words.split()), **metadata},
    }  # fmt: skip
    turn = read_turn(message, state.as_slots())
    return play(DECIDERS[RULES[intent]], turn, state, World(engine))


def text(decision: Decision) -> str:
    """All that is said."""
    return "\n".join(reply.text for reply in decision.replies)
