"""Count moves away from an address, since each ends the links to the preferences for good."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "subscriber", sa.Column("moves", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("subscriber", "moves")
