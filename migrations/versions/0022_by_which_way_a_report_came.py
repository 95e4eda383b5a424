"""By which way a report came: one telephone is several people, one on each of its ways."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("way", sa.String(33), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("report", "way")
