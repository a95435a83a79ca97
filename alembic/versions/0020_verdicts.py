"""What a verdict said in words alone: how many papers are in doubt, and whether it may heal."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listing", sa.Column("in_doubt", sa.Integer, nullable=False, server_default="0"))
    op.add_column(
        "listing", sa.Column("may_heal", sa.Boolean, nullable=False, server_default=sa.false())
    )
    listing = sa.table(
        "listing",
        sa.column("source", sa.Text),
        sa.column("in_doubt", sa.Integer),
        sa.column("may_heal", sa.Boolean),
    )
    op.execute(
        listing.update()
        .where(listing.c.source.contains("arXiv's page of that day fails for now"))
        .values(may_heal=sa.true())
    )
    # How many stands in words; that there are any is what is asked for.
    op.execute(
        listing.update()
        .where(listing.c.source.contains("of its papers may have been cross-listed"))
        .values(in_doubt=1)
    )


def downgrade() -> None:
    with op.batch_alter_table("listing") as listing:
        listing.drop_column("may_heal")
        listing.drop_column("in_doubt")
