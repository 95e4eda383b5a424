"""What women asked that had no answer, redacted and sealed; keys of the months; proposals."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unanswered_key",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "unanswered",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("woman", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("woman", "day", name="uq_unanswered_woman_day"),
    )
    op.create_index("ix_unanswered_day", "unanswered", ["day"])
    op.create_table(
        "unanswered_proposal",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("intent", sa.String(60), nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("unanswered_proposal")
    op.drop_index("ix_unanswered_day", "unanswered")
    op.drop_table("unanswered")
    op.drop_table("unanswered_key")
