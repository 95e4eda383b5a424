"""The vendor's ids of our messages are sealed (Meta's hold her number); who asked to be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Ids that were kept readable are dropped, not carried over: they live for a day at most.
    op.drop_index("ix_outbox_vendor_id", "outbox")
    op.drop_column("outbox", "vendor_id")
    op.add_column("outbox", sa.Column("vendor_mark", sa.String(32)))
    op.create_index("ix_outbox_vendor_mark", "outbox", ["vendor_mark"])
    op.add_column("outbox", sa.Column("sealed_ref", sa.LargeBinary))
    op.add_column(
        "person", sa.Column("leaving", sa.Boolean, nullable=False, server_default=sa.false())
    )
    # Of somebody who is forgotten only the mark against repeats may stay.
    op.execute(
        "UPDATE inbox SET pseudonym = '', sort = 0 WHERE state = 'done' AND pseudonym NOT IN "
        "(SELECT pseudonym FROM person)"
    )


def downgrade() -> None:
    op.drop_column("person", "leaving")
    op.drop_column("outbox", "sealed_ref")
    op.drop_index("ix_outbox_vendor_mark", "outbox")
    op.drop_column("outbox", "vendor_mark")
    op.add_column("outbox", sa.Column("vendor_id", sa.String(128)))
    op.create_index("ix_outbox_vendor_id", "outbox", ["vendor_id"])
