"""From which day on a statement is told, so that an editor can write it beforehand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("statement", sa.Column("valid_from", sa.Date, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("statement") as table:
        table.drop_column("valid_from")
