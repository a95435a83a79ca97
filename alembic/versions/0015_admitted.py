"""When the operator let an issue of a restored database go."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issue", sa.Column("admitted_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("issue") as table:
        table.drop_column("admitted_at")
