"""Whom a worker sends to next: marked "sending" before anything leaves, within the limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.config import SendingSettings
from newsletter.interests.issue_picks import KeptInterests
from newsletter.models import (
    DeliveryRow,
    DeliveryState,
    InterestRow,
    IssueRow,
    PickRow,
    ProfileRow,
    RateRow,
    Standing,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.rendering.recipient import Recipient
from newsletter.sending import audience, rate_limit, totals
from newsletter.sending.claiming import postgresql_statements
from newsletter.sending.claiming.postgresql_statements import Marking
from newsletter.sending.rate_limit import paused_domains
from newsletter.subscribers import delivery_moves, suppression

# How long a reader's server that said "not now" is left alone, by the attempts so far, the last of
# these for all further ones; the first two are for the passes of a run, which pause a little.
_REST = {
    attempts: timedelta(minutes=minutes)
    for attempts, minutes in {3: 15, 4: 30, 5: 60, 6: 120, 7: 240}.items()
}
RESTS_FROM = min(_REST)  # attempts
_PAUSED = "paused until "
_LEFT = "left"
_AT_ONCE_S = 0.001
_LOOKED_AT = 4  # times as many rows as wanted, where domains have limits of their own


@dataclass(frozen=True)
class BatchRef:
    """The batch whose lease the caller holds, with what need not be asked for once more."""

    batch_id: int
    issue_id: int
    suppression_key: bytes | None = None
    paused: Mapping[str, str] | None = None  # domains that get nothing now, and why
    rates: Mapping[str, RateRow] | None = None  # buckets that are locked, and of no session
    tried_before: datetime | None = None  # who was tried before need not rest


@dataclass(frozen=True)
class ClaimResult:
    """Whom to send to now, and where to look next."""

    recipients: Sequence[Recipient]
    after: int  # the last subscriber looked at; 0 when nobody was left
    wait_s: float = 0.0  # until the limits allow more: of everybody, nobody was claimed
    short_s: float | None = None  # until a domain that was passed over may have its next one
    held: str = ""  # why somebody gets nothing for now
    claims: int = 0  # how many of the issue were ever claimed, where somebody was now
    log_end: int | None = None  # of PostgreSQL, then
    interests: Mapping[int, KeptInterests] = field(default_factory=dict)  # by subscriber
    is_last: bool = False  # there is nobody behind them


def claim_deliveries(
    session: Session,
    batch: BatchRef,
    limits: SendingSettings,
    now: datetime,
    after: int,
    at_most: int,
) -> ClaimResult:
    """Mark the next pending deliveries "sending".

    Who left, paused or was suppressed since the issue was frozen is skipped, at the last moment;
    what is for somebody who moved goes to their new address, in a later claim.
    """
    paused = paused_domains(session, now) if batch.paused is None else batch.paused
    allowance = rate_limit.RateLimiter(session, limits, paused, now, at_most, batch.rates)
    if allowance.number < 1:
        return ClaimResult((), after, allowance.wait_s)
    look_at = at_most * (_LOOKED_AT if allowance.by_domain else 1)
    rows = next_pending(session, batch, after, look_at, now, _NEXT_WITH_INTERESTS)
    allowance.lock_domains(row.email for row in rows)
    is_alone = session.get_bind().dialect.name == "sqlite"
    emails, key = [row.email for row in rows], batch.suppression_key
    suppressed = _skip_suppressed(session, emails, key) if is_alone else {}
    recipients: list[Recipient] = []
    skipped: dict[str, list[int]] = {}
    last = after
    for row in rows:
        reason = _skip_departed(row) or suppressed.get(row.email)
        if reason is not None:
            skipped.setdefault(reason, []).append(row.subscriber_id)
        elif len(recipients) >= allowance.number:
            break
        elif allowance.takes(row.email):
            recipients.append(
                totals.find_recipient(row, row.reference, row.had_issue, row.attempts)
            )
        last = row.subscriber_id
    allowance.spend(len(recipients))
    moved = delivery_moves.follow(session, batch.issue_id, skipped.get(_LEFT, ()))
    if moved:
        skipped[_LEFT] = [number for number in skipped[_LEFT] if number not in moved]
    if is_alone:
        recipients, claims, log_end = _mark(session, batch, recipients, skipped, now)
    else:
        rates = allowance.changed if batch.rates is not None else ()
        reasons = {who: reason for reason, numbers in skipped.items() for who in numbers}
        left = [(row, reasons[row.subscriber_id]) for row in rows if row.subscriber_id in reasons]
        recipients, claims, log_end = _mark_in_one(session, batch, recipients, left, rates, now)
    for reason, subscribers in skipped.items():
        if reason.startswith(_PAUSED):
            audience.give_back(session, batch.issue_id, subscribers)
    return ClaimResult(
        recipients,
        last if rows else 0,
        0.0,
        _AT_ONCE_S if moved else allowance.short_s,  # they may have come behind us
        allowance.held,
        claims,
        log_end,
        _interests(rows),
        is_last=len(rows) < look_at and (not rows or last == rows[-1].subscriber_id),
    )


def coming_with_interests(
    session: Session,
    batch: BatchRef,
    limits: SendingSettings,
    now: datetime,
    after: int,
    at_most: int,
) -> dict[int, tuple[Recipient, KeptInterests]]:
    """Of those whom a claim would look at now, who named interests and has no picks yet."""
    look_at = at_most * (_LOOKED_AT if limits.per_domain else 1)
    rows = next_pending(session, batch, after, look_at, now, _NEXT_UNRANKED)
    return {
        row.subscriber_id: (
            totals.find_recipient(row, row.reference, row.had_issue, row.attempts),
            KeptInterests(None, row.lexicon, row.content),
        )
        for row in rows
    }


def _interests(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, KeptInterests]:
    return {
        row.subscriber_id: KeptInterests(row.chosen, row.lexicon, row.content)
        for row in rows
        if row.has_interests or row.chosen is not None
    }


_Marked = tuple[list[Recipient], int, int | None]  # who is claimed; claims and log_end as above


def _mark_in_one(
    session: Session,
    batch: BatchRef,
    recipients: list[Recipient],
    left: Sequence[tuple[Row[*tuple[Any, ...]], str]],
    rates: Sequence[RateRow],
    now: datetime,
) -> _Marked:
    """The same on PostgreSQL, in one round trip; it looks for suppressed addresses itself."""
    emails = [recipient.email for recipient in recipients]
    if not (recipients or left):
        return [], 0, None
    looked_at: list[Recipient | Row[*tuple[Any, ...]]] = [*recipients, *(row for row, _ in left)]
    marking = Marking(
        references=[one.reference for one in looked_at],
        subscribers=[one.subscriber_id for one in looked_at],
        states=[DeliveryState.SENDING] * len(recipients) + [DeliveryState.SKIPPED] * len(left),
        reasons=[*[None] * len(recipients), *(reason for _, reason in left)],
        hashes=[
            *suppression.hashes_of(session, emails, batch.suppression_key),
            *[None] * len(left),
        ],
        rates=rates,
    )
    marked = postgresql_statements.mark(session, batch.batch_id, batch.issue_id, marking, now)
    wanted = [recipient for recipient in recipients if recipient.subscriber_id in marked.claimed]
    return wanted, marked.claims, marked.log_end if wanted else None


def _mark(
    session: Session,
    batch: BatchRef,
    recipients: list[Recipient],
    skipped: dict[str, list[int]],
    now: datetime,
) -> _Marked:
    for reason, subscribers in skipped.items():
        _set_state(session, batch, subscribers, DeliveryState.SKIPPED, reason, now)
    claimed = [recipient.subscriber_id for recipient in recipients]
    _set_state(session, batch, claimed, DeliveryState.SENDING, None, now)
    number = sum(map(len, skipped.values()))
    changes = {
        DeliveryState.PENDING: -len(claimed) - number,
        DeliveryState.SENDING: len(claimed),
        DeliveryState.SKIPPED: number,
    }
    delivery_counters.shift(session, batch.batch_id, changes)
    if not recipients:
        return [], 0, None
    counting = {"issue": batch.issue_id, "more": len(recipients)}
    return recipients, int(session.execute(_COUNT, counting).scalar_one()), None


def skip_claimed(
    session: Session, batch: BatchRef, subscribers: Sequence[int], reason: str, now: datetime
) -> None:
    """Take back what was just claimed, before anything left: it shall not be sent."""
    _set_state(session, batch, subscribers, DeliveryState.SKIPPED, reason, now)
    number = len(subscribers)
    changes = {DeliveryState.SENDING: -number, DeliveryState.SKIPPED: number}
    delivery_counters.shift(session, batch.batch_id, changes)
    session.execute(_COUNT, {"issue": batch.issue_id, "more": -number})  # as if never claimed


def next_pending(
    session: Session,
    batch: BatchRef,
    after: int,
    at_most: int,
    now: datetime,
    chosen: Select[*tuple[Any, ...]] | None = None,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Who waits and may be tried now, in the order of subscribers."""
    parameters = {"after": after, "at_most": at_most, **awake_parameters(batch, now)}
    return session.execute(_NEXT if chosen is None else chosen, parameters).all()


def awake_parameters(batch: BatchRef, now: datetime) -> dict[str, Any]:
    """What `AWAKE` is asked with."""
    awake = batch.tried_before or datetime.min.replace(tzinfo=now.tzinfo)
    rested = {f"rested_{attempts}": max(now - rest, awake) for attempts, rest in _REST.items()}
    return {"batch": batch.batch_id, **rested}


def _hold_paused_domains() -> list[ColumnElement[bool]]:
    attempts, longest = DeliveryRow.attempts, max(_REST)
    return [
        and_(
            attempts >= count if count == longest else attempts == count,
            DeliveryRow.changed_at <= bindparam(f"rested_{count}"),
        )
        for count in _REST
    ]


AWAKE = (  # the deliveries of a batch that wait and may be tried now
    DeliveryRow.batch_id == bindparam("batch"),
    DeliveryRow.state == DeliveryState.PENDING,
    or_(DeliveryRow.attempts < RESTS_FROM, *_hold_paused_domains()),
)

# Made once: building a statement costs more than SQLite takes to run it.
# Who is next is found first: else PostgreSQL joins a batch that is nearly done with everybody.
_CHOSEN = (
    select(
        DeliveryRow.issue_id,
        DeliveryRow.subscriber_id,
        DeliveryRow.reference,
        DeliveryRow.attempts,
        DeliveryRow.had_issue,
    )
    .where(*AWAKE, DeliveryRow.subscriber_id > bindparam("after"))
    .order_by(DeliveryRow.subscriber_id)
    .limit(bindparam("at_most"))
    .cte("chosen")
)
_NEXT = (
    select(
        _CHOSEN.c.subscriber_id,
        _CHOSEN.c.reference,
        _CHOSEN.c.attempts,
        _CHOSEN.c.had_issue,
        *totals.READER,
        SubscriberRow.standing,
        SubscriptionRow.left_at,
        SubscriptionRow.paused_until,
        IssueRow.day,
    )
    .join(IssueRow, IssueRow.id == _CHOSEN.c.issue_id)
    .join(SubscriberRow, SubscriberRow.id == _CHOSEN.c.subscriber_id)
    .outerjoin(  # there is none where somebody took back the move that made it
        SubscriptionRow,
        (SubscriptionRow.subscriber_id == _CHOSEN.c.subscriber_id)
        # Not by the index of newsletters: for each of a hundred it would look at everybody.
        & (SubscriptionRow.newsletter.concat("") == IssueRow.newsletter),
    )
    .order_by(_CHOSEN.c.subscriber_id)
)
_THEIR_PICKS = (PickRow.issue_id == _CHOSEN.c.issue_id) & (
    PickRow.subscriber_id == _CHOSEN.c.subscriber_id
)
_NEXT_WITH_INTERESTS = (
    _NEXT.add_columns(
        PickRow.chosen,
        ProfileRow.lexicon,
        ProfileRow.content,
        exists().where(InterestRow.subscriber_id == _CHOSEN.c.subscriber_id).label("has_interests"),
    )
    .outerjoin(PickRow, _THEIR_PICKS)
    .outerjoin(ProfileRow, ProfileRow.subscriber_id == _CHOSEN.c.subscriber_id)
)
_NEXT_UNRANKED = (
    _NEXT.add_columns(ProfileRow.lexicon, ProfileRow.content)
    .join(ProfileRow, ProfileRow.subscriber_id == _CHOSEN.c.subscriber_id)
    .outerjoin(PickRow, _THEIR_PICKS)
    .where(PickRow.subscriber_id.is_(None), _CHOSEN.c.attempts == 0)
)
_SET_STATE = (
    update(DeliveryRow)
    .where(
        DeliveryRow.issue_id == bindparam("issue"),
        DeliveryRow.subscriber_id.in_(bindparam("subscribers", expanding=True)),
    )
    .values(
        state=bindparam("new_state"), reason=bindparam("new_reason"), changed_at=bindparam("now")
    )
    .execution_options(synchronize_session=False)
)
_COUNT = (
    update(IssueRow)
    .where(IssueRow.id == bindparam("issue"))
    .values(claims=IssueRow.claims + bindparam("more"))
    .returning(IssueRow.claims)
    .execution_options(synchronize_session=False)
)


def _skip_departed(row: Row[*tuple[Any, ...]]) -> str | None:
    """Why somebody gets nothing any more, by their own word."""
    if row.standing != Standing.CONFIRMED or row.since is None or row.left_at is not None:
        return _LEFT
    if row.paused_until is not None and row.paused_until >= row.day:
        return f"{_PAUSED}{row.paused_until}"
    return None


def _skip_suppressed(session: Session, emails: Sequence[str], key: bytes | None) -> dict[str, str]:
    reasons = suppression.suppression_reasons(session, emails, key)
    return {email: f"suppressed: {reason}" for email, reason in reasons.items()}


def _set_state(
    session: Session,
    batch: BatchRef,
    subscribers: Sequence[int],
    state: DeliveryState,
    reason: str | None,
    now: datetime,
) -> None:
    """Change rows by their primary key; the counters are the caller's."""
    if subscribers:
        parameters = {"issue": batch.issue_id, "subscribers": subscribers}
        session.execute(
            _SET_STATE, {**parameters, "new_state": state, "new_reason": reason, "now": now}
        )
