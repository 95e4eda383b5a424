"""After violence was told: an ordinary question is answered, and does not stay on violence.

"And can my girl go to school", "I need work", "if they deport him, where does he arrive" name a
matter of their own in plain words. What is about him, about reporting or about leaving stays.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.state import ARRESTED, State, Turn
from bot.conversation.world import World
from bot.knowledge.topics import topics

# So sure must be that it is the ordinary matter, and not likelier that it goes on with violence: at
# 0.5, whatever it goes on with, readers of 520 turns found one in five right.
CLEAR, GOES_ON = 0.7, 0.9
_LIKE_IT = ("ask_family_reunification_documents", "ask_family_reunification_cost_time")
_BOTH = frozenset(("of_violence", "blows", "harmed_by", "kin", "no_place"))


def is_named(turn: Turn, before: State, world: World) -> bool:
    """Whether it names an ordinary matter after one of violence, and nothing of violence."""
    known, tells = topics(), turn.cues.tells
    if not (before.topic in known and known[str(before.topic)].group == "violence"):
        return False
    ordinary = world.is_topic(turn.intent) and not world.is_sensitive(turn.intent)
    named = "own_matter" in tells and turn.confidence >= CLEAR
    named = named and (turn.stays or 0.0) < GOES_ON
    named = named or ("own_matter" in tells and turn.intent == ARRESTED)
    hurt = turn.is_grave or turn.cues.rape or turn.cues.after_rape
    return ordinary and named and not (hurt or not tells.isdisjoint(_BOTH))


def alone(turn: Turn) -> Turn:
    """The message, heard as one that begins anew."""
    return replace(turn, stays=0.0, before=None, hint=None)
