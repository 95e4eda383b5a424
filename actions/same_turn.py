"""A message that Rasa is asked a second time is the same turn: it begins where it began before.

After a time limit nobody can tell whether Rasa had taken the first try. So the slots of before the
last turn are kept beside those after it, in the slot `told`, until the next turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SLOT = "told"
# Nothing of before may stay.
_FORGET = ("quick_exit", "delete_my_data", "stop_messages")


def as_it_began(slots: Mapping[str, Any], turn: object) -> dict[str, Any]:
    """The slots with which `turn` begins, or has begun."""
    kept = slots.get(SLOT)
    if not isinstance(kept, Mapping):
        return dict(slots)
    if turn and kept.get("turn") == turn:
        return dict(kept["before"])
    return {**slots, SLOT: kept["now"]}


def keeping(after: Mapping[str, Any], before: Mapping[str, Any], turn: object, acted_on: str,
            *, forgotten: bool = False) -> dict[str, Any]:  # fmt: skip
    """The slots to be set; those of `before` are kept in one of them."""
    if not turn or acted_on in _FORGET:
        return dict(after)
    known = {} if forgotten else {name: value for name, value in before.items() if value}
    return {**after, SLOT: {"now": after[SLOT], "turn": turn, "before": known}}
