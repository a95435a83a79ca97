"""Interests made ready to rank a day by, so that sending only reads them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "profile",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("lexicon", sa.String(16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], "fk_profile_subscriber_id_subscriber"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name="pk_profile"),
    )


def downgrade() -> None:
    op.drop_table("profile")
