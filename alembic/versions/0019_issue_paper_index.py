"""Which issues hold a paper: a link in a mail asks for it."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_issue_paper_arxiv_id", "issue_paper", ["arxiv_id"])


def downgrade() -> None:
    op.drop_index("ix_issue_paper_arxiv_id", "issue_paper")
