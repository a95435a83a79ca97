"""Write feedback down once, and let it act: on the delivery, the address, the domain.

Every function runs inside the caller's transaction. Events that are told twice, late or in the
wrong order end the same: an event is kept by its id, and a delivery moves only towards worse news.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter import outbox
from newsletter.database.db import take_turn
from newsletter.database.json_texts import as_list, listed
from newsletter.database.missing_rows import insert_missing
from newsletter.feedback import bounce_rules
from newsletter.feedback.events import Event
from newsletter.models import (
    LEAVING,
    ORDINARY,
    DeliveryRow,
    DeliveryState,
    EventType,
    FeedbackRow,
    QuarantineRow,
    SubscriberRow,
)
from newsletter.sending import resend
from newsletter.sending.limits import pauses
from newsletter.sending.records import delivery_feedback
from newsletter.subscribers import address_change, opt_out_by_link, signups, suppression
from newsletter.subscribers.consent_log import Channel, ConsentEvidence
from newsletter.subscribers.link_claims import ALL
from newsletter.subscribers.opt_out_by_link import UnsubscribeRequest
from newsletter.text import without_addresses

_log = logging.getLogger(__name__)

_ORDINARY_KEPT_FOR = timedelta(days=14)  # providers repeat themselves for a day
_SET_ASIDE_KEPT_FOR = timedelta(days=60)
_FORGOTTEN_AT_ONCE = 2000
_LONGEST_SET_ASIDE = 10_000


@dataclass(frozen=True)
class ApplyResult:
    """The effects of some events, counted."""

    new: int = 0
    known: int = 0  # told before
    moved: int = 0  # deliveries that moved
    suppressed: int = 0  # addresses that will not be mailed again


@dataclass(frozen=True)
class _KnownEvent:
    """A new event and the delivery that it is about, if any."""

    event: Event
    issue_id: int | None = None
    subscriber_id: int | None = None
    email: str | None = None
    state: str | None = None

    @property
    def may_move(self) -> bool:
        """Whether its delivery may change for it: good news of what is sent changes nothing."""
        return self.state != DeliveryState.SENT or self.event.kind not in ORDINARY

    @property
    def domain(self) -> str | None:
        return self.email.rpartition("@")[2] if self.email else None


def apply_events(session: Session, events: Iterable[Event], now: datetime) -> ApplyResult:
    """Keep the events that are new, and let them act.

    On PostgreSQL other processes that do so wait. Locks are taken in the order that
    `database/db.py` names.
    """
    take_turn(session, "feedback")
    first_told: dict[str, Event] = {}
    number = 0
    for event in events:
        number += 1
        first_told.setdefault(event.event_id, event)
    fresh = _write_down(session, list(first_told.values()), now)
    moving = [known.event.reference for known in fresh if known.may_move]
    moved = delivery_feedback.apply_to_deliveries(session, moving, now)
    strange = {known.event.reference for known in fresh if known.issue_id is None}
    resent = resend.find_resends(session, strange)
    for known in fresh:
        if known.event.reference in resent:
            event = known.event
            resend.apply_feedback(session, event.reference, event.kind, event.detail)
    blocking = {known.domain for known in fresh if known.event.kind is EventType.BLOCKED}
    for domain in sorted(filter(None, blocking)):
        _pause_on_a_block_spike(session, domain, now)
    suppressed = _apply_to_subscribers(session, fresh, now)
    _forget_old(session, now)
    return ApplyResult(len(fresh), number - len(fresh), moved, suppressed)


def quarantine(session: Session, source: str, reason: str, content: str, now: datetime) -> None:
    """Keep what could not be understood, for a person to look at."""
    clean = content.encode("utf-8", "replace").decode().replace("\0", "")
    session.add(
        QuarantineRow(
            source=source,
            reason=reason[:200],
            content=clean[:_LONGEST_SET_ASIDE],
            received_at=now,
        )
    )


def _write_down(session: Session, events: Sequence[Event], now: datetime) -> list[_KnownEvent]:
    """Keep the events that are not known yet, each with the delivery that it is about."""
    ids = as_list(event.event_id for event in events)
    known_ids = set(session.scalars(_KNOWN_IDS, {"ids": ids}))
    fresh = [event for event in events if event.event_id not in known_ids]
    references = as_list(event.reference for event in fresh)
    rows = session.execute(_DELIVERIES, {"references": references})
    deliveries = {row.reference: row for row in rows}
    unknown = [event.reference for event in fresh if event.reference not in deliveries]
    of_outbox = outbox.addresses_of(session, unknown)
    known_events = []
    for event in fresh:
        row = deliveries.get(event.reference)
        if row is not None:
            known = _KnownEvent(event, row.issue_id, row.subscriber_id, row.email, row.state)
        elif event.reference in of_outbox or event.subscriber_id is None:
            known = _KnownEvent(event, email=of_outbox.get(event.reference, event.address))
        else:
            reader = session.get(SubscriberRow, event.subscriber_id)
            known = _KnownEvent(event)
            if reader is not None:
                known = _KnownEvent(event, None, reader.id, reader.email)
        known_events.append(known)
    insert_missing(session, FeedbackRow, [_row(known, now) for known in known_events])
    return known_events


_KNOWN_IDS = select(FeedbackRow.event_id).where(FeedbackRow.event_id.in_(listed("ids")))
_DELIVERIES = (
    select(
        DeliveryRow.reference,
        DeliveryRow.issue_id,
        DeliveryRow.subscriber_id,
        DeliveryRow.state,
        SubscriberRow.email,
    )
    .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
    .where(DeliveryRow.reference.in_(listed("references")))
)


def _row(known: _KnownEvent, now: datetime) -> dict[str, object]:
    event = known.event
    return {
        "event_id": event.event_id,
        "source": event.source,
        "reference": event.reference,
        "issue_id": known.issue_id,
        "subscriber_id": known.subscriber_id,
        "kind": event.kind,
        "permanent": event.suppress is not None,
        "domain": known.domain,
        "detail": without_addresses(event.detail),
        "at": event.at,
        "received_at": now,
    }


def _apply_to_subscribers(session: Session, fresh: Sequence[_KnownEvent], now: datetime) -> int:
    """Do to the addresses what follows; how many are suppressed for that."""
    bad = [known for known in fresh if known.event.kind not in ORDINARY or known.event.suppress]
    numbers = {known.subscriber_id for known in bad if known.subscriber_id is not None}
    leaving = {
        known.subscriber_id
        for known in bad
        if known.subscriber_id is not None and known.event.kind in LEAVING
    }
    address_change.lock_linked(session, *leaving, beside=numbers)
    bounced = {known.subscriber_id for known in bad if known.event.kind is EventType.BOUNCE}
    too_often = bounce_rules.bounced_too_often(session, numbers & bounced, now) if bounced else ()
    in_order = sorted(bad, key=lambda known: known.email or "")
    return sum(
        _apply_to_subscriber(session, known, now, bounces=known.subscriber_id in too_often)
        for known in in_order
    )


def _apply_to_subscriber(
    session: Session, known: _KnownEvent, now: datetime, *, bounces: bool
) -> bool:
    """Do to the address what follows; whether it is suppressed for that."""
    event = known.event
    why = event.suppress
    if event.kind is EventType.BOUNCE and why is None and bounces:
        why = f"bounced: {bounce_rules.BOUNCES} issues in a row"
    if known.subscriber_id is not None and event.kind in LEAVING:
        request = UnsubscribeRequest(known.subscriber_id, ALL, _unsubscribe(event), now)
        opt_out_by_link.unsubscribe(session, [request])
    if why is None or known.email is None:
        return False
    suppression.suppress(session, known.email, without_addresses(why), now)
    signups.end_signup(session, known.email)
    return True


def _unsubscribe(event: Event) -> ConsentEvidence:
    way = Channel.COMPLAINT if event.kind is EventType.COMPLAINT else Channel.PROVIDER
    return ConsentEvidence(way, f"{event.kind}, told by {event.source}")


def _pause_on_a_block_spike(session: Session, domain: str, now: datetime) -> None:
    spike = bounce_rules.is_block_spike(session, domain, now)
    if spike is None:
        return
    blocked, of = spike
    until = pauses.pause_domain(
        session, domain, f"{domain} blocked {blocked} of {of} mails within an hour", now
    )
    _log.warning(
        "%s blocked %d of %d mails within an hour and is paused for %d h; nobody was suppressed. "
        "Look at the sender's reputation and at the reasons (`newsletter deliveries status`)",
        domain,
        blocked,
        of,
        (until - now).total_seconds() // 3600,
    )


def _forget_old(session: Session, now: datetime) -> None:
    """Let go of what has no meaning any more, a bounded share at a time."""
    old = (
        select(FeedbackRow.event_id)
        .where(FeedbackRow.received_at < now - _ORDINARY_KEPT_FOR, FeedbackRow.kind.in_(ORDINARY))
        .limit(_FORGOTTEN_AT_ONCE)
    )
    session.execute(delete(FeedbackRow).where(FeedbackRow.event_id.in_(old)))
    session.execute(
        delete(QuarantineRow).where(QuarantineRow.received_at < now - _SET_ASIDE_KEPT_FOR)
    )
