"""How far the recipients of an issue are written down, and who subscribed too late for it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issue", sa.Column("frozen_up_to", sa.Integer(), nullable=True))
    op.add_column("issue", sa.Column("subscribed_by", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("issue") as issue:
        issue.drop_column("subscribed_by")
        issue.drop_column("frozen_up_to")
