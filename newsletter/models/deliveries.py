"""Deliveries, their feedback, and the limits of sending."""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base


def new_reference() -> str:
    """By which a mail is known for good, and nobody guesses it."""
    return secrets.token_hex(12)


class BatchRow(Base):
    """A share of an issue's deliveries that one worker sends at a time, under a lease.

    The counters say how many of its deliveries are in each state; they change in the transaction
    that changes the rows (delivery_counters.py), so that an account never reads a million rows.
    """

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    owner: Mapped[str | None] = mapped_column(String(120))
    leased_until: Mapped[datetime | None]
    finished: Mapped[bool] = mapped_column(default=False)
    pending: Mapped[int] = mapped_column(default=0, server_default="0")
    sending: Mapped[int] = mapped_column(default=0, server_default="0")
    sent: Mapped[int] = mapped_column(default=0, server_default="0")
    skipped: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    uncertain: Mapped[int] = mapped_column(default=0, server_default="0")


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  # claimed: may be on the wire
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNCERTAIN = "uncertain"  # nobody can know whether it arrived; never sent again by itself


class DeliveryRow(Base):
    __tablename__ = "delivery"
    __table_args__ = (Index(None, "batch_id", "state"),)

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    # No foreign key: a delivery outlives its subscriber, and is nobody's (negative) once they are
    # erased.
    subscriber_id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    # The mail holds all issues of the newsletter after this one; none where it holds its own alone.
    had_issue: Mapped[int | None]


class ResendRow(Base):
    """An issue sent once more to one reader, by the operator's own act; `uncertain` until told."""

    __tablename__ = "resend"
    __table_args__ = (Index(None, "issue_id"), Index(None, "subscriber_id"))

    reference: Mapped[str] = mapped_column(String(32), primary_key=True)  # also its Message-ID
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))  # gone with them
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class EventType(StrEnum):
    ACCEPTED = "accepted"  # the provider has it
    DEFERRED = "deferred"  # it is still trying
    DELIVERED = "delivered"
    BOUNCE = "bounce"  # this mailbox did not take it
    BLOCKED = "blocked"  # the domain does not want us, or this content, now
    DROPPED = "dropped"  # the provider did not even try
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"


FAILING = frozenset({EventType.BOUNCE, EventType.BLOCKED, EventType.DROPPED})
LEAVING = frozenset({EventType.COMPLAINT, EventType.UNSUBSCRIBE})
ORDINARY = frozenset({EventType.ACCEPTED, EventType.DEFERRED, EventType.DELIVERED})
# Somebody who has the mail speaks: it left, whatever we knew.
PROVING = frozenset(EventType) - FAILING


class FeedbackRow(Base):
    """One piece of news of a mail after it left, once. It holds no address."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index(None, "reference"),
        Index(None, "issue_id", "kind"),
        Index(None, "subscriber_id"),
        Index(None, "domain", "at"),
        Index(None, "received_at"),
    )

    event_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(64))
    issue_id: Mapped[int | None]  # none where the mail was of no issue
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"))
    kind: Mapped[str] = mapped_column(String(16))
    permanent: Mapped[bool]  # the address is not mailed again for this alone
    domain: Mapped[str | None] = mapped_column(String(255))
    detail: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    received_at: Mapped[datetime]


class InboxRow(Base):
    """A body that was posted to a hook, packed; gone once all of its events are folded in."""

    __tablename__ = "inbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    content: Mapped[bytes]
    received_at: Mapped[datetime]
    folded: Mapped[int]  # events of it that have acted


class QuarantineRow(Base):
    """Feedback that nothing here understands, kept for a person to look at."""

    __tablename__ = "set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]


class DomainPauseRow(Base):
    """A domain that gets nothing for a while: it turned many of our mails away at once."""

    __tablename__ = "domain_pause"

    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)


class RateRow(Base):
    """A limit or a trouble by its key: a bucket of tokens, a pause, or a failure with its time.

    - `all` and `hour`, `domain:<name>`: buckets; `filled_at` is the time of `tokens`
    - `transport`: the provider as issues find it, `letters`: as transactional mails find it; their
      `filled_at` is when the provider last took a mail
    - `down`: why mails could not be sent, and at `filled_at` when, until one is accepted
    - `failed run`, `failed feedback`, `failed site`: the same of these
    """

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(String(270), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float, default=0.0)
    filled_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    troubles: Mapped[int] = mapped_column(default=0)  # in a row; the pause grows with them
