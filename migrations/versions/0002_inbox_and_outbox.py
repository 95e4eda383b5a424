"""Inbox, outbox, the people behind them, who said STOP, reports on services."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "person",
        sa.Column("pseudonym", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("style", sa.String(16), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed_address", sa.LargeBinary, nullable=False),
        sa.Column("sealed_memory", sa.LargeBinary),
        sa.Column("last_in_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
    )
    op.create_index("ix_person_expires_at", "person", ["expires_at"])
    op.create_table(
        "opt_out",
        sa.Column("pseudonym", sa.String(32), primary_key=True),
        sa.Column("since", moment, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("mark", sa.String(32), nullable=False, unique=True),
        sa.Column("pseudonym", sa.String(32), nullable=False),
        sa.Column("sort", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("not_before", moment, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_index("ix_inbox_waiting", "inbox", ["state", "pseudonym", "sort", "id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "inbox_id", sa.Integer, sa.ForeignKey("inbox.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("pseudonym", sa.String(32), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", moment, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("vendor_id", sa.String(128)),
        sa.Column("error_code", sa.String(64)),
        sa.UniqueConstraint("inbox_id", "part", name="uq_outbox_part"),
    )
    op.create_index("ix_outbox_waiting", "outbox", ["state", "pseudonym", "id"])
    op.create_index("ix_outbox_vendor_id", "outbox", ["vendor_id"])
    op.create_table(
        "service_report",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("service_id", sa.String(80), sa.ForeignKey("service.id"), nullable=False),
        sa.Column("reported_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
    )
    op.create_index("ix_service_report_service_id", "service_report", ["service_id"])
    op.create_table(
        "installation",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    for table in ("installation", "service_report", "outbox", "inbox", "opt_out", "person"):
        op.drop_table(table)
