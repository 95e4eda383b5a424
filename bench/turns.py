"""`python -m bench turns`: whole turns, ours and a stock Rasa's, on the same messages.

Both are asked through Twilio on loopback (bench/vendor.py) one at a time, at twenty a second and
sixteen at once; ours also through its own chat page, then at fifty messages a second for the
acknowledgements, then with a Rasa that hangs.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from bench.live import Page, system
from bench.pace import Pacer
from bench.record import Record, command_line
from bench.stock_server import EPOCHS, StockRasa, ensure_model, write_project
from bench.trees import memory_mb, most_mb, parts_of, processor_s
from bench.vendor import vendor
from bot.commands import model as our_model
from bot.commands.evaluate import read_cases
from bot.serve.supervisor import say

DRAIN_S = 8.0


def texts() -> list[str]:
    """The development set, in an order by lot that is always the same."""
    found = [case.text for case in read_cases()]
    random.Random(7).shuffle(found)  # noqa: S311  # no secret
    return found


async def ours(folder: Path, said: Sequence[str], for_s: float) -> dict[str, Any]:
    """Gateway, worker and actions in one process, Rasa in the other, on SQLite."""
    async with vendor(said) as twilio:
        with system(folder, twilio.environment) as (base, pid, start_s):
            twilio.hook = f"{base}/webhooks/twilio"
            pids = parts_of(pid)
            before = memory_mb(pids)
            paces = await Pacer.of(twilio.turn, partial(processor_s, pids)).all(for_s)
            memory, most = memory_mb(pids), most_mb(pids)
            async with httpx.AsyncClient(
                base_url=base, timeout=60, limits=httpx.Limits(max_connections=500)
            ) as http:
                page = Page(http, said)
                on_page = await Pacer.of(page.turn, partial(processor_s, pids)).all(for_s)
                acknowledged = await page.acknowledged(for_s)
                await asyncio.sleep(DRAIN_S)
                os.kill(pids["rasa"][0], signal.SIGSTOP)
                try:
                    hung = await page.hung()
                finally:
                    os.kill(pids["rasa"][0], signal.SIGCONT)
    started = time.monotonic()
    with system(folder) as (*_, again_s):
        say(f"  started again after {time.monotonic() - started:.1f} s")
    return {
        "start_s": {"first": round(start_s, 1), "again": round(again_s, 1)},
        "memory_mb": {"before": before["all"], **memory}, "most_mb": most, "twilio": paces,
        "page": on_page, "acknowledge_ms": acknowledged, "rasa_hangs_s": hung,
    }  # fmt: skip


async def stock(folder: Path, said: Sequence[str], for_s: float) -> dict[str, Any]:
    """One process, everything in its memory."""
    model = ensure_model()
    async with vendor(said) as twilio:
        rasa = StockRasa(model, twilio.api, folder)
        try:
            start_s = await asyncio.to_thread(rasa.start)
            twilio.hook = rasa.webhook
            assert rasa.process is not None
            pids = {"rasa": [rasa.process.pid]}
            before = memory_mb(pids)
            paces = await Pacer.of(twilio.turn, partial(processor_s, pids)).all(for_s)
            memory, most = memory_mb(pids), most_mb(pids)
        finally:
            rasa.kill()
    return {
        "trained_on": write_project(folder / "project"), "epochs": EPOCHS,
        "size_mb": round(model.stat().st_size / 1e6, 1), "start_s": {"first": round(start_s, 1)},
        "memory_mb": {"before": before["all"], **memory}, "most_mb": most, "twilio": paces,
    }  # fmt: skip


def main(arguments: Sequence[str] = ()) -> None:
    """The command line."""
    parser = command_line("turns", __doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each pace")
    parser.add_argument("--of", choices=("both", "ours", "stock"), default="both")
    given = parser.parse_args(arguments)
    our_model.ensure_model()
    ensure_model()
    record, said, found = Record("turns", given.to, changed=given.changed), texts(), {}
    for name, measure in (("ours", ours), ("stock", stock)):
        if given.of in ("both", name):
            say(f"Measuring turns, {name} …")
            with tempfile.TemporaryDirectory(prefix="comadre-bench-") as folder:
                found[name] = asyncio.run(measure(Path(folder), said, given.seconds))
    record.write({"seconds": given.seconds, **found})
