"""Pieces of an answer put together: short messages, one step at a time, options last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.conversation.notification import gives_away
from bot.conversation.state import State
from bot.conversation.wording import say
from connectors.contract import Option, Reply

MAX_WORDS = 60
_ROOM = 12  # words kept free for the neutral line
_CONTACT = 22  # words
MENU_GROUPS = ("violence", "rights", "family", "work", "services")
# At most nine besides "another country": a list on WhatsApp holds ten rows. The order is by how
# many women on the way are there.
FIRST_COUNTRIES = ("MX", "US", "GT", "HN", "SV", "CR", "PA", "DO", "NI")
OTHER_COUNTRIES = ("BZ", "CA")


@dataclass(frozen=True)
class Decision:
    """What a turn leads to: what is said, and what is remembered afterwards."""

    replies: tuple[Reply, ...]
    state: State
    acted_on: str
    outcome: str = "answered"
    records: tuple[str, ...] = field(default=())  # ids of statements and services that were used


def replies(paragraphs: Sequence[str], language: str, options: Sequence[Option] = (),
            *, quiet: bool = False) -> tuple[Reply, ...]:  # fmt: skip
    """Messages of at most MAX_WORDS words, cut between paragraphs; the options go with the last.

    `quiet`: what a notification shows of each message must not tell what it is about.
    """
    pieces = [piece for each in paragraphs for piece in each.split("\n\n") if piece]
    messages: list[list[str]] = [[]]
    for piece in (short for each in pieces for short in _short(each)):
        room = _ROOM if quiet and gives_away("\n\n".join([*messages[-1], piece])) else 0
        if messages[-1] and _words([*messages[-1], piece]) > MAX_WORDS - room:
            # A heading goes with what it heads.
            full = messages[-1]
            heads = len(full) > 1 and full[-1].endswith(":")
            heads = heads and _words([full[-1], piece]) <= MAX_WORDS - room
            messages.append([full.pop()] if heads else [])
        messages[-1].append(piece)
    if quiet:
        messages = [
            _quiet(message, say(_lead(message, bool(later), language), language))
            for later, message in enumerate(messages)
        ]
    texts = ["\n\n".join(message) for message in messages]
    last = Reply(texts[-1], tuple(options), "choices" if options else "text", language)
    return (*(Reply(text, language=language) for text in texts[:-1]), last)


def _lead(message: list[str], later: bool, language: str) -> str:
    """The neutral line for the message: one that begins with the source of the message before, or
    is a contact and no more, has its own."""
    if later and message[0].startswith(say("source", language, sources="").removesuffix(".")):
        return "quiet_source"
    if later and len(message) == 1 and _words(message) <= _CONTACT:
        return "quiet_contact"
    return "quiet_more" if later else "quiet"


def _words(paragraphs: Sequence[str]) -> int:
    return sum(len(each.split()) for each in paragraphs)


def _short(paragraph: str) -> list[str]:
    """The paragraph, cut after lines, sentences or words where it is too long for a message."""
    limit = MAX_WORDS - (_ROOM if gives_away(paragraph) else 0)
    if len(paragraph.split()) <= limit:
        return [paragraph]
    parts = [""]
    for line in paragraph.split("\n"):
        joint = "\n"
        for sentence in re.split(r"(?<=[.;!?])\s+", line):
            words = sentence.split()
            for start in range(0, len(words), MAX_WORDS - _ROOM):
                chunk = " ".join(words[start : start + MAX_WORDS - _ROOM])
                if parts[-1] and _words([parts[-1], chunk]) > MAX_WORDS - _ROOM:
                    parts.append("")
                parts[-1] = f"{parts[-1]}{joint}{chunk}".strip()
                joint = " "
    return parts


def _quiet(message: list[str], neutral: str) -> list[str]:
    """A neutral line in front, or after a bare number, where the message would give itself away."""
    if not gives_away("\n\n".join(message)):
        return message
    if message[0].lstrip("*")[:1].isdigit() and not gives_away(f"{message[0]}\n\n{neutral}"):
        return [message[0], neutral, *message[1:]]
    return [neutral, *message]


def decide(paragraphs: Sequence[str], state: State, acted_on: str,
           options: Sequence[Option] = (), outcome: str = "answered",
           records: Sequence[str] = ()) -> Decision:  # fmt: skip
    """A decision with the offered choices remembered."""
    offered = tuple((option.title, option.payload) for option in options)
    made = replies(paragraphs, state.language, options, quiet=state.sensitive)
    return Decision(made, state.but(offered=offered), acted_on, outcome, tuple(records))


def yes_no(language: str) -> tuple[Option, ...]:
    """Two choices that mean affirm and deny."""
    return (Option(say("option_yes", language), "/affirm"),
            Option(say("option_no", language), "/deny"))  # fmt: skip


def menu_options(language: str) -> tuple[Option, ...]:
    """The headings, and a person."""
    headings = [
        Option(say(f"group_{group}", language), f'/ask_menu{{"group":"{group}"}}')
        for group in MENU_GROUPS
    ]
    return (*headings, Option(say("option_person", language), "/ask_human"))


def country_options(names: dict[str, str], language: str, rest: bool = False) -> tuple[Option, ...]:
    """The countries that we serve, in two steps because a list holds ten rows."""
    codes = OTHER_COUNTRIES if rest else FIRST_COUNTRIES
    options = [Option(names[cc], f'/inform_location{{"country":"{cc}"}}') for cc in codes]
    if not rest:
        other = Option(say("option_other_country", language), '/ask_menu{"group":"countries"}')
        options.append(other)
    return tuple(options)
