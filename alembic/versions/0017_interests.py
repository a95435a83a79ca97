"""What readers are interested in, and what was picked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "interest",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], "fk_interest_subscriber_id_subscriber"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "kind", "value", name="pk_interest"),
    )
    op.create_index("ix_interest_kind_value", "interest", ["kind", "value"])
    op.create_table(
        "named_paper",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("told_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_named_paper"),
    )
    op.create_table(
        "pick",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], "fk_pick_issue_id_issue"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], "fk_pick_subscriber_id_subscriber"
        ),
        sa.PrimaryKeyConstraint("issue_id", "subscriber_id", name="pk_pick"),
    )
    op.create_index("ix_pick_subscriber_id", "pick", ["subscriber_id"])
    op.create_index("ix_pick_made_at", "pick", ["made_at"])


def downgrade() -> None:
    for table in ("pick", "named_paper", "interest"):
        op.drop_table(table)
