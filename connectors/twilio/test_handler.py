"""Twilio: WhatsApp and SMS in, WhatsApp and SMS out."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from twilio.request_validator import RequestValidator

from connectors.channel import DeliveryStatus, Handler, Sent
from connectors.contract import (
    BadSignature,
    Option,
    Outgoing,
    Request,
    SendRefused,
    SendThrottled,
    SendUncertain,
    UnknownPayload,
)
from connectors.harness import Case, ChannelHarness, Refusal, vendor
from connectors.twilio import handler as twilio
from connectors.twilio import sender, twin

SETTINGS = twilio.TwilioSettings(
    "AC00000000000000000000000000000000", "an-auth-token", "+15005550006", "+15005550006"
)
SID = "SM00000000000000000000000000000001"
SMS: dict[str, Any] = {"address": "+50370000001", "style": "sms", "message_id": SID}
WHATSAPP = {**SMS, "address": "whatsapp:+50370000001", "style": "whatsapp", "vendor_ref": SID}
HIDDEN = {**WHATSAPP, "address": "whatsapp:SV.13491208655302741918"}
PLACE = (14.9056, -92.2634)


@pytest.fixture(autouse=True)
def no_known_templates() -> None:
    sender._SIDS.clear()


class TestTwilio(ChannelHarness):
    handler: ClassVar[Handler] = twilio
    settings = SETTINGS
    unset = replace(SETTINGS, auth_token="")
    post = twin.post
    said = twin.request
    answer = twin.answer
    address = "whatsapp:+50370000001"
    styles = ("whatsapp", "sms")
    folder = Path(__file__).parent
    secrets = ("an-auth-token", "+50370000001")
    cases = (
        Case("sms_text", ({**SMS, "kind": "text", "text": "¿Dónde hay un albergue?"},)),
        Case("sms_blank", ({**SMS, "kind": "text", "text": "  "},)),
        Case("sms_stop_handled_by_twilio", ({**SMS, "kind": "blocked"},)),
        Case("sms_start_handled_by_twilio", ({**SMS, "kind": "unblocked"},)),
        Case("whatsapp_text", ({**WHATSAPP, "kind": "text", "text": "Hola"},)),
        Case("whatsapp_from_user_name", ({**HIDDEN, "text": "Hola"},)),
        Case("whatsapp_number_and_user_id", ({**WHATSAPP, "text": "Hola"},)),
        Case("button_pressed", ({**WHATSAPP, "kind": "choice", "choice": "/affirm"},)),
        Case("list_row_chosen", ({**WHATSAPP, "choice": '/ask_menu{"group":"rights"}'},)),
        Case("location_shared", ({**WHATSAPP, "kind": "location", "location": PLACE},)),
        Case("location_broken", ({**WHATSAPP, "kind": "unknown", "location": None},)),
        Case("voice_note", ({**WHATSAPP, "kind": "voice"},)),
        Case("photo_with_caption", ({"kind": "photo", "text": "me dieron este papel"},)),
        Case("sticker", ({**WHATSAPP, "kind": "sticker"},)),
        Case("document", ({**WHATSAPP, "kind": "document"},)),
        Case("contact_card", ({**WHATSAPP, "kind": "contact"},)),
        Case("unknown_type", ({**WHATSAPP, "kind": "unknown"},)),
        Case("sms_without_body", ({**SMS, "kind": "text", "text": ""},)),
        Case("sms_help_handled_by_twilio", ({**SMS, "kind": "text", "text": "HELP"},)),
        Case("mms_with_three_media", ({**SMS, "kind": "photo", "text": ""},)),
        Case("rcs_text", ({**SMS, "text": "¿Dónde hay un albergue?"},)),
        Case("rcs_button_pressed", ({**SMS, "kind": "choice", "choice": "/affirm"},)),
        Case("reaction"),
        Case(
            "status_failed_at_carrier", (),
            (DeliveryStatus("twilio", SID, "failed", "30008", alert=True),),
        ),
        Case("status_delivered", (), (DeliveryStatus("twilio", SID, "delivered"),)),
        Case(
            "status_undelivered_filtered", (),
            (DeliveryStatus("twilio", SID, "failed", "30007", alert=True),),
        ),
        Case(
            "status_failed_blocked_by_her", (),
            (DeliveryStatus("twilio", SID, "failed", "63014", opted_out=True),),
        ),
    )  # fmt: skip
    refusals = (
        Refusal(400, {"code": 21610}, SendRefused, {"code": "21610", "opted_out": True}),
        Refusal(400, {"code": 63016}, SendRefused, {"opted_out": False, "alert": False}),
        Refusal(400, {"code": 30007}, SendRefused, {"alert": True}),
        Refusal(400, {"code": 99999}, SendRefused, {"code": "99999", "alert": True}),
        Refusal(429, {"code": 20429}, SendThrottled, {"retry_after_s": 2.0}),
        Refusal(429, None, SendThrottled, {"code": "http-429"}),
        Refusal(429, {"code": 21611}, SendThrottled, {"retry_after_s": 60.0}),
        Refusal(503, "<html>", SendUncertain, {}),
        Refusal(200, {"queued": True}, SendUncertain, {}),
    )

    @staticmethod
    def encode(payload: Any) -> bytes:
        return urlencode(payload).encode()

    def forgeries(self, request: Request) -> list[Request]:
        return [
            *super().forgeries(request),
            replace(request, body=request.body + b"&Body=otra"),
            replace(request, url=request.url + "?x=1"),
            twin.post(request.body, replace(SETTINGS, auth_token="other")),  # noqa: S106  # invented
        ]


def test_our_reading_of_the_signature_is_twilios() -> None:
    body = b"Body=&To=%2B15005550006&NumMedia=0&Body2=hola+%C3%B1&A=&a=1&B=%20x%20"
    form = {key: values[0] for key, values in parse_qs(body.decode(), True).items()}

    theirs = RequestValidator("an-auth-token").compute_signature(twin.URL, form)

    assert twin.sign(twin.URL, body, "an-auth-token") == theirs


def test_repeated_and_blank_fields_are_signed_too() -> None:
    request = twin.post(b"A=2&A=1&A=&B=&MessageSid=SM1&From=%2B50370000001", SETTINGS)

    twilio.verify(request, SETTINGS)
    with pytest.raises(BadSignature):
        twilio.verify(replace(request, body=request.body.replace(b"A=1&", b"")), SETTINGS)


@pytest.mark.parametrize("proof", ["", "bm8gcHJvb2Y="])
def test_a_form_of_thousands_of_fields_is_refused_before_it_takes_minutes(proof: str) -> None:
    """The library reads the fields in the square of their number: 256 kB of them were minutes."""
    many = b"&".join(b"a%d=" % n for n in range(30_000))
    forged = replace(twin.post(b"Body=hola", SETTINGS), body=many)
    began = time.monotonic()

    with pytest.raises(BadSignature):
        twilio.verify(replace(forged, headers={"x-twilio-signature": proof}), SETTINGS)

    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("machine", ["72975", "AMAZON", "sip:x@example.org", "a@example.org", ":1"])
def test_what_a_machine_writes_is_not_answered(machine: str) -> None:
    form = urlencode({"MessageSid": SID, "From": machine, "Body": "Your code is 1234"}).encode()

    with pytest.raises(UnknownPayload):
        twilio.parse(twin.post(form, SETTINGS), SETTINGS)


def test_a_port_in_the_public_address_makes_no_difference() -> None:
    with_port = twin.URL.replace(".example/", ".example:443/")
    request = twin.post(b"Body=hola", SETTINGS, with_port)

    twilio.verify(replace(request, url=twin.URL), SETTINGS)


def test_the_channel_is_off_without_a_sender_and_says_why() -> None:
    env = {"TWILIO_ACCOUNT_SID": "AC", "TWILIO_AUTH_TOKEN": "t"}

    assert twilio.from_environment(env) is None
    assert twilio.missing(env) == ("TWILIO_WHATSAPP_FROM or TWILIO_SMS_FROM",)
    on = twilio.from_environment({**env, "TWILIO_SMS_FROM": "+1", "TWILIO_API_BASE": "http://t/"})
    assert on is not None
    assert on.api_base == on.content_base == "http://t"
    assert "'t'" not in repr(on)


def test_the_country_comes_from_the_number_or_the_user_id() -> None:
    assert twilio.prefix_country("+50370000001") == "SV"
    assert twilio.prefix_country("whatsapp:+5219621234567") == "MX"
    assert twilio.prefix_country("+18095551234") == "DO"
    assert twilio.prefix_country("whatsapp:HN.123") == "HN"
    assert twilio.prefix_country("12345") is None


async def calls_of(outgoing: Outgoing, *, templates: list[dict[str, str]]) -> list[httpx.Request]:
    calls: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        if request.method == "GET":
            return httpx.Response(200, json={"contents": templates, "meta": {}})
        return twin.answer(request)

    async with vendor(answer) as client:
        for _ in range(2):
            await twilio.send(client, SETTINGS, "whatsapp:+50370000001", outgoing, "key")
    return calls


YES_NO = (Option("Sí", "/affirm"), Option("No", "/deny"))


async def test_a_template_is_made_once_and_holds_none_of_our_words() -> None:
    calls = await calls_of(Outgoing("¿Estás bien?", "buttons", YES_NO), templates=[])

    assert [c.method for c in calls] == ["GET", "POST", "POST", "POST"]
    made = json.loads(calls[1].content)
    assert "Estás" not in calls[1].content.decode()
    assert made["types"]["twilio/quick-reply"]["actions"][1]["id"] == "{{id2}}"
    form = parse_qs(calls[2].content.decode())
    assert json.loads(form["ContentVariables"][0])["id1"] == "/affirm"
    assert "Body" not in form


async def test_a_template_that_exists_is_used() -> None:
    existing = [{"friendly_name": "comadre_buttons_2_v1", "sid": "HX1"}]

    calls = await calls_of(Outgoing("¿Bien?", "buttons", YES_NO), templates=existing)

    assert [c.method for c in calls] == ["GET", "POST", "POST"]
    assert parse_qs(calls[1].content.decode())["ContentSid"] == ["HX1"]


async def test_where_twilio_refuses_the_template_she_gets_numbered_lines() -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if "/v1/Content" in request.url.path:
            return httpx.Response(403, json={"code": 20003})
        sent.append(parse_qs(request.content.decode())["Body"][0])
        return twin.answer(request)

    async with vendor(answer) as client:
        message = Outgoing("¿Estás bien?", "buttons", YES_NO)
        await twilio.send(client, SETTINGS, "whatsapp:+50370000001", message, "key")

    assert sent == ["¿Estás bien?\n\n1 Sí\n2 No"]


async def test_sms_goes_by_the_sms_number_and_whatsapp_by_its_own() -> None:
    forms: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        forms.append(parse_qs(request.content.decode()))
        return twin.answer(request)

    settings = replace(SETTINGS, sms_from="MG1", whatsapp_from="+1777")
    async with vendor(answer) as client:
        await twilio.send(client, settings, "+50370000001", Outgoing("Hola"), "k")
        await twilio.send(client, settings, "whatsapp:SV.1", Outgoing("Hola"), "k")
        with pytest.raises(SendRefused, match="no-sender"):
            await twilio.send(
                client, replace(settings, sms_from=""), "+50370000001", Outgoing("Hola"), "k"
            )

    assert forms[0]["MessagingServiceSid"] == ["MG1"]
    assert forms[1]["From"] == ["whatsapp:+1777"]
    assert forms[1]["To"] == ["whatsapp:SV.1"]


async def test_deleting_what_is_gone_already_is_no_fault() -> None:
    async with vendor(lambda _: httpx.Response(404, json={"code": 20404})) as client:
        assert await twilio.delete(client, SETTINGS, "+50370000001", ["SM1"])
    async with vendor(lambda _: httpx.Response(409, json={"code": 20009})) as client:
        with pytest.raises(SendThrottled):
            await twilio.delete(client, SETTINGS, "+50370000001", ["SM1"])


TRIED = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)


def listed(sid: str, body: str, when: str = "12:00:01", direction: str = "outbound-api") -> Any:
    created = f"Wed, 25 Nov 2026 {when} +0000"
    return {"sid": sid, "body": body, "direction": direction, "date_created": created}


@pytest.mark.parametrize(("message", "found"), [
    (listed("SM7", "Hola, soy yo"), "SM7"),
    (listed("SM7", "Hola,  soy\nyo"), "SM7"),
    (listed("SM7", "Hola, soy otra"), None),
    (listed("SM7", "Hola, soy yo", when="11:59:30"), None),  # the same words, but before the try
    (listed("SM1", "Hola, soy yo"), None),  # another message of ours, known to have been sent
    (listed("SM7", "Hola, soy yo", direction="inbound"), None),
    ({"sid": "SM7", "body": "Hola, soy yo", "direction": "outbound-api"}, None),
])  # fmt: skip
async def test_a_message_that_twilio_has_taken_after_all_is_found(
    message: Any, found: str | None
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        assert request.url.params["To"] == "+50370000001"
        return httpx.Response(200, json={"messages": [message]})

    async with vendor(answer) as client:
        sent = Sent(TRIED, 3.0, ["SM1"])
        got = await twilio.find(client, SETTINGS, "+50370000001", Outgoing("Hola, soy yo"), sent)

    assert got == found
