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
from newsletter.sending import settle
from newsletter.sending.claiming import pending
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

    Where they are many of this run, they are as if in words about us: later runs ask again. So is
    anybody's where too many are refused, and of who waits for such a reason, until their attempts
    are used up.
    """
    known = _accepted_before(session, issue_id, answers, now)
    breaker.vanished += len(known)
    many = breaker.vanished >= _FEW and breaker.vanished > _SHARE * breaker.accepted
    judged = []
    for answer in answers:
        is_known = answer.recipient.subscriber_id in known
        waits = (many and is_known) or answer.recipient.attempts >= pending.RESTS_FROM
        waits |= breaker.spares(answer)
        permanent = answer.result.permanent and not (is_known or waits)
        of_sender = answer.result.of_sender or waits
        result = replace(answer.result, permanent=permanent, of_sender=of_sender)
        judged.append(replace(answer, result=result))
    breaker.failed += [answer for answer in judged if not answer.result.of_sender]
    return judged


def take_back(session: Session, issue_id: int, breaker: CircuitBreaker, now: datetime) -> None:
    """At the end of a run: who was failed in it before it turned out that too many are refused."""
    spared = [answer for answer in breaker.failed if breaker.spares(answer)]
    breaker.failed = []
    by_words: dict[str, list[str]] = {}
    for answer in spared:
        by_words.setdefault(answer.result.detail, []).append(answer.recipient.reference)
    for words, references in by_words.items():
        chosen = settle.DeliveryFilter(DeliveryState.FAILED, references)
        settle.settle_deliveries(session, issue_id, chosen, DeliveryState.PENDING, now, words)


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
