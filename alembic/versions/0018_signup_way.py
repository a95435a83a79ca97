"""By which way somebody asked: the form, or a program of the operator's."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signup", sa.Column("way", sa.String(16), nullable=False, server_default="page"))


def downgrade() -> None:
    with op.batch_alter_table("signup") as signup:
        signup.drop_column("way")
