"""Where she is, only her number tells, and another country came up: the alarm gives both numbers.

A woman of Nicaragua who lives in Costa Rica writes from the number that she left with. Which of the
two it is, a frightened woman is not asked first: the second number stands beside the first.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.compose import Decision
from bot.conversation.marks import Marks
from bot.conversation.state import Turn
from bot.conversation.wording import say
from bot.conversation.world import World

_ASKED = ("danger_check", "distress_check")


def with_the_other_number(turn: Turn, decision: Decision, marks: Marks, world: World) -> Decision:
    """The alarm, with the number of the other country that came up, where it is another one."""
    state, there = decision.state, marks.there
    alarm = decision.outcome == "crisis card" or state.pending in _ASKED
    # `here` may be no more than what her number says.
    unsure = state.here in (None, turn.prefix_country) and not (turn.tapped or marks.theirs)
    unsure = unsure and (marks.helped is None or not marks.helped.now)
    if not (alarm and unsure) or there not in world.served:
        return decision
    kind = "suicide" if "distress" in (state.crisis or state.pending or "") else "danger"
    here = world.emergency_line(kind, state)
    number = world.emergency_line(kind, state.but(country=there, here=there))
    first = decision.replies[0]
    if number == here or not first.text or number in first.text:
        return decision
    line = say("other_number", state.language, number=number,
               country=world.in_words(there, state.language))  # fmt: skip
    head, *rest = first.text.split("\n\n")
    text = "\n\n".join([f"{head}\n{line}", *rest])
    return replace(decision, replies=(replace(first, text=text), *decision.replies[1:]))
