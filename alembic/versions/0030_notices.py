"""Who came or went, for those that [notify] names."""

import sqlalchemy as sa
from alembic import op

_TIME = sa.DateTime(timezone=True)

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("event_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("old_subscriber_id", sa.Integer(), nullable=True),
        sa.Column("old_email", sa.String(254), nullable=True),
        sa.Column("newsletters", sa.JSON(), nullable=False),
        sa.Column("way", sa.String(16), nullable=True),
        sa.Column("doubt", sa.String(16), nullable=True),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("event_id", name=op.f("uq_notice_event_id")),
    )
    for column in ("target", "subscriber_id", "old_subscriber_id", "not_before"):
        op.create_index(op.f(f"ix_notice_{column}"), "notice", [column])
    op.create_table(
        "notice_target",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("not_before", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notice_target")),
    )


def downgrade() -> None:
    op.drop_table("notice_target")
    op.drop_table("notice")
