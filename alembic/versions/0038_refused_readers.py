"""Count whom servers refused an issue over all who send it, since each sees only a part."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issue", sa.Column("refused", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("issue", "refused")
