"""Who confirmed what, what records said before, reports counted by independent women."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW = ("hidden", "report_rate", "report_key", "report", "version", "verification")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "verification",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("record_id", sa.String(80), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
    )
    op.create_index("ix_verification_record_id", "verification", ["record_id"])
    op.create_table(
        "version",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("record_id", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("batch", sa.String(36)),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.UniqueConstraint("record_id", "number", name="uq_version_number"),
    )
    _reports()
    op.execute(
        "INSERT INTO report (record_id, number, reported_on, state)"
        " SELECT service_id, '', reported_on, 'expired' FROM service_report"
    )
    op.drop_table("service_report")


def _reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("record_id", sa.String(80), nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("reported_on", sa.Date, nullable=False),
        sa.Column("mark", sa.String(64)),
        sa.Column("state", sa.String(12), nullable=False),
        sa.UniqueConstraint("record_id", "number", "mark", name="uq_report_once"),
    )
    op.create_table(
        "report_key",
        sa.Column("name", sa.String(90), primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "report_rate",
        sa.Column("mark", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
    )
    op.create_table(
        "hidden",
        sa.Column("record_id", sa.String(80), primary_key=True),
        sa.Column("number", sa.String(24), primary_key=True),
        sa.Column("since", sa.Date, nullable=False),
    )


def downgrade() -> None:
    op.create_table(
        "service_report",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("service_id", sa.String(80), sa.ForeignKey("service.id"), nullable=False),
        sa.Column("reported_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
    )
    op.create_index("ix_service_report_service_id", "service_report", ["service_id"])
    op.execute(
        "INSERT INTO service_report (service_id, reported_on, state)"
        " SELECT record_id, reported_on, CASE WHEN state = 'open' THEN 'open' ELSE 'resolved' END"
        " FROM report WHERE record_id IN (SELECT id FROM service)"
    )
    for table in _NEW:
        op.drop_table(table)
