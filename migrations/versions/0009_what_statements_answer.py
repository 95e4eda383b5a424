"""What women ask when a statement is the answer, beside the statement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("statement", sa.Column("asked", sa.JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("statement") as table:
        table.drop_column("asked")
