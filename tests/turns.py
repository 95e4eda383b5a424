"""Turns for tests that play without Rasa: the action of an intent, and how a tap is read."""

from __future__ import annotations

import json
import re
from datetime import datetime

import yaml

from actions.turn import read_turn
from bot.conversation.state import Turn
from bot.paths import DATA

RULES: dict[str, str] = {
    rule["steps"][0]["intent"]: rule["steps"][1]["action"]
    for path in (DATA / "stories").glob("*.yml")
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
}
_PAYLOAD = re.compile(r"^/([a-z_]+)(\{.*\})?$")


def tapped(payload: str, now: datetime) -> Turn:
    """The action server's own reading of a tap; nothing that the option carries is lost."""
    match = _PAYLOAD.match(payload)
    assert match is not None, f"no payload: {payload}"
    values = json.loads(match[2]) if match[2] else {}
    message = {
        "text": payload,
        "intent": {"name": match[1], "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in values.items()],
        "metadata": {"now": now.isoformat(), "typed": 0},
    }
    turn = read_turn(message, {})
    assert {name: getattr(turn, name, None) for name in values} == values, payload
    return turn
