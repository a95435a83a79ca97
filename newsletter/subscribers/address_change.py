"""From one address to another: asked for by the preferences link, confirmed from the new address.

Links in old mails name a subscriber, not an address. After a move they mean the same person; where
the new address was a subscriber's already, they mean both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter import outbox
from newsletter.interests import interest_store
from newsletter.models import AddressChangeRow, Standing, SubscriberRow
from newsletter.outbox import EmailType
from newsletter.subscribers import lifecycle, suppression
from newsletter.subscribers.consent_log import ConsentEvidence
from newsletter.subscribers.tokens import ALL

CONFIRM_WITHIN = timedelta(days=1)
UNDO_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class UnsubscribeRequest:
    """What a link to leave asks for: away from one newsletter, or from `ALL`."""

    subscriber_id: int
    newsletter: str
    evidence: ConsentEvidence
    at: datetime
    mails_undo: bool = False  # a mail with the way back, where it changes anything


def request_change(
    session: Session, subscriber: SubscriberRow, new_email: str, now: datetime
) -> AddressChangeRow:
    """Note the wish; an earlier one that nobody confirmed is dropped."""
    session.execute(
        delete(AddressChangeRow).where(
            AddressChangeRow.subscriber_id == subscriber.id, AddressChangeRow.done_at.is_(None)
        )
    )
    row = AddressChangeRow(
        subscriber_id=subscriber.id,
        old_email=subscriber.email,
        new_email=new_email,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    return row


def apply_change(session: Session, change: AddressChangeRow, now: datetime) -> SubscriberRow | None:
    """The new address said yes. Returns who has it now; None where the wish does not hold any more.

    Nothing happens where they left meanwhile, or moved in another way.
    """
    subscriber = session.get(SubscriberRow, change.subscriber_id)
    if subscriber is None or change.undone_at is not None:
        return None
    if change.done_at is not None:
        return session.get(SubscriberRow, change.merged_into or change.subscriber_id)
    if subscriber.email != change.old_email or subscriber.standing != Standing.CONFIRMED:
        return None
    other = lifecycle.find_subscriber(session, change.new_email)
    change.done_at = now
    suppression.lift_suppression(session, change.new_email)
    if other is None:
        subscriber.email = change.new_email
        return subscriber
    _merge(session, subscriber, other, now)
    interest_store.move(session, subscriber.id, other.id, now)
    change.merged_into = other.id
    return other


def undo_change(session: Session, change: AddressChangeRow, now: datetime) -> bool:
    """It was not they: everything comes to the old address again."""
    subscriber = session.get(SubscriberRow, change.subscriber_id)
    if subscriber is None or change.done_at is None:
        return False
    if change.undone_at is not None:
        return True
    if change.merged_into is not None:
        lifecycle.resubscribe(session, subscriber, None, change.done_at)
        interest_store.undo_move(session, change.merged_into, change.done_at)
    elif subscriber.email == change.new_email and not lifecycle.find_subscriber(
        session, change.old_email
    ):
        subscriber.email = change.old_email
    else:
        return False
    change.undone_at, change.merged_into = now, None
    return True


def resolve_subscriber_ids(session: Session, subscriber_id: int) -> Sequence[SubscriberRow]:
    """Everybody that a link with this number means: nobody, one, or one and whom they became."""
    subscribers: list[SubscriberRow] = []
    ahead = [subscriber_id]
    while ahead:
        subscriber = session.get(SubscriberRow, ahead.pop())
        if subscriber is None or subscriber in subscribers:
            continue
        subscribers.append(subscriber)
        merged = select(AddressChangeRow.merged_into).where(
            AddressChangeRow.subscriber_id == subscriber.id
        )
        ahead += [target_id for target_id in session.scalars(merged) if target_id is not None]
    return subscribers


def unsubscribe_following_changes(
    session: Session,
    subscriber_id: int,
    newsletter: str,
    evidence: ConsentEvidence,
    now: datetime,
) -> None:
    """Everybody whom a link, or an issue's mail, means leaves; there may be nobody any more."""
    newsletters = None if newsletter == ALL else [newsletter]
    for subscriber in resolve_subscriber_ids(session, subscriber_id):
        lifecycle.unsubscribe(session, subscriber, newsletters, evidence, now)


def unsubscribe_all(session: Session, requests: Sequence[UnsubscribeRequest]) -> None:
    """The same for many, in a handful of statements."""
    ids = {request.subscriber_id for request in requests}
    rows = session.scalars(select(SubscriberRow).where(SubscriberRow.id.in_(ids)))
    subscribers = {row.id: row for row in rows}
    merged = AddressChangeRow.merged_into.is_not(None)
    moved = set(
        session.scalars(
            select(AddressChangeRow.subscriber_id).where(
                AddressChangeRow.subscriber_id.in_(ids), merged
            )
        )
    )
    held = lifecycle.subscriptions_of(session, ids - moved)
    for request in requests:
        number, newsletter, now = request.subscriber_id, request.newsletter, request.at
        meant = [subscribers[number]] if number in subscribers else []
        if number in moved:
            meant = list(resolve_subscriber_ids(session, number))
        for subscriber in meant:
            newsletters = None if newsletter == ALL else [newsletter]
            ended = lifecycle.unsubscribe(
                session, subscriber, newsletters, request.evidence, now, held.get(subscriber.id)
            )
            if ended and request.mails_undo:
                outbox.enqueue(session, EmailType.LEFT, subscriber, now, {"left": newsletter})


def merged_from(session: Session, subscriber: SubscriberRow) -> Sequence[SubscriberRow]:
    """Those who were merged into this one: the same person under an address of old."""
    return session.scalars(
        select(SubscriberRow)
        .join(AddressChangeRow, AddressChangeRow.subscriber_id == SubscriberRow.id)
        .where(AddressChangeRow.merged_into == subscriber.id)
        .distinct()
    ).all()


def _merge(
    session: Session, subscriber: SubscriberRow, other: SubscriberRow, now: datetime
) -> None:
    """Bring the subscriptions to who has the address, then leave as oneself."""
    mine = lifecycle.active_subscriptions(session, subscriber)
    details = {slug: subscription.detail for slug, subscription in mine.items()}
    if other.standing != Standing.CONFIRMED:
        other.language = subscriber.language
    lifecycle.confirm_subscriptions(session, other, details, now)
    for slug, subscription in lifecycle.active_subscriptions(session, other).items():
        if slug in mine:
            subscription.detail = mine[slug].detail
            subscription.left_out = mine[slug].left_out
            subscription.paused_until = mine[slug].paused_until
    lifecycle.end_subscriptions(session, subscriber, None, now)
