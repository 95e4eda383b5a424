"""What Prometheus is told, and what it is never told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from bot.database import transaction
from bot.rasa_client import TRIAL, RasaClient, RasaUnavailable
from bot.serve.gateway import note_reports
from bot.serve.observed import BACKUP
from bot.telemetry import metrics
from connectors.claimed import Claimed
from connectors.contract import IncomingMessage, Outgoing
from connectors.held import Held
from connectors.inbox import Store, receive
from connectors.memory import Memory
from connectors.models import Setting
from connectors.outcome import Outcome
from connectors.queue import Queue
from connectors.registry import NAMES
from connectors.waiting import waiting
from tests.delivery.stage import KEYS
from tests.serve.one_turn import Turns, turns

HERS = "me llamo Ñandúcanaria, vivo en Tapachula y mi numero es 5512349876"


@pytest.fixture
async def she(sqlite_engine: Engine, tmp_path: Path) -> AsyncIterator[Turns]:
    async with turns(sqlite_engine, tmp_path) as made:
        yield made


def read(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


async def value(she: Turns, name: str, **labels: str) -> float:
    """Of one line of the page; 0 where it is not there."""
    for family in read(await she.metrics()).values():
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return float(sample.value)
    return 0.0


async def test_the_page_follows_the_conventions(she: Turns) -> None:
    ours = {name: each for name, each in read(await she.metrics()).items() if "comadre" in name}

    assert len(ours) >= 18
    for name, family in ours.items():
        assert re.fullmatch(r"comadre_[a-z_]+", name)
        assert family.documentation
        if family.type == "counter":
            assert {s.name for s in family.samples} <= {f"{name}_total"}
        if family.type == "histogram":
            assert name.endswith("_seconds")
        assert not re.search(r"_(ms|minutes|hours|days|percent|mb)$", name)


async def test_a_turn_is_counted_from_her_message_to_the_reply_with_the_vendor(she: Turns) -> None:
    async def seen() -> list[float]:
        return [
            await value(she, "comadre_received_total", channel="telegram"),
            await value(she, "comadre_turns_total", channel="telegram", style="telegram",
                        outcome="answered"),
            await value(she, "comadre_sent_total", channel="telegram"),
            await value(she, "comadre_reply_seconds_count", channel="telegram"),
            await value(she, "comadre_turn_seconds_count"),
        ]  # fmt: skip

    before = await seen()
    assert await she.says("hola") == 200
    await she.work()

    first, *others = [now - then for now, then in zip(await seen(), before, strict=True)]
    assert first == 1
    assert all(more >= 1 for more in others)


async def test_no_label_and_no_line_holds_anything_of_hers(she: Turns) -> None:
    she.outcome, she.acted_on = HERS, HERS  # should the assistant ever say so
    await she.says(HERS)
    await she.work()
    metrics.TURNS.labels("tijuana", "sms", "answered").inc()
    metrics.REFUSED.labels("+50399990001").inc()

    page = await she.metrics()

    for words in ("canaria", "Tapachula", "tijuana", "5512349876", "50399990001"):
        assert words.lower() not in page.lower()
    for family in read(page).values():
        for sample in family.samples:
            for name, said in sample.labels.items():
                known = name == "le" or said in metrics.LABELS.get(name, ())
                assert known or not family.name.startswith("comadre"), (family.name, name)


def test_the_labels_are_short_lists_and_none_of_them_is_a_place_or_a_topic() -> None:
    assert metrics.LABELS["channel"] == set(NAMES)
    assert not set(metrics.LABELS) & {"country", "town", "city", "intent", "topic", "language"}
    assert sum(map(len, metrics.LABELS.values())) < 60


async def test_reports_and_sign_ins_count_from_zero_so_that_the_first_is_a_rise(
    she: Turns,
) -> None:
    page = read(await she.metrics())

    states = {(s.labels["channel"], s.labels["state"]) for s in page["comadre_delivery"].samples}
    results = {s.labels["result"] for s in page["comadre_portal_sign_in"].samples}
    assert states == set(product(NAMES, metrics.LABELS["state"]))
    assert results == metrics.LABELS["result"]


async def test_a_state_that_a_vendor_invents_is_another_one(she: Turns) -> None:
    told = SimpleNamespace(state=HERS, alert=False, key=None, opted_out=False)
    channel = SimpleNamespace(name="telegram", parse_statuses=lambda _: [told])
    before = await value(she, "comadre_delivery_total", channel="telegram", state="other")

    await note_reports(she.parts, cast(Any, channel), cast(Any, None))

    after = await value(she, "comadre_delivery_total", channel="telegram", state="other")
    assert after == before + 1


@pytest.mark.parametrize(("status", "answer", "kind"), [
    (400, {"ok": False, "error_code": 400, "description": "Bad Request"}, "refused"),
    (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 9}}, "throttled"),
    (502, {}, "uncertain"),
])  # fmt: skip
async def test_a_vendors_refusal_is_counted_by_its_kind(
    she: Turns, status: int, answer: dict[str, object], kind: str
) -> None:
    she.telegram = lambda _: httpx.Response(status, json=answer)
    before = await value(she, "comadre_send_errors_total", channel="telegram", kind=kind)

    await she.says("hola")
    await she.work()

    after = await value(she, "comadre_send_errors_total", channel="telegram", kind=kind)
    assert after > before


async def test_a_silent_rasa_is_counted_and_so_is_the_answer_from_disk(she: Turns) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("nothing", request=request)

    she.rasa = silent
    errors = await value(she, "comadre_rasa_errors_total", kind="timeout")
    degraded = await value(she, "comadre_turns_total", channel="telegram", outcome="unavailable",
                           style="telegram")  # fmt: skip

    await she.says("¿puedo trabajar?")
    await she.work()

    assert await value(she, "comadre_rasa_errors_total", kind="timeout") == errors + 1
    assert await value(she, "comadre_turns_total", channel="telegram", outcome="unavailable",
                       style="telegram") == degraded + 1  # fmt: skip


@pytest.mark.parametrize(("who", "more"), [("a-woman", 1), (f"{TRIAL}5", 0)])
async def test_a_trial_of_the_back_office_is_no_trouble_of_anybodys(
    she: Turns, who: str, more: int
) -> None:
    she.rasa = lambda _: httpx.Response(500)
    before = await value(she, "comadre_rasa_errors_total", kind="status")

    with pytest.raises(RasaUnavailable):
        await RasaClient(she.parts.settings, she.parts.client).ask(who, "hola", {})

    assert await value(she, "comadre_rasa_errors_total", kind="status") == before + more


async def test_an_action_that_breaks_is_counted(she: Turns) -> None:
    she.acts.trouble = ValueError(HERS)
    before = await value(she, "comadre_action_errors_total", kind="failed")

    await she.says("hola")
    await she.work()

    assert await value(she, "comadre_action_errors_total", kind="failed") > before


async def test_what_waits_is_shown_with_the_age_of_the_oldest(she: Turns) -> None:
    long_ago = she.parts.clock() - timedelta(seconds=90)
    new = [IncomingMessage("telegram", "telegram", str(n), str(n), text="hola") for n in range(3)]
    receive(she.parts.store, new, long_ago)

    assert await value(she, "comadre_queue_depth", queue="inbox") == 3
    assert 90 <= await value(she, "comadre_queue_oldest_age_seconds", queue="inbox") < 120
    assert await value(she, "comadre_queue_depth", queue="outbox") == 0


def test_what_waits_is_the_same_on_both_databases(empty_engine: Engine) -> None:
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    store, queue = Store(empty_engine, KEYS, 86_400), Queue(empty_engine, KEYS, "one")
    for who in ("ana", "bea"):
        receive(store, [IncomingMessage("twilio", "sms", who, who, text="hola")], now)
    claimed = queue.claim(now, ())
    assert claimed is not None
    queue.finish(claimed, [Outgoing("sí"), Outgoing("no")], Memory(), now,
                 now + timedelta(hours=1), stop=None, erase=False)  # fmt: skip

    found = waiting(empty_engine, now + timedelta(seconds=30))

    assert (found["inbox"].depth, found["inbox"].oldest_s) == (1, 30)
    assert found["held"].depth == 0
    assert (found["outbox"].depth, found["outbox"].oldest_s) == (2, 30)


async def test_when_forgetting_and_backup_last_succeeded(she: Turns) -> None:
    await she.parts.worker.forget()
    with transaction(she.parts.engine) as session:
        session.add(Setting(key=BACKUP, value=1_790_000_000))

    swept = await value(she, "comadre_retention_sweep_timestamp_seconds")

    assert abs(swept - datetime.now(UTC).timestamp()) < 60
    assert await value(she, "comadre_backup_timestamp_seconds") == 1_790_000_000


async def test_without_a_backup_no_moment_is_made_up(she: Turns) -> None:
    assert "comadre_backup_timestamp_seconds" not in await she.metrics()


def test_from_the_crises_nobody_can_tell_when_one_woman_was_in_danger() -> None:
    moment = [7_200.0]
    crises = metrics.Slowly(clock=lambda: moment[0])

    shown = []
    for _ in range(50):  # one every two minutes
        crises.add()
        shown.append(crises.value())
        moment[0] += 120

    assert set(shown) == {0, 30}  # full hours, whole tens
    moment[0] += 3_600
    assert crises.value() == 50


async def test_a_turn_that_had_to_wait_counts_once(she: Turns) -> None:
    before = await value(she, "comadre_turns_total", channel="telegram", outcome="answered",
                         style="telegram")  # fmt: skip
    again = replace(_turn(0), held=Held(tries=1))

    she.parts.worker.on_turn(again, Outcome((), Memory(), "ask_asylum"), [])

    assert await value(she, "comadre_turns_total", channel="telegram", outcome="answered",
                       style="telegram") == before  # fmt: skip


def _turn(number: int) -> Claimed:
    now = datetime.now(UTC)
    return Claimed((number,), "p", "telegram", "telegram", "x", {}, Memory(), now, now,
                   None, 1, False)  # fmt: skip
