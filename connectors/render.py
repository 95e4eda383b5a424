"""A reply in the looks of a channel: WhatsApp, Telegram, SMS or the page. Pure; no wire formats.

Limits: developers.facebook.com/docs/whatsapp (interactive messages), core.telegram.org/bots/api,
twilio.com/docs/content; read 2026-11-22.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.conversation.wording import say
from connectors.contract import Option, Outgoing, OutgoingKind, Reply
from connectors.sms import render_sms
from connectors.split import parts, shorten, utf16_length, within

MAX_OPTIONS = 10
MAX_BUTTONS, BUTTON_TITLE = 3, 20
ROW_TITLE, ROW_DESCRIPTION = 24, 72
TELEGRAM_TITLE, PAYLOAD_BYTES = 64, 64
BODY = 1_024  # of a WhatsApp message with choices, or one that asks for the location

Rendered = tuple[list[Outgoing], tuple[str, ...]]


@dataclass(frozen=True)
class Limits:
    """Where vendors of one style differ."""

    text: int = 4_096  # of a message of text alone, in UTF-16 units


META = Limits()
TELEGRAM = Limits()
TWILIO = Limits(text=1_600)  # error 21617 above


def render(reply: Reply, style: str, limits: Limits = META) -> Rendered:
    """The messages to send now, and the text kept until she asks for more (SMS only).

    At most ten options are offered. An option whose title or payload a channel would refuse makes
    all of them numbered lines: she can always answer with the number.
    """
    if reply.kind == "silent":
        return [Outgoing("", "silent")], ()
    if style == "sms":
        return render_sms(reply)
    reply = replace(reply, text=reply.text.strip(), options=reply.options[:MAX_OPTIONS])
    if reply.kind == "ask_location":
        return _ask_location(reply, style, limits), ()
    if not reply.options:
        kind: OutgoingKind = "delete" if reply.kind == "delete" else "text"
        texts = parts(reply.text, within(limits.text))
        return [Outgoing(text, kind if n == 0 else "text") for n, text in enumerate(texts)], ()
    return _choices(reply, style, limits), ()


def _ask_location(reply: Reply, style: str, limits: Limits) -> list[Outgoing]:
    if style == "web":  # the page's own visitors have no reason to be located
        text = f"{reply.text}\n{say('channel_write_town', reply.language)}".strip()
        return render(replace(reply, text=text, kind="choices"), style, limits)[0]
    before: list[Outgoing] = []
    text = reply.text or say("channel_share_location", reply.language)
    if reply.options:  # no vendor puts choices and the location button into one message
        before = _choices(reply, style, limits)
        text = say("channel_share_location", reply.language)
    head, last = _last_part(text, BODY, limits)
    button = say("channel_location_button", reply.language)
    return [
        *before, *(Outgoing(part) for part in head),
        Outgoing(last, "location_request", list_button=button),
    ]  # fmt: skip


def _choices(reply: Reply, style: str, limits: Limits) -> list[Outgoing]:
    text = reply.text or say("channel_choose", reply.language)
    shown = _telegram_options(reply) if style == "telegram" else _whatsapp_options(reply)
    if not _acceptable(shown):
        lines = "\n".join(f"{n} {o.title}".rstrip() for n, o in enumerate(shown, 1))
        texts = parts(f"{text}\n\n{lines}", within(limits.text))
        return [*(Outgoing(t) for t in texts[:-1]), Outgoing(texts[-1], options=reply.options)]
    body = limits.text if style == "telegram" else BODY
    head, last = _last_part(text, body, limits)
    return [*(Outgoing(part) for part in head), _with_options(last, shown, reply, style)]


def _with_options(text: str, options: tuple[Option, ...], reply: Reply, style: str) -> Outgoing:
    few = len(options) <= MAX_BUTTONS and all(len(o.title) <= BUTTON_TITLE for o in options)
    if style == "telegram" or few:
        return Outgoing(text, "buttons", options)
    return Outgoing(text, "list", options, list_button=say("channel_list_button", reply.language))


def _telegram_options(reply: Reply) -> tuple[Option, ...]:
    return tuple(replace(o, title=shorten(o.title, TELEGRAM_TITLE)) for o in reply.options)


def _whatsapp_options(reply: Reply) -> tuple[Option, ...]:
    """Titles that fit a row; what is cut off a title stands in the row's second line."""
    shown: list[Option] = []
    for option in reply.options:
        title = shorten(option.title, ROW_TITLE)
        cut_off = title != " ".join(option.title.split())
        description = option.description or (option.title if cut_off else "")
        shown.append(Option(title, option.payload, shorten(description, ROW_DESCRIPTION)))
    return tuple(shown)


def _acceptable(options: tuple[Option, ...]) -> bool:
    """Whether the vendors take these: titles there and different, payloads there and short."""
    titles = {o.title for o in options}
    payloads = {o.payload for o in options}
    return (
        len(titles) == len(payloads) == len(options)
        and all(titles) and all(payloads)
        and all(len(p.encode("utf-8", "replace")) <= PAYLOAD_BYTES for p in payloads)
    )  # fmt: skip


def _last_part(text: str, body: int, limits: Limits) -> tuple[list[str], str]:
    """What must go before, and the last part, short enough to carry choices."""
    if utf16_length(text) <= body:
        return [], text
    paragraphs = text.split("\n\n")
    last = ""
    while paragraphs and utf16_length(f"{paragraphs[-1]}\n\n{last}".strip()) <= body:
        last = f"{paragraphs.pop()}\n\n{last}".strip()
    if not last:
        last = parts(text, within(body))[-1]
        return parts(text[: -len(last)], within(limits.text)), last
    return parts("\n\n".join(paragraphs), within(limits.text)), last
