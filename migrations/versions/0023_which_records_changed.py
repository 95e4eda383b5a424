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
    # the records, under the same stamp. After everything was thrown away nothing is known. In a
    # long transaction all that it wrote and deleted is walked past: nothing here may look at more
    # than the last row, and the oldest go once in a thousand.
    op.execute(f"CREATE OR REPLACE FUNCTION told_has_changed() RETURNS trigger LANGUAGE plpgsql AS"
               f" $$ DECLARE changed text; BEGIN {ON_POSTGRESQL} RETURNING stamp INTO changed;"
               f" IF TG_OP = 'TRUNCATE' THEN DELETE FROM told_change; END IF;"
               f" IF changed IS NULL THEN DELETE FROM told_change; ELSE"
               f" INSERT INTO told_change (record_id, stamp) VALUES ('', changed); END IF;"
               f" RETURN NULL; END $$")  # fmt: skip
    op.execute("CREATE FUNCTION told_of_records() RETURNS trigger LANGUAGE plpgsql AS $$"
               " DECLARE last told_change%ROWTYPE; now integer; BEGIN"
               " SELECT * INTO last FROM told_change ORDER BY number DESC LIMIT 1;"
               " IF last.number IS NULL THEN RETURN NULL; END IF;"
               " EXECUTE format('INSERT INTO told_change (record_id, stamp) SELECT ids.id, $1"
               f" FROM (%s) AS ids LIMIT {KEPT + 1}', TG_ARGV[0]) USING last.stamp;"
               " SELECT max(number) INTO now FROM told_change;"
               " IF now / 1000 > (last.number - 1) / 1000 THEN"
               f" DELETE FROM told_change WHERE number <= now - {KEPT}; END IF;"
               " RETURN NULL; END $$")  # fmt: skip
    sides = {"INSERT": "NEW TABLE AS new_rows", "DELETE": "OLD TABLE AS old_rows"}
    sides["UPDATE"] = " ".join(sides.values())
    for table, column in RECORD.items():
        for event, named in sides.items():
            ids = " UNION ".join(f"SELECT {column} AS id FROM {each}"
                                 for each in ("new_rows", "old_rows") if each in named)  # fmt: skip
            if table == "organization":
                ids = f"SELECT id FROM service WHERE organization_id IN ({ids})"
            op.execute(
                f"CREATE TRIGGER told_of_records_{event.lower()} AFTER {event} ON {table}"
                f" REFERENCING {named} FOR EACH STATEMENT"
                f" EXECUTE FUNCTION told_of_records('{ids}')"
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
