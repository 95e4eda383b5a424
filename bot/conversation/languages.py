"""A language that is spoken of and no wish to change to it: for somebody else, or by somebody."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis, refuge
from bot.conversation.compose import Decision, decide
from bot.conversation.people import person
from bot.conversation.reporting import BATCH, last_shown
from bot.conversation.shown import described, one_line
from bot.conversation.sources import source_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import has, say
from bot.conversation.world import World
from bot.knowledge.speaking import Speaker


def told_in(turn: Turn, state: State, world: World) -> Decision | None:
    """What she was told last, in another language; she herself goes on in hers."""
    language = turn.cues.shown_in or state.language
    there = state.but(language=language, pending=None)
    if crisis.is_on(state):
        number = world.emergency_line("danger", state)
        lines = [
            f"{number}.",
            say("show_this", state.language),
            say("cry", language, number=number),
        ]
        return decide(lines, state, "change_language", (), "crisis card")
    ids: tuple[str, ...] = ()
    texts: list[str] = []
    services = [world.service(each, turn.today) for each in last_shown(state)]
    listed = [each for each in services if each is not None]
    if state.service_type and listed:
        texts, ids = [described(each, language) for each in listed], tuple(s.id for s in listed)
    elif state.topic and state.told:
        found, citation = world.told(state, turn.today, BATCH, BATCH)
        if found:
            texts = [*(each.text.get(language) for each in found), source_line(citation, language)]
            ids = tuple(each.id for each in found)
    if not texts:
        return None
    made = decide([*world.safe_topic(there), *texts], there, "change_language", (), records=ids)
    return replace(made, state=made.state.but(language=state.language))


def speaker(turn: Turn, state: State, world: World, code: str) -> Decision:
    """Somebody who speaks it where she is, else the people who answer there."""
    found = _found(turn, state, world, code)
    if found is None or (code in ("es", "en") and not found.speaks):
        return person(turn, state, world)
    lines = [_line(found, state, code)]
    return decide(lines, state.but(listed=(found.service.id,), service_type=None, pending=None),
                  "ask_human", (), "person offered", (found.service.id,))  # fmt: skip


def who_speaks(turn: Turn, state: State, world: World, code: str) -> tuple[str, tuple[str, ...]]:
    """One line in her language, as far as we can write it, and the ids of whom it names; that we
    know nobody is said too."""
    found = _found(turn, state, world, code)
    if found is None:
        return say(_key("speaks_nobody", code), state.language), ()
    return _line(found, state, code), (found.service.id,)


def _found(turn: Turn, state: State, world: World, code: str) -> Speaker | None:
    return world.speakers(code, state, turn.today, fears=refuge.comes_up(turn, state))


def _line(found: Speaker, state: State, code: str) -> str:
    service = one_line(found.service, state.language)
    if code in ("es", "en"):
        return say("next_step", state.language, service=service)
    stem = "speaks" if found.speaks else "interprets"
    return say(_key(stem, code), state.language, service=service)


def _key(stem: str, code: str) -> str:
    return f"{stem}_{code}" if has(f"{stem}_{code}") else f"{stem}_any"
