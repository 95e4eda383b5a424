"""Is it secret, erase, leave fast, stop: also when the gate did not catch the words."""

from __future__ import annotations

from bot.conversation.compose import Decision
from bot.conversation.state import State, Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Reply

GUARDED = "guarded"
_SMALL = frozenset({
    "greet", "goodbye", "thank", "affirm", "deny", "ask_menu", "bot_challenge", "ask_human",
    "out_of_scope", "nlu_fallback", "ask_privacy", "ask_repeat_or_more", "change_language",
})  # fmt: skip


def guard(turn: Turn, state: State) -> Decision | None:
    """After somebody else wrote: the same neutral line to all but a real question."""
    if state.pending != GUARDED or turn.tapped or turn.intent not in _SMALL:
        return None
    reply = Reply(say("someone_else", state.language), language=state.language)
    return Decision((reply,), state, turn.intent)


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
    after = State(language=state.language)
    if turn.someone_else:
        # Until a real question comes, whoever writes now learns nothing more.
        after = after.but(pending=GUARDED, sensitive=True)
    return Decision((reply,), after, "quick_exit", "left")


def stop(turn: Turn, state: State, world: World) -> Decision:
    """One last line; the gateway keeps the rest."""
    reply = Reply(say("stopped", state.language), language=state.language)
    return Decision((reply,), State(language=state.language), "stop_messages", "left")
