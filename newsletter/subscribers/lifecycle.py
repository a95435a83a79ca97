"""Becoming a subscriber: asks, confirms, subscribes. `opt_out.py` has how somebody leaves."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.database.missing_rows import insert_missing
from newsletter.errors import WrongUseError
from newsletter.models import Rhythm, Standing, SubscriberRow, SubscriptionRow
from newsletter.reader_locks import lock_addresses
from newsletter.subscribers import consent_log, rhythm, suppression
from newsletter.subscribers.addresses import is_slip_of, normalize_address
from newsletter.subscribers.consent_log import Channel, ConsentAction

CONFIRMED_BY_LINK = "confirmed by the link in the mail"


@dataclass(frozen=True)
class SubscriptionRequest:
    """The wishes of a new subscriber."""

    newsletters: Sequence[str]
    detail: str
    language: str
    rhythm: str = ""  # as it is; of somebody new daily


def add_subscriber(
    session: Session,
    email: str,
    request: SubscriptionRequest,
    consent: str | None,
    now: datetime,
    way: Channel = Channel.OPERATOR,
) -> SubscriberRow:
    """Add a subscriber: confirmed where there is proof of consent, else pending.

    `way` says by whom the proof came.

    A reader who left one newsletter or all, or whose address is suppressed, comes back only by
    confirming anew; `newsletters_to_confirm` says for which newsletters.

    Raises:
        WrongUseError: the address cannot be mailed, or must not be.
    """
    address = normalize_address(email)
    reason = suppression.suppression_reason(session, address)
    if reason is not None and not suppression.lifted_by_consent(reason):
        raise WrongUseError(f"{address} must not be mailed: {reason}")
    subscriber = lock_or_add(session, address, request.language, now)
    _subscribe(session, subscriber, request, now, proven=bool(consent))
    came_anew = subscriber.standing == Standing.PENDING and reason is None
    if consent and came_anew and subscriber.left_at is None:
        _confirm(session, subscriber, consent, now)
    open_ = newsletters_to_confirm(session, subscriber, request)
    proven = [slug for slug in request.newsletters if slug not in open_]
    if consent and proven:
        evidence = consent_log.proof_of_consent(consent, way)
        consent_log.record_consent(
            session, subscriber, ConsentAction.CONFIRMED, proven, evidence, now
        )
    return subscriber


def newsletters_to_confirm(
    session: Session, subscriber: SubscriberRow, request: SubscriptionRequest
) -> list[str]:
    """The wished newsletters that still need the subscriber's own yes."""
    if subscriber.standing != Standing.CONFIRMED:
        return list(request.newsletters)
    has = active_subscriptions(session, subscriber)
    return [slug for slug in request.newsletters if slug not in has]


def confirm_subscriptions(
    session: Session, subscriber: SubscriberRow, details: Mapping[str, str], now: datetime
) -> None:
    """The subscriber said yes to just these newsletters, each with its detail for new readers.

    Other newsletters that were asked for before the first yes end: a stranger may have asked.
    """
    if subscriber.standing != Standing.CONFIRMED:
        for subscription in subscriptions(session, subscriber):
            subscription.left_at = subscription.left_at or now
        suppression.lift_suppression(session, subscriber.email)
        subscriber.standing, subscriber.consent = Standing.CONFIRMED, CONFIRMED_BY_LINK
        subscriber.confirmed_at, subscriber.left_at = now, None
    for newsletter, detail in details.items():
        subscription = subscribe(session, subscriber, newsletter, detail, now)
        rhythm.begin_again(session, subscription, now)
    session.flush()


def subscribe(
    session: Session, subscriber: SubscriberRow, newsletter: str, detail: str, now: datetime
) -> SubscriptionRow:
    """The subscription to that newsletter, new or as it was."""
    subscription = session.get(SubscriptionRow, (subscriber.id, newsletter))
    if subscription is None:
        subscription = SubscriptionRow(
            subscriber_id=subscriber.id,
            newsletter=newsletter,
            detail=detail,
            rhythm=Rhythm.DAILY,
            since=now,
        )
        session.add(subscription)
    return subscription


def active_subscriptions(session: Session, subscriber: SubscriberRow) -> dict[str, SubscriptionRow]:
    """The subscriptions that they did not leave, by newsletter."""
    rows = subscriptions(session, subscriber)
    return {row.newsletter: row for row in rows if row.left_at is None}


def lock_or_add(session: Session, address: str, language: str, now: datetime) -> SubscriberRow:
    """The locked subscriber of that (normalized) address, added where there was none."""
    here = lock_addresses(session, [address])
    if not here:
        row = {"email": address, "standing": Standing.PENDING, "language": language}
        insert_missing(session, SubscriberRow, [{**row, "created_at": now}])
        here = lock_addresses(session, [address])
    return here[0]


def find_subscriber(session: Session, address: str) -> SubscriberRow | None:
    return session.scalar(select(SubscriberRow).where(SubscriberRow.email == address))


def get_subscriber(session: Session, email: str) -> SubscriberRow:
    """The subscriber of that address.

    Raises:
        WrongUseError: no subscriber has it; the line names the likely one, or how to look.
    """
    address = normalize_address(email)
    subscriber = find_subscriber(session, address)
    if subscriber is None:
        everybody = session.scalars(select(SubscriberRow.email).limit(10_000)).all()
        meant = [member for member in everybody if is_slip_of(address, member)]
        part = shlex.quote(address.partition("@")[0][:3])
        look = f"; `newsletter subscribers list --search={part}` looks for similar ones"
        hint = f"; did you mean {meant[0]!r}?" if len(meant) == 1 else look
        raise WrongUseError(f"no subscriber {address}{hint}")
    return subscriber


def subscriptions_of(
    session: Session, subscriber_ids: Collection[int]
) -> dict[int, list[SubscriptionRow]]:
    """The subscriptions of many subscribers, ended ones too, by subscriber."""
    held: dict[int, list[SubscriptionRow]] = {number: [] for number in subscriber_ids}
    rows = select(SubscriptionRow).where(SubscriptionRow.subscriber_id.in_(held))
    for row in session.scalars(rows.order_by(SubscriptionRow.newsletter)):
        held[row.subscriber_id].append(row)
    return held


def subscriptions(session: Session, subscriber: SubscriberRow) -> Sequence[SubscriptionRow]:
    return session.scalars(
        select(SubscriptionRow)
        .where(SubscriptionRow.subscriber_id == subscriber.id)
        .order_by(SubscriptionRow.newsletter)
    ).all()


def _subscribe(
    session: Session,
    subscriber: SubscriberRow,
    request: SubscriptionRequest,
    now: datetime,
    *,
    proven: bool,
) -> None:
    for newsletter in request.newsletters:
        if subscriber.standing == Standing.CONFIRMED:
            subscription = session.get(SubscriptionRow, (subscriber.id, newsletter))
            was_left = subscription is not None and subscription.left_at is not None
            if was_left or (subscription is None and not proven):
                continue  # only their own yes
        row = subscribe(session, subscriber, newsletter, request.detail, now)
        row.detail = request.detail
        rhythm.choose_rhythm(session, row, request.rhythm or row.rhythm)
    if subscriber.standing == Standing.LEFT:
        subscriber.standing = Standing.PENDING
    session.flush()


def _confirm(session: Session, subscriber: SubscriberRow, consent: str, now: datetime) -> None:
    if subscriber.standing == Standing.CONFIRMED:
        return
    suppression.lift_suppression(session, subscriber.email)
    subscriber.standing = Standing.CONFIRMED
    subscriber.consent = consent
    subscriber.confirmed_at = now
    subscriber.left_at = None
    for subscription in subscriptions(session, subscriber):
        rhythm.begin_again(session, subscription, now)
    session.flush()
