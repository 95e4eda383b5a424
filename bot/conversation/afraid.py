"""Whether she fears that asking for help brings migration upon her.

That we found no rule on it is told to her alone: to a woman in her own country it would only bring
a fear that she never had.
"""

from __future__ import annotations

from bot.conversation.state import State, Turn


def fears_migration(turn: Turn, state: State) -> bool:
    """Whether her words show it, or that she is without papers, in a country not her own."""
    if state.origin is not None and state.origin == state.country:
        return False
    aspects, tells = turn.asked.aspects, turn.cues.tells
    return "no_papers" in tells or not aspects.isdisjoint({"told_on", "undocumented"})
