"""What the group behind a newsletter is interested in, and what of an issue came first for it."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "newsletter_interest",
        sa.Column("newsletter", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("newsletter", "kind", "value", name="pk_newsletter_interest"),
    )
    op.create_index("ix_newsletter_interest_kind_value", "newsletter_interest", ["kind", "value"])
    op.add_column("issue", sa.Column("picks", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("issue") as issue:
        issue.drop_column("picks")
    op.drop_table("newsletter_interest")
