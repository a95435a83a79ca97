"""What newsletters were called before, and the slug that each issue was frozen under."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_slug",
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("newsletter", sa.String(40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_former_slug"),
    )
    op.add_column("issue", sa.Column("frozen_as", sa.String(40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("issue") as issue:
        issue.drop_column("frozen_as")
    op.drop_table("former_slug")
