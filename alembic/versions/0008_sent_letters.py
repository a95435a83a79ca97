"""To whom letters went, so that their bounces can act."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_letter",
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_sent_letter")),
    )
    op.create_index(op.f("ix_sent_letter_subscriber_id"), "sent_letter", ["subscriber_id"])


def downgrade() -> None:
    op.drop_table("sent_letter")
