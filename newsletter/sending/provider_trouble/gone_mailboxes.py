"""Decides whether a refusal fails its reader, by the number of refusals and by earlier issues.

Where one mailbox that took our mails is gone, its reader has left it. Where many are gone at once,
a server has lost its table of users. So a single refusal does not suppress a reader who took
mails: the address is suppressed where an issue six days before was refused as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, or_, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import DeliveryRow, DeliveryState, IssueRow, SubscriberRow
from newsletter.sending.limits.pauses import paused_domains
from newsletter.sending.provider_trouble.breaker import CircuitBreaker
from newsletter.sending.readers.audience import earlier_issues
from newsletter.sending.records.ledger import DeliveryResult

_LONG = timedelta(days=6)  # a server whose table of users is broken is mended by then


def classify_refusals(
    session: Session,
    issue_id: int,
    answers: Sequence[DeliveryResult],
    breaker: CircuitBreaker,
    now: datetime,
) -> list[DeliveryResult]:
    """The refusals as they are to be recorded; a reader who took mails before is not suppressed.

    Too many refusals are recorded as if they were in words about us: later runs ask again.
    """
    history = _history(session, issue_id, answers, now)
    asked = {answer.recipient.subscriber_id for answer in answers}
    news = asked - (history.refused - history.known)
    words = answers[-1].result.detail if answers else ""
    share = breaker.refused_share
    share.end_batch(news, history.known, words, count_asked(session, issue_id))
    telling = [answer for answer in answers if answer.recipient.subscriber_id in news]
    share.see_places(answer.begun for answer in telling)
    share.see_connections(telling)
    judged = []
    for answer in answers:
        who = answer.recipient.subscriber_id
        waits = breaker.spares(answer) or (who in news and breaker.held.ended_with(answer))
        permanent = answer.result.permanent and not (waits or who in history.known | history.wait)
        of_sender = answer.result.of_sender or waits
        result = replace(answer.result, permanent=permanent, of_sender=of_sender)
        judged.append(replace(answer, result=result))
    breaker.held.failed += [answer for answer in judged if not answer.result.of_sender]
    return judged


def count_refused(session: Session, issue_id: int, breaker: CircuitBreaker) -> None:
    """Add a batch's refusals to the issue's. Do it last: other claims wait for the issue's row."""
    share = breaker.refused_share
    more, share.recorded = share.refused - share.recorded, share.refused
    if more:
        counted = update(IssueRow).where(IssueRow.id == issue_id)
        session.execute(counted.values(refused=IssueRow.refused + more))


def take_spared(
    session: Session, issue_id: int, breaker: CircuitBreaker, now: datetime
) -> Mapping[str, str]:
    """At the end of a run: the refusals that were recorded before it was clear how many there are.

    Where a domain is paused, or too many are refused, these are other processes' too.

    Returns:
        The server's words, by the references of the mails.
    """
    spared = [answer for answer in breaker.held.failed if breaker.spares(answer)]
    breaker.held.failed = []
    words = {answer.recipient.reference: answer.result.detail for answer in spared}
    paused = paused_domains(session, now)
    of_all = breaker.refused_share.is_high
    for row in session.execute(_FAILED, {"issue": issue_id}) if paused or of_all else ():
        if of_all or row.email.rpartition("@")[2] in paused:
            words[row.reference] = row.reason
    return words


_FAILED = (
    select(DeliveryRow.reference, DeliveryRow.reason, SubscriberRow.email)
    .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
    .where(
        DeliveryRow.issue_id == bindparam("issue"),
        DeliveryRow.state == DeliveryState.FAILED,
        DeliveryRow.reason.between("4", "6"),  # a server's reply, and no word of ours
    )
)


def count_asked(session: Session, issue_id: int) -> tuple[int, int]:
    """How many readers got an issue, and how many were refused it, over all processes and runs."""
    sent = delivery_counters.of_issue(session, issue_id)[DeliveryState.SENT]
    return sent, session.get_one(IssueRow, issue_id).refused


@dataclass
class _History:
    """How earlier issues fared with some readers."""

    known: set[int] = field(default_factory=set)  # took one, and were not refused long ago since
    refused: set[int] = field(default_factory=set)  # were refused the last of them
    wait: set[int] = field(default_factory=set)  # for one of them, after a refusal


def refused_earlier_issues(
    session: Session, issue_id: int, subscribers: Sequence[int], accepted_at: datetime | None
) -> set[int]:
    """The subscribers of these who were refused the last earlier issue that was tried for them.

    One who still waits for it counts only where the provider has taken a mail since, at
    `accepted_at`.
    """
    found = set[int]()
    for subscriber_id, state, _, changed_at in _earlier_deliveries(session, issue_id, subscribers):
        is_outlived = accepted_at is not None and changed_at < accepted_at
        if state == DeliveryState.FAILED or (state == DeliveryState.PENDING and is_outlived):
            found.add(subscriber_id)
        else:
            found.discard(subscriber_id)
    return found


def _history(
    session: Session, issue_id: int, answers: Sequence[DeliveryResult], now: datetime
) -> _History:
    found = _History()
    subscribers = [answer.recipient.subscriber_id for answer in answers]
    for subscriber_id, state, attempts, changed_at in _earlier_deliveries(
        session, issue_id, subscribers
    ):
        if state == DeliveryState.SENT:
            found.known.add(subscriber_id)
            found.refused.discard(subscriber_id)
            continue
        if state == DeliveryState.PENDING and not attempts:  # in a row with others
            continue
        found.refused.add(subscriber_id)
        if state == DeliveryState.PENDING:
            found.wait.add(subscriber_id)
        elif changed_at <= now - _LONG:
            found.known.discard(subscriber_id)
    return found


def _earlier_deliveries(
    session: Session, issue_id: int, subscribers: Sequence[int]
) -> Sequence[Row[int, str, int, datetime]]:
    """Their deliveries of earlier issues that were tried, the oldest first.

    Subscriber, state, attempts and the time of that state.
    """
    earlier = earlier_issues(session, issue_id) if subscribers else ()
    if not earlier:
        return ()
    was_tried = or_(DeliveryRow.attempts > 0, DeliveryRow.reason.is_not(None))
    return session.execute(
        select(
            DeliveryRow.subscriber_id,
            DeliveryRow.state,
            DeliveryRow.attempts,
            DeliveryRow.changed_at,
        )
        .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
        .where(
            DeliveryRow.issue_id.in_(earlier),
            DeliveryRow.subscriber_id.in_(subscribers),
            DeliveryRow.state.in_(
                (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.PENDING)
            ),
            or_(DeliveryRow.state != DeliveryState.PENDING, was_tried),
        )
        .order_by(IssueRow.day)
    ).all()
