"""Registering our addresses and the templates of choices with Twilio, as a step of deployment.

A number of its own has an address for messages; a Messaging Service has one for all its numbers,
and a WhatsApp sender one of its own. Delivery reports on a message from a number are asked for
with each message (`StatusCallback`): a number's own status callback is about calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from connectors.steps import (
    Step,
    Trouble,
    differing,
    in_place_of,
    place,
    public_url,
    required,
    settle,
)
from connectors.twilio import handler
from connectors.twilio.content import missing_or_other, wish
from connectors.twilio.setup_client import Json, Redirected, trouble

COMMAND = "python -m bot setup twilio"
SANDBOX = "+14155238886"  # Twilio's own WhatsApp number for trying out; it has no API
_INSIDE = (
    "number of TWILIO_SMS_FROM: it sits in the Messaging Service {sid}, so its own address is "
    "ignored and messages go {where}. Set TWILIO_SMS_FROM={sid}, or go to console.twilio.com → "
    "Messaging → Services → the service, and take the number out of its Sender Pool or choose "
    "“Defer to sender's webhook” under Integration"
)
_SPANISH_STOP = "ALTO, PARAR, BAJA, CANCELAR"


def set_up(env: Mapping[str, str], check: bool) -> Iterator[Step]:
    """Raises Trouble."""
    required(handler.missing(env), COMMAND)
    settings = handler.from_environment(env)
    assert settings is not None
    url = public_url(env, "TWILIO_API_BASE")
    http = Redirected(env.get("TWILIO_API_BASE", "").rstrip("/"))
    client = Client(settings.account_sid, settings.auth_token, http_client=http)
    try:
        yield from _senders(client, settings, url, check)
        if settings.whatsapp_from:
            yield _templates(client, check)
    except (TwilioException, OSError) as error:  # requests' errors are OSErrors
        raise trouble(error) from None  # its text may quote a number
    finally:
        http.session.close()


def _senders(
    client: Client, settings: handler.TwilioSettings, url: str, check: bool
) -> Iterator[Step]:
    messages, reports = f"{url}{handler.path}", f"{url}{handler.status_path}"
    whatsapp, sms = settings.whatsapp_from, settings.sms_from
    for name, sid in (("TWILIO_SMS_FROM", sms), ("TWILIO_WHATSAPP_FROM", whatsapp)):
        if sid.startswith("MG") and not (name == "TWILIO_WHATSAPP_FROM" and sid == sms):
            yield _service(client, name, sid, messages, reports, check)
    if sms and not sms.startswith("MG"):
        number = _own(client, sms)
        yield _number(number, messages, check)
        yield from _in_a_service(client, number.sid, messages)
    if sms.startswith("MG"):
        yield Step(
            "by hand",
            "console.twilio.com → Messaging → Services → the service → Opt-Out Management: "
            f"add {_SPANISH_STOP} to the words that stop",
        )
    if whatsapp == SANDBOX:
        yield Step(
            "by hand",
            "console.twilio.com → Messaging → Try it out → Send a WhatsApp message → Sandbox "
            f"settings: “When a message comes in” {messages} (POST), “Status callback URL” "
            f"{reports}",
        )
    elif whatsapp and not whatsapp.startswith("MG"):
        yield _whatsapp(client, whatsapp, messages, reports, check)


def _own(client: Client, sender: str) -> Any:
    # Twilio's filter also finds numbers that only hold this one.
    found = [each for each in client.incoming_phone_numbers.list(phone_number=sender, limit=50)
             if each.phone_number == sender]  # fmt: skip
    if not found:
        raise Trouble("TWILIO_SMS_FROM", "a number of this account, as +503…, or a Messaging "
                      "Service MG…", "one that the account does not have",
                      "console.twilio.com → Phone Numbers lists them.")  # fmt: skip
    return found[0]


def _number(number: Any, messages: str, check: bool) -> Step:
    # An application of the number's would answer in our place.
    wanted = {"sms_url": messages, "sms_method": "POST", "sms_application_sid": ""}
    there = {"sms_url": number.sms_url, "sms_method": number.sms_method,
             "sms_application_sid": number.sms_application_sid or ""}  # fmt: skip
    wrong = differing(there, wanted)
    lost = in_place_of(there["sms_url"], messages)
    if there["sms_application_sid"]:
        lost.append("its application detached")
    return settle(f"number of TWILIO_SMS_FROM: messages to {messages}", not wrong, check,
                  lambda: number.update(**wrong), lost)  # fmt: skip


def _in_a_service(client: Client, number: str, messages: str) -> Iterator[Step]:
    """Twilio does not ask the number's own address while the number sits in a Messaging Service,
    unless that leaves it to its numbers: everything looks right, and no message comes."""
    for service in client.messaging.v1.services.stream():
        if service.use_inbound_webhook_on_number or service.inbound_request_url == messages:
            continue
        if _holds(client, service.sid, number):
            there = service.inbound_request_url
            where = f"to {place(there)}" if there else "nowhere"
            yield Step("failed", _INSIDE.format(sid=service.sid, where=where))


def _holds(client: Client, service: str, number: str) -> bool:
    try:
        client.messaging.v1.services(service).phone_numbers(number).fetch()
    except TwilioRestException as error:
        if error.status == 404:
            return False
        raise
    return True


def _service(client: Client, name: str, sid: str, messages: str, reports: str, check: bool) -> Step:
    service = client.messaging.v1.services(sid).fetch()
    wanted = {"inbound_request_url": messages, "inbound_method": "POST",
              "status_callback": reports, "use_inbound_webhook_on_number": False}  # fmt: skip
    wrong = differing({key: getattr(service, key) for key in wanted}, wanted)
    lost = ["all numbers of the service", *in_place_of(service.inbound_request_url, messages),
            *in_place_of(service.status_callback, reports, "reports ")]  # fmt: skip
    if service.use_inbound_webhook_on_number:
        lost.append("in place of the addresses of its numbers")
    return settle(f"Messaging Service of {name}: messages to {messages}, reports to {reports}",
                  not wrong, check, lambda: service.update(**wrong), lost)  # fmt: skip


def _whatsapp(client: Client, sender: str, messages: str, reports: str, check: bool) -> Step:
    senders = client.messaging.v2.channels_senders
    found = next((each for each in senders.list(channel="whatsapp")
                  if each.sender_id == f"whatsapp:{sender}"), None)  # fmt: skip
    if found is None:
        raise Trouble(
            "TWILIO_WHATSAPP_FROM", "a WhatsApp sender of this account, as +503…",
            "one that the account does not have",
            "console.twilio.com → Messaging → Senders → WhatsApp senders lists them.",
        )  # fmt: skip
    there: Mapping[str, Any] = found.webhook or {}
    wanted = {"callback_url": messages, "callback_method": "POST",
              "status_callback_url": reports, "status_callback_method": "POST"}  # fmt: skip
    # With what else is set there, such as a fallback.
    kept = {key: value for key, value in there.items() if value}
    change = Json({"webhook": {**kept, **wanted}})
    lost = [*in_place_of(there.get("callback_url"), messages),
            *in_place_of(there.get("status_callback_url"), reports, "reports ")]  # fmt: skip
    return settle(f"WhatsApp sender: messages to {messages}, reports to {reports}",
                  not differing(there, wanted), check, lambda: found.update(change),
                  lost)  # fmt: skip


def _templates(client: Client, check: bool) -> Step:
    contents = client.content.v1.contents
    there = {each.friendly_name: each.types for each in contents.list(page_size=500)}
    missing, other = missing_or_other(there)
    if other:
        raise Trouble(
            "templates", "the form that this version sends", f"another of {', '.join(other)}",
            "Delete it (console.twilio.com → Messaging → Content Template Builder), then run "
            f"`{COMMAND}` again.",
        )  # fmt: skip

    def make() -> None:
        for shape in missing:
            contents.create(Json(wish(shape)))

    words = f"{len(missing)} templates of choices" if missing else "all templates of choices"
    return settle(words, not missing, check, make)
