"""Telegram: updates in, Bot API calls out."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from telegram.ext import filters

from connectors.channel import Handler
from connectors.contract import Option, Outgoing, Request, SendRefused, SendThrottled, SendUncertain
from connectors.harness import Case, ChannelHarness, Refusal, vendor
from connectors.telegram import handler as telegram
from connectors.telegram import twin
from connectors.telegram.payload import SERVICE

TOKEN = "123456:not-a-real-token"  # noqa: S105  # invented
SETTINGS = telegram.TelegramSettings(TOKEN, "a-webhook-secret")
HER: dict[str, Any] = {
    "address": "70000001", "style": "telegram", "message_id": "10000", "order": 10000,
}  # fmt: skip
PLACE = {**HER, "kind": "location", "location": (14.9056, -92.2634)}


class TestTelegram(ChannelHarness):
    handler: ClassVar[Handler] = telegram
    settings = SETTINGS
    unset = replace(SETTINGS, webhook_secret="")
    post = twin.post
    said = twin.request
    answer = twin.answer
    address = "70000001"
    styles = ("telegram",)
    folder = Path(__file__).parent
    secrets = (TOKEN, "a-webhook-secret", "70000001")
    cases = (
        Case("text", ({**HER, "text": "¿Dónde hay un albergue?", "vendor_ref": "365"},)),
        Case("start_with_payload", ({**HER, "kind": "text", "text": "/start"},)),
        Case("message_edited", (
            {**HER, "kind": "edited", "text": "¿Dónde hay un albergue en Tijuana?"},
        )),
        Case("button_pressed", ({**HER, "kind": "choice", "choice": "/affirm", "text": ""},)),
        Case("button_of_old_message", ({**HER, "kind": "choice", "choice": "/affirm"},)),
        Case("button_without_data", ({**HER, "kind": "unknown"},)),
        Case("location_shared", (PLACE,)),
        Case("venue_shared", (PLACE,)),
        Case("voice_note", ({**HER, "kind": "voice"},)),
        Case("photo_with_caption", ({**HER, "kind": "photo", "text": "me dieron este papel"},)),
        Case("sticker", ({**HER, "kind": "sticker"},)),
        Case("contact_card", ({**HER, "kind": "contact"},)),
        Case("document", ({**HER, "kind": "document"},)),
        Case("poll_sent", ({**HER, "kind": "unknown"},)),
        Case("kind_not_known_yet", ({**HER, "kind": "unknown"},)),
        Case("bot_blocked", ({**HER, "kind": "blocked"},)),
        Case("bot_unblocked", ({**HER, "kind": "unblocked"},)),
        Case("message_in_group"),
        Case("pinned_by_her"),
        Case("update_kind_not_known_yet"),
        Case("live_location_shared", (PLACE,)),
        Case("live_location_moved"),
        Case("picture_edited", ({**HER, "kind": "photo", "text": "me dieron este papel"},)),
        Case("gift_received"),
        Case("topic_opened"),
        Case("channel_post"),
        Case("starts_like_a_command", ({**HER, "text": "/startup no es lo que busco"},)),
    )  # fmt: skip
    refusals = (
        Refusal(
            403,
            {"error_code": 403, "description": "Forbidden: bot was blocked by the user"},
            SendRefused, {"opted_out": True},
        ),
        Refusal(
            400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"},
            SendRefused, {"code": "400: chat not found", "alert": False},
        ),
        Refusal(
            400, {"ok": False, "error_code": 400, "description": "Bad Request: can't parse «hola»"},
            SendRefused, {"code": "400", "alert": True},
        ),
        Refusal(
            429,
            {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 7",
             "parameters": {"retry_after": 7}},
            SendThrottled, {"retry_after_s": 7.0},
        ),
        Refusal(429, {"error_code": 429, "parameters": {"retry_after": -1}}, SendThrottled,
                {"retry_after_s": 5.0}),
        Refusal(429, {"error_code": 429, "parameters": {"retry_after": 10**400}}, SendThrottled,
                {"retry_after_s": 86_400.0}),
        Refusal(502, None, SendUncertain, {}),
        Refusal(200, {"ok": True}, SendUncertain, {}),
    )  # fmt: skip

    def forgeries(self, request: Request) -> list[Request]:
        wrong = {"x-telegram-bot-api-secret-token": "a-webhook-secret "}
        return [*super().forgeries(request), replace(request, headers=wrong)]


def test_a_tap_is_answered_so_that_the_button_stops_spinning() -> None:
    path = Path(__file__).parent / "payloads" / "button_pressed.json"
    request = twin.post(path.read_bytes(), SETTINGS)

    body = json.loads(bytes(telegram.acknowledge(request).body))

    assert body == {"method": "answerCallbackQuery", "callback_query_id": "4382bfdwdsb323b2d9"}


def test_telegrams_own_words_are_those_that_its_library_knows() -> None:
    source = inspect.getsource(filters.StatusUpdate)

    assert set(re.findall(r"message\.(\w+)", source)) <= SERVICE


def test_the_channel_is_off_without_the_webhooks_secret() -> None:
    env = {"TELEGRAM_BOT_TOKEN": TOKEN}

    assert telegram.from_environment(env) is None
    assert telegram.missing(env) == ("TELEGRAM_WEBHOOK_SECRET",)
    assert TOKEN not in repr(SETTINGS)


async def sent(*messages: Outgoing) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return twin.answer(request)

    async with vendor(answer) as client:
        for message in messages:
            await telegram.send(client, SETTINGS, "70000001", message, "key")
    return bodies


async def test_yes_and_no_stand_side_by_side_and_longer_choices_below_each_other() -> None:
    short = (Option("Sí", "/affirm"), Option("No", "/deny"))
    long = tuple(Option(f"Papeles y derechos {n}", f"/o{n}") for n in range(3))

    bodies = await sent(Outgoing("¿Sí?", "buttons", short), Outgoing("Elige", "buttons", long))

    rows = [body["reply_markup"]["inline_keyboard"] for body in bodies]
    assert [len(row) for row in rows[0]] == [2]
    assert [len(row) for row in rows[1]] == [1, 1, 1]
    assert rows[0][0][0]["callback_data"] == "/affirm"


async def test_no_message_shows_a_preview_of_a_page() -> None:
    bodies = await sent(Outgoing("https://example.org/albergue"))

    assert bodies[0]["link_preview_options"] == {"is_disabled": True}


async def test_both_sides_of_the_chat_are_deleted_a_hundred_at_a_time() -> None:
    calls: list[list[int]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path.endswith("/deleteMessages")
        calls.append(json.loads(request.content)["message_ids"])
        return twin.answer(request)

    async with vendor(answer) as client:
        refs = [*map(str, range(150)), "no-id"]
        assert await telegram.delete(client, SETTINGS, "70000001", refs)

    assert calls == [[*range(149, 49, -1)], [*range(49, -1, -1)]]


async def deleted(refs: range, refuses: Callable[[int], bool]) -> tuple[set[int], int]:
    """Which messages go where Telegram refuses every call with one of these; and the calls."""
    gone: set[int] = set()
    calls = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        ids, calls = json.loads(request.content)["message_ids"], calls + 1
        if any(map(refuses, ids)):
            said = "Bad Request: message can't be deleted for everyone"
            return httpx.Response(400, json={"error_code": 400, "description": said})
        gone.update(ids)
        return twin.answer(request)

    async with vendor(answer) as client:
        with pytest.raises(SendRefused):
            await telegram.delete(client, SETTINGS, "70000001", [*map(str, refs)])
    return gone, calls


async def test_messages_that_are_too_old_keep_none_of_the_newest_in_her_chat() -> None:
    """Those of violence are the last that she wrote: they stayed, and counted as deleted."""
    gone, calls = await deleted(range(950), lambda each: each < 625)

    assert gone == {*range(625, 950)}
    assert calls <= 30


async def test_one_message_that_cannot_be_deleted_keeps_no_other_in_her_chat() -> None:
    gone, calls = await deleted(range(250), lambda each: each in (3, 200))

    assert gone == {*range(250)} - {3, 200}
    assert calls <= 30


async def test_a_chat_that_is_gone_cannot_be_emptied_and_says_so() -> None:
    body = {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
    async with vendor(lambda _: httpx.Response(400, json=body)) as client:
        with pytest.raises(SendRefused):
            await telegram.delete(client, SETTINGS, "70000001", ["1"])
