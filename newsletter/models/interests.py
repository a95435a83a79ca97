"""Interests of readers and of newsletters' groups, and readers' picks."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from newsletter.models.base import Base, TolerantJson


class NamedInterest(Base):
    """One thing that its owner named: wanted, or not."""

    __abstract__ = True
    if TYPE_CHECKING:
        owner: Mapped[Any]

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[str] = mapped_column(String(200), primary_key=True)  # of a paper, its name
    wanted: Mapped[bool]
    # Of an author: what tells them from namesakes.
    detail: Mapped[dict[str, Any]] = mapped_column(TolerantJson(dict), default=dict)
    origin: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]


class InterestRow(NamedInterest):
    """A person's."""

    __tablename__ = "interest"
    __table_args__ = (Index(None, "kind", "value"),)

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id"), primary_key=True, sort_order=-1
    )
    owner: Mapped[int] = synonym("subscriber_id")


class NewsletterInterestRow(NamedInterest):
    """An interest of the group behind a newsletter."""

    __tablename__ = "newsletter_interest"
    __table_args__ = (Index(None, "kind", "value"),)

    newsletter: Mapped[str] = mapped_column(String(40), primary_key=True, sort_order=-1)
    owner: Mapped[str] = synonym("newsletter")


class NamedPaperRow(Base):
    """The text of a named paper, once for all readers; deleted with the last interest in it."""

    __tablename__ = "named_paper"

    # An arXiv identifier without a version, or `title:` and a digest where only that is known.
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    title: Mapped[str] = mapped_column(Text)  # empty until somebody told it
    abstract: Mapped[str] = mapped_column(Text)
    authors: Mapped[list[str]] = mapped_column(TolerantJson(list))
    categories: Mapped[list[str]] = mapped_column(TolerantJson(list))  # primary first
    asked_at: Mapped[datetime | None]  # when arXiv was asked last
    told_at: Mapped[datetime | None]  # when it answered that; it may have known nothing


class ProfileRow(Base):
    """Interests made ready to rank a day by; made anew when they change, or the lexicon does."""

    __tablename__ = "profile"

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    lexicon: Mapped[str] = mapped_column(String(16))
    content: Mapped[bytes]
    made_at: Mapped[datetime]


class PickRow(Base):
    """The picks in one reader's copy of an issue, with reasons; forgotten after a while."""

    __tablename__ = "pick"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id"), primary_key=True, index=True
    )
    chosen: Mapped[dict[str, Any]] = mapped_column(TolerantJson(dict))
    made_at: Mapped[datetime] = mapped_column(index=True)
