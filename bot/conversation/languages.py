"""A language that is spoken of and no wish to change to it: for somebody else, or by somebody."""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.people import person
from bot.conversation.reporting import BATCH, last_shown
from bot.conversation.shown import described, one_line
from bot.conversation.sources import source_line
from bot.conversation.state import State, Turn
from bot.conversation.wording import has, say
from bot.conversation.world import World


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
    service = world.speakers(code, state, turn.today)
    reached = service is not None and (service.phones or code not in ("es", "en"))
    if service is None or not reached:
        return person(turn, state, world)
    lines = [say("next_step", state.language, service=one_line(service, state.language))]
    if has(f"speaks_{code}"):
        lines.append(
            say(f"speaks_{code}", state.language, service=one_line(service, state.language))
        )
        lines = lines[1:]
    return decide(lines, state.but(listed=(service.id,), service_type=None, pending=None),
                  "ask_human", (), "person offered", (service.id,))  # fmt: skip
