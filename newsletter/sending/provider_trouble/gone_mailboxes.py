"""Readers whose mailbox is said to be gone although it took our mails before.

One of them now and then is how mailboxes end; many at once are how a server loses its table of
users. So the first word is not believed for ever: the address is suppressed where another issue,
of another day, is refused in the same way.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import DeliveryRow, DeliveryState, IssueRow
from newsletter.sending.ledger import DeliveryResult
from newsletter.sending.provider_trouble.breaker import CircuitBreaker

_ISSUES = 10  # of the same newsletter that are looked at; a weekly reader has one of seven
_ANOTHER_DAY = timedelta(hours=20)
_FEW = 5  # readers, or
_SHARE = 0.05  # of those who were accepted: more are no accident


def classify_refusals(
    session: Session,
    issue_id: int,
    answers: Sequence[DeliveryResult],
    breaker: CircuitBreaker,
    now: datetime,
) -> list[DeliveryResult]:
    """Refusals as they are to be recorded: of who took mails before, no address is suppressed.

    Where they are many of this run, they are as if in words about us: later runs ask again.
    """
    known = _accepted_before(session, issue_id, answers, now)
    breaker.vanished += len(known)
    many = breaker.vanished >= _FEW and breaker.vanished > _SHARE * breaker.accepted
    return [
        replace(answer, result=replace(answer.result, permanent=False, of_sender=many))
        if answer.recipient.subscriber_id in known
        else answer
        for answer in answers
    ]


def _accepted_before(
    session: Session, issue_id: int, answers: Sequence[DeliveryResult], now: datetime
) -> set[int]:
    """Who of those without a mailbox took an earlier issue, and was not refused on a day since."""
    readers = [answer.recipient.subscriber_id for answer in answers if answer.result.permanent]
    if not readers:
        return set()
    issue = session.get_one(IssueRow, issue_id)
    earlier = session.scalars(
        select(IssueRow.id)
        .where(IssueRow.newsletter == issue.newsletter, IssueRow.day < issue.day)
        .order_by(IssueRow.day.desc())
        .limit(_ISSUES)
    ).all()
    rows = session.execute(
        select(DeliveryRow.subscriber_id, DeliveryRow.state, DeliveryRow.changed_at)
        .where(
            DeliveryRow.issue_id.in_(earlier),
            DeliveryRow.subscriber_id.in_(readers),
            DeliveryRow.state.in_((DeliveryState.SENT, DeliveryState.FAILED)),
        )
        .order_by(DeliveryRow.changed_at)
    ).all()
    known = set[int]()
    for subscriber_id, state, changed_at in rows:
        if state == DeliveryState.SENT:
            known.add(subscriber_id)
        elif changed_at <= now - _ANOTHER_DAY:
            known.discard(subscriber_id)
    return known
