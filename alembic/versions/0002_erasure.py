"""A delivery outlives its subscriber."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_constraint("fk_delivery_subscriber_id", type_="foreignkey")


def downgrade() -> None:
    # What was erased has nobody to point to, and cannot be kept under a foreign key.
    op.execute(sa.text("DELETE FROM delivery WHERE subscriber_id < 0"))
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_foreign_key(
            "fk_delivery_subscriber_id", "subscriber", ["subscriber_id"], ["id"]
        )
