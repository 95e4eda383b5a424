"""What administrators set in the back office, in place of what the server says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.database import UtcMoment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_setting",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("at", UtcMoment, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("portal_setting")
