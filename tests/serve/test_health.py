"""/healthz and /readyz tell the truth about whatever may be away."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import namedtuple
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from bot.database import open_engine
from bot.serve import health, observed, parts, probes
from bot.serve.probes import Probe, database_trouble, disk_trouble
from tests.serve.one_turn import Turns, turns

AWAY = "postgresql://comadre@127.0.0.1:1/comadre"


@pytest.fixture
async def she(sqlite_engine: Engine, tmp_path: Path) -> AsyncIterator[Turns]:
    async with turns(sqlite_engine, tmp_path) as made:
        yield made


async def state(she: Turns, path: str = "/readyz") -> tuple[int, dict[str, Any]]:
    """Status, and the parts that are not well with why."""
    answer = await she.app.get(path)
    parts = answer.json()["parts"]
    return answer.status_code, {n: each["why"] for n, each in parts.items() if not each["ok"]}


async def alive(she: Turns) -> bool:
    answer = await she.app.get("/healthz")
    return answer.status_code == 200 and answer.text == "ok"


async def test_with_everything_there_it_is_ready(she: Turns) -> None:
    assert await state(she) == (200, {})
    assert await state(she, "/readyz/intake") == (200, {})
    assert await alive(she)
    assert [each["sender"] for each in she.asked] == ["readiness"]  # asked once, not three times


async def test_a_database_that_is_away(she: Turns) -> None:
    she.parts.engine = open_engine(AWAY)

    assert await state(she) == (503, {"database": "OperationalError"})
    assert await state(she, "/readyz/intake") == (503, {"database": "OperationalError"})
    assert await alive(she)  # a restart would not bring it back
    page = await she.metrics()
    assert 'comadre_part_ready{part="database"} 0.0' in page
    assert 'comadre_part_ready{part="rasa"} 1.0' in page
    assert "comadre_queue_depth{" not in page


async def test_alerts_that_hang_do_not_hold_up_the_page(
    she: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, asked = threading.Event(), []
    monkeypatch.setattr(parts, "count_alerts", lambda _: (asked.append(1), ended.wait(20)))
    monkeypatch.setattr(she.parts.probes["alerts"], "_wait_s", 0.05)
    try:
        began = time.monotonic()
        pages = [await she.metrics() for _ in range(3)]
        assert time.monotonic() - began < 5
    finally:
        ended.set()

    assert all('comadre_part_ready{part="database"} 1.0' in page for page in pages)
    assert len(asked) == 1  # however often Prometheus asks, one thread waits


async def test_without_a_database_no_alert_is_looked_for(
    she: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(parts, "count_alerts", asked.append)

    await she.metrics()
    assert len(asked) == 1

    monkeypatch.setattr(she.parts.probes["alerts"], "_at", float("-inf"))
    monkeypatch.setattr(she.parts.probes["database"], "_at", float("-inf"))
    she.parts.engine = open_engine(AWAY)
    await she.metrics()
    assert len(asked) == 1


async def test_a_disk_that_cannot_be_asked_takes_its_own_line_away(
    she: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\ncomadre_disk_free_bytes " in await she.metrics()

    def gone(_: Path) -> int:
        raise OSError("stale file handle")

    monkeypatch.setattr(observed, "free_bytes", gone)
    page = await she.metrics()

    assert "comadre_disk_free_bytes" not in page
    assert "comadre_queue_depth{" in page


def test_a_database_in_which_nothing_can_be_written(sqlite_engine: Engine) -> None:
    assert database_trouble(sqlite_engine) is None
    with sqlite_engine.connect() as connection:
        connection.execute(text("PRAGMA query_only = ON"))

    with pytest.raises(Exception, match="readonly"):
        database_trouble(sqlite_engine)


def test_looking_leaves_nothing_behind(empty_engine: Engine) -> None:
    assert database_trouble(empty_engine) is None

    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM installation")).scalar() == 0


async def test_a_database_without_our_tables(she: Turns, tmp_path: Path) -> None:
    she.parts.engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    status, wrong = await state(she)

    assert (status, list(wrong)) == (503, ["database"])


async def test_a_rasa_that_is_away(she: Turns) -> None:
    def refuses(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    she.rasa = refuses

    assert await state(she) == (503, {"rasa": "ConnectError"})
    assert await state(she, "/readyz/intake") == (200, {})  # messages are safe, and answered
    assert await alive(she)


@pytest.mark.parametrize("answer", [[], [{"text": "nonsense"}]])
async def test_a_rasa_that_could_not_load_its_model(she: Turns, answer: list[object]) -> None:
    she.rasa = lambda _: httpx.Response(200, json=answer)

    status, wrong = await state(she)

    assert status == 503
    assert "its model or the actions are missing" in wrong["rasa"]


async def test_actions_that_do_not_answer(she: Turns) -> None:
    she.acts.trouble = ValueError("broken")

    status, wrong = await state(she)

    assert (status, list(wrong)) == (503, ["rasa"])


Disk = namedtuple("Disk", "f_bavail f_frsize f_favail f_files")


@pytest.mark.parametrize("disk", [Disk(10, 4096, 9, 99), Disk(10**9, 4096, 0, 99)],
                         ids=["no room", "no more files"])  # fmt: skip
async def test_a_disk_that_is_full(she: Turns, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes.os, "statvfs", lambda _: disk)

    status, wrong = await state(she)

    assert (status, list(wrong)) == (503, ["disk"])
    assert "MB are free" in wrong["disk"]
    assert (await state(she, "/readyz/intake"))[0] == 503


def test_a_file_system_that_does_not_count_files_is_not_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert disk_trouble(tmp_path) is None
    monkeypatch.setattr(probes.os, "statvfs", lambda _: Disk(10**9, 4096, 0, 0))
    assert disk_trouble(tmp_path) is None


async def test_a_worker_that_cannot_say_that_it_lives(she: Turns) -> None:
    she.parts.worker.is_sure = lambda: False

    assert await state(she) == (503, {"worker": "it cannot write that it is alive"})


async def test_a_gateway_alone_does_not_speak_of_a_rasa_that_it_never_asks(she: Turns) -> None:
    she.parts.running.discard("worker")
    she.rasa = lambda _: httpx.Response(500)

    assert await state(she) == (200, {})
    assert 'part="rasa"' not in await she.metrics()


async def test_a_part_that_hangs_is_asked_once_and_waited_for_by_nobody() -> None:
    asked, over = 0, asyncio.Event()

    async def hangs() -> str | None:
        nonlocal asked
        asked += 1
        await over.wait()
        return None

    probe = Probe(hangs, wait_s=0.05)
    began = time.monotonic()

    found = [await probe.state(), *await asyncio.gather(*(probe.state() for _ in range(20)))]

    assert all(each["why"] == "no answer within 0.05 s" for each in found)
    assert (asked, time.monotonic() - began < 1) == (1, True)
    over.set()
    assert await probe.state() == {"ok": True}


async def test_a_role_without_a_page_has_the_same_on_a_port_of_its_own(she: Turns) -> None:
    served = httpx.ASGITransport(health.application(she.parts))
    async with httpx.AsyncClient(transport=served, base_url="http://worker") as app:
        assert (await app.get("/readyz")).status_code == 200
        assert "comadre_queue_depth" in (await app.get("/metrics")).text
        assert (await app.get("/webhooks/telegram")).status_code == 404
