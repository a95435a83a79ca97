"""What looked like a machine where somebody consented or left."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent", sa.Column("doubt", sa.String(16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("consent") as consent:
        consent.drop_column("doubt")
