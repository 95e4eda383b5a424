"""Whom Rasa has to forget still, because it gave no answer when she asked for it; which messages
of the inbox cannot wait; what vendors have to delete still."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owed_forgetting",
        sa.Column("pseudonym", sa.String(32), primary_key=True),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_owed_forgetting_not_before", "owed_forgetting", ["not_before"])
    op.add_column("inbox", sa.Column("rank", sa.SmallInteger, nullable=False, server_default="2"))
    op.create_index("ix_inbox_first", "inbox", ["state", "rank", "received_at", "sort", "id"])
    op.create_table(
        "owed_deletion",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_owed_deletion_not_before", "owed_deletion", ["not_before"])


def downgrade() -> None:
    op.drop_table("owed_deletion")
    op.drop_index("ix_inbox_first", "inbox")
    op.drop_column("inbox", "rank")
    op.drop_table("owed_forgetting")
