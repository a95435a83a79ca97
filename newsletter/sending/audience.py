"""The audience of an issue, written down once: a row each, with its reference, in batches."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from newsletter.errors import NewsletterError
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    IssueState,
    Standing,
    SubscriberRow,
    SubscriptionRow,
)

BATCH_SIZE = 1000


def has_audience(session: Session, newsletter: str, subscribed_by: datetime) -> bool:
    """Whether somebody who is still a reader was one then."""
    return session.scalar(_audience(newsletter, subscribed_by).limit(1)) is not None


def freeze_audience(
    session: Session, issue: IssueRow, now: datetime, subscribed_by: datetime | None = None
) -> int:
    """Write down who gets this issue: everybody confirmed at this moment, once.

    With `subscribed_by` only who was a reader then: nobody is sent a day from before their time.

    The database does it by itself, references too, so that a million subscribers take seconds and
    no memory.
    """
    recipients = _audience(issue.newsletter, subscribed_by)
    audience = session.scalar(select(func.count()).select_from(recipients.subquery())) or 0
    if not audience:
        issue.state = IssueState.DONE
        return 0
    first = _batches(session, issue, (audience + BATCH_SIZE - 1) // BATCH_SIZE)
    _room_for_an_index(session)
    chosen = _deliveries(session, issue, recipients, first, now)
    columns = [column.name for column in chosen.selected_columns]
    session.execute(insert(DeliveryRow).from_select(columns, chosen, include_defaults=False))
    _count(session, issue)
    return audience


def _batches(session: Session, issue: IssueRow, number: int) -> int:
    """Make so many batches; the id of the first. A writer is alone, so they follow one another."""
    session.execute(insert(BatchRow), [{"issue_id": issue.id}] * number)
    mine = select(BatchRow.id).where(BatchRow.issue_id == issue.id).order_by(BatchRow.id)
    ids = session.scalars(mine).all()
    if list(ids) != list(range(ids[0], ids[0] + number)):
        raise NewsletterError("batches could not be numbered; run again")
    return ids[0]


def _audience(newsletter: str, subscribed_by: datetime | None) -> Select[int, date | None]:
    readers = (
        select(SubscriptionRow.subscriber_id, SubscriptionRow.paused_until)
        .join(SubscriberRow, SubscriberRow.id == SubscriptionRow.subscriber_id)
        .where(
            SubscriptionRow.newsletter == newsletter,
            SubscriptionRow.left_at.is_(None),
            SubscriberRow.standing == Standing.CONFIRMED,
        )
    )
    return (
        readers if subscribed_by is None else readers.where(SubscriptionRow.since < subscribed_by)
    )


def _deliveries(
    session: Session,
    issue: IssueRow,
    audience: Select[int, date | None],
    first: int,
    now: datetime,
) -> Select[*tuple[Any, ...]]:
    place = func.row_number().over(order_by=SubscriptionRow.subscriber_id) - 1
    recipients = audience.add_columns(place.label("place")).subquery()
    paused = and_(recipients.c.paused_until.is_not(None), recipients.c.paused_until >= issue.day)
    until = cast(recipients.c.paused_until, String(10))
    return select(
        literal(issue.id).label("issue_id"),
        recipients.c.subscriber_id,
        (literal(first) + recipients.c.place // BATCH_SIZE).label("batch_id"),
        _reference(session).label("reference"),
        case((paused, DeliveryState.SKIPPED), else_=DeliveryState.PENDING).label("state"),
        case((paused, literal("paused until ").concat(until)), else_=null()).label("reason"),
        literal(0).label("attempts"),
        literal(now, DeliveryRow.changed_at.type).label("changed_at"),
    )


def _reference(session: Session) -> ColumnElement[str]:
    """96 random bits or more, minted by the database for each row."""
    if session.get_bind().dialect.name == "sqlite":
        return func.lower(func.hex(func.randomblob(12)))
    return func.replace(cast(func.gen_random_uuid(), String), "-", "")


def _count(session: Session, issue: IssueRow) -> None:
    def number(state: DeliveryState) -> ColumnElement[int]:
        return (
            select(func.count())
            .where(DeliveryRow.batch_id == BatchRow.id, DeliveryRow.state == state)
            .scalar_subquery()
        )

    pending, skipped = number(DeliveryState.PENDING), number(DeliveryState.SKIPPED)
    session.execute(
        update(BatchRow)
        .where(BatchRow.issue_id == issue.id)
        .values(pending=pending, skipped=skipped)
        .execution_options(synchronize_session=False)
    )


def _room_for_an_index(session: Session) -> None:
    """References are random: with SQLite's usual 2 MB, a million of them would thrash the disk."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA cache_size = -131072"))
