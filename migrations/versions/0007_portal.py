"""The back office: accounts, invitations, sessions, failed sign-ins, audit, what awaits review."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEW = ("portal_upload", "portal_proposal", "portal_audit", "portal_attempt", "portal_session",
        "portal_invitation", "portal_account")  # fmt: skip


def _of_account() -> sa.Column[int]:
    owner = sa.ForeignKey("portal_account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.Integer, owner, nullable=False)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "portal_account",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("mark", sa.String(64), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("country", sa.String(2)),
        sa.Column("organization_id", sa.String(80), sa.ForeignKey("organization.id")),
        sa.Column("password", sa.String(200)),
        sa.Column("totp", sa.LargeBinary),
        sa.Column("totp_step", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.CheckConstraint(
            "role IN ('contributor', 'editor', 'administrator', 'analyst')",
            name="portal_account_role",
        ),
    )
    op.create_table(
        "portal_invitation",
        sa.Column("token", sa.String(64), primary_key=True),
        _of_account(),
        sa.Column("until", moment, nullable=False),
    )
    op.create_index("ix_portal_invitation_account_id", "portal_invitation", ["account_id"])
    op.create_table(
        "portal_session",
        sa.Column("token", sa.String(64), primary_key=True),
        _of_account(),
        sa.Column("is_whole", sa.Boolean, nullable=False),
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
    )
    op.create_index("ix_portal_session_account_id", "portal_session", ["account_id"])
    op.create_table(
        "portal_attempt",
        sa.Column("mark", sa.String(64), primary_key=True),
        sa.Column("since", moment, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    _work()


def _work() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "portal_audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("account_id", sa.Integer),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
    )
    op.create_index("ix_portal_audit_at", "portal_audit", ["at"])
    op.create_table(
        "portal_proposal",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("record_id", sa.String(80), nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("made_by", sa.Integer),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("decided_by", sa.Integer),
    )
    op.create_index("ix_portal_proposal_record_id", "portal_proposal", ["record_id"])
    op.create_table(
        "portal_upload",
        sa.Column("token", sa.String(64), primary_key=True),
        _of_account(),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("is_whole_list", sa.Boolean, nullable=False),
        sa.Column("made_at", moment, nullable=False),
    )
    op.create_index("ix_portal_upload_account_id", "portal_upload", ["account_id"])


def downgrade() -> None:
    for table in _NEW:
        op.drop_table(table)
