"""Statements, emergency lines and the services directory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _from_file() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("as_of", sa.String(10)),
        sa.Column("confidence", sa.String(6), nullable=False),
        sa.Column("call_first", sa.Boolean, nullable=False),
        sa.Column("second_reading", sa.String(24)),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("verified_by", sa.String(80)),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("file_hash", sa.String(64)),
    ]


def _of_service() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "service_id",
            sa.String(80),
            sa.ForeignKey("service.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer, nullable=False),
    ]


def upgrade() -> None:
    _knowledge()
    _directory()
    _hanging_on_a_service()


def _knowledge() -> None:
    op.create_table(
        "statement",
        *_from_file(),
        sa.Column("intent", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text_es", sa.Text, nullable=False),
        sa.Column("text_en", sa.Text, nullable=False),
        sa.Column("volatile", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("follows", sa.String(80)),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'withdrawn')", name="statement_status"
        ),
    )
    op.create_index("ix_statement_topic", "statement", ["country", "intent", "status"])
    op.create_table(
        "emergency_line",
        *_from_file(),
        sa.Column("label_es", sa.Text, nullable=False),
        sa.Column("label_en", sa.Text, nullable=False),
        sa.Column("purpose_es", sa.Text, nullable=False),
        sa.Column("purpose_en", sa.Text, nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("display", sa.String(32), nullable=False),
        sa.Column("sms_number", sa.String(24)),
        sa.Column("sms_word", sa.String(24)),
        sa.Column("whatsapp", sa.String(24)),
        sa.Column("hours_es", sa.Text),
        sa.Column("hours_en", sa.Text),
        sa.Column("status", sa.String(12), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'withdrawn')", name="emergency_line_status"
        ),
    )
    op.create_index("ix_emergency_line_country", "emergency_line", ["country"])
    op.create_table(
        "source",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("record_id", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.UniqueConstraint("record_id", "position", name="uq_source_record_position"),
    )
    op.create_table(
        "content_load",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True)),
    )


def _directory() -> None:
    op.create_table(
        "organization",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.UniqueConstraint("country", "name", name="uq_organization_country_name"),
    )
    op.create_table(
        "service",
        *_from_file(),
        sa.Column(
            "organization_id", sa.String(80), sa.ForeignKey("organization.id"), nullable=False
        ),
        sa.Column("name", sa.String(250), nullable=False),
        sa.Column("description_es", sa.Text, nullable=False),
        sa.Column("description_en", sa.Text, nullable=False),
        sa.Column("for_whom_es", sa.Text, nullable=False),
        sa.Column("for_whom_en", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("email", sa.String(120)),
        sa.Column("whatsapp", sa.String(24)),
        sa.Column("hours_es", sa.Text),
        sa.Column("hours_en", sa.Text),
        sa.Column("service_area", sa.String(80), nullable=False),
        sa.Column("languages", sa.String(80), nullable=False),
        sa.Column("interpreters", sa.Boolean, nullable=False),
        sa.Column("cost", sa.String(8), nullable=False),
        sa.Column("cost_note_es", sa.Text),
        sa.Column("cost_note_en", sa.Text),
        sa.Column("confidential_service", sa.Boolean, nullable=False),
        sa.Column("confidential_location", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("publication", sa.String(12), nullable=False),
        sa.Column("alert", sa.Text),
        sa.Column("last_modified", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('active', 'inactive', 'defunct', 'temporarily closed')",
            name="service_status",
        ),
        sa.CheckConstraint(
            "publication IN ('draft', 'published', 'withdrawn')", name="service_publication"
        ),
    )
    op.create_index("ix_service_country", "service", ["country", "publication"])


def _hanging_on_a_service() -> None:
    op.create_table(
        "service_type",
        *_of_service(),
        sa.Column("type", sa.String(20), nullable=False),
        sa.UniqueConstraint("service_id", "type", name="uq_service_type"),
    )
    op.create_table(
        "location",
        *_of_service(),
        sa.Column("location_type", sa.String(10), nullable=False),
        sa.Column("address_1", sa.Text),
        sa.Column("city", sa.String(120)),
        sa.Column("state_province", sa.String(120)),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("precision", sa.String(8)),
        sa.CheckConstraint(
            "location_type IN ('physical', 'postal', 'virtual')", name="location_location_type"
        ),
        sa.CheckConstraint(
            "location_type <> 'virtual' OR (address_1 IS NULL AND city IS NULL"
            " AND latitude IS NULL AND longitude IS NULL)",
            name="location_secret_stays_secret",
        ),
    )
    op.create_table(
        "phone",
        *_of_service(),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("type", sa.String(10), nullable=False),
        sa.Column("display", sa.String(32), nullable=False),
        sa.Column("label_es", sa.Text),
        sa.Column("label_en", sa.Text),
        sa.Column("shown", sa.Boolean, nullable=False),
    )
    op.create_table(
        "schedule",
        *_of_service(),
        sa.Column("freq", sa.String(8), nullable=False),
        sa.Column("byday", sa.String(24), nullable=False),
        sa.Column("opens_at", sa.String(5), nullable=False),
        sa.Column("closes_at", sa.String(5), nullable=False),
    )
    for table in ("service_type", "location", "phone", "schedule"):
        op.create_index(f"ix_{table}_service_id", table, ["service_id"])


def downgrade() -> None:
    for table in (
        "schedule", "phone", "location", "service_type", "service", "organization",
        "content_load", "source", "emergency_line", "statement",
    ):  # fmt: skip
        op.drop_table(table)
