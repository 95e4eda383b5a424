"""Counts that are not published yet are kept sealed, by the month.

What `day_count` holds in the clear is sealed when the worker starts, which has the key; a migration
has none (bot/analytics/counted.py, `adopt`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_count",
        sa.Column("since", sa.Date, primary_key=True),
        sa.Column("block", sa.String(32), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sealed_count")
