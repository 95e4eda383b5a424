"""Each service's name and id without accents: the database alone searches fifty thousand."""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import batched

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MANY = 5_000
_ON_POSTGRESQL = sa.text(
    "UPDATE service SET searched = new.searched FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    " AS new(id text, searched text) WHERE service.id = new.id"
)
_ON_SQLITE = sa.text("UPDATE service SET searched = :searched WHERE id = :id")


def upgrade() -> None:
    op.add_column("service", sa.Column("searched", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    names = connection.execute(sa.text("SELECT id, name FROM service")).all()
    rows = [{"id": key, "searched": f"{_folded(name)}\n{_folded(key)}"} for key, name in names]
    for some in batched(rows, MANY):
        if connection.dialect.name == "postgresql":
            # In one statement: told_stamp changes once for each.
            connection.execute(_ON_POSTGRESQL, {"rows": json.dumps(some)})
        else:
            connection.execute(_ON_SQLITE, list(some))
    op.create_index(
        "ix_service_searched", "service", ["country", "searched", "id", "confidential_location"]
    )


def downgrade() -> None:
    op.drop_index("ix_service_searched", "service")
    op.drop_column("service", "searched")


def _folded(text: str) -> str:
    """As bot/directory/text.py has it at the time of this migration."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower()))
