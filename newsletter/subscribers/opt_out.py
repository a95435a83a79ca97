"""How readers leave, and how they take it back."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import Standing, SubscriberRow, SubscriptionRow
from newsletter.reader_locks import lock_everybody
from newsletter.subscribers import consent_log, suppression
from newsletter.subscribers.consent_log import ConsentAction, ConsentEvidence
from newsletter.subscribers.lifecycle import subscriptions

UNDO_WITHIN = timedelta(days=7)  # leaving, by its page or by the mail after it


def resubscribe(
    session: Session, subscriber: SubscriberRow, newsletter: str | None, since: datetime
) -> list[str]:
    """Take back a leaving that was not before `since`; returns what they have again."""
    if subscriber.standing == Standing.PENDING or suppression.suppression_reason(
        session, subscriber.email
    ):
        return []
    resumed = [
        subscription
        for subscription in subscriptions(session, subscriber)
        if subscription.left_at is not None
        and subscription.left_at >= since
        and newsletter in (None, subscription.newsletter)
    ]
    for subscription in resumed:
        subscription.left_at = None
    if resumed:
        subscriber.standing, subscriber.left_at = Standing.CONFIRMED, None
    return [subscription.newsletter for subscription in resumed]


def left_before(
    session: Session, subscriber: SubscriberRow, newsletter: str | None
) -> datetime | None:
    """When they left a newsletter, or all (None); None where they still read it."""
    if newsletter is None:
        return subscriber.left_at if subscriber.standing == Standing.LEFT else None
    rows = subscriptions(session, subscriber)
    return next((row.left_at for row in rows if row.newsletter == newsletter), None)


def unsubscribe(
    session: Session,
    subscriber: SubscriberRow,
    newsletters: Collection[str] | None,
    evidence: ConsentEvidence,
    now: datetime,
    held: Sequence[SubscriptionRow] | None = None,
) -> list[str]:
    """End a subscriber's subscriptions to some newsletters, or all (None); returns those ended.

    A second time changes nothing. Requests by a link of ours go by `opt_out_by_link`. `held` are
    the subscriptions, where the caller has them.
    """
    ended = end_subscriptions(session, subscriber, newsletters, now, held)
    if ended:
        consent_log.record_consent(session, subscriber, ConsentAction.LEFT, ended, evidence, now)
    return ended


def end_subscriptions(
    session: Session,
    subscriber: SubscriberRow,
    newsletters: Collection[str] | None,
    now: datetime,
    held: Sequence[SubscriptionRow] | None = None,
) -> list[str]:
    """End some subscriptions, or all (None), and return those that ended just now."""
    if held is None:
        held = subscriptions(session, subscriber)
    active = [subscription for subscription in held if subscription.left_at is None]
    ended = [
        subscription
        for subscription in active
        if newsletters is None or subscription.newsletter in newsletters
    ]
    for subscription in ended:
        subscription.left_at = now
    if (ended or newsletters is None) and len(ended) == len(active):
        subscriber.standing = Standing.LEFT
        subscriber.left_at = subscriber.left_at or now
    return [subscription.newsletter for subscription in ended]


def forget_subscriptions(
    session: Session, subscriber: SubscriberRow, newsletters: Collection[str]
) -> None:
    """As if they had never had them: no link of theirs brings these back."""
    for subscription in subscriptions(session, subscriber):
        if subscription.newsletter in newsletters:
            session.delete(subscription)
    session.flush()


def end_newsletter(
    session: Session, newsletter: str, evidence: ConsentEvidence, now: datetime
) -> int:
    """A newsletter is over: unsubscribe all its readers; returns how many."""
    held = (SubscriptionRow.newsletter == newsletter, SubscriptionRow.left_at.is_(None))
    lock_everybody(session)
    readers = session.scalars(
        select(SubscriberRow)
        .join(SubscriptionRow, SubscriptionRow.subscriber_id == SubscriberRow.id)
        .where(*held)
    ).all()
    for reader in readers:
        unsubscribe(session, reader, [newsletter], evidence, now)
    return len(readers)
