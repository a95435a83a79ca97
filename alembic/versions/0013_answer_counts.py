"""What came of asking a summarizer, counted for /metrics."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_count",
        sa.Column("summarizer", sa.String(120), primary_key=True),
        sa.Column("outcome", sa.String(32), primary_key=True),
        sa.Column("answers", sa.BigInteger, nullable=False),
        sa.Column("tokens_asked", sa.BigInteger, nullable=False),
        sa.Column("tokens_answered", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("answer_count")
