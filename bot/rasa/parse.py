"""`make parse`, inside Rasa's environment: the trained model, loaded as the server loads it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from typing import Any, TextIO

from bot.nlu.lexicon_asked import service_asked
from bot.nlu.lexicon_meant import relative_meant
from bot.rasa.light import leave_out

RANKING, LONGEST = 5, 2_000  # intents named; characters read


def answer_of(parsed: dict[str, Any], force: str | None = None) -> dict[str, Any]:
    """The contract's line for one parsed message; `force`: the intent that the gate is sure of.

    The service is what she asks for, the relative whom it is about; the conversation also gets the
    bare words for them, among the entities.
    """
    places = parsed.get("places") or {}
    intent = force or parsed["intent"]["name"]
    text = str(parsed.get("spelt") or parsed.get("text") or "")[:LONGEST]
    return {
        "intent": intent,
        "confidence": 1.0 if force else round(float(parsed["intent"]["confidence"]), 4),
        "ranking": [
            [r["name"], round(float(r["confidence"]), 4)]
            for r in parsed["intent_ranking"][:RANKING]
        ],
        "language": parsed.get("language", "es"),
        "country": places.get("country"),
        "origin": places.get("origin"),
        "city": places.get("city"),
        "service_type": service_asked(text, intent),
        "relative": relative_meant(text, intent),
    }


NOTHING: dict[str, Any] = {
    "intent": "nlu_fallback", "confidence": 0.0, "ranking": [], "language": "es", "country": None,
    "origin": None, "city": None, "service_type": None, "relative": None,
}  # fmt: skip


async def parse_lines(agent: Any, lines: TextIO, out: TextIO, *, whole: bool = False) -> None:
    """One line out for one line in, in order; a line that cannot be read says why. `whole`: all
    that the actions would get, for measurements."""
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
            text, force = str(value["text"]), value.get("force")
        except (ValueError, KeyError, TypeError, AttributeError):
            why = f'line {number}: expected a JSON object with "text"'
            result = {**NOTHING, "error": why}
        else:
            # A leading slash is Rasa's own way of naming an intent; a person's never is.
            text = text.lstrip("/").strip()
            parsed = await agent.parse_message(text) if text else None
            result = NOTHING if parsed is None else parsed if whole else answer_of(parsed, force)
            if force and (whole or parsed is None):
                result = {**result, "intent": force, "confidence": 1.0}
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
        out.flush()


def main() -> None:
    """Model's path, perhaps "whole" after it; stdin to stdout."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    leave_out()
    import structlog
    from rasa.core.agent import Agent

    # Rasa writes every message into its debug log, which nobody has asked for here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    agent = Agent.load(sys.argv[1])
    asyncio.run(parse_lines(agent, sys.stdin, out, whole=sys.argv[2:] == ["whole"]))


if __name__ == "__main__":
    main()
