"""One turn from beginning to end: remember, see what comes before the intent, decide, frame."""

from __future__ import annotations

from collections.abc import Callable

from bot.conversation import crisis, small_talk
from bot.conversation.compose import Decision, replies
from bot.conversation.follow import follow_up
from bot.conversation.privacy import guard
from bot.conversation.state import OTHER_LANGUAGES, State, Turn, absorb
from bot.conversation.wording import say
from bot.conversation.world import World

Decide = Callable[[Turn, State, World], Decision]
DAY_S = 86_400.0
SAFETY = ("report_immediate_danger", "express_suicidal_distress")
# Nothing may stand before, between or after these.
_BARE = (*SAFETY, "quick_exit", "delete_my_data", "stop_messages")
_VAGUE = ("out_of_scope", "nlu_fallback", "ask_menu", "bot_challenge", "inform_location")
_RUDE = (*_VAGUE, "deny", "report_outdated_information")


def play(decide: Decide, turn: Turn, before: State, world: World) -> Decision:
    """What the turn leads to; `decide` belongs to the intent."""
    if turn.forgotten:
        before = State(language=before.language)
    elif turn.told_of_crisis and before.crisis is None:
        before = crisis.taken_over(turn.told_of_crisis, before)
    state = absorb(turn, before, world.served)
    state = state.but(crisis_turns=state.crisis_turns + 1) if state.crisis else state
    decision = _before_the_intent(turn, state, world) or decide(turn, state, world)
    if decision.acted_on in _BARE or decision.outcome == "crisis card":
        return decision
    return _framed(turn, before, decision, world)


def _before_the_intent(turn: Turn, state: State, world: World) -> Decision | None:
    """What the conversation's state or the words themselves decide."""
    if turn.cues.help and not turn.forced and turn.intent == SAFETY[0] and not crisis.is_on(state):
        return crisis.doubtful(state, world)
    if turn.intent in _BARE or turn.tapped:
        return None
    if state.crisis == "danger" and turn.cues.returned and crisis.is_on(state):
        return crisis.emergency(turn.about("report_immediate_danger"), state, world)
    if turn.language in OTHER_LANGUAGES and turn.intent != "change_language":
        return small_talk.other_language(turn, state, world)
    guarded = guard(turn, state)
    if guarded is not None:
        return guarded
    if turn.cues.rude and turn.intent in _RUDE and not turn.cues.threat:
        return small_talk.rude(turn, state, world)
    if (turn.cues.man or turn.is_child) and turn.intent in _VAGUE and not turn.names_place:
        return small_talk.menu(turn, state, world)
    return follow_up(turn, state, world)


def _framed(turn: Turn, before: State, decision: Decision, world: World) -> Decision:
    """With a line for a child, for a man, for somebody who was away for more than a day."""
    state = decision.state
    lines = []
    sensitive = world.is_sensitive(decision.acted_on)
    if turn.is_child:
        number = world.emergency_line("child", state) + "."
        lines += [*([] if sensitive else [number]), say("child", state.language)]
        state = state.but(sensitive=True)
    elif turn.cues.man:
        lines.append(say("man", state.language))
    if turn.idle_s is not None and turn.idle_s > DAY_S:
        lines.append(_after_a_day(turn, before, state, world))
    if not any(lines):
        return decision
    first, *others = decision.replies
    head, *rest = first.text.split("\n\n")
    said = [head, *lines, *rest] if sensitive else [*lines, first.text]  # first of all the number
    made = replies(said, state.language, first.options, quiet=state.sensitive)
    if first.kind not in ("text", "choices"):
        made = (*replies(lines, state.language), first)
    return Decision((*made, *others), state, decision.acted_on, decision.outcome, decision.records)


def _after_a_day(turn: Turn, before: State, state: State, world: World) -> str:
    """One line of context; a topic that nobody should read is not named."""
    if turn.forgotten:
        return say("welcome_forgotten", state.language)
    topic = before.topic
    if not topic or before.sensitive or not world.is_topic(topic) or world.is_sensitive(topic):
        return ""
    name = world.topic_name(topic, state.language).lower()
    return say("welcome_back", state.language, topic=name)
