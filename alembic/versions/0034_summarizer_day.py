"""What all machines asked of a summarizer in a day."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "summarizer_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tokens_asked", sa.Integer(), nullable=False),
        sa.Column("tokens_answered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_summarizer_day"),
    )


def downgrade() -> None:
    op.drop_table("summarizer_day")
