"""Indexes by which fifty thousand services are counted by age without being read."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
AGE = ["country", "publication", "as_of", "verified_at", "verified_by", "id"]


def upgrade() -> None:
    op.create_index("ix_service_age", "service", AGE)
    op.create_index("ix_service_verified", "service", ["verified_at", "id"])
    op.create_index("ix_service_organization", "service", ["organization_id"])


def downgrade() -> None:
    op.drop_index("ix_service_organization", "service")
    op.drop_index("ix_service_verified", "service")
    op.drop_index("ix_service_age", "service")
