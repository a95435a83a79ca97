"""Sentences by recipe, what they cost, and the answers that were not printed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = ["arxiv_id", "version", "language", "summarizer"]


def upgrade() -> None:
    with op.batch_alter_table("summary") as table:
        table.add_column(
            sa.Column("recipe", sa.String(length=32), server_default="", nullable=False)
        )
        for name in ("tokens_asked", "tokens_answered"):
            table.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
        table.drop_constraint(op.f("pk_summary"), type_="primary")
        table.create_primary_key(op.f("pk_summary"), [*_KEY, "recipe"])
    op.create_table(
        "setback",
        sa.Column("arxiv_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("summarizer", sa.String(length=120), nullable=False),
        sa.Column("recipe", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tokens_asked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens_answered", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(*_KEY, "recipe", "number", name=op.f("pk_setback")),
    )


def downgrade() -> None:
    op.drop_table("setback")
    # One sentence a paper, language and author again: the newest.
    op.execute(
        "DELETE FROM summary WHERE EXISTS (SELECT 1 FROM summary AS other"
        " WHERE other.arxiv_id = summary.arxiv_id AND other.version = summary.version"
        " AND other.language = summary.language AND other.summarizer = summary.summarizer"
        " AND (other.made_at > summary.made_at"
        " OR (other.made_at = summary.made_at AND other.recipe > summary.recipe)))"
    )
    with op.batch_alter_table("summary") as table:
        table.drop_constraint(op.f("pk_summary"), type_="primary")
        table.create_primary_key(op.f("pk_summary"), _KEY)
        for name in ("recipe", "tokens_asked", "tokens_answered"):
            table.drop_column(name)
