"""Weekly hours that stayed behind when a place's words about its hours were changed are no more
believed: until now only the words were written, and "open now" went on by the old hours."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_VERSION = sa.table(
    "version",
    sa.column("id", sa.Integer),
    sa.column("record_id", sa.String),
    sa.column("number", sa.Integer),
    sa.column("before", sa.JSON(none_as_null=True)),
    sa.column("after", sa.JSON(none_as_null=True)),
)
_SCHEDULE = sa.table("schedule", sa.column("service_id", sa.String))
Words = tuple[str | None, str | None]  # in Spanish, in English


def upgrade() -> None:
    connection = op.get_bind()
    wanted = sa.select(_VERSION).order_by(_VERSION.c.record_id, _VERSION.c.number)
    true: dict[str, Words] = {}  # by record: the words with which its weekly hours agree
    is_stale: dict[str, bool] = {}
    for row in connection.execute(wanted).mappings().all():
        name, before, after = row["record_id"], row["before"] or {}, row["after"] or {}
        if name not in true:
            if not _left_behind(before, after):
                continue
            true[name] = _words(before)
        elif after.get("schedules") and after["schedules"] != before.get("schedules"):
            true[name] = _words(after)  # the hours were told anew, with these words
        stale = {
            side: {key: value for key, value in said.items() if key != "schedules"}
            for side, said in (("before", before), ("after", after))
            if said and _words(said) != true[name]
        }
        is_stale[name] = "after" in stale
        if stale:  # brought back, its weekly hours are read from its words
            changed = sa.update(_VERSION).where(_VERSION.c.id == row["id"])
            connection.execute(changed.values(stale))
    for name in (each for each, stale in is_stale.items() if stale):
        connection.execute(sa.delete(_SCHEDULE).where(_SCHEDULE.c.service_id == name))


def _words(said: dict[str, Any]) -> Words:
    return said.get("hours_es"), said.get("hours_en")


def _left_behind(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """The words changed, and the weekly hours, of which there were some, did not."""
    same = before.get("schedules") == after.get("schedules")
    return bool(before and same and after.get("schedules") and _words(before) != _words(after))


def downgrade() -> None:
    """Nothing: what was wrong is not brought back."""
