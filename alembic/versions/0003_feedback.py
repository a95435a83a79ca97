"""Feedback, what of it was not understood, and domains that are paused."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = (
    ["reference"],
    ["issue_id", "kind"],
    ["subscriber_id"],
    ["domain", "at"],
    ["received_at"],
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "feedback",
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_feedback_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_feedback")),
    )
    for columns in _INDEXES:
        op.create_index(op.f(f"ix_feedback_{'_'.join(columns)}"), "feedback", columns)
    op.create_table(
        "set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
    )
    op.create_table(
        "domain_pause",
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domain_pause")),
    )


def downgrade() -> None:
    op.drop_table("domain_pause")
    op.drop_table("set_aside")
    for columns in _INDEXES:
        op.drop_index(op.f(f"ix_feedback_{'_'.join(columns)}"), "feedback")
    op.drop_table("feedback")
