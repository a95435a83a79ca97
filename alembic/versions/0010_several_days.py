"""Several missed days in one issue."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issue", sa.Column("first_day", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("issue") as issue:
        issue.drop_column("first_day")
