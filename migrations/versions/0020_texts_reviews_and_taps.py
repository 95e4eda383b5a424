"""Why a proposal was not accepted; what a check closed; gaps that my work need not show again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import UtcMoment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reason = sa.Column("reason", sa.Text, nullable=False, server_default="")
    op.add_column("portal_proposal", reason)
    op.add_column("portal_proposal", sa.Column("read_at", UtcMoment))
    op.add_column("verification", sa.Column("closed", sa.JSON))
    op.create_table(
        "portal_gap_seen",
        sa.Column("whose", sa.String(80), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("cut", sa.String(12), primary_key=True),
        sa.Column("key", sa.String(60), primary_key=True),
        sa.Column("at", UtcMoment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("portal_gap_seen")
    op.drop_column("verification", "closed")
    op.drop_column("portal_proposal", "read_at")
    op.drop_column("portal_proposal", "reason")
