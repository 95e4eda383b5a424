"""A stamp that is another one after every change of what may be told, whoever makes it.

The database changes it by itself, so that no way of writing can forget to: neither the portal in
another process, nor a load of the files, nor somebody at the database's own prompt.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("statement", "source", "hidden", "organization", "service", "service_type", "location",
          "phone", "schedule")  # fmt: skip
EVENTS = ("INSERT", "UPDATE", "DELETE")
NEW = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()::text"}


def upgrade() -> None:
    kind = op.get_context().dialect.name
    op.create_table("told_stamp", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("stamp", sa.String(36), nullable=False))  # fmt: skip
    op.execute(f"INSERT INTO told_stamp (id, stamp) VALUES (1, {NEW[kind]})")  # noqa: S608  # ours
    change = f"UPDATE told_stamp SET stamp = {NEW[kind]}"  # noqa: S608  # our own words
    if kind == "postgresql":
        op.execute(f"CREATE FUNCTION told_has_changed() RETURNS trigger LANGUAGE plpgsql AS"
                   f" $$ BEGIN {change}; RETURN NULL; END $$")  # fmt: skip
    for table in TABLES:
        if kind == "postgresql":
            # Before: who changes something waits here first, and nobody waits for her meanwhile.
            events = " OR ".join((*EVENTS, "TRUNCATE"))
            op.execute(f"CREATE TRIGGER told_changes BEFORE {events} ON {table}"
                       f" FOR EACH STATEMENT EXECUTE FUNCTION told_has_changed()")  # fmt: skip
            continue
        for event in EVENTS:
            op.execute(f"CREATE TRIGGER told_changes_{table}_{event.lower()}"
                       f" AFTER {event} ON {table} BEGIN {change}; END")  # fmt: skip


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION told_has_changed() CASCADE")
    else:
        for table in TABLES:
            for event in EVENTS:
                op.execute(f"DROP TRIGGER told_changes_{table}_{event.lower()}")
    op.drop_table("told_stamp")
