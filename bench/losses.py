"""`python -m bench losses`: messages while processes are killed, ours and a stock Rasa.

Both get the same messages at the same rate from a vendor that posts each once and never again, as
Twilio does, while one process after the other is killed with SIGKILL and started again: of ours
gateway, worker, actions and Rasa in turn, of a stock Rasa the only one. "Refused": nobody took the
post. "Lost": taken, or under way, and never answered. Soaks with repeating vendors: bench/soak.py.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import soak_rasa
from bench.pace import spread
from bench.record import Record, command_line
from bench.soak import Plan, soak
from bench.stock_server import StockRasa, ensure_model
from bench.vendor import vendor
from bot.commands import model as our_model
from bot.serve.supervisor import say

KILL_EVERY_S, SEED = 12.0, 1


def ours(folder: Path, many: int, per_s: float) -> dict[str, Any]:
    """On SQLite, each part in a process of its own."""
    plan = Plan("sqlite", "rows", messages=many, per_s=per_s, people=many, workers=1,
                assistant="rasa", kill_every_s=KILL_EVERY_S, duplicates=0.0, disorder_s=0.0,
                throttled=0.0, patience_s=120.0, vendor_patience_s=0.0, seed=SEED)  # fmt: skip
    found = asyncio.run(soak(plan, f"sqlite:///{folder / 'soak.db'}", folder))
    return {"messages": many, "kills": found["kills"], "refused": found["never_accepted"],
            "lost": found["lost"], "first_told_from_disk": found["from_disk"],
            "answer_ms": found["answer_ms"]}  # fmt: skip


async def stock(folder: Path, many: int, per_s: float) -> dict[str, Any]:
    """Killed and started again while messages come."""
    model, said = ensure_model(), soak_rasa.texts()
    async with vendor(said) as twilio:
        rasa = StockRasa(model, twilio.api, folder)
        kills, refused, dice = 0, 0, random.Random(SEED)  # noqa: S311  # repeatable

        async def killing() -> None:
            nonlocal kills
            while True:
                await asyncio.sleep(dice.uniform(0.2, 1.8) * KILL_EVERY_S)
                rasa.kill()
                kills += 1
                rasa.begin()
                while not await asyncio.to_thread(rasa.is_ready):
                    await asyncio.sleep(0.3)

        async def one(number: int) -> float | None:
            nonlocal refused
            took = await twilio.turn(number)
            refused += took is None and number in twilio.refused
            return took

        try:
            await asyncio.to_thread(rasa.start)
            twilio.hook = rasa.webhook
            await one(0)
            task, asked, began = asyncio.create_task(killing()), [], time.monotonic()
            for number in range(1, many + 1):
                await asyncio.sleep(max(0.0, began + number / per_s - time.monotonic()))
                asked.append(asyncio.create_task(one(number)))
            task.cancel()
            took = await asyncio.gather(*asked)
        finally:
            rasa.kill()
    seconds = [each for each in took if each is not None]
    return {"messages": many, "kills": {"rasa": kills}, "refused": refused,
            "lost": many - len(seconds) - refused, "answer_ms": spread(seconds)}  # fmt: skip


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    parser = command_line("losses", __doc__)
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--per-s", type=float, default=5.0)
    given = parser.parse_args(arguments)
    our_model.ensure_model()
    ensure_model()
    record = Record("losses", given.to, changed=given.changed)
    many, per_s = given.messages, given.per_s
    with tempfile.TemporaryDirectory(prefix="comadre-losses-") as name:
        say("Killing ours …")
        own = ours(Path(name), many, per_s)
    with tempfile.TemporaryDirectory(prefix="comadre-losses-") as name:
        say("Killing a stock Rasa …")
        theirs = asyncio.run(stock(Path(name), many, per_s))
    record.write({"per_s": per_s, "kill_every_s": KILL_EVERY_S, "ours": own, "stock": theirs})
