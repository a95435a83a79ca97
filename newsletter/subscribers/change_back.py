"""The old address takes a change back, whatever became of the new one since."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter import slugs
from newsletter.interests import interest_moves
from newsletter.models import AddressChangeRow, Standing, SubscriberRow
from newsletter.subscribers import address_change, consent_log, delivery_moves, lifecycle, opt_out
from newsletter.subscribers.consent_log import ConsentAction, ConsentEvidence


def undo_change(
    session: Session, change: AddressChangeRow, evidence: ConsentEvidence, now: datetime
) -> bool:
    """The old address takes the move back and has everything again; whether it reads now.

    The subscriber at the new address, or where that moved on to, loses what came by this move, and
    keeps what they themselves confirmed.
    """
    address_change.lock_linked(session, change.subscriber_id)
    subscriber = session.get(SubscriberRow, change.subscriber_id)
    if subscriber is None or change.done_at is None:
        return False
    if change.undone_at is None:
        if not address_change.can_be_mailed(session, change.old_email):
            return False
        if subscriber.email == change.old_email:
            _bring_back(session, subscriber, change, evidence, now)
        elif lifecycle.find_subscriber(session, change.old_email) is None:
            subscriber.email = change.old_email  # moved before a move made a subscriber of its own
        change.undone_at, change.merged_into = now, None
        subscriber.moves += 1
    is_reader = subscriber.standing == Standing.CONFIRMED and subscriber.email == change.old_email
    return is_reader and bool(lifecycle.active_subscriptions(session, subscriber))


def _bring_back(
    session: Session,
    subscriber: SubscriberRow,
    change: AddressChangeRow,
    evidence: ConsentEvidence,
    now: datetime,
) -> None:
    """Begin again what the move ended, and end what it began."""
    held = lifecycle.subscriptions(session, subscriber)
    moved = [subscription for subscription in held if subscription.left_at == change.done_at]
    holders = (
        address_change.resolve_subscriber_ids(session, change.merged_into)
        if change.merged_into
        else ()
    )
    for holder in holders:
        if holder is not subscriber:
            came = _came_by(session, holder, change, {row.newsletter for row in moved})
            opt_out.unsubscribe(session, holder, came, evidence.to_others(), now)
            delivery_moves.hand_over(session, holder, subscriber, came)
            opt_out.forget_subscriptions(session, holder, came)
            interest_moves.undo_move(session, holder.id, change.done_at or change.asked_at)
    for subscription in held:
        if subscription in moved:
            subscription.left_at = None
        elif subscriber.standing == Standing.PENDING:  # others may have asked for it
            subscription.left_at = subscription.left_at or now
    if moved:
        named = [subscription.newsletter for subscription in moved]
        subscriber.standing, subscriber.left_at = Standing.CONFIRMED, None
        consent_log.record_consent(
            session, subscriber, ConsentAction.CAME_BACK, named, evidence, now
        )
    session.flush()


def _came_by(
    session: Session, holder: SubscriberRow, change: AddressChangeRow, moved: Collection[str]
) -> list[str]:
    """The moved newsletters that the holder has by that move, without a yes of their own.

    Newsletters that they left or moved on since count, too: an undo of that must not return them.
    """
    since = change.done_at or change.asked_at
    held = {row.newsletter: row for row in lifecycle.subscriptions(session, holder)}
    own = {
        slug
        for entry in consent_log.consent_history(session, holder.id)
        if entry.act == ConsentAction.CONFIRMED and entry.at > since
        for slug in slugs.of_today(session, entry.newsletters)
    }
    return [
        slug
        for slug, subscription in held.items()
        if slug in moved and slug not in own and subscription.since >= since
    ]
