""" "If I am not here, who keeps my girl?": detention feared, or a wish to die; it is asked, gently.

After a word of despair it is a sign of it. After talk of deportation it is the plan for the
children. With neither she is asked once, and both ways stay open.
"""

from __future__ import annotations

from functools import cache

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.shown import one_line
from bot.conversation.sources import source_line
from bot.conversation.state import ALARMS, DIES, State, Turn
from bot.conversation.topics import answer_topic, remaining_options
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.files import read_yaml
from bot.paths import DATA
from connectors.contract import Option

ASKED = "absent"  # pending: which of the two; and stands in `told`: it was asked
TAKEN, KEPT = "ask_detention_deportation", "ask_child_custody_support"


@cache
def _plan() -> tuple[str, ...]:
    return tuple(read_yaml(DATA / "first_told.yml")["children_if_taken"])


def absent(turn: Turn, before: State, state: State, world: World) -> Decision | None:
    """What the question leads to; None where it is no such question."""
    if turn.forced or turn.need is not None or turn.helped is not None:
        return None
    if before.pending == ASKED and (said := _answered(turn, state, world)) is not None:
        return said
    if turn.intent == ALARMS[0] or (crisis.is_on(before) and before.crisis != "distress"):
        return None  # she is in danger: it is of that, not of a wish to die
    asks = "if_absent" in turn.cues.tells and not (turn.tapped or turn.is_child)
    if not asks or not turn.cues.tells.isdisjoint(DIES) or turn.is_grave:
        return None
    despair = crisis.is_on(before) and before.crisis == "distress"
    if despair or before.topic == crisis.SUPPORT:
        return crisis.last_things(state, world)
    if before.topic == TAKEN or "no_papers" in turn.cues.tells:
        return _with_the_plan(turn, state, world)
    if ASKED in state.told:
        return _with_the_plan(turn, state, world)
    return _ask(state, world)


def _ask(state: State, world: World) -> Decision:
    language = state.language
    number = world.emergency_line("suicide", state)
    danger = world.emergency_line("danger", state)
    lines = [say("absent_check", language, number=number, danger=danger)]
    options = (Option(say("absent_taken", language), f"/{TAKEN}"),
               Option(say("absent_die", language), f"/{ALARMS[1]}"),
               Option(say("absent_other", language), f"/{KEPT}"))  # fmt: skip
    state = state.but(pending=ASKED, sensitive=True, misunderstood=0, told=(*state.told, ASKED))
    return decide(lines, state, "nlu_fallback", options, "asked back")


def _answered(turn: Turn, state: State, world: World) -> Decision | None:
    """To the question: taken away, or something else; a wish to die is the alarms' matter."""
    state = state.but(pending=None)
    if turn.intent in (TAKEN, KEPT) or "no_papers" in turn.cues.tells:
        return _with_the_plan(turn, state, world)
    if turn.tapped or turn.intent in ALARMS:
        return None
    if turn.intent == "affirm" or "bare_yes" in turn.cues.tells:
        return crisis.doubtful(state, world, "distress")
    if turn.intent == "deny" or "bare_no" in turn.cues.tells:
        return _with_the_plan(turn, state, world)
    return None


def _with_the_plan(turn: Turn, state: State, world: World) -> Decision:
    """Who keeps the children if she is taken away, where that is known; else who may know."""
    rows, citation = world.first_of(_plan(), state, turn.today)
    if not rows:
        return answer_topic(turn.about(KEPT), state, world)
    language = state.language
    lines = [say("absent_plan", language), rows[0].text.get(language),
             source_line(citation, language)]  # fmt: skip
    helper = world.helper(TAKEN, state, turn.today)
    if helper is not None:
        lines.append(say("next_step", language, service=one_line(helper, language)))
    told = (*state.told, rows[0].id)
    state = state.but(topic=TAKEN, told=told, pending=None, misunderstood=0, listed=(),
                      service_type=None)  # fmt: skip
    records = [rows[0].id, *([helper.id] if helper else [])]
    return decide(lines, state, TAKEN, remaining_options(TAKEN, state, world), records=records)
