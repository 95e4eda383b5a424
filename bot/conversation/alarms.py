"""An alarm that only the model gives: believed, asked about, or no alarm at all.

The gate's own alarms never come here: its words are plain.
"""

from __future__ import annotations

from bot.conversation import crisis, hurt_child
from bot.conversation.commands import otherwise
from bot.conversation.compose import Decision
from bot.conversation.questions import go_on
from bot.conversation.services import find_service
from bot.conversation.state import ALARMS, SHORT, State, Turn
from bot.conversation.topics import answer_topic
from bot.conversation.world import World

RATHER = 2.0  # so much likelier a topic must be than the doubtful alarm to be answered instead
SURELY = 0.85  # after violence also a word of harm is about what was told
STAYS = 0.7  # so likely on with its topic, only a word of harm or of dying is an alarm
_CERTAIN = 0.9
_FEW = 14  # words; who tells more may still be in the middle of it
AGAIN_AFTER = 3  # turns after a card in which the same alarm brings one line, not the card


def heard(turn: Turn, state: State, world: World) -> Decision | None:
    """What the alarm leads to; None: the card."""
    if turn.intent not in ALARMS:
        return None
    cues = turn.cues
    if cues.rape:
        topic = hurt_child.TOPIC if turn.of_child else "ask_sexual_violence"
        return answer_topic(turn.about(topic), state, world)
    if turn.intent == "express_suicidal_distress" and cues.killer:
        return answer_topic(turn.about("ask_domestic_violence"), state, world)
    if cues.safe and not (cues.unsafe or cues.returned) and _spoke_of_violence(state, world):
        return go_on(turn, state, world)
    if is_calm(turn):
        state = crisis.over(state) if cues.relief and not crisis.is_worn_out(turn) else state
        return otherwise(turn, state, world, ask=False) or crisis.calmed(turn, state, world)
    if turn.is_child and turn.confidence < crisis.SURE:
        return answer_topic(turn.about("ask_child_abuse"), state, world)
    kind = "danger" if turn.intent == ALARMS[0] else "distress"
    if _has_got_away(turn) and (kind == "danger" or not _speaks_of_dying(turn)):
        return crisis.calmed(turn.relieved(), state, world)
    dies = not cues.tells.isdisjoint({"dying", "means"})
    lost = "lost_contact" in cues.tells and turn.confidence < crisis.SURE
    if kind == "distress" and lost and not dies:  # a mother whose son does not call
        return answer_topic(turn.about("ask_missing_relative"), state, world)
    sleeps = turn.service_type == "migrant_shelter" and turn.confidence < _CERTAIN
    if kind == "distress" and sleeps and not dies:
        return find_service(turn.about("find_service"), state, world)  # "no place to sleep"
    goes = "leaves_for" in cues.tells and bool(turn.names_place or turn.relative)
    if kind == "distress" and goes and not (dies or cues.bye or turn.is_grave):
        return _goes_away(turn, state, world)
    if kind == "distress" and "means" in cues.tells and turn.confidence >= crisis.LIKELY:
        return None  # pills, a letter: the card, also a second time
    if _is_of_the_topic(turn, state, world) and not _names_it(turn, state, world, kind):
        return answer_topic(turn.about(str(state.topic)), state, world)
    doubt = turn.confidence < crisis.LIKELY and "harm" not in cues.evidence
    near = cues.threat or cues.unsafe or cues.returned or "near" in cues.tells
    doubt = doubt or (kind == "danger" and "plea" in cues.tells and not near)
    if state.crisis == "distress" and crisis.is_on(state) and doubt:
        return crisis.stay(turn, state, world)  # "alone in my room" is no attack
    if crisis.is_on(state) and (state.crisis == "distress") == (kind == "distress"):
        sure = turn.confidence >= crisis.SURE and state.crisis_turns > AGAIN_AFTER
        return None if sure else crisis.stay(turn, state, world)
    if _may_be_of_the_matter(turn, state, world, kind):
        other = otherwise(turn, state, world, ask=False)
        return other or crisis.doubtful(state, world, kind)
    if kind == "distress" and turn.confidence < crisis.SURE and not _speaks_of_dying(turn):
        if turn.confidence < crisis.LIKELY:  # warmth, and the line's number first
            return answer_topic(turn.about("ask_emotional_support"), state, world)
        return crisis.doubtful(state, world, kind)
    if crisis.is_believed(turn, state, world):
        return None
    best, share = turn.ranking[0] if turn.ranking else ("", 0.0)
    word = ("harm" if kind == "danger" else "despair") in cues.evidence
    rather = RATHER if word and not world.is_sensitive(best) else 1.0
    if world.is_topic(best) and share >= rather * turn.confidence:
        return answer_topic(turn.about(best), state, world)
    return crisis.doubtful(state, world, kind)


def _goes_away(turn: Turn, state: State, world: World) -> Decision:
    """Somebody who goes to a place, or to her sister, says no goodbye to life."""
    if _spoke_of_violence(state, world):
        return answer_topic(turn.about(str(state.topic)), state, world)
    return crisis.stay(turn, state, world) or crisis.doubtful(state, world, "distress")


def _has_got_away(turn: Turn) -> bool:
    """She is with somebody, or out already, and says nothing of him coming."""
    cues = turn.cues
    grave = cues.threat or cues.returned or cues.unsafe or cues.asks or "harm" in cues.evidence
    near = not cues.tells.isdisjoint({"near", "silent", "locked", "called"})
    doubt = turn.confidence < crisis.SURE
    return "there" in cues.tells and doubt and not (grave or near or turn.words > _FEW)


def _speaks_of_dying(turn: Turn) -> bool:
    """Whether one word of despair is in it."""
    told = not turn.cues.tells.isdisjoint({"dying", "means"})
    return told or "despair" in turn.cues.evidence


def _is_of_the_topic(turn: Turn, state: State, world: World) -> bool:
    """Whether it is likely one more on what is spoken of."""
    on = (turn.stays or 0.0) >= STAYS
    return on and world.is_topic(state.topic or "") and not crisis.is_on(state)


def _names_it(turn: Turn, state: State, world: World, kind: str) -> bool:
    cues = turn.cues
    if kind == "danger":
        near = not cues.tells.isdisjoint({"near", "silent", "locked"})
        # After violence its words are about what was told: the answer begins with the number.
        told = world.is_sensitive(state.topic or "") and turn.confidence < crisis.SURE
        told = told and (turn.stays or 0.0) >= SURELY
        harm = "harm" in cues.evidence and not told
        return near or harm or cues.threat or cues.unsafe or cues.returned
    sure = "despair" in cues.evidence and turn.confidence >= crisis.SURE
    return sure or not cues.tells.isdisjoint({"dying", "means"})


def _may_be_of_the_matter(turn: Turn, state: State, world: World, kind: str) -> bool:
    """Whether it is a short question after an ordinary matter, without one word of harm: "and if I
    miss it, what other way". She is asked, with the number, and not read a card."""
    topic = state.topic or ""
    ordinary = world.is_topic(topic) and not world.is_sensitive(topic) and not crisis.is_on(state)
    words = turn.cues.evidence
    return (
        ordinary and turn.cues.asks and turn.words <= SHORT
        and ("harm" if kind == "danger" else "despair") not in words
    )  # fmt: skip


def _spoke_of_violence(state: State, world: World) -> bool:
    topic = state.topic or ""
    return world.is_topic(topic) and world.is_sensitive(topic) and not crisis.is_on(state)


def is_calm(turn: Turn) -> bool:
    """She is better, or only says sorry, thanks, goodbye; or that she does not want to die."""
    cues = turn.cues
    if "denies" in cues.tells and turn.intent == ALARMS[1] and "means" not in cues.tells:
        return True
    small = (cues.sorry or cues.thanks or cues.bye) and turn.words <= _FEW
    grave = turn.is_grave or "means" in cues.tells
    return (cues.relief and "means" not in cues.tells) or (small and not grave)
