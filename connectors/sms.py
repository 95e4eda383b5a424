"""A reply as SMS: folded to GSM-7, choices as numbered lines, at most three parts at a time."""

from __future__ import annotations

import re

from bot.conversation.wording import say
from connectors.contract import Option, Outgoing, OutgoingKind, Reply
from connectors.gsm7 import fold, is_gsm7, segments
from connectors.split import cut, shorten

MAX_SEGMENTS = 3
MORE = "/more"  # the worker keeps the rest and sends it when she answers with this number
_ROOM_FOR_TEXT = 60
_BLANK = re.compile(r"\n{2,}")


def render_sms(reply: Reply) -> tuple[list[Outgoing], tuple[str, ...]]:
    """One SMS of at most three parts, and the text that must wait until she asks for more."""
    text = reply.text
    if reply.kind == "ask_location":
        text = f"{text}\n{say('channel_write_town', reply.language)}".strip()
    options = reply.options[:10]
    lines = _lines(options, wide=not is_gsm7(fold(text)))
    whole = _join(text, lines)
    if segments(whole) <= MAX_SEGMENTS:
        kind: OutgoingKind = "delete" if reply.kind == "delete" else "text"
        return [Outgoing(whole, kind, options, segments(whole))] if whole else [], ()
    word = say("channel_more", reply.language)
    more = fold(f"{len(options) + 1} = {word}")
    below = [*lines, more]
    first, rest = cut(text, lambda head: segments(_join(head, below)) <= MAX_SEGMENTS)
    if not rest:  # the choices alone are what is too long for one more line
        below, more = lines, ""
    sms = _join(first, below)
    offered = (*options, Option(word, MORE)) if more else options
    return [Outgoing(sms, "text", offered, segments(sms))], (rest,) if rest else ()


def _lines(options: tuple[Option, ...], wide: bool) -> list[str]:
    """The numbered choices, shortened together until text has room beside them.

    `wide`: the text has a letter outside GSM-7, and one such letter makes every letter wide.
    """
    room = ("字" if wide else "x") * _ROOM_FOR_TEXT
    for limit in (60, 40, 24, 16, 10, 7):
        lines = [fold(f"{n} {shorten(o.title, limit)}") for n, o in enumerate(options, 1)]
        if segments("\n".join(lines) + room) <= MAX_SEGMENTS:
            break
    return lines


def _join(text: str, lines: list[str]) -> str:
    """As it is sent: an empty line between paragraphs would be paid for and say nothing."""
    return "\n".join(filter(None, (_BLANK.sub("\n", fold(text)), *lines)))
