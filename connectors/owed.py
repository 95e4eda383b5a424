"""What Rasa still owes a woman who asked to be forgotten while it gave no answer.

Her slots lie in Rasa's memory, which only Rasa empties. So the wish is written down with the turn
that could not pass it on. From then on nothing is asked in her name before Rasa has forgotten her:
what was spoken of can never be reached again. Workers repeat the wish besides until it is done, or
until the slots have ended by themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.database import AddOrChange
from bot.rasa_client import RasaAnswer
from connectors.leases import Leases
from connectors.models import OwedForgetting
from connectors.outcome import Assistant, is_urgent, is_wish

AGAIN = timedelta(seconds=30)  # until the next try for the same woman
LONGEST = timedelta(days=1)  # slots are never kept for longer (bot/settings.py)
PAYLOADS = {"erase": "/delete_my_data", "leave": "/quick_exit", "someone_else": "/quick_exit"}

_HERS = OwedForgetting.pseudonym == bindparam("who")
_OWE = AddOrChange(OwedForgetting, "pseudonym", ("how", "language", "since", "not_before", "until"))
_SETTLE = delete(OwedForgetting).where(_HERS)
_SETTLE_SINCE = delete(OwedForgetting).where(_HERS, OwedForgetting.since == bindparam("at"))
_OVER = delete(OwedForgetting).where(OwedForgetting.until < bindparam("now"))
_DUE = (
    select(OwedForgetting)
    .with_only_columns(OwedForgetting.pseudonym, OwedForgetting.how, OwedForgetting.language,
                       OwedForgetting.since)
    .where(OwedForgetting.not_before <= bindparam("now"))
    .order_by(OwedForgetting.not_before, OwedForgetting.pseudonym)
    .limit(1)
)  # fmt: skip
_TAKE = _DUE.with_for_update(skip_locked=True)
_LATER = update(OwedForgetting).where(_HERS)


@dataclass(frozen=True)
class Owed:
    """`how`: one of PAYLOADS. `since`: None where it is only read with her message."""

    how: str
    language: str
    pseudonym: str = ""
    since: datetime | None = None

    def asked(self, *, urgent: bool = False) -> tuple[str, dict[str, Any]]:
        """The message and the metadata by which Rasa forgets her."""
        metadata: dict[str, Any] = {"language": self.language,
                                    "someone_else": self.how == "someone_else"}  # fmt: skip
        return PAYLOADS[self.how], {**metadata, "urgent": True} if urgent else metadata


@dataclass
class ForgetsFirst:
    """Rasa for somebody whom it may still have to forget: that comes before anything else is asked.

    `settle` writes down that it is done, before the question: what the question leaves behind is
    hers and must not be forgotten with the rest.
    """

    assistant: Assistant
    owed: Owed | None
    settle: Callable[[str], Awaitable[object]]

    async def ask(self, pseudonym: str, message: str, metadata: Mapping[str, Any]) -> RasaAnswer:
        """Raises RasaUnavailable: also where the question might have been answered, but Rasa has
        not forgotten before it."""
        if self.owed is None:
            return await self.assistant.ask(pseudonym, message, metadata)
        repeats = message in PAYLOADS.values() and is_wish(metadata)  # the same once more
        if not repeats:
            wish, told = self.owed.asked(urgent=is_urgent(metadata))
            await self.assistant.ask(pseudonym, wish, told)
            await self._settled(pseudonym)
        answer = await self.assistant.ask(pseudonym, message, metadata)
        if repeats:
            await self._settled(pseudonym)
        return answer

    async def _settled(self, pseudonym: str) -> None:
        await self.settle(pseudonym)
        self.owed = None


def owe(connection: Connection, pseudonym: str, owed: Owed, now: datetime) -> None:
    """In the transaction of her turn."""
    _OWE(connection, {"pseudonym": pseudonym, "how": owed.how, "language": owed.language,
                      "since": now, "not_before": now,
                      "until": now + LONGEST})  # fmt: skip


class OwedRows(Leases):
    """The rows of the debt."""

    def settle(self, pseudonym: str, since: datetime | None = None) -> None:
        """Rasa has forgotten her; `since`: unless she has asked for it once more meanwhile."""
        which = {"who": pseudonym, **({"at": since} if since else {})}
        with self.engine.begin() as connection:
            connection.execute(_SETTLE_SINCE if since else _SETTLE, which)

    def next_owed(self, now: datetime) -> Owed | None:
        """Whose forgetting is tried now; another worker gets the next one."""
        if not self._finds(_DUE, {"now": now}):
            return None
        with self.writing() as connection:
            connection.execute(_OVER, {"now": now})
            row = connection.execute(_TAKE, {"now": now}).first()
            if row is None:
                return None
            connection.execute(_LATER, {"who": row.pseudonym, "not_before": now + AGAIN})
        return Owed(row.how, row.language, row.pseudonym, row.since)
