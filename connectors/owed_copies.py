"""What a vendor that keeps records still has to delete, written down until it has done so.

The ids and the address lie sealed under the root secret: her own key goes with her row, and the
vendor may be away for longer than that. Worked off by every worker, also after a restart, for
`FOR_SO_LONG`; then it is given up and an operator reads so in the log.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update

from bot.privacy.keys import Unreadable
from connectors.leases import Leases
from connectors.models import OwedDeletion
from connectors.vendor_copies import ON_HER_PHONE, Record

FOR_SO_LONG = timedelta(days=7)
ON_PHONES_FOR = timedelta(hours=48)  # Telegram deletes nothing older
FIRST, MOST = timedelta(seconds=5), timedelta(hours=1)  # until the next try, doubled each time

_THIS = OwedDeletion.id == bindparam("row")
_ADD = insert(OwedDeletion)
_DONE = delete(OwedDeletion).where(_THIS)
_DUE = (
    select(OwedDeletion)
    .with_only_columns(OwedDeletion.id, OwedDeletion.channel, OwedDeletion.sealed,
                       OwedDeletion.tries, OwedDeletion.until)
    .where(OwedDeletion.not_before <= bindparam("now"))
    .order_by(OwedDeletion.not_before, OwedDeletion.id)
    .limit(1)
)  # fmt: skip
_TAKE = _DUE.with_for_update(skip_locked=True)
_LATER = update(OwedDeletion).where(_THIS)


class OwedCopies(Leases):
    """The rows."""

    def owe_deletion(self, record: Record, now: datetime) -> None:
        """Before whatever makes her ids unreadable: twice is better than never."""
        sealed = self.keys.seal_ours({"address": record.address, "refs": list(record.refs)})
        until = now + (ON_PHONES_FOR if record.channel in ON_HER_PHONE else FOR_SO_LONG)
        with self.engine.begin() as connection:
            connection.execute(_ADD, {"channel": record.channel, "sealed": sealed, "tries": 0,
                                      "not_before": now, "until": until})  # fmt: skip

    def next_deletion(self, now: datetime) -> tuple[int, Record | None, bool] | None:
        """The row, what is to be deleted now, and whether this is the last try; None: nothing is
        due. No record where nobody can read it any more."""
        if not self._finds(_DUE, {"now": now}):
            return None
        with self.writing() as connection:
            row = connection.execute(_TAKE, {"now": now}).first()
            if row is None:
                return None
            wait = min(MOST, FIRST * 2 ** min(row.tries, 12))
            connection.execute(
                _LATER, {"row": row.id, "tries": row.tries + 1, "not_before": now + wait}
            )
        try:
            kept = self.keys.open_ours(row.sealed)
        except Unreadable:
            return row.id, None, True
        record = Record(row.channel, str(kept["address"]), tuple(kept["refs"]))
        return row.id, record, row.until < now

    def deleted(self, row: int) -> None:
        """The vendor has deleted it, or it is given up."""
        with self.engine.begin() as connection:
            connection.execute(_DONE, {"row": row})
