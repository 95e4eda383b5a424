"""Several workers: who holds a message, who is alive, when a send was first tried."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "worker_process",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("seen_at", moment, nullable=False),
    )
    op.add_column("inbox", sa.Column("holder", sa.String(64)))
    op.add_column("outbox", sa.Column("holder", sa.String(64)))
    op.add_column("outbox", sa.Column("tried_at", moment))


def downgrade() -> None:
    op.drop_column("outbox", "tried_at")
    op.drop_column("outbox", "holder")
    op.drop_column("inbox", "holder")
    op.drop_table("worker_process")
