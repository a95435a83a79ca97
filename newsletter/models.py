"""The tables. All times are UTC and aware; a comment where a column's name does not say enough."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC also where the database knows no zones (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012 - read by SQLAlchemy as a plain class attribute
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class PaperRow(Base):
    """A version of a paper as arXiv described it; what a frozen issue holds is not rewritten."""

    __tablename__ = "paper"

    arxiv_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    abstract: Mapped[str] = mapped_column(Text)
    authors: Mapped[list[str]]
    categories: Mapped[list[str]]  # primary first
    comment: Mapped[str | None] = mapped_column(Text)
    journal_ref: Mapped[str | None] = mapped_column(Text)
    doi: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]


class AnnouncementRow(Base):
    __tablename__ = "announcement"

    day: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(32), primary_key=True)
    arxiv_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))


class ListingRow(Base):
    """What is known of a category's announcements of a day, and whether that is all of them."""

    __tablename__ = "listing"

    day: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    expected: Mapped[int | None]
    found: Mapped[int]
    missing: Mapped[list[str]]  # ids that were announced and could not be had
    source: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[datetime]


class SummaryRow(Base):
    __tablename__ = "summary"

    arxiv_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)  # of the text itself
    summarizer: Mapped[str] = mapped_column(String(120), primary_key=True)
    # Of the prompt and the model's parameters: with others it is asked anew.
    recipe: Mapped[str] = mapped_column(
        String(32), primary_key=True, default="", server_default=sql_text("''")
    )
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    tokens_asked: Mapped[int] = mapped_column(default=0, server_default="0")
    tokens_answered: Mapped[int] = mapped_column(default=0, server_default="0")


class Setback(StrEnum):
    REJECTED = "rejected"  # answered, but a check spoke against it
    REFUSED = "refused"  # will not be answered the way it is asked
    FAILED = "failed"  # no answer; the next run asks again


class SetbackRow(Base):
    """Why a summarizer's sentence does not stand under a paper."""

    __tablename__ = "setback"

    arxiv_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)  # that was asked for
    summarizer: Mapped[str] = mapped_column(String(120), primary_key=True)
    recipe: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # of the answer; 0: there was none
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    tokens_asked: Mapped[int] = mapped_column(default=0, server_default="0")
    tokens_answered: Mapped[int] = mapped_column(default=0, server_default="0")


class IssueState(StrEnum):
    FROZEN = "frozen"  # its papers, sentences and recipients stand; deliveries may be open
    DONE = "done"  # no delivery is open any more


class IssueRow(Base):
    """A newsletter's day, frozen: it says the same to whoever reads it, today or in a year."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("newsletter", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    categories: Mapped[list[str]]
    notes: Mapped[dict[str, Any]]  # category -> {state, expected, found, missing}
    state: Mapped[str] = mapped_column(String(16))
    frozen_at: Mapped[datetime]
    # How many mails of it were ever claimed; a database that says less than this machine's fence
    # remembers was restored from before (delivery/fence.py).
    claims: Mapped[int] = mapped_column(default=0, server_default="0")


class IssuePaperRow(Base):
    __tablename__ = "issue_paper"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    section: Mapped[str] = mapped_column(String(16))
    arxiv_id: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    summary: Mapped[str] = mapped_column(Text)
    summarizer: Mapped[str] = mapped_column(String(120))
    summary_language: Mapped[str] = mapped_column(String(8))


class Standing(StrEnum):
    PENDING = "pending"  # asked to confirm, has not yet
    CONFIRMED = "confirmed"
    LEFT = "left"


class SubscriberRow(Base):
    __tablename__ = "subscriber"
    # An id is never given twice, so that an old link can never mean somebody else.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    standing: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    consent: Mapped[str | None] = mapped_column(Text)  # how they consented
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class SubscriptionRow(Base):
    __tablename__ = "subscription"

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    newsletter: Mapped[str] = mapped_column(String(40), primary_key=True)
    detail: Mapped[str] = mapped_column(String(8))
    paused_until: Mapped[date | None]
    since: Mapped[datetime]
    left_at: Mapped[datetime | None]


class ConsentRow(Base):
    """What a subscriber agreed to or ended, when, how and in which words: never rewritten."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(16))
    newsletters: Mapped[list[str]]
    way: Mapped[str | None] = mapped_column(String(16))  # unknown of what is older than the column
    wording: Mapped[str] = mapped_column(Text)  # what stood above the button
    network: Mapped[str | None] = mapped_column(String(32))  # keyed hash of the network's prefix


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
    """A sign-up that nobody has looked at yet: one an address, however it is spelt."""

    __tablename__ = "signup"

    address_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    newsletters: Mapped[list[str]]
    language: Mapped[str] = mapped_column(String(8))
    wording: Mapped[str] = mapped_column(Text)
    network: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime]
    not_before: Mapped[datetime] = mapped_column(index=True)  # a limit makes it wait


class LetterRow(Base):
    """A mail outside of any issue that has not left yet; gone once it has."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    # No foreign key: the goodbye goes to somebody who is erased.
    subscriber_id: Mapped[int] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)  # also its Message-ID
    about: Mapped[dict[str, Any]]
    written_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(index=True)  # a sender's lease, or a pause


class SentLetterRow(Base):
    """To whom a letter went: a bounce names only its reference. Forgotten after a while."""

    __tablename__ = "sent_letter"

    reference: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    subscriber_id: Mapped[int] = mapped_column(index=True)  # no foreign key, as of the letter
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
    counts: Mapped[dict[str, Any]]  # fate -> how often
    finished_at: Mapped[datetime | None]


class KeyRow(Base):
    """Keys that must outlive every rotation of the configured ones."""

    __tablename__ = "key"

    purpose: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))


class BatchRow(Base):
    """A share of an issue's deliveries that one worker sends at a time, under a lease.

    The counters say how many of its deliveries are in each state; they change in the transaction
    that changes the rows (delivery/counters.py), so that an account never reads a million rows.
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


class FeedbackRow(Base):
    """What somebody said of a mail after it left, once. No address is in it."""

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


class SetAsideRow(Base):
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
    """What may leave, and when: a bucket of tokens, and a pause with its reason.

    The key is `all` and `hour` for the limits of everything, `domain:<name>` for one domain's, and
    `transport` for the provider as a whole.
    """

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(String(270), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float, default=0.0)
    filled_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    troubles: Mapped[int] = mapped_column(default=0)  # in a row; the pause grows with them
