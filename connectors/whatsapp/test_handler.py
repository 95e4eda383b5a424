"""WhatsApp: Meta's Cloud API in and out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from connectors.channel import DeliveryStatus, Handler, Sent
from connectors.contract import (
    BadSignature,
    Option,
    Outgoing,
    Request,
    SendRefused,
    SendThrottled,
    SendUncertain,
)
from connectors.harness import Case, ChannelHarness, Refusal, vendor
from connectors.whatsapp import handler as whatsapp
from connectors.whatsapp import twin

SETTINGS = whatsapp.WhatsAppSettings(
    "app-secret", "verify-token", "access-token", "106540352242922"
)
HER: dict[str, Any] = {
    "address": "50370000001", "style": "whatsapp", "order": 1780000000,
    "message_id": "wamid.HBgLNTAzNzAwMDAwMDE1", "vendor_ref": "wamid.HBgLNTAzNzAwMDAwMDE1",
}  # fmt: skip


class TestWhatsApp(ChannelHarness):
    handler: ClassVar[Handler] = whatsapp
    settings = SETTINGS
    unset = replace(SETTINGS, app_secret="")
    post = twin.post
    said = twin.request
    answer = twin.answer
    address = "50370000001"
    styles = ("whatsapp",)
    folder = Path(__file__).parent
    secrets = ("app-secret", "access-token", "50370000001")
    cases = (
        Case("text", ({**HER, "kind": "text", "text": "¿Dónde hay un albergue?"},)),
        Case("button_pressed", ({**HER, "kind": "choice", "choice": "/affirm", "text": "Sí"},)),
        Case("list_row_chosen", (
            {**HER, "choice": '/ask_menu{"group":"rights"}', "text": "Papeles y derechos"},
        )),
        Case("template_button_pressed", ({**HER, "kind": "choice", "choice": "/affirm"},)),
        Case("form_answered", ({**HER, "kind": "unknown", "choice": None},)),
        Case("location_shared", ({**HER, "kind": "location", "location": (14.9056, -92.2634)},)),
        Case("location_broken", ({**HER, "kind": "unknown", "location": None},)),
        Case("voice_note", ({**HER, "kind": "voice"},)),
        Case("photo_with_caption", ({**HER, "kind": "photo", "text": "me dieron este papel"},)),
        Case("sticker", ({**HER, "kind": "sticker"},)),
        Case("contact_card", ({**HER, "kind": "contact"},)),
        Case("unsupported", ({**HER, "kind": "unknown"},)),
        Case("reaction"),
        Case("message_edited", (
            {**HER, "kind": "edited", "text": "¿Dónde hay un albergue en Tijuana?"},
        )),
        Case("caption_edited", ({**HER, "kind": "photo", "text": "me dieron este papel"},)),
        Case("message_revoked"),
        Case("message_in_group"),
        Case("number_changed"),
        Case("user_id_changed"),
        Case("order_placed", ({**HER, "kind": "unknown"},)),
        Case("place_beyond_the_globe", ({**HER, "kind": "unknown", "location": None},)),
        Case("to_another_number_of_the_account"),
        Case("status_of_another_number"),
        Case(
            "errors_of_the_account", (),
            (DeliveryStatus("whatsapp", "", "failed", "130429", alert=True),),
        ),
        Case(
            "status_failed_at_meta", (),
            (DeliveryStatus("whatsapp", "wamid.S1", "failed", "131000", alert=True),),
        ),
        Case("sender_with_user_name", ({**HER, "address": "SV.13491208655302741918"},)),
        Case(
            "many_in_one_post", ({"text": "uno"}, {"text": "dos"}, {"text": "tres"}),
            (DeliveryStatus("whatsapp", "wamid.S1", "read"),),
        ),
        Case("status_delivered", (), (DeliveryStatus("whatsapp", "wamid.S1", "delivered"),)),
        Case(
            "status_failed_window_closed", (),
            (DeliveryStatus("whatsapp", "wamid.S1", "failed", "131047"),),
        ),
        Case(
            "status_failed_for_a_reason_we_do_not_know", (),
            (DeliveryStatus("whatsapp", "wamid.S1", "failed", "999999", alert=True),),
        ),
        Case("account_update"),
    )  # fmt: skip
    refusals = (
        Refusal(400, {"error": {"code": 131047}}, SendRefused, {"code": "131047", "alert": False}),
        Refusal(400, {"error": {"code": 131050}}, SendRefused, {"opted_out": True}),
        Refusal(400, {"error": {"code": 131056}}, SendThrottled, {"retry_after_s": 6.0}),
        Refusal(401, {"error": {"code": 190}}, SendRefused, {"alert": True}),
        Refusal(500, {"error": {"code": 131000}}, SendUncertain, {}),
        Refusal(400, {"error": {"code": 131057}}, SendThrottled, {"retry_after_s": 600.0}),
        Refusal(408, None, SendUncertain, {}),
        Refusal(503, None, SendUncertain, {}),
        Refusal(200, {}, SendUncertain, {}),
    )

    def forgeries(self, request: Request) -> list[Request]:
        return [
            *super().forgeries(request),
            replace(request, body=request.body + b" "),
            twin.post(request.body, replace(SETTINGS, app_secret="other")),  # noqa: S106  # invented
        ]


def test_meta_gets_its_challenge_back_only_with_our_token() -> None:
    query = {
        "hub.mode": "subscribe", "hub.verify_token": "verify-token", "hub.challenge": "1158201444",
    }  # fmt: skip

    assert bytes(whatsapp.handshake(query, SETTINGS).body) == b"1158201444"
    for wrong in ({**query, "hub.verify_token": ""}, {**query, "hub.mode": ""}, {}):
        with pytest.raises(BadSignature):
            whatsapp.handshake(wrong, SETTINGS)
    unset = replace(SETTINGS, verify_token="")
    with pytest.raises(BadSignature):
        whatsapp.handshake({**query, "hub.verify_token": ""}, unset)


def test_the_channel_is_off_until_all_four_settings_are_there() -> None:
    env = dict.fromkeys(("WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN",
                         "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_PHONE_NUMBER_ID"), "x")  # fmt: skip

    assert whatsapp.from_environment(env)
    for name in env:
        assert whatsapp.from_environment({**env, name: ""}) is None
    assert "access-token" not in repr(SETTINGS)


def test_the_country_comes_from_the_number_or_the_user_id() -> None:
    assert whatsapp.prefix_country("50499990000") == "HN"
    assert whatsapp.prefix_country("MX.ENT.13491208655302741918") == "MX"


async def sent(address: str, *messages: Outgoing) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer access-token"
        bodies.append(json.loads(request.content))
        return twin.answer(request)

    async with vendor(answer) as client:
        for message in messages:
            await whatsapp.send(client, SETTINGS, address, message, "comadre-1")
    return bodies


async def test_each_kind_has_the_form_that_meta_documents() -> None:
    options = (Option("Sí", "/affirm"), Option("No", "/deny", "ahora no"))

    buttons, rows, place = await sent(
        "50370000001", Outgoing("¿Sí?", "buttons", options),
        Outgoing("Elige", "list", options, list_button="Ver opciones"),
        Outgoing("¿Dónde estás?", "location_request", list_button="Enviar"),
    )  # fmt: skip

    reply = {"type": "reply", "reply": {"id": "/affirm", "title": "Sí"}}
    assert buttons["interactive"]["action"]["buttons"][0] == reply
    assert buttons["biz_opaque_callback_data"] == "comadre-1"
    assert rows["interactive"]["action"]["button"] == "Ver opciones"
    (section,) = rows["interactive"]["action"]["sections"]
    assert section["rows"][1] == {"id": "/deny", "title": "No", "description": "ahora no"}
    assert place["interactive"]["action"] == {"name": "send_location"}


async def test_a_woman_without_visible_number_is_reached_by_her_user_id() -> None:
    (by_id,) = await sent("SV.1349", Outgoing("Hola"))
    (by_number,) = await sent("50370000001", Outgoing("Hola"))

    assert (by_id["recipient"], by_id.get("to")) == ("SV.1349", None)
    assert (by_number["to"], by_number.get("recipient")) == ("50370000001", None)


async def test_meta_cannot_take_messages_back_and_we_do_not_pretend() -> None:
    async with vendor(twin.answer) as client:
        assert not await whatsapp.delete(client, SETTINGS, "50370000001", ["wamid.1"])


async def test_metas_own_report_is_waited_for_and_not_for_ever() -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    async with vendor(twin.answer) as client:
        ask = partial(whatsapp.find, client, SETTINGS, "50370000001", Outgoing("Hola"))
        with pytest.raises(SendThrottled) as wait:
            await ask(Sent(now, 2.0))

        assert wait.value.retry_after_s == 10.0
        assert await ask(Sent(now, 12.5)) is None


def test_a_report_on_what_another_number_has_sent_marks_nothing_of_ours() -> None:
    """Two installations in one account both have a message "comadre-1"."""
    path = Path(__file__).parent / "payloads" / "status_of_another_number.json"

    assert whatsapp.parse_statuses(twin.post(path.read_bytes(), SETTINGS), SETTINGS) == []


def test_metas_report_bears_our_key() -> None:
    status = {"id": "wamid.1", "status": "sent", "biz_opaque_callback_data": "comadre-7"}
    change = {"field": "messages", "value": {"statuses": [status]}}
    body = json.dumps({"object": "whatsapp_business_account",
                       "entry": [{"id": "0", "changes": [change]}]}).encode()  # fmt: skip

    (report,) = whatsapp.parse_statuses(twin.post(body, SETTINGS), SETTINGS)

    assert (report.key, report.vendor_id) == ("comadre-7", "wamid.1")
