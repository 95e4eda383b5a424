"""More messages than can be answered soon: what cannot wait goes first, and the rest is told so.

Every message gets a rank when it comes in, by the gate and by what is remembered of her; no model
is asked. Who has waited longest comes first within a rank; within one conversation the order stays.
When very many wait, ordinary ones get the plain line with the number at once and are held, sealed,
as while Rasa is away; a cry for help in a flood of cries gets its card from disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, func, select

from bot.rasa_client import RasaAnswer, RasaUnavailable
from connectors.models import Inbox
from connectors.outcome import Assistant, is_urgent, is_wish

URGENT, URGENT_OF_MANY, USUAL, OF_MANY = range(4)
FEW = 12  # of one woman within the flood's window; with more she comes after those with fewer
MOST_URGENT = 20  # that wait at once: more are cards from disk
MOST_WAITING = 300  # that wait at once: half a minute at ten turns a second
PLACES = 4  # of each worker, kept for what is urgent
LOOK_S = 1.0  # how often is counted

# Her messages within the flood's window: part of a reading of her row.
LATELY = (
    select(func.count())
    .where(
        Inbox.pseudonym == bindparam("who"),
        Inbox.state.in_(("new", "held", "working", "done")),
        Inbox.received_at > bindparam("since"),
    )
    .scalar_subquery()
)
_URGENT = Inbox.rank <= URGENT_OF_MANY
WAITING = select(func.count(), func.count(case((_URGENT, 1)))).where(Inbox.state == "new")


def rank(lately: int, *, urgent: bool) -> int:
    """The place of a message that comes in after `lately` others of hers."""
    return (URGENT if urgent else USUAL) + (lately >= FEW)


@dataclass
class Crowd:
    """How many wait, as one worker last counted them."""

    count: Callable[[], tuple[int, int]]
    waiting: int = 0
    urgent: int = 0
    _until: float = 0.0

    @property
    def is_old(self) -> bool:
        """Whether the count is of longer ago than LOOK_S."""
        return time.monotonic() >= self._until

    def look(self) -> None:
        """Counts."""
        self._until = time.monotonic() + LOOK_S
        self.waiting, self.urgent = self.count()

    @property
    def is_too_large(self) -> bool:
        """Whether ordinary questions are held."""
        return self.waiting > MOST_WAITING


@dataclass(frozen=True)
class InCrowd:
    """Rasa while too many wait: silent, but for crises and forgetting; also for those when there
    are too many of them."""

    assistant: Assistant
    crowd: Crowd

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """Raises RasaUnavailable."""
        crowd = self.crowd
        too_many = crowd.urgent > MOST_URGENT if is_urgent(metadata) else crowd.is_too_large
        if too_many and not is_wish(metadata):
            raise RasaUnavailable("too many wait")
        return await self.assistant.ask(pseudonym, message, metadata)
