"""Notices of readers who came or went, for the targets of [notify]."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base


class NoticeRow(Base):
    """A notice that its target has not got yet; deleted when it has."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(String(40), index=True)
    event_id: Mapped[str] = mapped_column(String(40), unique=True)  # the same at every attempt
    kind: Mapped[str] = mapped_column(String(16))
    # No foreign key: one says that somebody was erased. It bears no address.
    subscriber_id: Mapped[int] = mapped_column(index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    old_subscriber_id: Mapped[int | None] = mapped_column(index=True)  # of a change of address
    old_email: Mapped[str | None] = mapped_column(String(254))
    newsletters: Mapped[list[str]]
    way: Mapped[str | None] = mapped_column(String(16))
    doubt: Mapped[str | None] = mapped_column(String(16))  # what looked like a machine
    at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    # A lease, or a pause after a failure; none: given up, and kept for the operator.
    not_before: Mapped[datetime | None] = mapped_column(index=True)


class NoticeTargetRow(Base):
    """One of them that takes nothing now; gone once it takes a notice again."""

    __tablename__ = "notice_target"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    failures: Mapped[int]  # one after the other
    since: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)  # why the last attempt failed
    not_before: Mapped[datetime]
