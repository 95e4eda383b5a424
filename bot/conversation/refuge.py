"""Whether she asked for refuge, or fears her government: her own consulate may then be a risk, and
that is said before its number."""

from __future__ import annotations

from bot.conversation.sources import source_line
from bot.conversation.state import State, Turn
from bot.conversation.world import World

TOPIC = "ask_asylum"
SAID = "refuge"  # of data/tells.yml
_WARNING = ("xx.consulate.4",)


def comes_up(turn: Turn, state: State) -> bool:
    """Whether refuge, or fear of her government, is or was in the conversation."""
    topics = (turn.intent, turn.before, state.topic)
    return turn.refuge or SAID in turn.cues.tells or TOPIC in topics


def noted(turn: Turn, acted_on: str) -> bool:
    """Whether to remember it after this turn; that it came up, and nothing that she wrote."""
    return turn.refuge or SAID in turn.cues.tells or TOPIC in (turn.intent, acted_on)


def warning(turn: Turn, state: State, world: World) -> tuple[list[str], tuple[str, ...]]:
    """One sentence with its source, and the id of what was told; nothing where it is no matter."""
    if state.country == state.origin or not comes_up(turn, state):
        return [], ()
    told, citation = world.first_of(_WARNING, state, turn.today)
    lines = [each.text.get(state.language) for each in told]
    if lines:
        lines[-1] += "\n" + source_line(citation, state.language)
    return lines, tuple(each.id for each in told)
