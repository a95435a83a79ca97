"""Claims the deliveries that a worker sends next, within the limits.

They are marked "sending" before anything leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.config import SendingSettings
from newsletter.database.db import is_sqlite
from newsletter.interests.issue_picks import KeptInterests
from newsletter.models import DeliveryRow, DeliveryState, IssueRow, RateRow, Standing
from newsletter.rendering.recipient import Recipient
from newsletter.sending.claiming import postgresql_statements, sqlite_statements
from newsletter.sending.claiming.pending import (
    BatchRef,
    PendingRow,
    next_pending,
    rows_looked_at,
    said_of_reader,
    was_refused,
)
from newsletter.sending.claiming.postgresql_statements import Marking
from newsletter.sending.limits import rate_limit
from newsletter.sending.limits.pauses import paused_domains
from newsletter.sending.readers import audience
from newsletter.sending.readers.recipients import build_recipient
from newsletter.sending.restore_guard.server_identity import LogPosition
from newsletter.subscribers import delivery_moves, suppression

_PAUSED = "paused until "
_LEFT = "left"
_AT_ONCE_S = 0.001


@dataclass(frozen=True)
class ClaimResult:
    """The readers to send to now, and where to look next."""

    recipients: Sequence[Recipient]
    after: int  # the last subscriber looked at; 0 when nobody was left
    wait_s: float = 0.0  # until the limits allow more: of everybody, nobody was claimed
    short_s: float | None = None  # until a domain that was passed over may have its next one
    held: str = ""  # why somebody gets nothing for now
    claims: int = 0  # how many of the issue were ever claimed, where somebody was now
    log: LogPosition | None = None  # PostgreSQL's, then
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
    limiter = rate_limit.RateLimiter(session, limits, paused, now, at_most, batch.rates)
    if limiter.number < 1:
        return ClaimResult((), after, limiter.wait_s)
    look_at = rows_looked_at(at_most, by_domain=limiter.by_domain)
    rows = next_pending(session, batch, after, look_at, now)
    limiter.lock_domains(row.email for row in rows)
    suppressed = _suppressed(session, batch, rows)
    recipients, skipped, last = _allowed(rows, limiter, suppressed, batch.began)
    limiter.spend(len(recipients))
    moved = delivery_moves.follow(session, batch.issue_id, skipped.get(_LEFT, ()))
    if moved:
        skipped[_LEFT] = [number for number in skipped[_LEFT] if number not in moved]
    if is_sqlite(session.get_bind()):
        recipients, claims, log = _mark(session, batch, recipients, skipped, now)
    else:
        rates = limiter.changed if batch.rates is not None else ()
        reasons = {
            subscriber_id: reason
            for reason, subscribers in skipped.items()
            for subscriber_id in subscribers
        }
        left = [(row, reasons[row.subscriber_id]) for row in rows if row.subscriber_id in reasons]
        recipients, claims, log = _mark_in_one(session, batch, recipients, left, rates, now)
    for reason, subscribers in skipped.items():
        if reason.startswith(_PAUSED):
            audience.return_gathered_days(session, batch.issue_id, subscribers)
    return ClaimResult(
        recipients,
        last,
        0.0,
        _AT_ONCE_S if moved else limiter.short_s,  # they may have come behind us
        limiter.held,
        claims,
        log,
        _interests(rows),
        is_last=len(rows) < look_at and (not rows or last == rows[-1].subscriber_id),
    )


def _suppressed(session: Session, batch: BatchRef, rows: Sequence[PendingRow]) -> dict[str, str]:
    """The reasons why addresses may not be mailed; on PostgreSQL the marking finds them."""
    if not is_sqlite(session.get_bind()):
        return {}
    emails = [row.email for row in rows]
    reasons = suppression.suppression_reasons(session, emails, batch.suppression_key)
    return {email: f"suppressed: {reason}" for email, reason in reasons.items()}


def _allowed(
    rows: Sequence[PendingRow],
    limiter: rate_limit.RateLimiter,
    suppressed: Mapping[str, str],
    began: datetime | None,
) -> tuple[list[Recipient], dict[str, list[int]], int]:
    """The readers to send to, those skipped by reason, and the last looked at; 0 for nobody."""
    recipients: list[Recipient] = []
    skipped: dict[str, list[int]] = {}
    last = 0
    for row in rows:
        reason = _skip_departed(row) or suppressed.get(row.email)
        if reason is not None:
            skipped.setdefault(reason, []).append(row.subscriber_id)
        elif len(recipients) >= limiter.number:
            break
        elif limiter.takes(row.email):
            recipients.append(_recipient(row, began))
        last = row.subscriber_id
    return recipients, skipped, last


def _recipient(row: PendingRow, began: datetime | None) -> Recipient:
    if row.reason is None and not row.attempts:  # as nearly everybody
        return build_recipient(row, row.reference, row.had_issue)
    refused_at = row.changed_at if was_refused(row, began) else None
    last_words = said_of_reader(row.reason)
    return build_recipient(row, row.reference, row.had_issue, row.attempts, last_words, refused_at)


def _interests(rows: Sequence[PendingRow]) -> dict[int, KeptInterests]:
    return {
        row.subscriber_id: KeptInterests(row.chosen, row.lexicon, row.content)
        for row in rows
        if row.has_interests or row.chosen is not None
    }


_Marked = tuple[list[Recipient], int, LogPosition | None]  # who is claimed; claims, log as above


def _mark_in_one(
    session: Session,
    batch: BatchRef,
    recipients: list[Recipient],
    left: Sequence[tuple[PendingRow, str]],
    rates: Sequence[RateRow],
    now: datetime,
) -> _Marked:
    """Mark on PostgreSQL, in one round trip that also looks for suppressed addresses."""
    emails = [recipient.email for recipient in recipients]
    if not (recipients or left):
        return [], 0, None
    looked_at: list[Recipient | PendingRow] = [*recipients, *(row for row, _ in left)]
    marking = Marking(
        references=[delivery.reference for delivery in looked_at],
        subscribers=[delivery.subscriber_id for delivery in looked_at],
        states=[DeliveryState.SENDING] * len(recipients) + [DeliveryState.SKIPPED] * len(left),
        reasons=[*[None] * len(recipients), *(reason for _, reason in left)],
        hashes=[
            *suppression.hashes_of(session, emails, batch.suppression_key),
            *[None] * len(left),
        ],
        rates=rates,
    )
    marked = postgresql_statements.mark(session, batch, marking, now)
    wanted = [recipient for recipient in recipients if recipient.subscriber_id in marked.claimed]
    return wanted, marked.claims, marked.log if wanted else None


def _mark(
    session: Session,
    batch: BatchRef,
    recipients: list[Recipient],
    skipped: dict[str, list[int]],
    now: datetime,
) -> _Marked:
    for reason, subscribers in skipped.items():
        _set_state(session, batch, subscribers, DeliveryState.SKIPPED, reason, now)
    number = sum(map(len, skipped.values()))
    delivery_counters.count_change(
        session, batch.batch_id, DeliveryState.PENDING, DeliveryState.SKIPPED, number
    )
    if not recipients:
        return [], 0, None
    claimed = [recipient.subscriber_id for recipient in recipients]
    claims = sqlite_statements.claim(session, batch.batch_id, batch.issue_id, claimed, now)
    return recipients, claims, None


def skip_claimed(
    session: Session, batch: BatchRef, subscribers: Sequence[int], reason: str, now: datetime
) -> None:
    """Take back what was just claimed, before anything left: it shall not be sent."""
    _set_state(session, batch, subscribers, DeliveryState.SKIPPED, reason, now)
    number = len(subscribers)
    changes = {DeliveryState.SENDING: -number, DeliveryState.SKIPPED: number}
    delivery_counters.add_to_counters(session, batch.batch_id, changes)
    session.execute(_COUNT, {"issue": batch.issue_id, "more": -number})  # as if never claimed


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
    .execution_options(synchronize_session=False)
)


def _skip_departed(row: PendingRow) -> str | None:
    """Why somebody gets nothing any more, by their own word."""
    if row.standing != Standing.CONFIRMED or row.since is None or row.left_at is not None:
        return _LEFT
    if row.paused_until is not None and row.paused_until >= row.day:
        return f"{_PAUSED}{row.paused_until}"
    return None


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
