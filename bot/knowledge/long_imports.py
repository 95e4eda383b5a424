"""A long sheet, fifty records at a time.

Ten thousand records in one transaction hold SQLite for minutes: nobody who writes to Comadre
meanwhile would be answered. In parts each holds it for less than a second, and whoever waits can
be told how far it is. All parts have one batch number: `undo` takes all of it back, also what was
written before something broke.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.knowledge.history import By
from bot.knowledge.imports import Preview, apply, take_back
from bot.knowledge.trust import Version

TOGETHER = 50
Tell = Callable[[int], None]  # how many more are done


class HalfWritten(RuntimeError):
    """A part failed, and so did taking back what the parts before it wrote."""


def changes_in(shown: Preview) -> int:
    """How many records it would write."""
    return len(shown.added) + len(shown.changed) + len(shown.removed)


def apply_in_parts(engine: Engine, shown: Preview, by: By, tell: Tell) -> None:
    """As `apply`, under the batch of `by`; what was written is taken back when a part fails.
    Raises HalfWritten where that failed too."""
    assert by.batch
    try:
        for part in _parts(shown):
            apply(engine, part, by)
            tell(changes_in(part))
    except Exception as error:
        try:
            undo_in_parts(engine, by.batch, replace(by, batch=None), lambda _: None)
        except Exception:
            raise HalfWritten from error
        raise


def undo_in_parts(engine: Engine, batch: str, by: By, tell: Tell) -> list[str]:
    """As `undo`: the ids of records that were changed again since and stay as they are."""
    with Session(engine) as session:
        ids = list(session.scalars(select(Version.id).where(Version.batch == batch)))
    kept: list[str] = []
    for first in range(0, len(ids), TOGETHER):
        some = ids[first : first + TOGETHER]
        kept += take_back(engine, some, by)
        tell(len(some))
    return sorted(kept)


def _parts(shown: Preview) -> Iterator[Preview]:
    nothing = replace(shown, added=(), changed=(), removed=(), duplicates=(), faults=())
    for name in ("added", "changed", "removed"):
        records = getattr(shown, name)
        for first in range(0, len(records), TOGETHER):
            yield replace(nothing, **{name: records[first : first + TOGETHER]})
