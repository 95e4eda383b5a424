"""What she answers to our questions on her safety, in whatever words; new danger is heard still.

"Yes, I'm alone now", "he's not here", "my friend is with me": after such a question it is what the
question was about that counts, not what the words would mean alone.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation import crisis
from bot.conversation.compose import Decision, decide
from bot.conversation.state import ALARMS, ALONE, State, Turn
from bot.conversation.topics import tell
from bot.conversation.wording import say
from bot.conversation.world import World
from bot.knowledge.asked import NOTHING

ASKED = ("safe_to_talk", "accompanied", "danger_check", "distress_check", ALONE)
_SAYS_LITTLE = ("affirm", "deny", "nlu_fallback", "out_of_scope", "inform_location", "thank",
                "ask_menu", "ask_repeat_or_more", "report_outdated_information", "bot_challenge",
                "greet")  # fmt: skip
_SURE, _ANSWER = 0.9, 8  # so sure and in so many words it is no answer, but new danger
_PLAIN = 3  # words; a longer yes has to be one in its words
_CLEAR = 0.5  # from here on a topic is one, whatever else the message says


def answer(turn: Turn, before: State, state: State, world: World) -> Decision | None:
    """What her answer leads to; None where none was asked for, or where she asks something else."""
    if state.pending not in ASKED or turn.forced:
        return None
    if turn.tapped and turn.intent != "inform_location":
        return None
    grave = turn.intent == ALARMS[1] and not turn.cues.tells.isdisjoint({"dying", "means"})
    if grave and state.pending in ("safe_to_talk", ALONE, "danger_check"):
        return None  # what she says now is more than an answer
    only_that = (
        state.pending == ALONE and turn.cues.safe and not (turn.cues.asks or turn.relative)
    )  # "he is not here, he went to work" asks for nobody who is missing
    if only_that:
        return go_on(turn, state, world)
    if world.is_topic(turn.intent) and (turn.confidence >= _CLEAR or turn.cues.asks):
        return None
    if turn.cues.relief and state.pending != ALONE and not turn.cues.unsafe:
        return crisis.calmed(turn, state, world)
    said = _said(turn, state.pending)
    address = state.pending == "danger_check" and "address" in turn.cues.tells
    if said is None and not address and turn.intent not in (*ALARMS, *_SAYS_LITTLE):
        return None
    if turn.names_place and state.pending != ALONE:
        return _with_place(turn, said, before, state, world)
    if said is None:
        return _in_other_words(turn, state, world)
    if state.pending == ALONE:
        return go_on(turn, state, world) if said else _wait(state, world)
    return (crisis.answered_yes if said else crisis.answered_no)(turn, state, world)


def _with_place(
    turn: Turn, said: bool | None, before: State, state: State, world: World
) -> Decision | None:
    """She tells where she is: another number brings the card again (None), the same does not."""
    if state.pending in ("danger_check", "distress_check"):
        there = replace(turn, country=turn.country or turn.origin)
        return crisis.needed("police", there, state, world) if said is None else None
    kind = "danger" if state.pending == "safe_to_talk" else "suicide"
    if world.emergency_line(kind, state) != world.emergency_line(kind, before):
        return None
    if kind == "danger":
        key = "crisis_yes" if said and turn.cues.safe else "crisis_heard"
        return crisis.safe_now(turn, state, world, key)
    return crisis.stay(turn, state, world)


def _said(turn: Turn, asked: str) -> bool | None:
    """Yes, no, or neither."""
    cues = turn.cues
    yes, no = {
        "safe_to_talk": (cues.safe, cues.unsafe),
        ALONE: (cues.safe, cues.unsafe),
        "accompanied": (cues.together, cues.alone),
        "danger_check": (cues.unsafe or cues.returned, cues.safe or cues.relief),
        "distress_check": (False, cues.relief),
    }[asked]
    if yes != no:
        return yes
    if turn.words > _PLAIN and not turn.tapped and cues.tells.isdisjoint({"yes", "no"}):
        return None  # "si" may be an "if": a sentence is no plain yes
    return {"affirm": True, "deny": False}.get(turn.intent)


def _in_other_words(turn: Turn, state: State, world: World) -> Decision | None:
    """Neither yes nor no: she writes, so she can; what only sounds like an alarm is none."""
    sentence = turn.intent in ("affirm", "deny")  # which says neither yes nor no
    if state.pending == "danger_check" and "address" in turn.cues.tells:
        return crisis.answered_yes(turn, state, world)
    if not sentence and turn.intent not in ALARMS:
        return None
    if turn.intent in ALARMS and turn.confidence >= _SURE and turn.words > _ANSWER:
        return None
    if sentence and state.pending in ("danger_check", "distress_check"):
        return None
    if state.pending == "safe_to_talk":
        return crisis.safe_now(turn, state, world, "crisis_heard")
    if state.pending == ALONE:
        # "No, not now": whatever else it says, nothing of violence is shown to whoever looks on.
        # But "the one there told me that they are full" is no "no".
        refuses = turn.intent == "deny" and turn.cues.listed != "another"
        return _wait(state, world) if refuses else go_on(turn, state, world)
    if state.pending == "accompanied":
        return crisis.stay(turn, state, world)
    return crisis.answered_yes(turn, state, world)


def go_on(turn: Turn, state: State, world: World) -> Decision:
    """She is alone: what was promised, told on."""
    topic = state.topic or "ask_domestic_violence"
    if not turn.cues.asks:
        turn = replace(turn, asked=NOTHING)  # that he is out is no question on the topic
    lead = say("go_on", state.language)
    return tell(topic, turn, state.but(pending=None), world, lead=lead)


def _wait(state: State, world: World) -> Decision:
    """Somebody is near: nothing more now, and nothing that he may see."""
    state = state.but(pending=None, sensitive=True)
    return decide([say("wait", state.language)], state, "deny")
