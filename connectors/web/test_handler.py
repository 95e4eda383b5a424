"""The chat page: JSON in, mailbox out."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.channel import Handler
from connectors.contract import Option, Outgoing, Request, UnknownPayload
from connectors.harness import Case, ChannelHarness, vendor
from connectors.web import handler as web
from connectors.web import twin
from connectors.web.mailbox import MAX_MESSAGES, MAX_SESSIONS, Mailbox

SESSION = "0123456789abcdef0123"
SETTINGS = web.WebSettings("https://comadre.example")
HER: dict[str, Any] = {"address": SESSION, "message_id": f"{SESSION}:m1"}


class TestWeb(ChannelHarness):
    handler: ClassVar[Handler] = web
    settings = SETTINGS
    unset = SETTINGS
    post = twin.post
    said = twin.request
    answer = twin.answer
    address = SESSION
    styles = ("web", "whatsapp", "telegram", "sms")
    folder = Path(__file__).parent
    cases = (
        Case("text", ({**HER, "style": "web", "kind": "text", "text": "Hola"},)),
        Case("option_chosen", ({**HER, "style": "whatsapp", "choice": "/affirm"},)),
        Case("option_chosen_by_page", ({**HER, "kind": "choice", "choice": "/affirm"},)),
        Case("location_shared", ({**HER, "style": "telegram", "location": (14.9056, -92.2634)},)),
        Case("voice_note", ({**HER, "style": "sms", "kind": "voice"},)),
    )

    def forgeries(self, request: Request) -> list[Request]:
        json_type = {"content-type": "application/json"}
        return [
            replace(request, headers={**json_type, "sec-fetch-site": "cross-site"}),
            replace(request, headers={**json_type, "origin": "https://elsewhere.example"}),
            # A form of a foreign page needs no permission to post; it cannot post JSON.
            replace(request, headers={"content-type": "text/plain"}),
        ]

    def test_nothing_is_accepted_while_the_secret_is_not_set(self) -> None:
        pytest.skip("the page has no secret")


def test_a_message_without_id_is_never_taken_for_a_repeat() -> None:
    request = twin.post(json.dumps({"session": SESSION, "text": "sí"}).encode(), SETTINGS)

    ids = {web.parse(request, SETTINGS)[0].message_id for _ in range(5)}

    assert len(ids) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"session": "short", "text": "x"}, {"session": SESSION}, {"session": SESSION, "text": 1},
        {"session": SESSION, "text": "x", "media": "voice"},
        {"session": SESSION, "location": [91, 0]}, {"session": SESSION, "location": [1]},
        {"session": SESSION, "style": "fax", "text": "x"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_without_her_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnknownPayload) as caught:
        web.parse(twin.post(json.dumps(wrong).encode(), SETTINGS), SETTINGS)

    assert "short" not in str(caught.value)
    assert SESSION not in str(caught.value)


async def test_the_page_gets_replies_in_order_and_once() -> None:
    mailbox = Mailbox()
    mailbox.deliver(SESSION, Outgoing("uno", "buttons", (Option("Sí", "/affirm"),)))
    mailbox.deliver(SESSION, Outgoing("dos"))

    first = await mailbox.wait(SESSION, 0, 0.01)

    assert [(m["n"], m["text"]) for m in first] == [(1, "uno"), (2, "dos")]
    assert json.loads(json.dumps(first))[0]["options"][0]["title"] == "Sí"
    assert await mailbox.wait(SESSION, 2, 0.01) == []


async def test_a_waiting_page_is_woken_by_the_reply() -> None:
    mailbox = Mailbox()
    waiting = asyncio.create_task(mailbox.wait(SESSION, 0, 5))
    await asyncio.sleep(0)
    mailbox.deliver(SESSION, Outgoing("hola"))

    assert [m["text"] for m in await asyncio.wait_for(waiting, 1)] == ["hola"]


async def test_leaving_fast_empties_the_mailbox_but_for_the_neutral_line() -> None:
    settings = web.WebSettings("https://comadre.example")
    async with vendor(twin.answer) as client:
        await web.send(client, settings, SESSION, Outgoing("albergue"), "k1")
        await web.send(client, settings, SESSION, Outgoing("Hace sol.", "delete"), "k2")

    assert [m["text"] for m in await settings.mailbox.wait(SESSION, 0, 0.01)] == ["Hace sol."]


async def test_the_mailbox_does_not_grow_without_end() -> None:
    mailbox = Mailbox()
    for n in range(MAX_MESSAGES + 5):
        mailbox.deliver(SESSION, Outgoing(str(n)))
    assert len(await mailbox.wait(SESSION, 0, 0.01)) == MAX_MESSAGES

    for n in range(MAX_SESSIONS):
        mailbox.deliver(f"another-session-{n}", Outgoing("x"))
    assert await mailbox.wait(SESSION, 0, 0.01) == []
