"""One word alone: "ok", "yes", "no", "thanks", where nothing was asked that it could answer.

It is no wish to hear more. What it means is asked, or it gets a kind line; in a talk of violence or
despair the number stays at hand.
"""

from __future__ import annotations

from bot.conversation import crisis
from bot.conversation.compose import Decision, country_options, decide, menu_options
from bot.conversation.services import more_options
from bot.conversation.state import ALONE, State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Option

FEW = 4  # words of thanks and no more
COUNTRY, ACCOMPANIED = "country", "accompanied"


def alone(turn: Turn, state: State, world: World) -> Decision | None:
    """None where the message is more than a word, or answers what was asked."""
    if turn.tapped or turn.forced or turn.names_place or turn.is_child:
        return None
    tells = turn.cues.tells
    if "nods" in tells:
        return _nodded(turn, state, world)
    if state.pending not in (None, ALONE) or crisis.is_on(state):
        return None
    few = turn.words <= FEW and turn.intent == "thank"
    if turn.cues.thanks and few and _is_hurt(state, world):
        return _with_the_number(turn, state, world)
    if state.pending is not None:
        return None
    if "bare_yes" in tells:
        return _asked_what(state, world)
    if "bare_no" in tells and _is_hurt(state, world):
        return _with_the_number(turn, state, world)
    return None


def _nodded(turn: Turn, state: State, world: World) -> Decision | None:
    language = state.language
    if crisis.is_on(state) and state.pending in (None, ACCOMPANIED):
        return crisis.stay(turn, state, world)  # "ok" is not "somebody is with me"
    if state.pending == COUNTRY:
        return decide([say("nodded_country", language)], state, "affirm",
                      country_options(world.names(language), language), "asked back")  # fmt: skip
    if state.pending not in (None, ALONE):
        return None
    if _is_hurt(state, world):
        number = world.emergency_line("violence", state)
        return decide([say("nodded_hurt", language, number=number)], state, "affirm",
                      _options(state, world))  # fmt: skip
    return decide([say("nodded", language)], state.but(misunderstood=0), "affirm",
                  _options(state, world))  # fmt: skip


def _with_the_number(turn: Turn, state: State, world: World) -> Decision:
    """A kind line, with the number of what was spoken of before it."""
    language = state.language
    number = world.emergency_line("violence", state)
    lines = [say("calm_number", language, number=number), say("thanked", language)]
    return decide(lines, state.but(misunderstood=0), turn.intent, _options(state, world))


def _asked_what(state: State, world: World) -> Decision:
    lines = [say("yes_to_what", state.language)]
    if _is_hurt(state, world):
        lines.insert(0, f"{world.emergency_line('violence', state)}.")
    return decide(lines, state.but(misunderstood=0), "affirm", _options(state, world),
                  "asked back")  # fmt: skip


def _is_hurt(state: State, world: World) -> bool:
    return world.is_topic(state.topic or "") and world.is_sensitive(state.topic or "")


def _options(state: State, world: World) -> tuple[Option, ...]:
    if state.topic and world.is_topic(state.topic):
        return remaining_options(state.topic, state, world)
    return more_options(state.language) if state.listed else menu_options(state.language)
