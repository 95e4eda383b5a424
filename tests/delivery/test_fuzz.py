"""Junk, forgeries and very large posts at every webhook, in process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.fuzz import ENVIRONMENT, Fuzz, post, under_fire
from bench.mutations import Target
from bench.mutations import targets as all_targets
from bot.paths import ROOT
from connectors.models import Inbox


@pytest.fixture
def fuzz(tmp_path: Path) -> Iterator[Fuzz]:
    with under_fire(tmp_path, seed=7) as fuzz:
        yield fuzz


def webhook(name: str) -> Target:
    return next(each for each in all_targets(ENVIRONMENT) if each.name == name)


async def test_no_junk_and_no_forgery_is_a_fault_of_ours(fuzz: Fuzz) -> None:
    figures = await fuzz.run(400)

    assert figures["examples"] == []
    assert not fuzz.faults
    # Without these the run would have proven nothing.
    assert figures["messages in the inbox"] > 20
    assert all(figures[f"{name} {kind}"] > 20 for name in ("telegram", "whatsapp", "twilio", "web")
               for kind in ("proven", "forged"))  # fmt: skip


async def test_metas_largest_batch_is_taken_and_nobody_elses(fuzz: Fuzz) -> None:
    """Meta posts up to 3 MB at once, and would repeat a refused batch for seven days."""
    whatsapp = webhook("whatsapp")
    whole = json.loads((ROOT / "connectors/whatsapp/payloads/text.json").read_text("utf-8"))
    value = whole["entry"][0]["changes"][0]["value"]
    (message,) = value["messages"]
    value["messages"] = [
        {**message, "id": f"wamid.{n}", "text": {"body": "hola " * 600}} for n in range(120)
    ]
    large = whatsapp.signed(json.dumps(whole).encode())

    status, _, _ = await post(fuzz.app, large, whatsapp.path)
    too_large, _, _ = await post(fuzz.app, large, "/webhooks/telegram")

    assert (len(large.body) > 300_000, status, too_large) == (True, 200, 413)
    with Session(fuzz.parts.engine) as session:
        assert session.scalar(select(func.count()).select_from(Inbox)) == 120


async def test_one_unreadable_message_costs_no_report_beside_it(fuzz: Fuzz) -> None:
    whatsapp = webhook("whatsapp")
    value = {"messages": [{"type": "text"}], "statuses": [{"id": "wamid.S", "status": "read"}]}
    entry = [{"changes": [{"field": "messages", "value": value}]}]
    body = json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()
    before = read_reports()

    status, _, _ = await post(fuzz.app, whatsapp.signed(body), whatsapp.path)

    assert (status, read_reports() - before) == (200, 1)


def read_reports() -> float:
    labels = {"channel": "whatsapp", "state": "read"}
    return REGISTRY.get_sample_value("comadre_delivery_total", labels) or 0.0
