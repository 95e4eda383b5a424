"""Counts per day, and the figures that were published of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_count",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("cut", sa.String(16), primary_key=True),
        sa.Column("row", sa.String(48), primary_key=True),
        sa.Column("country", sa.String(8), primary_key=True),
        sa.Column("conversations", sa.Integer, nullable=False),
        sa.Column("firsts", sa.Integer, nullable=False),
    )
    op.create_table(
        "publication",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("threshold", sa.Integer, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("epsilon", sa.Float),
    )
    op.create_table(
        "published_figure",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("cut", sa.String(16), primary_key=True),
        sa.Column("row", sa.String(48), primary_key=True),
        sa.Column("country", sa.String(8), primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.create_table(
        "privacy_spent",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("cut", sa.String(16), primary_key=True),
        sa.Column("epsilon", sa.Float, nullable=False),
    )


def downgrade() -> None:
    for table in ("privacy_spent", "published_figure", "publication", "day_count"):
        op.drop_table(table)
