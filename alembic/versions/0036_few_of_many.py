"""Find newsletters and unconfirmed readers without reading a million rows."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_IN_ORDER = "ix_subscription_newsletter_subscriber_id"
_UNCONFIRMED = "ix_subscriber_unconfirmed"


def upgrade() -> None:
    op.create_index(_IN_ORDER, "subscription", ["newsletter", "subscriber_id"])
    where = sa.text("confirmed_at IS NULL")
    op.create_index(
        _UNCONFIRMED, "subscriber", ["created_at"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index(_UNCONFIRMED, "subscriber")
    op.drop_index(_IN_ORDER, "subscription")
