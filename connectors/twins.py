"""`python -m connectors.twins`: Twilio, Telegram and Meta on this machine, without any account.

It prints the settings with which `make run` talks to them, and then is everybody's telephone: a
line "telegram 7001 hola" is said by the chat 7001, and what she gets back is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx
import uvicorn
from starlette.applications import Starlette

from connectors.telegram import handler as telegram
from connectors.telegram import twin as telegram_twin
from connectors.telegram import twin_server as telegram_server
from connectors.twilio import handler as twilio
from connectors.twilio import twin as twilio_twin
from connectors.twilio import twin_server as twilio_server
from connectors.twin_server import PEACE, Mischief, Twin
from connectors.whatsapp import handler as whatsapp
from connectors.whatsapp import twin as whatsapp_twin
from connectors.whatsapp import twin_server as whatsapp_server
from connectors.whatsapp import twin_setup as whatsapp_setup

FIRST_PORT = 9101
# Invented: they open nothing but the twins.
CREDENTIALS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "twin-auth-token",
    "TWILIO_WHATSAPP_FROM": "+15005550006",
    "TWILIO_SMS_FROM": "+15005550006",
    "TELEGRAM_BOT_TOKEN": "1:twin",
    "TELEGRAM_WEBHOOK_SECRET": "twin-secret",
    "WHATSAPP_APP_SECRET": "twin-app-secret",
    "WHATSAPP_VERIFY_TOKEN": "twin-verify-token",
    "WHATSAPP_ACCESS_TOKEN": "twin-access-token",
    "WHATSAPP_PHONE_NUMBER_ID": "100000000000001",
    "WHATSAPP_BUSINESS_ACCOUNT_ID": "200000000000002",
    "WHATSAPP_APP_ID": "300000000000003",
}


def environment(first_port: int = FIRST_PORT) -> dict[str, str]:
    """The settings with which the application talks to the twins."""
    return {
        **CREDENTIALS,
        "TWILIO_API_BASE": f"http://127.0.0.1:{first_port}",
        "TELEGRAM_API_BASE": f"http://127.0.0.1:{first_port + 1}",
        "WHATSAPP_API_BASE": f"http://127.0.0.1:{first_port + 2}",
    }


@dataclass(frozen=True)
class Twins:
    """The three, running."""

    twilio: Twin
    telegram: Twin
    whatsapp: Twin

    def all(self) -> tuple[Twin, ...]:
        """In the order of their ports."""
        return self.twilio, self.telegram, self.whatsapp

    def of(self, channel: str) -> Twin:
        """By the name that people use: "sms" is Twilio's too."""
        by_name = {each.name: each for each in self.all()}
        return by_name["twilio" if channel == "sms" else channel]

    async def settled(self) -> None:
        """Everything said has been delivered, and every report."""
        for twin in self.all():
            await twin.settled()


def make(
    client: httpx.AsyncClient, public_url: str, env: Mapping[str, str],
    mischief: Mischief = PEACE, seed: int = 1,
) -> tuple[Twins, tuple[Starlette, ...]]:  # fmt: skip
    """The twins that post to `public_url`, and their servers."""
    for_twilio, for_telegram = twilio.from_environment(env), telegram.from_environment(env)
    for_whatsapp = whatsapp.from_environment(env)
    if for_twilio is None or for_telegram is None or for_whatsapp is None:
        raise ValueError("expected the credentials of all three vendors")
    hook = {each.name: f"{public_url}{each.path}" for each in (twilio, telegram, whatsapp)}

    def chance(n: int) -> random.Random:
        return random.Random(seed + n)  # noqa: S311  # repeatable on purpose

    twins = Twins(
        Twin("twilio", lambda who, said: twilio_twin.request(
            for_twilio, who, said, hook["twilio"]), client, mischief, chance(1)),
        Twin("telegram", lambda who, said: telegram_twin.request(
            for_telegram, who, said, hook["telegram"]), client, mischief, chance(2)),
        Twin("whatsapp", lambda who, said: whatsapp_twin.request(
            for_whatsapp, who, said, hook["whatsapp"]), client, mischief, chance(3)),
    )  # fmt: skip
    return twins, (
        twilio_server.server(twins.twilio, for_twilio),
        telegram_server.server(twins.telegram, for_telegram),
        whatsapp_server.server(
            twins.whatsapp,
            for_whatsapp,
            hook["whatsapp"],
            whatsapp_setup.Books(env["WHATSAPP_BUSINESS_ACCOUNT_ID"], env["WHATSAPP_APP_ID"]),
        ),
    )


class _Server(uvicorn.Server):
    """Without signal handlers of its own."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # uvicorn's own signature
        """Nothing captured."""
        yield


@contextlib.asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    """The app on loopback."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical",
                            access_log=False, timeout_graceful_shutdown=2)  # fmt: skip
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if task.done():
                raise OSError(f"port {port} cannot be used")
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def running(
    public_url: str, first_port: int = FIRST_PORT, mischief: Mischief = PEACE, seed: int = 1
) -> AsyncIterator[Twins]:
    """All three on loopback, on `first_port` and the two after it."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with httpx.AsyncClient(limits=limits) as client, contextlib.AsyncExitStack() as stack:
        twins, servers = make(client, public_url, environment(first_port), mischief, seed)
        for number, app in enumerate(servers):
            await stack.enter_async_context(served(app, first_port + number))
        try:
            yield twins
        finally:
            for twin in twins.all():
                twin.close()


def _tell(text: str) -> None:
    print(text, flush=True)


async def _rehearse(public_url: str, first_port: int, mischief: Mischief) -> None:
    async with running(public_url, first_port, mischief) as twins:
        _tell("# Start Comadre in another terminal with these settings (or put them into .env):")
        for name, value in environment(first_port).items():
            _tell(f"export {name}={value}")
        _tell("# Rehearse the set-up: .venv/bin/python -m bot setup telegram (twilio, meta)")
        _tell("# Then say something here: whatsapp 50370000001 hola | telegram 7001 hola | "
              "sms +50370000001 hola | twilio whatsapp:+50370000001 hola")  # fmt: skip
        shown = asyncio.create_task(_show(twins))
        while line := await asyncio.to_thread(sys.stdin.readline):
            channel, _, rest = line.strip().partition(" ")
            who, _, words = rest.partition(" ")
            try:
                twins.of(channel).say(who, words)
            except (KeyError, ValueError):
                _tell("# expected: channel number words")
        shown.cancel()


async def _show(twins: Twins) -> None:
    seen = {twin.name: 0 for twin in twins.all()}
    while True:
        for twin in twins.all():
            for each in twin.taken[seen[twin.name] :]:
                options = "".join(f"\n    [{title}]" for title in each.options)
                _tell(f"{twin.name} → {each.address}: {each.text}{options}")
            seen[twin.name] = len(twin.taken)
        await asyncio.sleep(0.1)


def main() -> None:
    """Until the end of the input or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m connectors.twins")
    parser.add_argument("--public-url", default="http://127.0.0.1:8000")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="the first of three")
    parser.add_argument("--mischief", action="store_true", help="repeat, confuse, refuse, lose")
    chosen = parser.parse_args()
    bad = Mischief(duplicates=0.2, disorder_s=0.5, throttled=0.1, lost_answers=0.02)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_rehearse(chosen.public_url.rstrip("/"), chosen.port,
                              bad if chosen.mischief else PEACE))  # fmt: skip


if __name__ == "__main__":
    main()
