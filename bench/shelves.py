"""Rasa's memory of conversations with many in it; runs in Rasa's environment, for bench/growth.py.

One turn reads a conversation once and writes it once. Ours keeps the slots' values, in a file or in
Redis; a stock Rasa keeps every event with its text, here in SQLite (SQLTrackerStore), where each
conversation holds three turns. Arguments: a folder, Redis' URL, the sizes.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa.tracker_store import RedisShelf, Shelf, SqliteShelf

SLOTS = json.dumps({
    "language": "es", "country": "MX", "origin": "HN", "city": "Tapachula", "phase": "transit",
    "topic": "ask_asylum", "told": [f"mx.ask_asylum.statement-{number}" for number in range(6)],
})  # fmt: skip
TIMES, DAY_S, TURNS = 400, 86_400, 3


def spread(times: list[float]) -> dict[str, float]:
    """Median and p95, in milliseconds."""
    return {"median_ms": round(median(times), 3),
            "p95_ms": round(quantiles(times, n=20)[-1], 3)}  # fmt: skip


def ours(shelf: Shelf, have: int, many: int) -> dict[str, float]:
    """Filled up from `have` to `many`; then reads and writes."""
    for number in range(have, many):
        shelf.put(f"{number:032x}", SLOTS, DAY_S)
    dice, times = random.Random(7), []  # noqa: S311  # no secret
    for _ in range(TIMES):
        key = f"{dice.randrange(many):032x}"
        started = time.perf_counter()
        shelf.get(key)
        shelf.put(key, SLOTS, DAY_S)
        times.append(1_000 * (time.perf_counter() - started))
    return spread(times)


def _events() -> list[Any]:
    return [ActionExecuted("action_listen"), UserUttered("¿Cómo pido asilo en México?", {
        "name": "ask_asylum", "confidence": 0.93}), ActionExecuted("utter_ask_asylum"),
        BotUttered("Puede pedirlo ante la COMAR, en treinta días hábiles.")]  # fmt: skip


def stock(store: SQLTrackerStore, folder: Path, have: int, many: int) -> dict[str, float]:
    """The same of a stock Rasa: whole conversations, one turn more each time."""
    loop = asyncio.new_event_loop()
    with store.session_scope() as session:
        rows = [{"sender_id": f"{number:032x}", "type_name": event.type_name,
                 "timestamp": time.time() + place, "intent_name": None, "action_name": None,
                 "data": json.dumps(event.as_dict())}
                for number in range(have, many)
                for place, event in enumerate(_events() * TURNS)]  # fmt: skip
        session.bulk_insert_mappings(store.SQLEvent, rows)
        session.commit()
    dice, times = random.Random(7), []  # noqa: S311  # no secret
    for _ in range(TIMES):
        key = f"{dice.randrange(many):032x}"
        started = time.perf_counter()
        tracker = loop.run_until_complete(store.retrieve(key))
        assert isinstance(tracker, DialogueStateTracker)
        for event in _events():
            tracker.update(event)
        loop.run_until_complete(store.save(tracker))
        times.append(1_000 * (time.perf_counter() - started))
    return spread(times)


def main() -> None:
    """JSON to stdout."""
    folder, url, sizes = Path(sys.argv[1]), sys.argv[2], sorted(map(int, sys.argv[3:]))
    file, redis = SqliteShelf(str(folder / "slots.db")), RedisShelf(url)
    domain = Domain.from_dict({"intents": ["ask_asylum"], "responses": {
        "utter_ask_asylum": [{"text": "…"}]}})  # fmt: skip
    store = SQLTrackerStore(domain, dialect="sqlite", db=str(folder / "rasa.db"))
    found, have = [], 0
    for many in sizes:
        found.append({"conversations": many, "file": ours(file, have, many),
                      "redis": ours(redis, have, many),
                      "stock": stock(store, folder, have, many)})  # fmt: skip
        have = many
    print(json.dumps(found))


if __name__ == "__main__":
    main()
