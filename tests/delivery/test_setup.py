"""Connecting a vendor: the set-up commands against the twins, over HTTP on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from bench.ports import three_free_ports
from bot.__main__ import main
from bot.commands.setup import VENDORS, setup
from bot.serve import gateway
from bot.serve.parts import assemble
from bot.serve.supervisor import free_port
from bot.settings import read_settings
from connectors import twins as twins_module
from connectors.contract import Option, Outgoing
from connectors.steps import Step, quoted
from connectors.telegram.payload import Update
from connectors.telegram.setup import ALLOWED_UPDATES
from connectors.twilio import handler as twilio_handler
from connectors.twilio.setup import SANDBOX
from connectors.twilio.twin_setup import NUMBER, SENDER
from connectors.twin_server import Twin
from connectors.twins import CREDENTIALS, Twins, environment, served

SERVICE = "MG" + "1" * 32
TEMPLATES = 23
SECRETS = ("TWILIO_AUTH_TOKEN", "TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET",
           "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "WHATSAPP_ACCESS_TOKEN")  # fmt: skip
pytestmark = pytest.mark.usefixtures("tables")
every_vendor = pytest.mark.parametrize("vendor", sorted(VENDORS))


@dataclass
class Deployment:
    """The vendors' twins, our address, and what the operator has in `.env`."""

    twins: Twins
    env: dict[str, str]
    said: list[str] = field(default_factory=list)

    async def setup(self, vendor: str, *, check: bool = False, **env: str) -> int:
        """The exit code; `said` is what the operator has read of this run."""
        self.said.clear()
        # In a thread, as the command blocks and the twins answer from this loop.
        return await asyncio.to_thread(setup, vendor, {**self.env, **env}, check, self.said.append)

    def twin(self, vendor: str) -> Twin:
        return self.twins.of("whatsapp" if vendor == "meta" else vendor)

    def marked(self, mark: str) -> list[str]:
        return [line for line in self.said if line.startswith(mark)]

    @property
    def url(self) -> str:
        return self.env["COMADRE_PUBLIC_URL"]


@contextlib.asynccontextmanager
async def deployed(**env: str) -> AsyncIterator[Deployment]:
    """Comadre itself is not running."""
    first = three_free_ports()
    url = f"http://127.0.0.1:{free_port()}"
    values = {**environment(first), **env, "COMADRE_PUBLIC_URL": url}
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(limits=limits) as client, contextlib.AsyncExitStack() as stack:
        twins, servers = twins_module.make(client, url, values)
        for number, app in enumerate(servers):
            await stack.enter_async_context(served(app, first + number))
        yield Deployment(twins, values)
        for twin in twins.all():
            twin.close()


@contextlib.asynccontextmanager
async def running(folder: Path, stage: Deployment) -> AsyncIterator[None]:
    """Comadre's gateway at the public address."""
    settings = read_settings(stage.env, folder)
    async with httpx.AsyncClient() as client:
        parts = assemble(settings, client)
        async with served(gateway.application(parts, []), int(stage.url.rpartition(":")[2])):
            yield
        parts.engine.dispose()


# -- what holds for every vendor


@every_vendor
async def test_the_first_run_sets_up_and_the_second_changes_nothing(
    tmp_path: Path, vendor: str
) -> None:
    async with deployed() as stage, running(tmp_path, stage):
        first = await stage.setup(vendor)
        assert (first, bool(stage.marked("changed"))) == (0, True)
        changes = stage.twin(vendor).changes
        assert changes > 0

        second = await stage.setup(vendor)

        assert (second, stage.marked("changed")) == (0, [])
        last = "0 changed; the secret was sent again" if vendor == "telegram" else "Nothing changed"
        assert stage.said[-1].startswith(last)
        assert stage.twin(vendor).changes == changes


@every_vendor
async def test_a_check_says_what_would_change_and_changes_nothing(
    tmp_path: Path, vendor: str
) -> None:
    async with deployed() as stage, running(tmp_path, stage):
        assert await stage.setup(vendor, check=True) == 1
        assert stage.marked("differs")
        assert stage.twin(vendor).changes == 0

        await stage.setup(vendor)

        assert await stage.setup(vendor, check=True) == 0
        assert stage.marked("differs") == []


@every_vendor
async def test_an_address_that_somebody_else_has_set_is_found_and_put_right(
    tmp_path: Path, vendor: str
) -> None:
    async with deployed() as stage, running(tmp_path, stage):
        await stage.setup(vendor)
        elsewhere = {
            "telegram": ("webhook", {"url": "https://old.example/webhooks/telegram"}),
            "twilio": (NUMBER, {"sms_url": "https://old.example/webhooks/twilio"}),
            "meta": ("subscription", {"callback_url": "https://old.example/webhooks/whatsapp"}),
        }
        name, values = elsewhere[vendor]
        values.update({key: f"{each}?token=theirs" for key, each in values.items()})
        stage.twin(vendor).register(name, values)

        assert await stage.setup(vendor, check=True) == 1
        assert "in place of old.example/webhooks/" in stage.marked("differs")[0]
        assert await stage.setup(vendor) == 0
        assert "in place of old.example/webhooks/" in stage.marked("changed")[0]
        assert not [line for line in stage.said if "theirs" in line]

        key = next(iter(values))
        assert stage.twin(vendor).registered[name][key].startswith(f"{stage.url}/webhooks/")


@every_vendor
async def test_neither_a_secret_nor_a_number_is_told(tmp_path: Path, vendor: str) -> None:
    async with deployed() as stage:
        told = []
        for running_or_not in (contextlib.nullcontext(), running(tmp_path, stage)):
            async with running_or_not:
                await stage.setup(vendor, check=True)
                told += stage.said
                await stage.setup(vendor)
                told += stage.said
        wrong = {name: f"wrong-{name}".replace("_", "-") for name in SECRETS}
        await stage.setup(vendor, **wrong)
        told += stage.said

        assert stage.marked("failed")
        for value in [*map(CREDENTIALS.__getitem__, SECRETS), *wrong.values(), "+15005550006"]:
            assert not [line for line in told if value in line]


@pytest.mark.parametrize(("vendor", "name"), [
    ("telegram", "TELEGRAM_BOT_TOKEN"),
    ("twilio", "TWILIO_AUTH_TOKEN"),
    ("meta", "WHATSAPP_ACCESS_TOKEN"),
])  # fmt: skip
async def test_a_refused_token_ends_it_and_says_what_to_look_at(vendor: str, name: str) -> None:
    async with deployed() as stage:
        assert await stage.setup(vendor, **{name: "9:refused"}) == 1

        [failed] = stage.marked("failed")
        assert "expected" in failed
        assert name in failed or "new token" in failed
        assert "9:refused" not in failed
        assert stage.twin(vendor).changes == 0


async def test_meta_says_a_refused_token_again_and_we_do_not() -> None:
    token = "".join(f"EAAG{n:x}z" for n in range(60))
    async with deployed() as stage:
        assert await stage.setup("meta", WHATSAPP_ACCESS_TOKEN=token) == 1

        [failed] = stage.marked("failed")
        assert "HTTP 401, error 190. " in failed
        assert "EAAG" not in failed


@every_vendor
async def test_a_vendor_that_does_not_answer_is_told_as_that(vendor: str) -> None:
    async with deployed() as stage:
        nobody = f"http://127.0.0.1:{free_port()}"
        bases = {f"{n}_API_BASE": nobody for n in ("TELEGRAM", "TWILIO", "WHATSAPP")}

        assert await stage.setup(vendor, **bases) == 1

        assert "Is the network open" in stage.marked("failed")[0]


@every_vendor
async def test_missing_settings_are_named(vendor: str) -> None:
    async with deployed() as stage:
        named = {"telegram": "TELEGRAM_BOT_TOKEN", "twilio": "TWILIO_ACCOUNT_SID",
                 "meta": "WHATSAPP_APP_ID"}[vendor]  # fmt: skip

        assert await stage.setup(vendor, **{named: ""}) == 1

        assert named in stage.marked("failed")[0]
        assert f"python -m bot setup {vendor}" in stage.marked("failed")[0]


@every_vendor
async def test_an_address_that_no_vendor_can_reach_is_refused_before_any_call(vendor: str) -> None:
    async with deployed() as stage:
        bases = {f"{name}_API_BASE": "" for name in ("TELEGRAM", "TWILIO", "WHATSAPP")}

        assert await stage.setup(vendor, **bases) == 1

        assert "COMADRE_PUBLIC_URL: expected the https://" in stage.marked("failed")[0]


async def test_a_secret_in_a_steps_words_is_held_back_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(env: Mapping[str, str], check: bool) -> Iterator[Step]:
        yield Step("note", f"the token is {env['TELEGRAM_BOT_TOKEN']}")

    monkeypatch.setitem(cast("dict[str, Any]", VENDORS), "telegram", careless)
    async with deployed() as stage:
        await stage.setup("telegram", TELEGRAM_BOT_TOKEN="9:secret-of-the-bot")  # noqa: S106

        assert stage.said[0].endswith("the token is <TELEGRAM_BOT_TOKEN>")


def test_what_a_vendor_says_is_told_without_numbers() -> None:
    assert quoted("no such\nnumber: +503 7000-0001, (#100)", {}) == "no such number: …, (#100)"


@pytest.mark.parametrize("before", range(0, 230, 7))
def test_no_part_of_a_secret_is_told_where_a_vendors_words_are_cut(before: int) -> None:
    token = "EAAG9y8x7w6v5u4t3s2r1q0p"  # noqa: S105
    env = {"WHATSAPP_ACCESS_TOKEN": token, "COMADRE_REDIS_URL": f"redis://:{token[::-1]}@memory:1"}

    told = quoted(f"{'x ' * before}<{token}> {token[3:17]} {token[::-1]}", env)

    assert len(told) <= 200
    assert not any(part[at : at + 5] in told for part in (token, token[::-1])
                   for at in range(len(token) - 4))  # fmt: skip


async def test_the_command_line_leads_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with deployed() as stage:
        for name, value in stage.env.items():
            monkeypatch.setenv(name, value)

        assert await asyncio.to_thread(main, ["setup", "telegram", "--check"]) == 1
        assert await asyncio.to_thread(main, ["setup", "telegram"]) == 0
        assert await asyncio.to_thread(main, ["setup", "telegram", "--check"]) == 0

        assert "Nothing changed" in capsys.readouterr().err


# -- Telegram


def test_telegram_is_asked_for_what_we_read_and_for_nothing_else() -> None:
    assert set(ALLOWED_UPDATES) == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert set(Update.model_fields) == {*ALLOWED_UPDATES, "update_id"}


async def test_what_telegram_posts_with_the_registered_secret_is_taken(tmp_path: Path) -> None:
    async with deployed() as stage, running(tmp_path, stage), httpx.AsyncClient() as client:
        await stage.setup("telegram")
        webhook = stage.twins.telegram.registered["webhook"]

        async def post(secret: str) -> int:
            header = {"X-Telegram-Bot-Api-Secret-Token": secret}
            answer = await client.post(webhook["url"], json={"update_id": 1}, headers=header)
            return answer.status_code

        assert await post(webhook["secret_token"]) == 200
        assert await post("another") == 401


async def test_a_new_secret_reaches_telegram_though_all_else_fits() -> None:
    async with deployed() as stage:
        await stage.setup("telegram")
        stage.twins.telegram.register("webhook", {"max_connections": 7})

        assert await stage.setup("telegram", TELEGRAM_WEBHOOK_SECRET="rotated-secret") == 0  # noqa: S106

        webhook = stage.twins.telegram.registered["webhook"]
        assert webhook["secret_token"] == "rotated-secret"  # noqa: S105
        assert webhook["max_connections"] == 7  # somebody's choice stays
        assert "never shows" in stage.marked("sent")[0]


async def test_a_secret_that_telegram_would_refuse_is_named_and_not_shown() -> None:
    async with deployed() as stage:
        assert await stage.setup("telegram", TELEGRAM_WEBHOOK_SECRET="with blanks !") == 1  # noqa: S106

        assert "TELEGRAM_WEBHOOK_SECRET: expected 1 to 256" in stage.said[0]
        assert not any("blanks" in line for line in stage.said)


async def test_telegrams_last_failure_is_told() -> None:
    async with deployed() as stage:
        await stage.setup("telegram")
        stage.twins.telegram.register("webhook", {
            "last_error_date": 1_790_000_000,
            "last_error_message": "Wrong response from the webhook: 401 Unauthorized",
        })  # fmt: skip

        await stage.setup("telegram", check=True)

        assert "401 Unauthorized" in stage.marked("note")[0]


# -- Twilio


async def test_number_sender_and_templates_are_set_up() -> None:
    async with deployed() as stage:
        assert await stage.setup("twilio") == 0

        registered = stage.twins.twilio.registered
        assert registered[NUMBER]["sms_url"] == f"{stage.url}/webhooks/twilio"
        assert registered[SENDER]["webhook"] == {
            "callback_url": f"{stage.url}/webhooks/twilio", "callback_method": "POST",
            "status_callback_url": f"{stage.url}/webhooks/twilio/status",
            "status_callback_method": "POST",
        }  # fmt: skip
        assert len([sid for sid in registered if sid.startswith("HX")]) == TEMPLATES


CHOICES = [
    Outgoing("¿Dónde?", "buttons", (Option("Aquí", "/here"), Option("Allá", "/there"))),
    Outgoing("¿Qué?", "list", (Option("Albergue", "/a", "Para dormir"), Option("Otro", "/o")) * 2,
             list_button="Ver"),
]  # fmt: skip


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.kind)
async def test_a_choice_finds_the_template_that_was_made(choice: Outgoing) -> None:
    async with deployed() as stage, httpx.AsyncClient() as client:
        await stage.setup("twilio")
        settings = twilio_handler.from_environment(stage.env)
        assert settings is not None
        twin, ana = stage.twins.twilio, "whatsapp:+50370000001"
        twin.last_said[ana] = twin.clock()
        changes = twin.changes

        await twilio_handler.send(client, settings, ana, choice, "key")

        assert twin.taken[0].options == tuple(option.title for option in choice.options)
        assert twin.changes == changes


async def test_an_application_of_the_numbers_does_not_answer_in_our_place() -> None:
    async with deployed() as stage:
        await stage.setup("twilio")
        stage.twins.twilio.register(NUMBER, {"sms_application_sid": "AP" + "0" * 32})

        assert await stage.setup("twilio") == 0

        [changed] = stage.marked("changed")
        assert "its application detached" in changed
        assert stage.twins.twilio.registered[NUMBER]["sms_application_sid"] == ""


async def test_a_messaging_service_gets_both_addresses_and_the_opt_out_words_are_told() -> None:
    both = {"TWILIO_SMS_FROM": SERVICE, "TWILIO_WHATSAPP_FROM": SERVICE}
    async with deployed(**both) as stage:
        stage.twins.twilio.register(SERVICE, {"use_inbound_webhook_on_number": True})

        assert await stage.setup("twilio") == 0

        assert stage.twins.twilio.registered[SERVICE] == {
            "inbound_request_url": f"{stage.url}/webhooks/twilio",
            "status_callback": f"{stage.url}/webhooks/twilio/status",
            "use_inbound_webhook_on_number": False,
        }
        assert len([line for line in stage.said if "Messaging Service of" in line]) == 1
        assert "all numbers of the service" in stage.marked("changed")[0]
        assert "ALTO" in stage.marked("by hand")[0]


def _holding(stage: Deployment, **values: Any) -> None:
    """The number sits in a Messaging Service of the account's."""
    stage.twins.twilio.register(SERVICE, {"holds": [NUMBER], **values})


@pytest.mark.parametrize("check", [True, False], ids=["check", "set up"])
@pytest.mark.parametrize(("there", "told"), [
    (None, "messages go nowhere"), ("https://old.example/sms?token=theirs", "to old.example/sms."),
])  # fmt: skip
async def test_a_number_inside_a_messaging_service_is_told_since_its_own_address_is_ignored(
    there: str | None, told: str, check: bool
) -> None:
    async with deployed() as stage:
        await stage.setup("twilio")
        _holding(stage, inbound_request_url=there)

        assert await stage.setup("twilio", check=check) == 1

        [failed] = stage.marked("failed")
        assert "its own address is ignored" in failed
        assert told in failed
        assert f"TWILIO_SMS_FROM={SERVICE}" in failed
        assert "theirs" not in failed
        assert "templates" in stage.said[-2]  # the rest is done all the same


@pytest.mark.parametrize("values", [
    {"use_inbound_webhook_on_number": True, "inbound_request_url": "https://old.example/"},
    {"holds": ["PN" + "9" * 32]},
], ids=["it defers to the number", "it holds another number"])  # fmt: skip
async def test_a_messaging_service_that_does_not_stand_in_the_way(values: dict[str, Any]) -> None:
    async with deployed() as stage:
        await stage.setup("twilio")
        _holding(stage, **values)

        assert await stage.setup("twilio", check=True) == 0


async def test_a_service_that_leads_here_already_is_not_complained_about() -> None:
    async with deployed() as stage:
        await stage.setup("twilio")
        _holding(stage, inbound_request_url=f"{stage.url}/webhooks/twilio")

        assert await stage.setup("twilio", check=True) == 0


@pytest.mark.parametrize("setting", ["TWILIO_SMS_FROM", "TWILIO_WHATSAPP_FROM"])
@pytest.mark.parametrize("sender", ["+15005550099", "+1500555000", "MG" + "9" * 32])
async def test_a_sender_that_the_account_does_not_have_is_told(setting: str, sender: str) -> None:
    async with deployed() as stage:
        assert await stage.setup("twilio", **{setting: sender}) == 1

        [failed] = stage.marked("failed")
        assert setting in failed or "MG…" in failed
        assert sender not in failed


async def test_the_sandbox_is_told_as_work_for_a_hand() -> None:
    async with deployed() as stage:
        assert await stage.setup("twilio", TWILIO_WHATSAPP_FROM=SANDBOX) == 0

        [by_hand] = stage.marked("by hand")
        assert f"{stage.url}/webhooks/twilio/status" in by_hand
        assert SENDER not in stage.twins.twilio.registered


async def test_a_fallback_that_somebody_has_set_for_the_sender_stays() -> None:
    async with deployed() as stage:
        fallback = {"fallback_url": "https://fallback.example/", "fallback_method": "POST"}
        stage.twins.twilio.register(SENDER, {"webhook": fallback})

        await stage.setup("twilio")

        webhook: dict[str, Any] = stage.twins.twilio.registered[SENDER]["webhook"]
        assert {**webhook, **fallback} == webhook
        assert webhook["callback_url"] == f"{stage.url}/webhooks/twilio"


async def test_a_template_of_the_same_name_in_another_form_is_not_used_in_silence() -> None:
    async with deployed() as stage:
        old = {"friendly_name": "comadre_buttons_2_v1", "types": {"twilio/text": {"body": "x"}}}
        stage.twins.twilio.register("HXold", {**old, "sid": "HXold"})

        assert await stage.setup("twilio") == 1

        assert "comadre_buttons_2_v1" in stage.marked("failed")[0]
        assert [sid for sid in stage.twins.twilio.registered if sid.startswith("HX")] == ["HXold"]


# -- Meta


async def test_meta_asks_the_address_back_so_comadre_must_be_running(tmp_path: Path) -> None:
    async with deployed() as stage:
        assert await stage.setup("meta") == 1
        assert "start Comadre there first" in stage.marked("failed")[0]
        assert stage.twins.whatsapp.changes == 0

        async with running(tmp_path, stage):
            assert await stage.setup("meta", WHATSAPP_VERIFY_TOKEN="another-token") == 1  # noqa: S106
            assert "WHATSAPP_VERIFY_TOKEN" in stage.marked("failed")[0]
            assert await stage.setup("meta") == 0

        assert stage.marked("by hand")
        assert "none needed" in stage.marked("note")[0]


async def test_fields_that_the_app_has_already_stay_subscribed(tmp_path: Path) -> None:
    async with deployed() as stage, running(tmp_path, stage):
        stage.twins.whatsapp.register("subscription", {
            "object": "whatsapp_business_account", "active": True,
            "callback_url": f"{stage.url}/webhooks/whatsapp",
            "fields": [{"name": "account_update", "version": "v25.0"}],
        })  # fmt: skip

        assert await stage.setup("meta") == 0

        fields = stage.twins.whatsapp.registered["subscription"]["fields"]
        assert {each["name"] for each in fields} == {"account_update", "messages"}


async def test_an_address_of_the_accounts_own_does_not_lead_messages_away(tmp_path: Path) -> None:
    async with deployed() as stage, running(tmp_path, stage):
        await stage.setup("meta")
        override = {"override_callback_uri": "https://old.example/webhooks/whatsapp"}
        stage.twins.whatsapp.register("subscribed", override)

        assert await stage.setup("meta", check=True) == 1
        assert "taken off: in place of old.example/webhooks/whatsapp" in stage.said[2]
        assert await stage.setup("meta") == 0

        assert "override_callback_uri" not in stage.twins.whatsapp.registered["subscribed"]


async def test_a_number_of_another_account_is_told() -> None:
    async with deployed() as stage:
        assert await stage.setup("meta", WHATSAPP_PHONE_NUMBER_ID="999") == 1

        assert "WHATSAPP_PHONE_NUMBER_ID: expected" in stage.marked("failed")[0]
