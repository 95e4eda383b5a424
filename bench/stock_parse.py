"""The understanding of a stock Rasa, in Rasa's environment: as bot/rasa/parse.py, without our gate
and with all of Rasa's own components, which that one leaves out."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import sys

import structlog
from rasa.core.agent import Agent

from bot.rasa.parse import answer_of

FALLBACK = "nlu_fallback"


async def answer(agent: Agent, text: str) -> dict[str, object]:
    """The contract's line. Rasa puts its own "not understood" before the intents; the best guess is
    what stands behind it, as of ours."""
    parsed = await agent.parse_message(text)
    named = [each for each in parsed["intent_ranking"] if each["name"] != FALLBACK]
    return answer_of({**parsed, "intent_ranking": named})


def main() -> None:
    """Model's path; JSON Lines from stdin to stdout."""
    out = io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), encoding="utf-8", line_buffering=True)
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    agent = Agent.load(sys.argv[1])
    for line in sys.stdin:
        found = asyncio.run(answer(agent, json.loads(line)["text"].lstrip("/").strip()))
        out.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
