"""Which records were changed under which stamp, so that a change of one is no reason to read a
whole country again. As the stamp itself, the database writes it, whoever changes something.

Only the latest are kept: who has missed more than that reads everything.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# ruff: noqa: S608 - our own tables

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

EVENTS = ("INSERT", "UPDATE", "DELETE")
KEPT = 4_000
# The column that names the record; an organisation changes all of its services.
RECORD = {"statement": "id", "service": "id", "source": "record_id", "hidden": "record_id",
          "service_type": "service_id", "location": "service_id", "phone": "service_id",
          "schedule": "service_id", "organization": "id"}  # fmt: skip
ON_SQLITE = "UPDATE told_stamp SET stamp = lower(hex(randomblob(16)))"
ON_POSTGRESQL = "UPDATE told_stamp SET stamp = gen_random_uuid()::text"
ALSO = "INSERT INTO told_change (record_id, stamp) SELECT '', stamp FROM told_stamp"
ONLY_LATEST = ("DELETE FROM told_change"
               f" WHERE number <= (SELECT max(number) FROM told_change) - {KEPT}")  # fmt: skip


def upgrade() -> None:
    op.create_table("told_change", sa.Column("number", sa.Integer, primary_key=True),
                    sa.Column("record_id", sa.String(80), nullable=False),
                    sa.Column("stamp", sa.String(36), nullable=False))  # fmt: skip
    op.execute(ALSO)
    if op.get_context().dialect.name == "postgresql":
        _on_postgresql()
    else:
        _on_sqlite()


def _on_sqlite() -> None:
    for table, column in RECORD.items():
        for event in EVENTS:
            op.execute(f"DROP TRIGGER told_changes_{table}_{event.lower()}")
            sides = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("NEW", "OLD")}[event]
            ids = " UNION ".join(f"SELECT {each}.{column} AS id" for each in sides)
            if table == "organization":
                ids = f"SELECT id FROM service WHERE organization_id IN ({ids}) UNION SELECT ''"
            op.execute(
                f"CREATE TRIGGER told_changes_{table}_{event.lower()} AFTER {event} ON {table}"
                f" BEGIN {ON_SQLITE}; INSERT INTO told_change (record_id, stamp)"
                f" SELECT changed.id, stamp FROM told_stamp, ({ids}) AS changed; {ONLY_LATEST}; END"
            )


def _on_postgresql() -> None:
    # First the stamp, which lets others wait, and that there is one, though no row may change; then
    # the records, under the same stamp. After everything was thrown away nothing is known.
    op.execute(f"CREATE OR REPLACE FUNCTION told_has_changed() RETURNS trigger LANGUAGE plpgsql AS"
               f" $$ BEGIN {ON_POSTGRESQL};"
               f" IF TG_OP = 'TRUNCATE' THEN DELETE FROM told_change; END IF;"
               f" {ALSO}; RETURN NULL; END $$")  # fmt: skip
    op.execute("CREATE FUNCTION told_of_records() RETURNS trigger LANGUAGE plpgsql AS"
               " $$ BEGIN EXECUTE format('INSERT INTO told_change (record_id, stamp)"
               " SELECT ids.id, stamp FROM told_stamp,"
               f" (SELECT DISTINCT %s AS id FROM %s LIMIT {KEPT + 1}) AS ids',"
               f" TG_ARGV[0], TG_ARGV[1]); {ONLY_LATEST}; RETURN NULL; END $$")  # fmt: skip
    for table, column in RECORD.items():
        what = f"'changed.{column}', 'changed'"
        if table == "organization":
            what = "'service.id', 'changed JOIN service ON service.organization_id = changed.id'"
        for event, side in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("UPDATE", "OLD"),
                            ("DELETE", "OLD")):  # fmt: skip
            op.execute(
                f"CREATE TRIGGER told_of_records_{event.lower()}_{side.lower()}"
                f" AFTER {event} ON {table} REFERENCING {side} TABLE AS changed"
                f" FOR EACH STATEMENT EXECUTE FUNCTION told_of_records({what})"
            )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION told_of_records() CASCADE")
        op.execute(f"CREATE OR REPLACE FUNCTION told_has_changed() RETURNS trigger LANGUAGE plpgsql"
                   f" AS $$ BEGIN {ON_POSTGRESQL}; RETURN NULL; END $$")  # fmt: skip
    else:
        for table in RECORD:
            for event in EVENTS:
                op.execute(f"DROP TRIGGER told_changes_{table}_{event.lower()}")
                op.execute(f"CREATE TRIGGER told_changes_{table}_{event.lower()}"
                           f" AFTER {event} ON {table} BEGIN {ON_SQLITE}; END")  # fmt: skip
    op.drop_table("told_change")
