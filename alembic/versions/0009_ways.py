"""By which way an act of consent came."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent", sa.Column("way", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("consent") as consent:
        consent.drop_column("way")
