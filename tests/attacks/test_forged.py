"""Posts in the name of Twilio, Meta, Telegram and the chat page, by somebody without the secret."""

# ruff: noqa: S106, S107 - secrets of nobody
from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from connectors.channel import clean, same_secret
from connectors.contract import MAX_TEXT, BadSignature, Request
from connectors.telegram import handler as telegram
from connectors.twilio import handler as twilio
from connectors.web import handler as web
from connectors.whatsapp import handler as whatsapp

URL = "https://comadre.example/webhooks/x"
FORM = b"MessageSid=SM1&From=%2B50378123456&Body=hola"
FIELDS = {"MessageSid": "SM1", "From": "+50378123456", "Body": "hola"}
JSON = b'{"object": "whatsapp_business_account", "entry": []}'
TWILIO = twilio.TwilioSettings("AC1", "the-token", sms_from="+15005550006")
META = whatsapp.WhatsAppSettings("the-secret", "the-word", "access")
TELEGRAM = telegram.TelegramSettings("1:bot", "the-secret")
WEB = web.WebSettings("https://comadre.example/chat")


def by_twilio(token: str = "the-token", url: str = URL, fields: Mapping[str, str] = FIELDS) -> str:
    return RequestValidator(token).compute_signature(url, dict(fields))


def by_meta(secret: str = "the-secret", body: bytes = JSON, way: Any = hashlib.sha256) -> str:
    return f"sha256={hmac.new(secret.encode(), body, way).hexdigest()}"


def post(body: bytes = FORM, **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", URL, named, {}, body)


TRUE: list[tuple[ModuleType, Any, Request]] = [
    (twilio, TWILIO, post(x_twilio_signature=by_twilio())),
    (
        twilio,
        TWILIO,
        post(x_twilio_signature=by_twilio(url=URL.replace(".example", ".example:443"))),
    ),
    (whatsapp, META, post(JSON, x_hub_signature_256=by_meta())),
    (telegram, TELEGRAM, post(JSON, x_telegram_bot_api_secret_token="the-secret")),
    (web, WEB, post(JSON, content_type="application/json; charset=utf-8")),
    (web, WEB, post(JSON, content_type="application/json", sec_fetch_site="same-origin")),
    (web, WEB, post(JSON, content_type="application/json", origin="https://comadre.example")),
]
FORGED: list[tuple[ModuleType, Any, Request]] = [
    (twilio, TWILIO, post()),
    (twilio, TWILIO, post(x_twilio_signature="")),
    (twilio, TWILIO, post(x_twilio_signature=by_twilio("another"))),
    (twilio, TWILIO, post(x_twilio_signature=by_twilio(url="https://evil.example/webhooks/x"))),
    (twilio, TWILIO, post(x_twilio_signature=by_twilio(url=f"{URL}?a=b"))),
    (twilio, TWILIO, post(x_twilio_signature=by_twilio(url="https://comadre.example:444/webhooks/x"))),
    (twilio, TWILIO, post(FORM + b"&To=x", x_twilio_signature=by_twilio())),
    (twilio, TWILIO, post(FORM.replace(b"hola", b"adios"), x_twilio_signature=by_twilio())),
    (twilio, TWILIO, post(FORM + b"&Body=otra", x_twilio_signature=by_twilio())),
    (twilio, TWILIO, post(x_twilio_signature=by_twilio().lower())),
    (twilio, TWILIO, post(x_twilio_signature=by_twilio()[:-1])),
    (twilio, TWILIO, post(x_twilio_signature="é\ud800")),
    (twilio, replace(TWILIO, auth_token=""), post(x_twilio_signature=by_twilio(""))),
    (whatsapp, META, post(JSON)),
    (whatsapp, META, post(JSON, x_hub_signature_256=by_meta("another"))),
    (whatsapp, META, post(JSON + b" ", x_hub_signature_256=by_meta())),
    (whatsapp, META, post(JSON, x_hub_signature_256=by_meta().removeprefix("sha256="))),
    (whatsapp, META, post(JSON, x_hub_signature_256=by_meta(way=hashlib.sha1))),
    (whatsapp, META, post(JSON, x_hub_signature="sha1=" + by_meta(way=hashlib.sha1)[7:])),
    (whatsapp, replace(META, app_secret=""), post(JSON, x_hub_signature_256=by_meta(""))),
    (telegram, TELEGRAM, post(JSON)),
    (telegram, TELEGRAM, post(JSON, x_telegram_bot_api_secret_token="the-secre")),
    (telegram, TELEGRAM, post(JSON, x_telegram_bot_api_secret_token="the-secret ")),
    (telegram, replace(TELEGRAM, webhook_secret=""), post(JSON)),
    (web, WEB, post(JSON)),
    (web, WEB, post(JSON, content_type="text/plain")),
    (web, WEB, post(JSON, content_type="application/json", sec_fetch_site="cross-site")),
    (web, WEB, post(JSON, content_type="application/json", sec_fetch_site="same-site")),
    (web, WEB, post(JSON, content_type="application/json", origin="null")),
    (web, WEB, post(JSON, content_type="application/json", origin="https://evil.example")),
    (web, WEB, post(JSON, content_type="application/json", origin="http://comadre.example")),
    (web, replace(WEB, public_url=""), post(JSON, content_type="application/json", origin="://")),
]  # fmt: skip


def test_a_true_post_is_taken() -> None:
    for channel, settings, request in TRUE:
        channel.verify(request, settings)


@pytest.mark.parametrize("number", range(len(FORGED)))
def test_a_forged_post_is_refused(number: int) -> None:
    channel, settings, request = FORGED[number]

    with pytest.raises(BadSignature):
        channel.verify(request, settings)


@pytest.mark.parametrize("channel", [twilio, telegram, web])
def test_who_asks_a_channel_that_is_never_asked_gets_nothing(channel: ModuleType) -> None:
    with pytest.raises(BadSignature):
        channel.handshake({"hub.mode": "subscribe", "hub.challenge": "1"}, TWILIO)


@pytest.mark.parametrize("query", [
    {}, {"hub.mode": "subscribe"}, {"hub.mode": "other", "hub.verify_token": "the-word"},
    {"hub.mode": "subscribe", "hub.verify_token": "another"},
    {"hub.mode": "subscribe", "hub.verify_token": ""},
])  # fmt: skip
def test_metas_question_is_answered_only_with_the_word(query: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        whatsapp.handshake(query | {"hub.challenge": "7"}, META)
    right = {"hub.mode": "subscribe", "hub.verify_token": "the-word", "hub.challenge": "7"}
    assert whatsapp.handshake(right, META).body == b"7"
    assert whatsapp.handshake({**right, "hub.challenge": ""}, META).body == b""
    del right["hub.challenge"]
    assert whatsapp.handshake(right, META).body == b""


def test_nothing_equals_an_empty_secret() -> None:
    assert not same_secret("", "")
    assert not same_secret("x", "")
    assert not same_secret("", "x")
    assert same_secret("ñ", "ñ")
    assert not same_secret("\ud800", "ñ")
    assert not same_secret("ñ", "\ud800")


@pytest.mark.parametrize(("module", "env"), [
    (twilio, {"TWILIO_ACCOUNT_SID": "a", "TWILIO_AUTH_TOKEN": "b", "TWILIO_SMS_FROM": "c"}),
    (twilio, {"TWILIO_ACCOUNT_SID": "a", "TWILIO_AUTH_TOKEN": "b", "TWILIO_WHATSAPP_FROM": "c"}),
    (telegram, {"TELEGRAM_BOT_TOKEN": "a", "TELEGRAM_WEBHOOK_SECRET": "b"}),
    (whatsapp, dict.fromkeys(("WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN",
                              "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_PHONE_NUMBER_ID"), "x")),
])  # fmt: skip
def test_without_each_of_its_secrets_a_channel_stays_off(module: Any, env: dict[str, str]) -> None:
    assert module.missing(env) == ()
    assert module.from_environment(env) is not None
    for name in env:
        rest = {key: value for key, value in env.items() if key != name}
        assert any(name in each for each in module.missing(rest))
        assert module.from_environment(rest) is None


def test_words_from_outside_are_cut_and_can_be_stored() -> None:
    assert clean("a\x00b\ud800c") == "ab?c"
    assert clean(7) == clean(None) == ""
    assert clean("ñ" * (MAX_TEXT + 9)) == "ñ" * (MAX_TEXT + 1)


def test_a_secret_stands_in_no_text_about_the_settings() -> None:
    told: Callable[[object], str] = repr
    assert "the-token" not in told(TWILIO)
    assert "the-secret" not in told(META) + told(TELEGRAM)
