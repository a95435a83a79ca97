"""What tells this database from any other, and its copies too."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = sa.table("key", sa.column("purpose", sa.String), sa.column("value", sa.String))


def upgrade() -> None:
    op.execute(_KEY.insert().values(purpose="database", value=secrets.token_hex(32)))


def downgrade() -> None:
    op.execute(_KEY.delete().where(_KEY.c.purpose == "database"))
