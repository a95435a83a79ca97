"""Readers, people who asked to be one, and addresses that must not be mailed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base
from newsletter.rhythms import Rhythm


class Standing(StrEnum):
    PENDING = "pending"  # asked to confirm, has not yet
    CONFIRMED = "confirmed"
    LEFT = "left"


class SubscriberRow(Base):
    __tablename__ = "subscriber"
    # An id is never given twice, so that an old link can never mean somebody else.
    __table_args__ = (
        Index(
            "ix_subscriber_unconfirmed",  # few of many, whom every run looks for
            "created_at",
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    standing: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    consent: Mapped[str | None] = mapped_column(Text)  # how they consented
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    # To other addresses; links to the preferences end with each.
    moves: Mapped[int] = mapped_column(default=0, server_default="0")


class SubscriptionRow(Base):
    __tablename__ = "subscription"
    # The readers of a newsletter in the order of their numbers, and which newsletters there are.
    __table_args__ = (Index(None, "newsletter", "subscriber_id"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    newsletter: Mapped[str] = mapped_column(String(40), primary_key=True)
    detail: Mapped[str] = mapped_column(String(8))
    # Sections that they do not want in their mail, as `cross replace`.
    left_out: Mapped[str] = mapped_column(String(16), default="", server_default=text("''"))
    paused_until: Mapped[date | None]
    rhythm: Mapped[str] = mapped_column(
        String(10), default=Rhythm.DAILY, server_default=Rhythm.DAILY
    )
    # Weekly: the newest issue that they have had, or that was not for them; the next mail holds all
    # later ones. Where this is none, each issue is a mail.
    had_issue: Mapped[int | None]
    next_day: Mapped[date | None]  # weekly: the first issue of this day or later is their next mail
    since: Mapped[datetime]
    left_at: Mapped[datetime | None]


class ConsentRow(Base):
    """An act of consent or its end: when, how and in which words; never rewritten."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(16))
    newsletters: Mapped[list[str]]
    way: Mapped[str | None] = mapped_column(String(16))  # unknown of what is older than the column
    wording: Mapped[str] = mapped_column(Text)  # what stood above the button
    network: Mapped[str | None] = mapped_column(String(32))  # keyed hash of the network's prefix
    doubt: Mapped[str | None] = mapped_column(String(16))  # what looked like a machine


class AddressChangeRow(Base):
    """A subscriber's way to another address: asked for, then confirmed from there."""

    __tablename__ = "address_change"
    __table_args__ = ({"sqlite_autoincrement": True},)  # its id stands in links

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    old_email: Mapped[str] = mapped_column(String(254))
    new_email: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    # Who had the new address already; an old link of either means this one.
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"))


class SignupRow(Base):
    """A sign-up that waits for its answer: one a mailbox, however its address is spelt."""

    __tablename__ = "signup"

    address_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    newsletters: Mapped[list[str]]
    language: Mapped[str] = mapped_column(String(8))
    wording: Mapped[str] = mapped_column(Text)
    network: Mapped[str] = mapped_column(String(32))
    way: Mapped[str] = mapped_column(String(16), server_default="page")
    asked_at: Mapped[datetime]
    not_before: Mapped[datetime] = mapped_column(index=True)  # a limit makes it wait


class OutboxRow(Base):
    """A mail outside of any issue that has not left yet; gone once it has."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    # No foreign key: the last mail goes to somebody who is erased.
    subscriber_id: Mapped[int] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)  # also its Message-ID
    about: Mapped[dict[str, Any]]
    written_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(index=True)  # a sender's lease, or a pause


class SentOutboxRow(Base):
    """The address of a sent transactional mail, for bounces by its reference; kept for a while."""

    __tablename__ = "sent_letter"

    reference: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    subscriber_id: Mapped[int] = mapped_column(index=True)  # no foreign key, as in the outbox
    sent_at: Mapped[datetime]


class FormLimitRow(Base):
    """How often something was done within a window of time, and how often it was refused."""

    __tablename__ = "form_limit"

    scope: Mapped[str] = mapped_column(String(24), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)  # a keyed hash
    count: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)
    refused: Mapped[int]


class SuppressionRow(Base):
    """An address that must not be mailed, known only by its keyed hash."""

    __tablename__ = "suppression"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime]


class ImportRow(Base):
    """How far the import of a list is; of the list itself only its digest is kept."""

    __tablename__ = "import"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[datetime]
    lines: Mapped[int]  # entries that are done
    counts: Mapped[dict[str, Any]]  # status -> how often
    finished_at: Mapped[datetime | None]


class KeyRow(Base):
    """Keys that must outlive every rotation of the configured ones."""

    __tablename__ = "key"

    purpose: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))
