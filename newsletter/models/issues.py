"""Issues: a newsletter's day, frozen."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base


class IssueState(StrEnum):
    FROZEN = "frozen"  # its papers, sentences and recipients stand; deliveries may be open
    DONE = "done"  # no delivery is open any more


class FormerSlugRow(Base):
    """A former slug of a newsletter, by which old links find the present one."""

    __tablename__ = "former_slug"

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    newsletter: Mapped[str] = mapped_column(String(40))  # what it is called today
    since: Mapped[datetime]


class IssueRow(Base):
    """A newsletter's day, frozen: it reads the same today and in a year."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("newsletter", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    first_day: Mapped[date | None]  # where it holds several missed days, the last of them is `day`
    title: Mapped[str] = mapped_column(Text)
    # Its newsletter's slug on that day, where it has another one now: by it the world knows it.
    frozen_as: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    categories: Mapped[list[str]]
    by_category: Mapped[bool] = mapped_column(default=False, server_default=false())
    notes: Mapped[dict[str, Any]]  # category -> {state, expected, found, missing}
    # What comes first for the newsletter's group, where that named anything.
    picks: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # What several of its papers are on -> how many, the most telling first; none where nothing is.
    topics: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[str] = mapped_column(String(16))
    frozen_at: Mapped[datetime]
    # Recipients are written down in slices, in the order of their numbers: up to which it is done,
    # none once all are (`sending/readers/freezing.py`). Of a past day they subscribed before
    # `subscribed_by`.
    frozen_up_to: Mapped[int | None]
    subscribed_by: Mapped[datetime | None]
    # How many mails of it were ever claimed; a database that says less than this machine
    # remembers was restored from before (sending/restore_guard/restored.py).
    claims: Mapped[int] = mapped_column(default=0, server_default="0")
    # How many of its readers were refused who were not before, by any process (provider_trouble/).
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    # Since when its deliveries are numbers, but for those that did not simply arrive.
    pruned_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]  # the operator let it go, although it was held as a copy's
    edits: Mapped[dict[str, Any] | None]  # the operator's, as they were frozen (issue_edits.py)

    @property
    def first_name(self) -> str:
        """The slug that it was frozen under: what names it outside of the database."""
        return self.frozen_as or self.newsletter


class IssueEditRow(Base):
    """The operator's wishes for an issue to come; deleted when it is frozen."""

    __tablename__ = "issue_edit"

    newsletter: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    first: Mapped[dict[str, Any]]  # arXiv identifier -> reason, in the order of their places
    omitted: Mapped[dict[str, Any]]  # arXiv identifier -> reason, which may be empty


class IssueEntryRow(Base):
    __tablename__ = "issue_paper"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    section: Mapped[str] = mapped_column(String(16))
    arxiv_id: Mapped[str] = mapped_column(String(32), index=True)
    version: Mapped[int]
    summary: Mapped[str] = mapped_column(Text)
    summarizer: Mapped[str] = mapped_column(String(120))
    summary_language: Mapped[str] = mapped_column(String(8))
    announced_on: Mapped[date | None]  # an earlier day, whose own issue lacked it
