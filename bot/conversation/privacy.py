"""Is it secret, erase, leave fast, stop: also when the gate did not catch the words."""

from __future__ import annotations

from bot.conversation.compose import Decision
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Reply


def explain(turn: Turn, state: State, world: World) -> Decision:
    """What we keep, and what we cannot hide."""
    reply = Reply(say("privacy", state.language), language=state.language)
    return Decision((reply,), state, "ask_privacy")


def erase(turn: Turn, state: State, world: World) -> Decision:
    """Nothing remains but the language of the reply that says so."""
    reply = Reply(say("erased", state.language), language=state.language)
    return Decision((reply,), State(language=state.language), "delete_my_data")


def leave(turn: Turn, state: State, world: World) -> Decision:
    """A reply about the weather, and an empty memory: whoever looks next finds nothing."""
    reply = Reply(say("left", state.language), kind="delete", language=state.language)
    return Decision((reply,), State(language=state.language), "quick_exit", "left")


def stop(turn: Turn, state: State, world: World) -> Decision:
    """One last line; the gateway keeps the rest."""
    reply = Reply(say("stopped", state.language), language=state.language)
    return Decision((reply,), State(language=state.language), "stop_messages", "left")
