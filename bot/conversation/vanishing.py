"""On Telegram a conversation on violence goes from her own chat: she must keep the number herself.

The gateway deletes both sides' messages when her time is over (connectors/vendor_copies.py).
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversation.compose import MAX_WORDS, Decision
from bot.conversation.privacy import GUARDED, LEFT
from bot.conversation.state import Turn
from bot.conversation.wording import say
from bot.conversation.world import World
from connectors.contract import Reply

STYLE = "telegram"
_NAMES_SOMEBODY = ("find_service", "ask_human")
# A line that begins with a number, seven figures and more, or a short one in brackets; no year.
_NUMBER = re.compile(
    r"^\W{0,2}\d{3,4}\b|\d(?:[ -]?\d){6,}|\((?!19|20)\d{3,4}\)|[*#]\d{3,}", re.MULTILINE
)


def goes(turn: Turn, decision: Decision, world: World) -> bool:
    """Whether this answer gives a number that will go from her chat: after violence, on Telegram.
    Nothing stands beside the card of an emergency, nor beside a neutral line."""
    state = decision.state
    if turn.style != STYLE or not state.sensitive or state.pending in (GUARDED, LEFT):
        return False
    ordinary = world.is_topic(decision.acted_on) or decision.acted_on in _NAMES_SOMEBODY
    if not ordinary or decision.outcome == "crisis card":
        return False
    return any(_NUMBER.search(reply.text) for reply in decision.replies)


def with_note(decision: Decision) -> Decision:
    """The answer with the line at its end; where that would be too long, as a message."""
    *others, last = decision.replies
    line = say("vanishes", decision.state.language)
    text = f"{last.text}\n\n{line}"
    made: tuple[Reply, ...] = (replace(last, text=text),)
    if len(text.split()) > MAX_WORDS:  # the choices go with the last
        made = (replace(last, options=(), kind="text"), replace(last, text=line))
    return replace(decision, replies=(*others, *made))
