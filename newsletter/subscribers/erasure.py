"""Erases a person. A keyed hash stays, so that others cannot bring their address back.

An issue's account must balance for ever, so a delivery stays as a number. It moves to a negative
subscriber number, another one in every issue. It loses all that could lead back to the person: the
reference that their mail bears, the provider's id, a reason that may quote an address.
"""

from datetime import datetime

from sqlalchemy import Column, Table, delete, func, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters, notice_queue, outbox
from newsletter.models import (
    Base,
    DeliveryRow,
    DeliveryState,
    QuarantineRow,
    Standing,
    SubscriberRow,
    new_reference,
)
from newsletter.notice_queue import Notice
from newsletter.reader_locks import lock_readers
from newsletter.subscribers import (
    address_change,
    form_limits,
    lifecycle,
    signups,
    suppression,
)


def erase(session: Session, subscriber: SubscriberRow, now: datetime) -> None:
    """Forget the subscriber, their former selves before a move, and all their rows.

    Mails that wait for them are skipped, in the outbox too. A mail on the wire still gets its
    outcome written down, by `forget_delivery`. The object stays readable, for a last mail. While
    the move from an earlier address can be taken back, that address stays (`erase_left_behind`): a
    thief of a subscription must not be able to erase its owner.
    """
    session.flush()
    lock_readers(session, [person.id for person in _same_person(session, subscriber, now)])
    everybody = [
        (person, person.id, person.email) for person in _same_person(session, subscriber, now)
    ]
    for person, number, _ in everybody:
        _tell(session, person, now)
        session.expunge(person)
        outbox.delete_for(session, number)
        form_limits.forget_key(session, str(number))
        _detach_deliveries(session, number)
    for _, number, _ in everybody:
        address_change.forget_new_address(session, number, now)
        for table, column in _columns_referring_to(SubscriberRow.__tablename__):
            session.execute(delete(table).where(column == number))
    for _, number, address in everybody:
        session.execute(delete(SubscriberRow).where(SubscriberRow.id == number))
        erase_address(session, address, now)
    from newsletter.interests import interest_store

    interest_store.forget_unnamed(session)
    session.expire_all()


def erase_left_behind(session: Session, now: datetime) -> None:
    """Erase the old addresses of erased readers, once their moves cannot be taken back."""
    for change in address_change.left_behind(session, now):
        subscriber = session.get(SubscriberRow, change.subscriber_id)
        if subscriber is not None and subscriber.standing == Standing.LEFT:
            erase(session, subscriber, now)
        else:
            session.delete(change)


def erase_address(session: Session, address: str, now: datetime) -> None:
    """Keep only the keyed hash of a (normalized) address, whether or not it has a subscriber.

    Waiting sign-ups and mails are deleted, with counts and with quarantined feedback.
    """
    signups.forget_address(session, address)
    for table, column in _address_columns():
        session.execute(delete(table).where(column == address))
    session.execute(
        delete(QuarantineRow).where(QuarantineRow.content.icontains(address, autoescape=True))
    )
    suppression.suppress_erased(session, address, now)


def is_erased(subscriber_id: int) -> bool:
    """Whether a delivery's subscriber was erased."""
    return subscriber_id < 0


def forget_delivery(delivery: DeliveryRow) -> None:
    """Take out of an erased person's delivery all that leads back to them."""
    delivery.reference = new_reference()
    delivery.reason = suppression.ERASED
    delivery.provider_id = None


def _tell(session: Session, subscriber: SubscriberRow, now: datetime) -> None:
    """Tell the targets of [notify] to forget the reader, by number only."""
    notice_queue.forget(session, subscriber.id)
    if subscriber.confirmed_at is not None:
        slugs = [row.newsletter for row in lifecycle.subscriptions(session, subscriber)]
        notice_queue.enqueue_notice(session, Notice("erased", subscriber, slugs), now)


def _same_person(session: Session, subscriber: SubscriberRow, now: datetime) -> list[SubscriberRow]:
    """The same person under every address that was merged into this one."""
    persons: list[SubscriberRow] = []
    ahead = [subscriber]
    while ahead:
        person = ahead.pop()
        if person not in persons:
            persons.append(person)
            ahead += address_change.merged_from(session, person, now)
    return persons


def _detach_deliveries(session: Session, number: int) -> None:
    rows = session.scalars(select(DeliveryRow).where(DeliveryRow.subscriber_id == number)).all()
    for row in rows:
        if row.state == DeliveryState.PENDING:
            row.state = DeliveryState.SKIPPED
            delivery_counters.count_change(
                session, row.batch_id, DeliveryState.PENDING, DeliveryState.SKIPPED, 1
            )
        if row.state != DeliveryState.SENDING:
            forget_delivery(row)
        session.flush()
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.issue_id == row.issue_id, DeliveryRow.subscriber_id == number)
            .values(subscriber_id=_nobody(session, row.issue_id)),
            execution_options={"synchronize_session": False},
        )
        session.expunge(row)


def _nobody(session: Session, issue_id: int) -> int:
    lowest = session.scalar(
        select(func.min(DeliveryRow.subscriber_id)).where(DeliveryRow.issue_id == issue_id)
    )
    return min(lowest or 0, 0) - 1


def _columns_referring_to(name: str) -> list[tuple[Table, Column[int]]]:
    """Every column with a foreign key to that table, also those that come later."""
    return [
        (table, column)
        for table in reversed(Base.metadata.sorted_tables)
        for column in table.columns
        if any(key.column.table.name == name for key in column.foreign_keys)
    ]


def _address_columns() -> list[tuple[Table, Column[str]]]:
    """Every column that holds plain addresses, also those that come later."""
    return [
        (table, column)
        for table in reversed(Base.metadata.sorted_tables)
        for column in table.columns
        if column.name.endswith("email") and table.name != SubscriberRow.__tablename__
    ]
