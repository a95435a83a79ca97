"""Mails that wait to be sent: written in the transaction that makes them due.

So nothing is lost in a crash, and any process may send them. One that dies with a mail in hand
leaves it to the next after `LEASE`; the same message (by its Message-ID) may then arrive twice,
which is better than a confirm mail that never came.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from newsletter.database.json_texts import as_list, listed
from newsletter.models import OutboxRow, SentOutboxRow, SubscriberRow, new_reference
from newsletter.retry_schedule import LEASE, RetrySchedule

_RETRIES = RetrySchedule((1, 5, 15, 60), given_up_after=timedelta(days=2))
_LOOKED_AT = 1000
_BOUNCES_WITHIN = timedelta(days=14)


class EmailType(StrEnum):
    CONFIRM = "confirm"
    ALREADY = "already"
    WELCOME = "welcome"
    ERASED = "goodbye"  # the value is stored, and names its templates
    LEFT = "left"
    CHANGE = "change"
    CHANGED = "changed"
    DATA = "data"
    ERASE = "erase"
    NOTICE = "notice"  # to the operator: who came, who left


def enqueue(
    session: Session,
    kind: EmailType,
    subscriber: SubscriberRow,
    now: datetime,
    about: Mapping[str, object] | None = None,
    email: str | None = None,
) -> OutboxRow:
    """Put a mail into the outbox, to the subscriber's address or to another one of theirs."""
    to, language = email or subscriber.email, subscriber.language
    return _enqueue(session, kind, (to, language, subscriber.id), about or {}, now)


def enqueue_for_operator(
    session: Session, email: str, about: Mapping[str, object], now: datetime
) -> OutboxRow:
    """Put a mail to whoever runs this into the outbox."""
    nobody = 0
    return _enqueue(session, EmailType.NOTICE, (email, "en", nobody), about, now)


def _enqueue(
    session: Session,
    kind: EmailType,
    reader: tuple[str, str, int],
    about: Mapping[str, object],
    now: datetime,
) -> OutboxRow:
    email, language, subscriber_id = reader
    row = OutboxRow(
        kind=kind,
        email=email,
        language=language,
        subscriber_id=subscriber_id,
        reference=new_reference(),
        about=dict(about),
        written_at=now,
        attempts=0,
        not_before=now,
    )
    session.add(row)
    return row


def claim_next(session: Session, now: datetime) -> OutboxRow | None:
    """The oldest mail that is due, leased to the caller, who commits before sending it."""
    row = session.scalar(
        select(OutboxRow)
        .where(_due(now))
        .order_by(OutboxRow.not_before, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is not None:
        lease(row, now)
    return row


def lease(row: OutboxRow, now: datetime) -> None:
    """Count an attempt, and keep other processes off the mail for `LEASE`."""
    row.attempts += 1
    row.not_before = now + LEASE


def postpone(row: OutboxRow, until: datetime) -> None:
    """Put a leased email back that was not tried at all."""
    row.attempts -= 1
    row.not_before = until


def delete_email(session: Session, row_id: int) -> None:
    """Delete a mail that left or never will."""
    session.execute(delete(OutboxRow).where(OutboxRow.id == row_id))


def record_sent(session: Session, row: OutboxRow, now: datetime) -> None:
    """Delete a mail that left; keep its address for as long as it may bounce.

    Keep no address of a reader who was erased meanwhile, of the mail about it, or of the operator.
    """
    session.execute(delete(SentOutboxRow).where(SentOutboxRow.sent_at < now - _BOUNCES_WITHIN))
    still_here = session.get(OutboxRow, row.id, with_for_update=True) is not None
    delete_email(session, row.id)
    if still_here and row.kind not in (EmailType.ERASED, EmailType.NOTICE):
        _keep_sent(session, row, now)


def _keep_sent(session: Session, row: OutboxRow, sent_at: datetime) -> None:
    session.add(
        SentOutboxRow(
            reference=row.reference,
            email=row.email,
            subscriber_id=row.subscriber_id,
            sent_at=sent_at,
        )
    )


def addresses_of(session: Session, references: Collection[str]) -> dict[str, str]:
    """The addresses of mails that left or wait, by reference."""
    addresses: dict[str, str] = {}
    for table in (OutboxRow, SentOutboxRow):
        rows = select(table.reference, table.email).where(table.reference.in_(listed("references")))
        found = session.execute(rows, {"references": as_list(references)})
        addresses.update({reference: email for reference, email in found})  # noqa: C416 - a Row is no pair to the type checker
    return addresses


def retry_later(session: Session, row_id: int, now: datetime) -> bool:
    """Try again later; False where it has waited long enough and is given up."""
    row = session.get(OutboxRow, row_id, with_for_update=True)
    if row is None:
        return False
    again = _RETRIES.next_attempt(row.attempts, row.written_at, now)
    if again is None:
        session.delete(row)
        return False
    row.not_before = again
    return True


def carry_over(old: Session, new: Session) -> int:
    """Take out of a restored outbox what has left the old one since the copy; how many."""
    waiting = set(old.scalars(select(OutboxRow.reference)))
    gone = [row for row in new.scalars(select(OutboxRow)) if row.reference not in waiting]
    for row in gone:
        new.delete(row)
        sent = old.get(SentOutboxRow, row.reference)
        if sent is not None:
            _keep_sent(new, row, sent.sent_at)
    return len(gone)


def delete_for(session: Session, subscriber_id: int) -> None:
    """Delete a subscriber's mails, those that wait and what is kept of those that left."""
    for table in (OutboxRow, SentOutboxRow):
        session.execute(delete(table).where(table.subscriber_id == subscriber_id))


def is_due(session: Session, now: datetime) -> bool:
    return session.scalar(select(OutboxRow.id).where(_due(now)).limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    """What a newer version wrote of a kind that is unknown here waits for that version."""
    return and_(OutboxRow.not_before <= now, OutboxRow.kind.in_(list(EmailType)))


def domains_due(session: Session, now: datetime) -> int:
    """How many domains the mails that are due go to; of very many, the oldest."""
    emails = select(OutboxRow.email).where(_due(now))
    oldest = session.scalars(emails.order_by(OutboxRow.not_before).limit(_LOOKED_AT))
    return len({email.rpartition("@")[2] for email in oldest})


def backlog(session: Session) -> tuple[int, datetime | None]:
    """How many mails wait, and since when the oldest does."""
    number, oldest = session.execute(select(func.count(), func.min(OutboxRow.written_at))).one()
    return int(number), oldest
