"""Subscribers as the readers of an issue."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from newsletter.errors import WrongUseError
from newsletter.models import DeliveryRow, IssueRow, Rhythm, SubscriberRow, SubscriptionRow
from newsletter.rendering.recipient import Recipient
from newsletter.subscribers import lifecycle

# What must be known of a subscriber and a subscription to make a reader of them.
READER: tuple[InstrumentedAttribute[Any], ...] = (
    SubscriberRow.id,
    SubscriberRow.email,
    SubscriberRow.language,
    SubscriberRow.moves,
    SubscriberRow.confirmed_at,
    SubscriptionRow.detail,
    SubscriptionRow.left_out,
    SubscriptionRow.rhythm,
    SubscriptionRow.since,
)


def load_recipient(session: Session, newsletter: str, day: date, email: str) -> Recipient:
    """A subscriber as the reader of that day's issue, with the reference minted for it if any.

    Raises:
        WrongUseError: no subscriber has this address, or not this newsletter.
    """
    subscriber = lifecycle.get_subscriber(session, email)
    row = session.execute(
        select(*READER, SubscriptionRow.had_issue)
        .join(SubscriptionRow, SubscriptionRow.subscriber_id == SubscriberRow.id)
        .where(SubscriberRow.id == subscriber.id, SubscriptionRow.newsletter == newsletter)
    ).one_or_none()
    if row is None:
        raise WrongUseError(f"{subscriber.email} does not subscribe to {newsletter}")
    delivery = session.execute(
        select(DeliveryRow.reference, DeliveryRow.had_issue)
        .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
        .where(
            IssueRow.newsletter == newsletter,
            IssueRow.day == day,
            DeliveryRow.subscriber_id == subscriber.id,
        )
    ).one_or_none()
    reference, had_issue = delivery or ("preview", row.had_issue)
    return build_recipient(row, reference, had_issue)


def build_recipient(
    row: Row[*tuple[Any, ...]],
    reference: str,
    had_issue: int | None,
    attempts: int = 0,
    last_words: str = "",
    refused_at: datetime | None = None,
) -> Recipient:
    """From a row that holds the columns of `READER`, by whatever other columns."""
    since = row.confirmed_at or row.since
    return Recipient(
        subscriber_id=row.id,
        email=row.email,
        detail=row.detail,
        left_out=row.left_out,
        language=row.language,
        since=since.date(),
        reference=reference,
        moves=row.moves,
        subscribed_at=row.since,
        attempts=attempts,
        last_words=last_words,
        refused_at=refused_at,
        had_issue=had_issue,
        only_picks=row.rhythm == Rhythm.PICKS,
    )
