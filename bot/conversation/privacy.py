"""Is it secret, erase, leave fast, stop: also when the gate did not catch the words."""

from __future__ import annotations

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.state import ALARMS, ORDERS, State, Turn
from bot.conversation.wording import has, say
from bot.conversation.world import World
from connectors.contract import Option, Reply

GUARDED = "guarded"  # pending: somebody else has her phone
LEFT = "left"  # pending: she left fast, and has not asked anything since
_JUST_BACK = 3  # words: "I can now" and no more
_OPENS = ("greet", "affirm", "deny", "ask_menu", "out_of_scope", "nlu_fallback",
          "ask_repeat_or_more")  # fmt: skip
_SMALL = frozenset({
    "greet", "goodbye", "thank", "affirm", "deny", "ask_menu", "bot_challenge", "ask_human",
    "out_of_scope", "nlu_fallback", "ask_privacy", "ask_repeat_or_more", "change_language",
})  # fmt: skip


def guard(turn: Turn, state: State, *, believed: bool = True,
          number: str = "911") -> Decision | None:  # fmt: skip
    """After somebody else wrote, or after she left: neutral lines to all but a real question.

    An alarm that is not `believed` is no real question: whoever writes now learns nothing by it.
    """
    if state.pending == GUARDED and _learns_of_her(turn):
        return _neutral("someone_else", turn, state)
    if state.pending in (GUARDED, LEFT) and "recipe" in turn.cues.tells:
        return _neutral("recipe", turn, state)
    if state.pending == LEFT and turn.cues.erases and turn.cues.safe:
        return _neutral("erased_yes", turn, state.but(pending=None, sensitive=True))
    small = turn.intent in _SMALL or (turn.intent in ALARMS and not (turn.forced or believed))
    if turn.tapped or not small:
        return None
    if state.pending == GUARDED:  # also to him who asks how one hides here
        return _neutral("someone_else", turn, state)
    if turn.cues.hide:
        return None
    if state.pending != LEFT:
        return None
    cues = turn.cues
    if turn.intent == "goodbye" or cues.bye:
        return _neutral("goodbye", turn, state)
    if turn.intent == "thank" or cues.thanks or cues.sorry or turn.intent in ALARMS:
        return _neutral("thanked", turn, state)
    if cues.who_helps:  # whom she had in mind was forgotten with the rest
        return _neutral("left_whom", turn, state, number=number)
    return _neutral("greet_plain", turn, state) if turn.intent in _OPENS else None


def back(turn: Turn, state: State, world: World) -> Decision | None:
    """She had to leave, is alone again, and says more than that: a number, and she can go on.

    Nothing for whoever else may write now, nor beside an alarm.
    """
    if state.pending != LEFT or turn.cues.tells.isdisjoint({"back", "back_only"}):
        return None
    only = "back_only" in turn.cues.tells and not (turn.forced or turn.tapped)
    if only and not (turn.someone_else or turn.cues.someone):  # whatever else it was taken for
        return _resumed(turn, state, world)
    if turn.words <= _JUST_BACK:
        return None
    other = turn.someone_else or turn.cues.someone or (_learns_of_her(turn) and not turn.cues.asks)
    alarm = turn.forced or turn.intent in ALARMS or turn.cues.threat
    order = turn.tapped or turn.intent in ORDERS or turn.cues.erases
    if other or alarm or order or world.is_topic(turn.intent):
        return None
    return _resumed(turn, state, world)


def _resumed(turn: Turn, state: State, world: World) -> Decision:
    """That we are here; what was spoken of is forgotten, so she is asked what she needs."""
    if turn.words <= _JUST_BACK:
        return _neutral("greet_plain", turn.about("greet"), state)
    number = world.emergency_line("violence", state)
    text = say("back_again", state.language, number=number)
    return Decision((Reply(text, language=state.language),),
                    state.but(pending=None, sensitive=True), "ask_menu")  # fmt: skip


def _learns_of_her(turn: Turn) -> bool:
    """Whether it asks for what was said before; a question of one's own does not."""
    asks = not (turn.forced or turn.tapped)
    return asks and not turn.cues.tells.isdisjoint({"theirs", "repeats"})


def _neutral(key: str, turn: Turn, state: State, **values: str) -> Decision:
    reply = Reply(say(key, state.language, **values), language=state.language)
    return Decision((reply,), state, "ask_privacy" if turn.intent in ALARMS else turn.intent)


def explain(turn: Turn, state: State, world: World) -> Decision:
    """What we keep, and what we cannot hide."""
    kept = f" {say('kept_unanswered', state.language)}" if world.keeps_unanswered else ""
    reply = Reply(say("privacy", state.language, kept=kept), language=state.language)
    replies: tuple[Reply, ...] = (reply,)
    if has(f"privacy_{turn.style}"):  # what only that channel does with the chat
        own = say(f"privacy_{turn.style}", state.language)
        replies = (reply, Reply(own, language=state.language))
    return Decision(replies, state, "ask_privacy")


def erase(turn: Turn, state: State, world: World) -> Decision:
    """Nothing remains but the language of the reply that says so."""
    reply = Reply(say("erased", state.language), language=state.language)
    return Decision((reply,), State(language=state.language), "delete_my_data")


def leave(turn: Turn, state: State, world: World) -> Decision:
    """A reply about the weather, and an empty memory: whoever looks next finds nothing."""
    reply = Reply(say("left", state.language), kind="delete", language=state.language)
    after = State(language=state.language, pending=LEFT)
    if turn.someone_else:
        # Until a real question comes, whoever writes now learns nothing more.
        after = after.but(pending=GUARDED, sensitive=True)
    return Decision((reply,), after, "quick_exit", "left")


def stop(turn: Turn, state: State, world: World) -> Decision:
    """One last line; the gateway keeps the rest. A sentence that only may mean it ("don't send no
    police") mutes nobody: she is told how, and may tap."""
    if "no_calls" in turn.cues.tells and crisis.is_on(state):
        text = say("no_calls", state.language, number=crisis.number(state, world))
        return decide([text], state, "ask_privacy", (), "crisis card")
    if not (turn.forced or turn.tapped):
        option = Option(say("option_stop", state.language), "/stop_messages")
        return decide([say("stop_how", state.language)], state, "ask_privacy", (option,),
                      "asked back")  # fmt: skip
    reply = Reply(say("stopped", state.language), language=state.language)
    return Decision((reply,), State(language=state.language), "stop_messages", "left")
