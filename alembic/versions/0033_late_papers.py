"""Papers of an issue that were announced on an earlier day, whose own issue lacked them."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issue_paper", sa.Column("announced_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("issue_paper") as issue_paper:
        issue_paper.drop_column("announced_on")
