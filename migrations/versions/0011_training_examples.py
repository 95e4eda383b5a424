"""The network's own examples of how something is asked, from which the understanding is trained."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_example",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("intent", sa.String(60), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("language", "text", name="uq_training_example_text"),
    )


def downgrade() -> None:
    op.drop_table("training_example")
