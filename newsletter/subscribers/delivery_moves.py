"""Moves deliveries of a reader who changed their address to the subscriber at the new one.

Pending deliveries move along. A delivery on the wire, uncertain or failed stays with the old
address, since feedback on that mail may still come. If it becomes pending again, it moves at the
next claim. It gets a new reference then, so that feedback on the old mail does not count for the
new address.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter.models import (
    AddressChangeRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    Standing,
    SubscriberRow,
    SubscriptionRow,
    new_reference,
)


def hand_over(
    session: Session, one: SubscriberRow, other: SubscriberRow, newsletters: Collection[str]
) -> None:
    """Give the pending issues of one subscriber to another, who gets each of them once."""
    issues = session.scalars(
        select(DeliveryRow.issue_id)
        .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
        .where(
            DeliveryRow.subscriber_id == one.id,
            DeliveryRow.state == DeliveryState.PENDING,
            IssueRow.newsletter.in_(newsletters),
        )
        .order_by(DeliveryRow.issue_id)
    ).all()
    for issue_id in issues:
        if _has_room(session, issue_id, other.id):
            _give(session, issue_id, one.id, other.id)


def follow(session: Session, issue_id: int, subscriber_ids: Collection[int]) -> set[int]:
    """Give pending deliveries of readers who moved to their successors; whose were given."""
    return {
        number
        for number, other in _successors(session, issue_id, subscriber_ids)
        if _give(session, issue_id, number, other)
    }


def who_moved(session: Session, issue_id: int, subscriber_ids: Collection[int]) -> set[int]:
    """The readers of these whose successor is to get that issue, and has not yet."""
    return {number for number, _ in _successors(session, issue_id, subscriber_ids)}


def _successors(
    session: Session, issue_id: int, subscriber_ids: Collection[int]
) -> Iterator[tuple[int, int]]:
    if not subscriber_ids:
        return
    issue = session.get_one(IssueRow, issue_id)
    if not session.scalar(select(exists().where(_since(issue.frozen_at)))):
        return
    for number in sorted(subscriber_ids):
        other = _successor(session, issue, number)
        if other is not None:
            yield number, other


def _successor(session: Session, issue: IssueRow, number: int) -> int | None:
    """The subscriber who reads the newsletter in their place, by moves since the freezing.

    None where they still read it themselves, have no successor, or that one has the issue already.
    """
    if _reads(session, issue, number):
        return None
    seen, ahead = {number}, [(number, True)]
    while ahead:
        here, is_meant = ahead.pop(0)
        if is_meant and here != number and _reads(session, issue, here):
            return here if _has_room(session, issue.id, here) else None
        for other, follows in _neighbours(session, issue, here):
            if other not in seen and (is_meant or follows):
                seen.add(other)
                ahead.append((other, follows))
    return None


def _neighbours(session: Session, issue: IssueRow, number: int) -> Iterator[tuple[int, bool]]:
    """Moves from this reader, and undone moves to them; True marks these.

    Last come other moves to them, which only lead on the way to such a one.
    """
    change = AddressChangeRow
    for target in session.scalars(
        select(change.merged_into)
        .where(change.subscriber_id == number, change.done_at >= issue.frozen_at)
        .order_by(change.done_at.desc())
    ):
        if target is not None:
            yield target, True
    address = select(SubscriberRow.email).where(SubscriberRow.id == number).scalar_subquery()
    taken_back = and_(change.new_email == address, change.undone_at >= issue.frozen_at)
    came = or_(taken_back, change.merged_into == number)
    for source, undone_at in session.execute(
        select(change.subscriber_id, change.undone_at).where(came).order_by(change.id.desc())
    ):
        yield source, undone_at is not None


def _since(moment: datetime) -> ColumnElement[bool]:
    return or_(AddressChangeRow.done_at >= moment, AddressChangeRow.undone_at >= moment)


def _reads(session: Session, issue: IssueRow, number: int) -> bool:
    reader = exists().where(
        SubscriberRow.id == number,
        SubscriberRow.standing == Standing.CONFIRMED,
        SubscriptionRow.subscriber_id == SubscriberRow.id,
        SubscriptionRow.newsletter == issue.newsletter,
        SubscriptionRow.left_at.is_(None),
    )
    return bool(session.scalar(select(reader)))


def _has_room(session: Session, issue_id: int, number: int) -> bool:
    """Whether they have no delivery of the issue, or one that was skipped."""
    theirs = exists().where(
        DeliveryRow.issue_id == issue_id,
        DeliveryRow.subscriber_id == number,
        DeliveryRow.state != DeliveryState.SKIPPED,
    )
    return not session.scalar(select(theirs))


def _give(session: Session, issue_id: int, one: int, other: int) -> bool:
    """Give one subscriber's pending delivery to the other, whose skipped one comes in return.

    It loses the servers' words and the attempts, which are about the other address.
    """
    waits = select(DeliveryRow.reference).where(
        DeliveryRow.issue_id == issue_id,
        DeliveryRow.subscriber_id == one,
        DeliveryRow.state == DeliveryState.PENDING,
    )
    if session.scalar(waits.with_for_update()) is None:
        return False  # a sender was quicker
    highest = select(func.max(DeliveryRow.subscriber_id)).where(DeliveryRow.issue_id == issue_id)
    spare = max(session.scalar(highest) or 0, other) + 1
    for before, after, reason in ((other, spare, "left"), (one, other, None), (spare, one, "left")):
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.issue_id == issue_id, DeliveryRow.subscriber_id == before)
            .values(
                subscriber_id=after,
                reference=new_reference(),
                reason=reason,
                attempts=0,
                provider_id=None,
            ),
            execution_options={"synchronize_session": False},
        )
    return True
