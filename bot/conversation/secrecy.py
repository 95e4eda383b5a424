"""Whether a question on secrecy is about us, or about somebody whom she would tell.

"Is it anonymous if I call the police?" asks for what the police do; "is this chat anonymous?" for
what we do. The words stand in data/secrecy.yml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.conversation.facets import about
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from bot.directory.text import fold
from bot.knowledge.files import read_yaml
from bot.knowledge.topics import topics
from bot.paths import DATA

PRIVACY = "ask_privacy"
REPORTING, HEALTH = "ask_protection_order", "ask_health_care"
HURT = ("ask_sexual_violence", "ask_child_abuse")  # what hospitals do is told there
NO_SECRET = ""  # it holds no word of a secret
_APOSTROPHES = re.compile(r"['’´`]")
_LONGEST = 600  # characters of a message that are looked at


@dataclass(frozen=True)
class _Known:
    ours: re.Pattern[str]
    words: re.Pattern[str]
    bodies: Mapping[str, re.Pattern[str]]
    named: Mapping[str, re.Pattern[str]]


@cache
def _known() -> _Known:
    read = read_yaml(DATA / "secrecy.yml")
    tells, keeps, secret = (read[name] for name in ("tells", "keeps", "secret"))
    bodies = {
        topic: re.compile(
            rf"\b{tells}( \w+){{0,3}} {body}\b|\b{body}( \w+){{0,4}} {keeps}\b"
            rf"|\b{keeps}( \w+){{0,5}} (en|at|in) ((el|la|los|las|the) )?{body}\b"
            rf"|\b{body}\b.{{0,40}}\b{secret}\b|\b{secret}\b.{{0,40}}\b{body}\b"
        )
        for topic, body in read["bodies"].items()
    }
    named = {side: re.compile(text) for side, text in read["named"].items()}
    return _Known(re.compile(read["ours"]), re.compile(read["words"]), bodies, named)


def read_secrecy(text: str) -> str | None:
    """The topic of those whose secrecy is asked for; None: ours; `NO_SECRET`: nothing of it."""
    words, known = fold(_APOSTROPHES.sub("", text[:_LONGEST])), _known()
    if text.startswith("/") or known.ours.search(words):
        return None
    named = next((topic for topic, each in known.bodies.items() if each.search(words)), None)
    if named is not None:
        return named
    return None if known.words.search(words) else NO_SECRET


def read_named(text: str) -> str | None:
    """The side of the places that were named, where only their secrecy is asked for: `tells` (the
    police, migration) or `secret_kept`."""
    words, known = fold(_APOSTROPHES.sub("", text[:_LONGEST])), _known()
    if text.startswith("/") or known.ours.search(words):
        return None
    return next((side for side, each in known.named.items() if each.search(words)), None)


def of_the_named(turn: Turn, before: State) -> str | None:
    """What she asks of the places or lines that she was given; None: it is something else. What
    hospitals tell after a rape is known, and told with that."""
    side = turn.of_named
    known = side == "tells" and before.topic in HURT
    return side if side and before.listed and not (known or turn.is_child) else None


def of_others(turn: Turn, before: State, world: World) -> Turn | None:
    """The message as a question on the topic; None: it is about us, or about something else."""
    if turn.intent != PRIVACY or turn.tapped or turn.secrecy is None:
        return None
    spoken = before.topic if world.is_topic(before.topic or "") else None
    if turn.secrecy == NO_SECRET:
        return about(turn, spoken) if spoken else None
    side = "told_on" if "third" in turn.cues.tells else "secretly"
    return about(turn, _topic(spoken, turn.secrecy, world), side)


def _topic(spoken: str | None, named: str, world: World) -> str:
    """What was spoken of, where that may be told there; else what the body itself is for."""
    if spoken is None:
        return named
    told = world.is_sensitive(spoken) and named == REPORTING
    hospital = spoken in HURT and named == HEALTH
    same = topics()[spoken].group == topics()[named].group and not world.is_sensitive(named)
    return spoken if told or hospital or same else named
