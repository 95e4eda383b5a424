"""After the card of a bodily emergency: what is known of just that, and that she must be seen.

Only what speaks of her own words is told: a sentence that is merely close would cost time here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from bot.conversation.compose import Decision, replies
from bot.conversation.sources import source_line
from bot.conversation.state import State, Turn
from bot.conversation.world import World
from bot.knowledge.asked import stems
from bot.knowledge.files import read_yaml
from bot.paths import DATA

NEED = "medical"
TOPICS = ("ask_health_care", "ask_sexual_reproductive_health")
SHARED = 2  # words that a statement must share with hers


@cache
def must_be_seen() -> tuple[str, ...]:
    """The statements that say so, one of a country."""
    return tuple(_read()["must_be_seen"])


def with_what_is_known(turn: Turn, decision: Decision, world: World) -> Decision:
    """The card, and after it what is known; the choices go with the last message."""
    state = decision.state
    if turn.need != NEED or state.crisis != NEED or decision.outcome != "crisis card":
        return decision
    lines, told = _known(turn, state, world)
    if not lines:
        return decision
    *before, last = decision.replies
    more = replies(lines, state.language, last.options, quiet=state.sensitive)
    card = (*before, replace(last, options=(), kind="text"))
    return replace(decision, replies=(*card, *more), state=state.but(told=told), records=told)


def _known(turn: Turn, state: State, world: World) -> tuple[list[str], tuple[str, ...]]:
    """Paragraphs with their sources, and the ids of what they tell; nothing where nothing fits."""
    lines: list[str] = []
    told: list[str] = []
    own = f"{(world.served_country(state) or '').lower()}."
    seen = [each for each in must_be_seen() if each.startswith(own)]
    for ids in (_speaking_of_it(turn, state, world), seen):
        found, citation = world.first_of(ids, state, turn.today)
        if not found or found[0].id in told:
            continue
        text = found[0].text.get(state.language)
        lines.append(f"{text}\n{source_line(citation, state.language)}")
        told.append(found[0].id)
    return lines, tuple(told)


def _speaking_of_it(turn: Turn, state: State, world: World) -> Sequence[str]:
    """What shares most words with hers, of her country before the region."""
    hers = turn.asked.stems - _common()
    shared: dict[str, int] = {}
    for place in (state, state.but(country=None)):
        for topic in TOPICS:
            answer = world.answer(topic, place.but(told=()), turn)
            for each in answer.statements:
                count = len(hers & stems(each.text))
                if count >= SHARED:
                    shared.setdefault(each.id, count)
        if shared:
            break
    return sorted(shared, key=lambda each: -shared[each])[:1]


@cache
def _common() -> frozenset[str]:
    return stems(str(_read()["common"]))


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(DATA / "urgent_care.yml")
    return found
