"""How often a reader wants mail, and which issues a mail of several days holds."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "subscription",
        sa.Column("rhythm", sa.String(10), nullable=False, server_default="daily"),
    )
    op.add_column("subscription", sa.Column("had_issue", sa.Integer(), nullable=True))
    op.add_column("subscription", sa.Column("next_day", sa.Date(), nullable=True))
    op.add_column("delivery", sa.Column("had_issue", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_column("had_issue")
    with op.batch_alter_table("subscription") as subscription:
        for name in ("next_day", "had_issue", "rhythm"):
            subscription.drop_column(name)
