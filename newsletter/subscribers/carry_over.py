"""Carries refusals, and mails that left, since a backup over into the restored database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from newsletter import outbox, slugs
from newsletter.models import FormerSlugRow, SubscriberRow, SubscriptionRow, SuppressionRow
from newsletter.subscribers import address_change, erasure, lifecycle, opt_out, suppression
from newsletter.subscribers.consent_log import Channel, ConsentEvidence

_AT_ONCE = 1000
_LEFT = ConsentEvidence(Channel.OPERATOR, "they had left before the database was restored")


@dataclass(frozen=True)
class CarriedOver:
    left: int = 0
    suppressed: int = 0
    erased: int = 0
    left_outbox: int = 0  # transactional mails, sent or given up since the copy


def carry_over(old: Session, new: Session, now: datetime) -> CarriedOver:
    """Bring every no of the old database into the restored one, and what its outbox has done.

    Numbers of subscribers that the old one gave are not given again: they stand in links, and in
    what this machine remembers of its sending.
    """
    _rename(old, new)
    suppressed = _suppress(old, new) if suppression.same_key(old, new) else 0
    left = _leave(old, new, now)
    erased = _erase(old, new, now) if suppressed else 0
    for table in ("subscriber", "address_change"):
        _keep_numbers(old, new, table)
    return CarriedOver(left, suppressed, erased, outbox.carry_over(old, new))


def _rename(old: Session, new: Session) -> None:
    """Newsletters that got another slug since have it again: by it they were left."""
    rows = old.scalars(select(FormerSlugRow).order_by(FormerSlugRow.since, FormerSlugRow.slug))
    for row in rows:
        there = new.get(FormerSlugRow, row.slug)
        if there is None or there.newsletter != row.newsletter:
            slugs.rename_unchecked(new, row.slug, row.newsletter, row.since)


def _suppress(old: Session, new: Session) -> int:
    there = set(new.scalars(select(SuppressionRow.address_hash)))
    rows = [row for row in old.scalars(select(SuppressionRow)) if row.address_hash not in there]
    for row in rows:
        new.add(SuppressionRow(address_hash=row.address_hash, reason=row.reason, since=row.since))
    new.flush()
    return len(rows)


def _leave(old: Session, new: Session, now: datetime) -> int:
    rows = old.execute(
        select(SubscriberRow.id, SubscriberRow.email, SubscriptionRow.newsletter)
        .join(SubscriptionRow, SubscriptionRow.subscriber_id == SubscriberRow.id)
        .where(SubscriptionRow.left_at.is_not(None))
    )
    ended: dict[str, list[str]] = {}
    for subscriber_id, email, newsletter in rows:
        if not _reads_elsewhere(old, subscriber_id, newsletter):
            ended.setdefault(email, []).append(newsletter)
    left = 0
    for email, newsletters in ended.items():
        subscriber = lifecycle.find_subscriber(new, email)
        if subscriber is None:
            continue
        active = lifecycle.active_subscriptions(new, subscriber)
        if active.keys() & set(newsletters):
            opt_out.unsubscribe(new, subscriber, newsletters, _LEFT, now)
            left += 1
    return left


def _reads_elsewhere(old: Session, subscriber_id: int, newsletter: str) -> bool:
    """Whether they moved to another address, which the copy does not know, and read on there."""
    return any(
        newsletter in lifecycle.active_subscriptions(old, holder)
        for holder in address_change.resolve_subscriber_ids(old, subscriber_id)[1:]
    )


def _erase(old: Session, new: Session, now: datetime) -> int:
    """Erase readers of the copy whom the old database has erased since; how many."""
    erased = 0
    for emails in _in_pieces(new.scalars(select(SubscriberRow.email)).all()):
        reasons = suppression.suppression_reasons(new, emails)
        for email in reasons:
            gone = lifecycle.find_subscriber(old, email) is None
            subscriber = lifecycle.find_subscriber(new, email)
            if gone and subscriber is not None:
                erasure.erase(new, subscriber, now)
                erased += 1
    return erased


def _in_pieces(emails: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(emails), _AT_ONCE):
        yield emails[start : start + _AT_ONCE]


def _keep_numbers(old: Session, new: Session, table: str) -> None:
    read = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    highest = [session.execute(read, {"table": table}).scalar() for session in (old, new)]
    if highest[0] is None or highest[0] <= (highest[1] or 0):
        return
    change = (
        "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :seq)"
        if highest[1] is None
        else "UPDATE sqlite_sequence SET seq = :seq WHERE name = :table"
    )
    new.execute(text(change), {"table": table, "seq": highest[0]})
