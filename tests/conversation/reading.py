"""Messages read as the place reader and the action server read them, without Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from actions.turn import read_turn
from bot.conversation.state import Turn
from bot.nlu.places import PlaceFinder, summarise
from tests.meaning import meaning

NOW = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
_FINDER = PlaceFinder.load()


def heard(text: str, intent: str, prefix: str | None = None, language: str = "es",
          slots: Mapping[str, Any] | None = None) -> Turn:  # fmt: skip
    """The turn of `text`, understood as `intent`, in the conversation of `slots`."""
    found = _FINDER.find(text)
    told = summarise(found)
    entities = [{"entity": p.entity, "value": p.value, "role": p.role, "start": p.start,
                 "end": p.end} for p in found if p.value]  # fmt: skip
    places = {"country": told.country, "origin": told.origin, "destination": told.destination,
              "city": told.city, "candidates": list(told.candidates)}  # fmt: skip
    message = {
        "text": text, "intent": {"name": intent, "confidence": 0.9}, "entities": entities,
        "places": places, "language": language, "language_sure": True, "meaning": meaning(text),
        "metadata": {"prefix_country": prefix, "typed": len(text.split()),
                     "now": NOW.isoformat()},
    }  # fmt: skip
    return read_turn(message, slots or {})
