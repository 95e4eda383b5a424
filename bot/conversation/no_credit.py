"""She has no credit, only internet: who was named is reached without a call, where we know how."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.in_danger import without_a_voice
from bot.conversation.listed import last_listed
from bot.conversation.services import more_options, safe_lines
from bot.conversation.state import ALARMS, State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.directory.found import FoundService

SURE = 0.8


def without_calling(turn: Turn, state: State, world: World) -> Decision | None:
    """What the records have besides a telephone; None where she was told to call nobody, or asks
    for something: "no credit, where is free wifi?"."""
    looks = turn.intent == "find_service" and turn.confidence >= SURE and not state.listed
    if turn.tapped or turn.cues.asks or turn.names_place or looks:
        return None
    if not crisis.is_on(state) and (turn.is_grave or turn.intent in ALARMS):
        return None
    if crisis.is_on(state):
        lines = [say("told_no_credit", state.language, number=crisis.number(state, world))]
        if way := without_a_voice(state, world):
            lines.append(say("told_way", state.language, number=way))
        lines.append(say("ask_to_call", state.language))
        return decide(lines, state.but(misunderstood=0), "ask_human", (), "crisis card")
    if state.topic and world.is_topic(state.topic):
        state = state.but(service_type=None)  # "only wifi" looks for no wifi
    services = last_listed(turn, state, world)
    if not services:
        return None
    ways = _ways(services, state.language)
    lines = [say("without_calling", state.language), *ways] if ways else []
    if not ways:
        lines.append(say("without_calling_none", state.language))
    known = state.topic if state.topic and world.is_topic(state.topic) else None
    options = (remaining_options(known, state, world) if known and not state.service_type
               else more_options(state.language))  # fmt: skip
    lines = [*safe_lines(services, state, world), *lines]
    return decide(lines, state.but(misunderstood=0, pending=None), "ask_human", options,
                  "person offered", [each.id for each in services])  # fmt: skip


def _ways(services: Sequence[FoundService], language: str) -> list[str]:
    """A line for each that has a WhatsApp, a page or an address for mail."""
    lines = []
    for each in services:
        whatsapp = f"WhatsApp {each.whatsapp}" if each.whatsapp else ""
        ways = ", ".join(filter(None, (whatsapp, each.url, each.email)))
        if ways:
            lines.append(f"{each.names.get(language)}: {ways}")
    return lines
