"""Registering the webhook with Telegram, once, as a step of deployment.

With `telegram.Bot`, which knows how the API's parameters are written; see README.md for why
sending does without it. Telegram never shows the secret: it is sent again by every run, which
changes nothing where it is the same.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from connectors.steps import (
    TIMEOUT_S,
    Mark,
    Step,
    Trouble,
    in_place_of,
    public_url,
    quoted,
    required,
)
from connectors.telegram import handler
from connectors.telegram.payload import Update

COMMAND = "python -m bot setup telegram"
# What `payload.py` reads, and no more: nothing else of hers needs to come here.
ALLOWED_UPDATES = tuple(name for name in Update.model_fields if name != "update_id")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def set_up(env: Mapping[str, str], check: bool) -> Iterator[Step]:
    """Raises Trouble."""
    required(handler.missing(env), COMMAND)
    settings = handler.from_environment(env)
    assert settings is not None
    if not _SECRET.fullmatch(settings.webhook_secret):
        raise Trouble(
            "TELEGRAM_WEBHOOK_SECRET", "1 to 256 of A-Z a-z 0-9 _ -", "other characters",
            "Make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(32))'`.",
        )  # fmt: skip
    url = f"{public_url(env, 'TELEGRAM_API_BASE')}{handler.path}"
    steps: list[Step] = []
    try:
        asyncio.run(_asked(settings, url, check, env, steps))
    finally:
        yield from steps


async def _asked(
    settings: handler.TelegramSettings, url: str, check: bool, env: Mapping[str, str],
    steps: list[Step],
) -> None:  # fmt: skip
    """Adds to `steps`: what was done is told though something failed after it."""
    request = HTTPXRequest(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S)
    bot = Bot(settings.bot_token, base_url=f"{settings.api_base}/bot", request=request)
    try:
        async with bot:
            before = await bot.get_webhook_info()
            steps.append(Step("fits", f"the token opens the bot @{bot.username}"))
            if check:
                steps += [*_compared(before, url, "differs"), *_told(before, url, env)]
                return
            await _register(bot, settings, url, before)
            steps += _compared(before, url, "changed")
            steps.append(Step("sent", "the secret was sent again (Telegram never shows the one it "
                                      "has)"))  # fmt: skip
            missed = _compared(await bot.get_webhook_info(), url, "differs")
            if any(step.mark == "differs" for step in missed):
                raise Trouble(
                    "webhook", "Telegram to show what it was given", "something else",
                    f"Does another program register this bot? Run `{COMMAND}` again.",
                )  # fmt: skip
            steps += _told(before, url, env)
    except TelegramError as error:
        # From None: the library's own words about a refused token hold the token.
        raise _trouble(error, env) from None


async def _register(
    bot: Bot, settings: handler.TelegramSettings, url: str, before: WebhookInfo
) -> None:
    """Waiting updates are kept, and so is the number of connections that somebody has chosen."""
    await bot.set_webhook(
        url, secret_token=settings.webhook_secret, allowed_updates=ALLOWED_UPDATES,
        max_connections=before.max_connections,
    )  # fmt: skip


def _compared(info: WebhookInfo, url: str, otherwise: Mark) -> list[Step]:
    is_there = info.url == url
    same_kinds = set(info.allowed_updates or ()) == set(ALLOWED_UPDATES)
    old = "" if is_there else "".join(f" ({each})" for each in in_place_of(info.url, url))
    return [
        Step("fits" if is_there else otherwise, f"webhook {url}{old}"),
        Step("fits" if same_kinds else otherwise, f"updates: {', '.join(ALLOWED_UPDATES)}"),
    ]


def _told(info: WebhookInfo, url: str, env: Mapping[str, str]) -> list[Step]:
    """What Telegram said of its last failure, where that was with our address."""
    if info.url != url or not info.last_error_message:
        return []
    said = quoted(info.last_error_message, env)
    return [Step("note", f"Telegram's last failure to deliver: {said} "
                         "(401 there: the secret differed)")]  # fmt: skip


def _trouble(error: TelegramError, env: Mapping[str, str]) -> Trouble:
    if isinstance(error, InvalidToken):
        return Trouble("TELEGRAM_BOT_TOKEN", "a token that Telegram knows", "a refusal",
                       "Copy it again from @BotFather (/mybots, API Token).")  # fmt: skip
    if isinstance(error, RetryAfter):
        return Trouble("Telegram", "an answer", "“too many requests”",
                       "Wait a minute and run it again.")  # fmt: skip
    came = f"“{quoted(error.message, env)}”"
    if type(error) in (NetworkError, TimedOut):  # a refusal is a NetworkError's child
        return Trouble("Telegram", "an answer", came,
                       "Is the network open, and TELEGRAM_API_BASE right if set?")  # fmt: skip
    return Trouble("Telegram", "the webhook to be taken", came,
                   "core.telegram.org/bots/webhooks lists what an address needs.")  # fmt: skip
