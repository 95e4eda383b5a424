"""When whoever runs a service was last asked whether it is still true, and who wants no mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("record_id", sa.String(80), primary_key=True),
        sa.Column("asked_on", sa.Date, nullable=True),
        sa.Column("no_mail", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_table("reminder")
