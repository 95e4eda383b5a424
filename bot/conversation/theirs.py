"""Somebody else's country is answered for while it is about them: she herself has not moved.

"If my sister calls the police there (in the United States)" is of the United States; "and where can
I go?" is of where she is.
"""

from __future__ import annotations

from dataclasses import replace

from bot.conversation.marks import Marks
from bot.conversation.state import State, Turn


def back_to_hers(turn: Turn, before: State, marks: Marks) -> tuple[State, Marks]:
    """The state before this message: with her own country again, unless it is on them still."""
    if not marks.theirs:
        return before, marks
    moved = before.here is not None and before.here != before.country
    if moved and _is_of_them(turn):
        return before, marks
    back = before.but(country=before.here, city=None) if moved else before
    return back, replace(marks, theirs=False)


def noted(turn: Turn, before: State, after: State, marks: Marks) -> Marks:
    """The marks after it: whether the country of the answer is only somebody else's."""
    known = before.country is not None and after.here is not None
    moved = turn.cues.other and turn.country == after.country not in (before.country, after.here)
    return replace(marks, theirs=True) if known and moved else marks


def _is_of_them(turn: Turn) -> bool:
    tells = turn.cues.tells
    return "of_them" in tells and "of_her" not in tells
