"""Codes that stand for a lost telephone: hashed and sealed like passwords, gone once used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_recovery",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "account_id", sa.Integer,
            sa.ForeignKey("portal_account.id", ondelete="CASCADE"), nullable=False,
        ),
        sa.Column("code", sa.String(200), nullable=False),
    )  # fmt: skip
    op.create_index("ix_portal_recovery_account_id", "portal_recovery", ["account_id"])


def downgrade() -> None:
    op.drop_table("portal_recovery")
