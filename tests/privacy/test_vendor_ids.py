"""Secrets on their way to vendors and to Rasa, and what vendors' ids give away."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from bot.privacy.keys import Keys
from bot.privacy.scan import Needles, in_database
from connectors.contract import IncomingMessage, Outgoing
from connectors.inbox import Store, receive
from connectors.memory import Memory
from connectors.queue import Queue
from connectors.sending import utc_now
from connectors.twilio import sender
from connectors.twilio.handler import TwilioSettings
from connectors.whatsapp.twin_server import made_id

NUMBER = "50378123456"
SETTINGS = TwilioSettings("AC1", "her-token", content_base="https://content.twilio.com")


def test_an_id_of_metas_holds_her_number_and_is_kept_sealed(empty_engine: Engine) -> None:
    keys, now = Keys(b"k" * 32), utc_now()
    wamid = made_id(NUMBER)
    assert NUMBER.encode() in base64.b64decode(wamid.removeprefix("wamid."))
    queue = Queue(empty_engine, keys)
    message = IncomingMessage("whatsapp", "whatsapp", NUMBER, "wamid.in", text="hola")
    receive(Store(empty_engine, keys, 86_400), [message], now)
    claimed = queue.claim(now, ())
    assert claimed is not None
    queue.finish(claimed, [Outgoing("x")], Memory(), now, now, stop=None, erase=False)
    due = queue.due(now, ())
    assert due is not None

    queue.sent(due, wamid)

    assert in_database(empty_engine, Needles({"number": [NUMBER], "id": [wamid]})) == set()
    assert queue.sent_ids(claimed.pseudonym) == [wamid]
    assert queue.recipient_of(wamid) == claimed.pseudonym


@pytest.mark.parametrize("elsewhere", [
    "https://content.twilio.com.elsewhere.example/v1/Content", "http://127.0.0.1/",
    "https://content.twilio.com@elsewhere.example/",
])  # fmt: skip
async def test_the_next_page_of_a_list_is_only_fetched_from_the_vendor(elsewhere: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={"contents": [], "meta": {"next_page_url": elsewhere}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await sender._existing(client, SETTINGS)

    assert len(asked) == 1


async def test_an_id_cannot_lead_a_deletion_elsewhere() -> None:
    asked: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(204)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await sender.delete(client, SETTINGS, "+1", ["SM1", "../../Accounts/AC1", "SM2?x=y"])

    assert asked == ["/2010-04-01/Accounts/AC1/Messages/SM1.json"]


def test_the_database_has_no_clear_id_of_vendors(empty_engine: Engine) -> None:
    with empty_engine.connect() as connection:
        columns = set(connection.execute(text("SELECT * FROM outbox")).keys())

    assert "vendor_id" not in columns
