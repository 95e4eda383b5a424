"""Small things between: a laugh, a name that she should not send, a postal code, "it is me"."""

from __future__ import annotations

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide, menu_options
from bot.conversation.state import ALONE, UNCLEAR, State, Turn
from bot.conversation.topics import remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World

_SHORT = 10  # words


def aside(turn: Turn, state: State, world: World) -> Decision | None:
    """A light line that keeps what was spoken of; None where the message is no such thing."""
    if "herself" in turn.cues.tells:
        if crisis.is_on(state):  # it was she of whom she told all the time
            return crisis.again(turn, state, world)
        if world.is_topic(state.topic or "") and world.is_sensitive(str(state.topic)):
            return _herself(state, world)
    asked_where = turn.names_place or state.pending in ("country", "origin")
    if turn.intent not in UNCLEAR or turn.words > _SHORT or crisis.is_on(state) or asked_where:
        return None
    tells = turn.cues.tells
    told = next((each for each in ("names", "zip", "laughs") if each in tells), None)
    grave = not turn.cues.evidence.isdisjoint({"harm", "despair", "sexual"})
    if told is None or (told == "laughs" and (turn.cues.asks or grave)):
        return None
    key = "no_names" if told == "names" else told
    topic = state.topic
    options = (
        remaining_options(topic, state, world)
        if topic and world.is_topic(topic)
        else menu_options(state.language)
    )
    return decide([say(key, state.language)], state.but(misunderstood=0), "out_of_scope",
                  () if key == "zip" else options)  # fmt: skip


def _herself(state: State, world: World) -> Decision:
    """She trusts us: thanks, no reproach, and whether she can speak now."""
    topic = str(state.topic)
    lines = [say("quiet", state.language), say("herself", state.language)]
    return decide(lines, state.but(pending=ALONE, misunderstood=0), topic,
                  remaining_options(topic, state, world))  # fmt: skip
