"""What a refusal of a reader is worth, by how many there are and by what became of earlier issues.

One mailbox that took our mails before and is gone now is how mailboxes end; many at once are how a
server loses its table of users. So the first word is not believed for ever: the address is
suppressed where another issue was refused a week before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import DeliveryRow, DeliveryState, IssueRow
from newsletter.sending.earlier_issues import earlier_issues
from newsletter.sending.ledger import DeliveryResult
from newsletter.sending.provider_trouble.breaker import CircuitBreaker

_LONG = timedelta(days=6)  # a server whose table of users is broken is mended by then


def classify_refusals(
    session: Session,
    issue_id: int,
    answers: Sequence[DeliveryResult],
    breaker: CircuitBreaker,
    now: datetime,
) -> list[DeliveryResult]:
    """Refusals as they are to be recorded: of who took mails before, no address is suppressed.

    Where they are too many, they are as if in words about us: later runs ask again.
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
    """Add those of a batch to the issue's; last, since whoever claims of it waits for its row."""
    share = breaker.refused_share
    more, share.recorded = share.refused - share.recorded, share.refused
    if more:
        counted = update(IssueRow).where(IssueRow.id == issue_id)
        session.execute(counted.values(refused=IssueRow.refused + more))


def take_spared(session: Session, issue_id: int, breaker: CircuitBreaker) -> Mapping[str, str]:
    """At the end of a run: who was failed in it, or by others, before there were too many.

    Returns:
        What they were refused in, by the references of their mails.
    """
    spared = [answer for answer in breaker.held.failed if breaker.spares(answer)]
    breaker.held.failed = []
    words = {answer.recipient.reference: answer.result.detail for answer in spared}
    if breaker.refused_share.is_high:
        rows = select(DeliveryRow.reference, DeliveryRow.reason).where(
            DeliveryRow.issue_id == issue_id,
            DeliveryRow.state == DeliveryState.FAILED,
            DeliveryRow.reason.between("4", "6"),  # a server's reply, and no word of ours
        )
        words |= {row.reference: row.reason or "" for row in session.execute(rows)}
    return words


def count_asked(session: Session, issue_id: int) -> tuple[int, int]:
    """How many an issue was sent to, and how many were refused it, by anybody."""
    sent = delivery_counters.of_issue(session, issue_id)[DeliveryState.SENT]
    return sent, session.get_one(IssueRow, issue_id).refused


@dataclass
class _History:
    """What became of earlier issues to some readers."""

    known: set[int] = field(default_factory=set)  # took one, and were not refused long ago since
    refused: set[int] = field(default_factory=set)  # were refused the last of them
    wait: set[int] = field(default_factory=set)  # for one of them, after a refusal


def refused_earlier_issues(
    session: Session, issue_id: int, subscribers: Sequence[int], accepted_at: datetime | None
) -> set[int]:
    """Who of them was refused the last issue before this one that they were asked with.

    While they wait for it, only where the provider has taken a mail since: `accepted_at`.
    """
    found = set[int]()
    for who, state, _, changed_at in _earlier_deliveries(session, issue_id, subscribers):
        is_outlived = accepted_at is not None and changed_at < accepted_at
        if state == DeliveryState.FAILED or (state == DeliveryState.PENDING and is_outlived):
            found.add(who)
        else:
            found.discard(who)
    return found


def _history(
    session: Session, issue_id: int, answers: Sequence[DeliveryResult], now: datetime
) -> _History:
    found = _History()
    subscribers = [answer.recipient.subscriber_id for answer in answers]
    for who, state, attempts, changed_at in _earlier_deliveries(session, issue_id, subscribers):
        if state == DeliveryState.SENT:
            found.known.add(who)
            found.refused.discard(who)
            continue
        if state == DeliveryState.PENDING and not attempts:  # in a row with others
            continue
        found.refused.add(who)
        if state == DeliveryState.PENDING:
            found.wait.add(who)
        elif changed_at <= now - _LONG:
            found.known.discard(who)
    return found


def _earlier_deliveries(
    session: Session, issue_id: int, subscribers: Sequence[int]
) -> Sequence[Row[int, str, int, datetime]]:
    """What became of earlier issues to them, the oldest first: sent, failed, waits after a try.

    Subscriber, state, attempts and when it came to that.
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
