"""From one address to another: asked for by the preferences link, confirmed from the new address.

A subscriber is an address: a move ends the subscriptions of the old one and begins the same ones at
the new. The history and the data of the old address stay with it. Links in old mails name the old
subscriber; after a move they mean both. For a week the old address can take the move back, whatever
became of the new one.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from newsletter.models import (
    AddressChangeRow,
    Standing,
    SubscriberRow,
)
from newsletter.reader_locks import lock_addresses, lock_readers
from newsletter.subscribers import delivery_moves, lifecycle, opt_out, rhythm, suppression

CONFIRM_WITHIN = timedelta(days=1)
UNDO_WITHIN = timedelta(days=7)
_FORGOTTEN = ""  # in place of a new address whose owner was erased
_EVER = datetime.min.replace(tzinfo=UTC)


def request_change(
    session: Session, subscriber: SubscriberRow, new_email: str, now: datetime
) -> AddressChangeRow:
    """Note the wish; an earlier unconfirmed one is dropped."""
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


def lock_both(session: Session, change: AddressChangeRow) -> None:
    """Lock the subscriber who moves and the one at the new address."""
    theirs = or_(SubscriberRow.id == change.subscriber_id, SubscriberRow.email == change.new_email)
    lock_readers(session, session.scalars(select(SubscriberRow.id).where(theirs)).all())


def apply_change(session: Session, change: AddressChangeRow, now: datetime) -> SubscriberRow | None:
    """The new address said yes. Returns its subscriber; None where the wish is void by now.

    It is void where the reader left meanwhile or moved in another way, or the new address is dead.
    """
    lock_both(session, change)
    subscriber = session.get(SubscriberRow, change.subscriber_id)
    if subscriber is None or change.undone_at is not None:
        return None
    if change.done_at is not None:
        holder = session.get(SubscriberRow, change.merged_into or subscriber.id)
        return holder if holder is not None and holder.standing == Standing.CONFIRMED else None
    is_open = subscriber.email == change.old_email and subscriber.standing == Standing.CONFIRMED
    if not is_open or not can_be_mailed(session, change.new_email):
        return None
    holder = lifecycle.find_subscriber(session, change.new_email)
    if holder is None:
        holder = SubscriberRow(
            email=change.new_email,
            standing=Standing.PENDING,
            language=subscriber.language,
            created_at=now,
        )
        session.add(holder)
        session.flush()
    _carry_over(session, subscriber, holder, now)
    subscriber.moves += 1  # their links end for good, also where they take it back
    from newsletter.interests import interest_moves

    interest_moves.join_interests(session, subscriber.id, holder.id, now)
    change.done_at, change.merged_into = now, holder.id
    return holder


def has_moved_since(session: Session, subscriber: SubscriberRow, moment: datetime) -> bool:
    """Whether they moved to another address after that, taken back or not."""
    moved = (AddressChangeRow.subscriber_id == subscriber.id, AddressChangeRow.done_at >= moment)
    return session.scalar(select(exists().where(*moved))) or False


def can_be_taken_back(session: Session, subscriber: SubscriberRow, now: datetime) -> bool:
    """Whether a reader moved to this address so lately that the old one may take it back."""
    return session.scalar(select(exists().where(*_open_to(subscriber.id, now)))) or False


def resolve_subscriber_ids(session: Session, subscriber_id: int) -> Sequence[SubscriberRow]:
    """The subscriber that a link with this number means, and the one they moved to, if any."""
    subscribers: list[SubscriberRow] = []
    ahead = [subscriber_id]
    while ahead:
        subscriber = session.get(SubscriberRow, ahead.pop())
        if subscriber is None or subscriber in subscribers:
            continue
        subscribers.append(subscriber)
        merged = select(AddressChangeRow.merged_into).where(
            AddressChangeRow.subscriber_id == subscriber.id,
            # Who signed up anew at an address of old is not whom it left.
            AddressChangeRow.done_at >= (subscriber.confirmed_at or _EVER),
        )
        ahead += [target_id for target_id in session.scalars(merged) if target_id is not None]
    return subscribers


def lock_linked(
    session: Session, *numbers: int, beside: Collection[int] = ()
) -> Sequence[SubscriberRow]:
    """The same for several numbers, locked together.

    `beside` are more subscribers to lock, whatever their links mean.
    """
    found: list[SubscriberRow] = []
    while True:  # somebody may have moved while we waited
        locked = {subscriber.id for subscriber in found}
        linked = [
            subscriber
            for number in numbers
            for subscriber in resolve_subscriber_ids(session, number)
        ]
        found = list(dict.fromkeys(linked))
        theirs = {subscriber.id for subscriber in found}
        if theirs <= locked and not beside:
            return found
        lock_readers(session, theirs | set(beside))
        beside = ()


def lock_addresses_linked(session: Session, addresses: Collection[str]) -> Sequence[SubscriberRow]:
    """Lock the subscribers at these (normalized) addresses and those they moved to."""
    here = lock_addresses(session, addresses)
    moved = [subscriber.id for subscriber in _moved_from(session, addresses)]
    return list(dict.fromkeys([*here, *lock_linked(session, *moved)]))


def readers_moved_from(
    session: Session, addresses: Collection[str]
) -> dict[str, list[SubscriberRow]]:
    """By such an address, the subscribers its reader moved to and who read now."""
    became = {
        subscriber.email: [
            other
            for other in resolve_subscriber_ids(session, subscriber.id)
            if other is not subscriber and other.standing == Standing.CONFIRMED
        ]
        for subscriber in _moved_from(session, addresses)
    }
    return {address: readers for address, readers in became.items() if readers}


def merged_from(
    session: Session, subscriber: SubscriberRow, now: datetime
) -> Sequence[SubscriberRow]:
    """The subscribers who moved to this one for good: the same person, with an older address."""
    return session.scalars(
        select(SubscriberRow)
        .join(AddressChangeRow, AddressChangeRow.subscriber_id == SubscriberRow.id)
        .where(
            AddressChangeRow.merged_into == subscriber.id,
            AddressChangeRow.done_at <= now - UNDO_WITHIN,
        )
        .distinct()
    ).all()


def forget_new_address(session: Session, subscriber_id: int, now: datetime) -> None:
    """The new subscriber is erased: a move that can be taken back stays, without the address."""
    session.execute(
        update(AddressChangeRow)
        .where(*_open_to(subscriber_id, now))
        .values(merged_into=None, new_email=_FORGOTTEN)
    )


def left_behind(session: Session, now: datetime) -> Sequence[AddressChangeRow]:
    """Moves, no longer to be taken back, to a subscriber who was erased meanwhile."""
    return session.scalars(
        select(AddressChangeRow).where(
            AddressChangeRow.new_email == _FORGOTTEN,
            AddressChangeRow.undone_at.is_(None),
            AddressChangeRow.done_at <= now - UNDO_WITHIN,
        )
    ).all()


def can_be_mailed(session: Session, address: str) -> bool:
    """Whether a confirmation from this address counts; then its own no of before ends."""
    reason = suppression.suppression_reason(session, address)
    if reason is not None and not suppression.lifted_by_consent(reason):
        return False
    suppression.lift_suppression(session, address)
    return True


def _moved_from(session: Session, addresses: Collection[str]) -> Sequence[SubscriberRow]:
    moves = select(AddressChangeRow.subscriber_id).where(AddressChangeRow.merged_into.is_not(None))
    theirs = (SubscriberRow.email.in_(addresses), SubscriberRow.id.in_(moves))
    return session.scalars(select(SubscriberRow).where(*theirs).order_by(SubscriberRow.id)).all()


def _open_to(subscriber_id: int, now: datetime) -> list[ColumnElement[bool]]:
    """Moves to that subscriber that can still be taken back."""
    return [
        AddressChangeRow.merged_into == subscriber_id,
        AddressChangeRow.done_at > now - UNDO_WITHIN,
    ]


def _carry_over(
    session: Session, subscriber: SubscriberRow, holder: SubscriberRow, now: datetime
) -> None:
    """Begin the subscriptions at the new address, and end them at the old one."""
    mine = lifecycle.active_subscriptions(session, subscriber)
    if holder.standing != Standing.CONFIRMED:
        holder.language = subscriber.language
        had: set[str] = set()
    else:
        had = set(lifecycle.active_subscriptions(session, holder))
    details = {slug: subscription.detail for slug, subscription in mine.items()}
    lifecycle.confirm_subscriptions(session, holder, details, now)
    for slug, subscription in lifecycle.active_subscriptions(session, holder).items():
        if slug in mine:
            subscription.detail = mine[slug].detail
            subscription.left_out = mine[slug].left_out
            subscription.paused_until = mine[slug].paused_until
            rhythm.take_over(session, mine[slug], subscription, read_there=slug in had)
            if slug not in had:
                subscription.since = now
    opt_out.end_subscriptions(session, subscriber, None, now)
    delivery_moves.hand_over(session, subscriber, holder, mine)
