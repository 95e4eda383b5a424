"""PostgreSQL samples no column that names a woman, or holds a key of hers: a sample outlives its
row, and on a quiet server it is never taken anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = {
    "person": ("pseudonym", "wrapped_key", "sealed_address", "sealed_memory"),
    "inbox": ("pseudonym", "mark", "sort", "sealed"),
    "outbox": ("pseudonym", "sealed", "vendor_mark", "sealed_ref"),
    "opt_out": ("pseudonym",),
    "owed_forgetting": ("pseudonym",),
    "owed_deletion": ("sealed",),
    "report": ("mark",),
    "report_key": ("key",),
    "report_rate": ("mark",),
    "unanswered": ("woman", "sealed"),
    "unanswered_key": ("wrapped",),
}
_TYPE = sa.text("SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
                "WHERE attrelid = CAST(:t AS regclass) AND attname = :c")  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table, columns in COLUMNS.items():
        for column in columns:
            kind = connection.execute(_TYPE, {"t": table, "c": column}).scalar_one()
            # The same type: nothing is written anew, and the sample of before goes.
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}")
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in COLUMNS.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS -1")
