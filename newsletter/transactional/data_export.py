"""Everything that is known of one subscriber: for `subscribers show`, and for themselves."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.interests import interest_store
from newsletter.models import AddressChangeRow, FeedbackRow, NamedInterest, SubscriberRow
from newsletter.sending.reports import totals
from newsletter.subscribers import consent_log, lifecycle, suppression

Entries = list[dict[str, object]]


def export_subscriber(session: Session, subscriber: SubscriberRow) -> dict[str, object]:
    """All of it, in plain values and times."""
    return {
        "email": subscriber.email,
        "standing": subscriber.standing,
        "language": subscriber.language,
        "consent": subscriber.consent,
        "created": subscriber.created_at,
        "confirmed": subscriber.confirmed_at,
        "left": subscriber.left_at,
        "subscriptions": _subscriptions(session, subscriber),
        "history": _history(session, subscriber),
        "address_changes": _address_changes(session, subscriber),
        "suppressed": suppression.suppression_reason(session, subscriber.email),
        "deliveries": totals.history(session, subscriber.id),
        "feedback": _feedback(session, subscriber),
        "interests": interest_entries(session, interest_store.rows_of(session, subscriber.id)),
        "picks": [
            {"issue": row.issue_id, "made": row.made_at, "chosen": row.chosen}
            for row in interest_store.picks_of(session, subscriber.id)
        ],
    }


def _subscriptions(session: Session, subscriber: SubscriberRow) -> Entries:
    return [
        {
            "newsletter": subscription.newsletter,
            "detail": subscription.detail,
            "left_out": subscription.left_out.split(),
            "since": subscription.since,
            "paused_until": subscription.paused_until,
            "rhythm": subscription.rhythm,
            "left": subscription.left_at,
        }
        for subscription in lifecycle.subscriptions(session, subscriber)
    ]


def _history(session: Session, subscriber: SubscriberRow) -> Entries:
    return [
        {
            "at": entry.at,
            "act": entry.act,
            "newsletters": entry.newsletters,
            "way": entry.way,
            "wording": entry.wording,
            "network": entry.network,
            "doubt": entry.doubt,
        }
        for entry in consent_log.consent_history(session, subscriber.id)
    ]


def _address_changes(session: Session, subscriber: SubscriberRow) -> Entries:
    changes = session.scalars(
        select(AddressChangeRow)
        .where(
            AddressChangeRow.subscriber_id == subscriber.id,
            AddressChangeRow.old_email == subscriber.email,  # no other address than this one's
        )
        .order_by(AddressChangeRow.id)
    )
    return [
        {
            "from": change.old_email,
            "to": change.new_email,
            "asked": change.asked_at,
            "done": change.done_at,
            "taken_back": change.undone_at,
        }
        for change in changes
    ]


def _feedback(session: Session, subscriber: SubscriberRow) -> Entries:
    events = session.scalars(
        select(FeedbackRow)
        .where(FeedbackRow.subscriber_id == subscriber.id)
        .order_by(FeedbackRow.at)
    )
    return [{"at": event.at, "kind": event.kind, "detail": event.detail} for event in events]


def interest_entries(session: Session, rows: Sequence[NamedInterest]) -> Entries:
    """Everything that was named, with the titles of papers."""
    texts = interest_store.texts_of(session, rows)
    return [
        {
            "kind": row.kind,
            "value": row.value,
            "title": texts[row.value].title if row.value in texts else None,
            "wanted": row.wanted,
            "detail": row.detail,
            "origin": row.origin,
            "since": row.since,
        }
        for row in rows
    ]
