"""The audience of an issue, written down once: a row each, with its reference, in batches."""

from collections.abc import Collection
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
    or_,
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
    Rhythm,
    Standing,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.subscribers import rhythm

BATCH_SIZE = 1000


def has_audience(session: Session, newsletter: str, subscribed_by: datetime) -> bool:
    """Whether somebody who is still a reader was one then."""
    return session.scalar(_audience(newsletter, subscribed_by).limit(1)) is not None


def freeze_audience(
    session: Session, issue: IssueRow, now: datetime, subscribed_by: datetime | None = None
) -> int:
    """Write down who gets this issue: everybody confirmed at this moment, once.

    With `subscribed_by` only who was a reader then: nobody is sent a day from before their time.
    Of those who want a mail a week only whose day has come; the mail holds all they lack.

    The database does it by itself, references too, so that a million subscribers take seconds and
    no memory.
    """
    recipients = _audience(issue.newsletter, subscribed_by).where(_is_due(issue.day))
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
    _write_down_had(session, issue)
    return audience


def _batches(session: Session, issue: IssueRow, number: int) -> int:
    """Make so many batches; the id of the first. A writer is alone, so they follow one another."""
    session.execute(insert(BatchRow), [{"issue_id": issue.id}] * number)
    mine = select(BatchRow.id).where(BatchRow.issue_id == issue.id).order_by(BatchRow.id)
    ids = session.scalars(mine).all()
    if list(ids) != list(range(ids[0], ids[0] + number)):
        raise NewsletterError("batches could not be numbered; run again")
    return ids[0]


def give_back(session: Session, issue_id: int, subscribers: Collection[int]) -> None:
    """A pause began after the freezing: what a mail of several days held is in their next one."""
    issue = session.get_one(IssueRow, issue_id)
    held = select(DeliveryRow.had_issue).where(
        DeliveryRow.issue_id == issue_id,
        DeliveryRow.subscriber_id == SubscriptionRow.subscriber_id,
    )
    session.execute(
        update(SubscriptionRow)
        .where(
            SubscriptionRow.newsletter == issue.newsletter,
            SubscriptionRow.subscriber_id.in_(subscribers),
            SubscriptionRow.had_issue == issue_id,
        )
        .values(had_issue=held.scalar_subquery(), next_day=issue.day)
        .execution_options(synchronize_session=False)
    )


def _is_due(day: date) -> ColumnElement[bool]:
    """Who gets a mail of that day: a pause only puts off a mail of several days."""
    table = SubscriptionRow
    has_come = or_(table.next_day.is_(None), table.next_day <= day)
    reads = or_(table.paused_until.is_(None), table.paused_until < day)
    return or_(table.had_issue.is_(None), and_(has_come, reads))


def _write_down_had(session: Session, issue: IssueRow) -> None:
    """Whoever gets a mail of several days has had this issue; back to daily, each from now on."""
    table = SubscriptionRow
    audience = select(DeliveryRow.subscriber_id).where(DeliveryRow.issue_id == issue.id)
    for kind in Rhythm:
        weekday = kind.weekday
        had = None if weekday is None else issue.id
        next_day = None if weekday is None else rhythm.next_weekday(issue.day, weekday)
        session.execute(
            update(table)
            .where(
                table.newsletter == issue.newsletter,
                table.rhythm == kind,
                table.had_issue.is_not(None),
                table.subscriber_id.in_(audience),
            )
            .values(had_issue=had, next_day=next_day)
            .execution_options(synchronize_session=False)
        )


def _audience(
    newsletter: str, subscribed_by: datetime | None
) -> Select[int, date | None, int | None]:
    readers = (
        select(
            SubscriptionRow.subscriber_id, SubscriptionRow.paused_until, SubscriptionRow.had_issue
        )
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
    audience: Select[int, date | None, int | None],
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
        recipients.c.had_issue,
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
