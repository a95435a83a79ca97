"""Lists subscribers page by page, for `list` and `export`, also of a million."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from unicodedata import normalize

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from newsletter.models import InterestRow, Rhythm, Standing, SubscriberRow, SubscriptionRow
from newsletter.subscribers import suppression

if TYPE_CHECKING:
    from newsletter.interests.portable import PortableInterests

_PAGE = 1000
SUPPRESSED = "suppressed"  # a dead mailbox, a complaint: nothing is mailed, whatever they chose


@dataclass(frozen=True)
class SubscriberFilter:
    """Which subscribers to show; an empty field filters nothing."""

    standing: str | None = None
    newsletter: str | None = None  # who did not leave it
    domain: str | None = None
    since: datetime | None = None  # confirmed, or where they never did, asked
    search: str | None = None  # a part of the address


@dataclass(frozen=True)
class Member:
    email: str
    standing: str
    language: str
    consent: str | None
    created_at: datetime
    confirmed_at: datetime | None
    left_at: datetime | None
    details: Mapping[str, str] = field(default_factory=dict)  # newsletters they did not leave
    paused: Mapping[str, str] = field(default_factory=dict)  # newsletter -> until which day
    rhythms: Mapping[str, str] = field(default_factory=dict)  # newsletter -> how often
    left_out: Mapping[str, str] = field(default_factory=dict)  # newsletter -> `cross+replace`
    interests: "PortableInterests" = field(default_factory=dict)


def count_confirmed(session: Session) -> int:
    """How many people said yes, and are still in."""
    confirmed = select(func.count()).where(SubscriberRow.standing == Standing.CONFIRMED)
    return session.scalar(confirmed) or 0


def iterate_subscribers(session: Session, choice: SubscriberFilter) -> Iterator[Member]:
    """By address, a page at a time, so that any number needs little memory."""
    after = ""
    while True:
        page = session.scalars(
            _select_subscribers(choice)
            .where(SubscriberRow.email > after)
            .order_by(SubscriberRow.email)
            .limit(_PAGE)
        ).all()
        subscriptions = _active_subscriptions(session, [subscriber.id for subscriber in page])
        reasons = suppression.suppression_reasons(
            session, [subscriber.email for subscriber in page]
        )
        interests = _interests(session, [subscriber.id for subscriber in page])
        for subscriber in page:
            standing = _standing(subscriber, reasons.get(subscriber.email))
            if choice.standing in {None, standing}:
                member = _member(subscriber, standing, subscriptions.get(subscriber.id, []))
                yield replace(member, interests=interests.get(subscriber.id, {}))
        if len(page) < _PAGE:
            return
        after = page[-1].email
        session.expunge_all()


def _select_subscribers(choice: SubscriberFilter) -> Select[SubscriberRow]:
    table = SubscriberRow
    chosen = select(table)
    if choice.standing not in {None, SUPPRESSED}:
        chosen = chosen.where(table.standing == choice.standing)
    if choice.newsletter is not None:
        holders = select(SubscriptionRow.subscriber_id).where(
            SubscriptionRow.newsletter == choice.newsletter, SubscriptionRow.left_at.is_(None)
        )
        chosen = chosen.where(table.id.in_(holders))
    if choice.domain is not None:
        chosen = chosen.where(table.email.endswith(f"@{choice.domain}", autoescape=True))
    if choice.since is not None:
        began = table.confirmed_at.is_(None) & (table.created_at >= choice.since)
        chosen = chosen.where((table.confirmed_at >= choice.since) | began)
    if choice.search is not None:
        pattern = normalize("NFC", choice.search.lower())
        chosen = chosen.where(table.email.contains(pattern, autoescape=True))
    return chosen


def _active_subscriptions(
    session: Session, numbers: Sequence[int]
) -> dict[int, list[SubscriptionRow]]:
    by_subscriber: dict[int, list[SubscriptionRow]] = {}
    rows = session.scalars(
        select(SubscriptionRow)
        .where(SubscriptionRow.subscriber_id.in_(numbers), SubscriptionRow.left_at.is_(None))
        .order_by(SubscriptionRow.newsletter)
    )
    for row in rows:
        by_subscriber.setdefault(row.subscriber_id, []).append(row)
    return by_subscriber


def _interests(session: Session, numbers: Sequence[int]) -> "dict[int, PortableInterests]":
    from newsletter.interests import interest_store
    from newsletter.interests.portable import to_portable

    by_subscriber: dict[int, list[InterestRow]] = {}
    for row in interest_store.rows_of(session, *numbers):
        by_subscriber.setdefault(row.subscriber_id, []).append(row)
    return {
        number: to_portable(rows, interest_store.texts_of(session, rows))
        for number, rows in by_subscriber.items()
    }


def _standing(row: SubscriberRow, reason: str | None) -> str:
    """The standing that holds for the next issue."""
    if row.standing == Standing.LEFT or reason is None or suppression.lifted_by_consent(reason):
        return row.standing
    return SUPPRESSED


def _member(row: SubscriberRow, standing: str, subscriptions: Sequence[SubscriptionRow]) -> Member:
    return Member(
        email=row.email,
        standing=standing,
        language=row.language,
        consent=row.consent,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        left_at=row.left_at,
        details={subscription.newsletter: subscription.detail for subscription in subscriptions},
        paused={
            subscription.newsletter: str(subscription.paused_until)
            for subscription in subscriptions
            if subscription.paused_until
        },
        rhythms={
            subscription.newsletter: subscription.rhythm
            for subscription in subscriptions
            if subscription.rhythm != Rhythm.DAILY
        },
        left_out={
            subscription.newsletter: subscription.left_out.replace(" ", "+")
            for subscription in subscriptions
            if subscription.left_out
        },
    )
