"""Counters on batches, claims on issues, rate limits."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES = ("pending", "sending", "sent", "skipped", "failed", "uncertain")


def upgrade() -> None:
    with op.batch_alter_table("issue") as issue:
        issue.add_column(sa.Column("claims", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("batch") as batch:
        for name in _STATES:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    batches = sa.table("batch", sa.column("id"), *(sa.column(each) for each in _STATES))
    deliveries = sa.table("delivery", sa.column("batch_id"), sa.column("state"))
    counted = {
        state: sa.select(sa.func.count())
        .select_from(deliveries)
        .where(deliveries.c.batch_id == batches.c.id, deliveries.c.state == state)
        .scalar_subquery()
        for state in _STATES
    }
    op.execute(sa.update(batches).values(counted))
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.String(length=270), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limit")),
    )


def downgrade() -> None:
    op.drop_table("rate_limit")
    with op.batch_alter_table("batch") as batch:
        for name in _STATES:
            batch.drop_column(name)
    with op.batch_alter_table("issue") as issue:
        issue.drop_column("claims")
