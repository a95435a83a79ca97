"""Issues that an operator sent once more to one reader."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resend",
        sa.Column("reference", sa.String(32), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.String(200), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name="fk_resend_issue_id_issue"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name="fk_resend_subscriber_id_subscriber"
        ),
        sa.PrimaryKeyConstraint("reference", name="pk_resend"),
    )
    for column in ("issue_id", "subscriber_id"):
        op.create_index(f"ix_resend_{column}", "resend", [column])


def downgrade() -> None:
    op.drop_table("resend")
