"""The back office changes the model of the whole running system, and nobody notices."""

from __future__ import annotations

import re
import shutil

import httpx
import pytest

from bot.improving.workshop import Standing, Trained, Workshop
from tests.serve.system import RASA, READY_S, System, wait_for
from tests.serve.test_running import Visitor

pytestmark = pytest.mark.running


def fallbacks(client: httpx.Client) -> float:
    """How many turns were answered from the disk because Rasa was silent."""
    metrics = client.get("/metrics").text
    found = re.findall(r'^comadre_turns_total\{.*"unavailable".*\} (\S+)', metrics, re.M)
    return sum(map(float, found))


def test_another_model_comes_in_and_every_turn_is_answered_by_one(running: System) -> None:
    shop = Workshop(running.folder / "understanding")
    former = running.part(RASA)
    shop.put_trained(Trained(1, "2026-11-26T06:00+00:00", "", 0, 0))
    shutil.copy(running.model, shop.model(1))
    with httpx.Client(base_url=running.url, timeout=60) as client:
        before, visitor = fallbacks(client), Visitor(client)
        asked: list[int] = []

        def is_over() -> bool:
            asked.append(len(visitor.ask(text="estoy en Tapachula, ¿puedo pedir refugio?")))
            return shop.standing == Standing(1, 0)

        shop.wish("use", 1)
        wait_for("the other model", is_over, READY_S)
        asked.append(len(visitor.ask(text="¿y cuánto cuesta?")))

        assert len(asked) > 1
        assert all(asked)
        assert fallbacks(client) == before
        assert client.get("/readyz").json()["ready"] is True
        address = (shop.folder / "address").read_text(encoding="ascii")
        assert any(f"--port\0{address.rpartition(':')[2]}\0" in f"{command}\0"
                   for pid, command in running.processes().items() if pid != former)  # fmt: skip
