"""Which sections a reader leaves out, and issues that are set by category."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "subscription",
        sa.Column("left_out", sa.String(16), nullable=False, server_default=sa.text("''")),
    )
    op.add_column(
        "issue", sa.Column("by_category", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    with op.batch_alter_table("issue") as issue:
        issue.drop_column("by_category")
    with op.batch_alter_table("subscription") as subscription:
        subscription.drop_column("left_out")
