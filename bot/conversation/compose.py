"""Pieces of an answer put together: short messages, one step at a time, options last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.conversation.state import State
from bot.conversation.wording import say
from connectors.contract import Option, Reply

MAX_WORDS = 60
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
            kind: str = "") -> tuple[Reply, ...]:  # fmt: skip
    """Messages of at most MAX_WORDS words, cut between paragraphs; the options go with the last."""
    messages: list[list[str]] = [[]]
    for paragraph in filter(None, paragraphs):
        words = sum(len(p.split()) for p in messages[-1]) + len(paragraph.split())
        if messages[-1] and words > MAX_WORDS:
            messages.append([])
        messages[-1].append(paragraph)
    texts = ["\n\n".join(message) for message in messages]
    last = Reply(texts[-1], tuple(options), "choices" if options else "text", language)
    return (*(Reply(text, language=language) for text in texts[:-1]), last)


def decide(paragraphs: Sequence[str], state: State, acted_on: str,
           options: Sequence[Option] = (), outcome: str = "answered",
           records: Sequence[str] = ()) -> Decision:  # fmt: skip
    """A decision with the offered choices remembered."""
    offered = tuple((option.title, option.payload) for option in options)
    made = replies(paragraphs, state.language, options)
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
