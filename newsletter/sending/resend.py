"""One issue once more to one reader: the operator's own act, counted apart from the deliveries.

The row is committed as `uncertain` before a byte leaves, so that whoever is killed in the middle
leaves just that. The issue's account is what it was: its delivery is not touched.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from newsletter.database.json_texts import as_list, listed
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.models import (
    FAILING,
    DeliveryRow,
    DeliveryState,
    EventType,
    IssueRow,
    ResendRow,
    SentOutboxRow,
    Standing,
    new_reference,
)
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.message import Message
from newsletter.rendering.recipient import Recipient
from newsletter.sending import holds
from newsletter.sending.context import Clock, SendContext
from newsletter.sending.limits import pauses, rate_limit
from newsletter.sending.readers import personal
from newsletter.sending.readers.recipients import load_recipient
from newsletter.sending.records import ledger
from newsletter.sending.reports import totals
from newsletter.subscribers import lifecycle, suppression
from newsletter.text import without_addresses
from newsletter.transports.base import SendResult, SendStatus, TransportDownError

_STOPPED = "the sender was stopped before an answer came"
_SOON = timedelta(hours=1)  # after one that left, another is asked about
# Nothing tries a resend again by itself.
_STATE_AFTER = {**ledger.STATE_AFTER, SendStatus.TRY_LATER: DeliveryState.FAILED}


@dataclass(frozen=True)
class Resent:
    """A resend and what became of it."""

    reference: str
    state: DeliveryState
    detail: str


def resend_issue(
    context: SendContext, issue_id: int, email: str, mails: IssueEmails, *, again: bool
) -> Resent:
    """Send a frozen issue to one of its newsletter's readers, whatever became of it before.

    `again`: although one left within the hour, or nobody knows whether it did.

    Raises:
        WrongUseError: they must not get it.
        NewsletterError: nothing may be sent now.
    """
    with context.database.write.begin() as session:
        issue = session.get_one(IssueRow, issue_id)
        recipient = _recipient(session, issue, email)
        _refuse_a_double(session, issue, recipient, context.clock, again=again)
        _refuse_what_is_held(session, context, issue)
        _admit(session, context, recipient.email)
        picks = personal.RecipientPicks(issue_id, mails)
        (ready,) = picks.with_picks(session, [recipient], context.clock())
        _write_down(session, issue_id, ready, context.clock)
    result = _send(context, mails.mail(ready))
    detail = without_addresses(result.detail)
    resent = Resent(ready.reference, _STATE_AFTER[result.status], detail)
    with context.database.write.begin() as session:
        change = update(ResendRow).where(
            ResendRow.reference == ready.reference,
            ResendRow.state == DeliveryState.UNCERTAIN,  # feedback may have been quicker
        )
        session.execute(
            change.values(
                state=resent.state,
                reason=detail or None,
                provider_id=result.provider_id,
                changed_at=context.clock(),
            )
        )
        if result.status is SendStatus.ACCEPTED:
            pauses.resume_sending(session, context.clock())
    return resent


def find_resends(session: Session, references: Iterable[str]) -> set[str]:
    """Those of some references that are an issue's which was sent once more."""
    chosen = select(ResendRow.reference).where(ResendRow.reference.in_(listed("references")))
    return set(session.scalars(chosen, {"references": as_list(references)}))


def apply_feedback(session: Session, reference: str, kind: EventType, detail: str) -> None:
    """Write down what came back of a resend that left."""
    bad = kind in FAILING
    open_states = [DeliveryState.UNCERTAIN, *([DeliveryState.SENT] if bad else [])]
    session.execute(
        update(ResendRow)
        .where(ResendRow.reference == reference, ResendRow.state.in_(open_states))
        .values(
            state=DeliveryState.FAILED if bad else DeliveryState.SENT,
            reason=f"{kind}: {without_addresses(detail)}".rstrip(": "),
        )
    )


def count_resends(session: Session, issue_id: int) -> dict[str, int]:
    """How many of an issue, by state."""
    rows = session.execute(
        select(ResendRow.state, func.count())
        .where(ResendRow.issue_id == issue_id)
        .group_by(ResendRow.state)
        .order_by(ResendRow.state)
    )
    return {state: int(number) for state, number in rows}


def _recipient(session: Session, issue: IssueRow, email: str) -> Recipient:
    """The reader, under a reference of its own.

    Raises:
        WrongUseError: they must not be mailed, do not read this, or it still goes to them anyway.
    """
    subscriber = lifecycle.get_subscriber(session, email)
    reason = suppression.suppression_reason(session, subscriber.email)
    if reason is not None:
        raise WrongUseError(f"{subscriber.email} must not be mailed: {reason}")
    if subscriber.standing != Standing.CONFIRMED:
        said = "left" if subscriber.standing == Standing.LEFT else "has not confirmed"
        raise WrongUseError(f"{subscriber.email} {said}: nothing is sent")
    if issue.newsletter not in lifecycle.active_subscriptions(session, subscriber):
        raise WrongUseError(f"{subscriber.email} does not read {issue.newsletter}")
    delivery = session.get(DeliveryRow, (issue.id, subscriber.id))
    if delivery is not None and delivery.state in totals.OPEN:
        raise WrongUseError(
            f"{issue.newsletter} {issue.day} still goes to {subscriber.email} by itself:"
            f" `newsletter send {issue.newsletter} --day {issue.day}`"
        )
    recipient = load_recipient(session, issue.newsletter, issue.day, subscriber.email)
    attempts = delivery.attempts if delivery is not None else 0
    return replace(recipient, reference=new_reference(), attempts=attempts)


def _refuse_a_double(
    session: Session,
    issue: IssueRow,
    recipient: Recipient,
    clock: Clock,
    *,
    again: bool,
) -> None:
    last = session.scalar(
        select(ResendRow)
        .where(ResendRow.issue_id == issue.id, ResendRow.subscriber_id == recipient.subscriber_id)
        .order_by(ResendRow.asked_at.desc())
        .limit(1)
    )
    if last is None or again:
        return
    if last.state == DeliveryState.UNCERTAIN:
        raise WrongUseError(
            f"nobody knows whether the one of {last.asked_at:%F %R} UTC arrived: {last.reason};"
            " --again sends another"
        )
    if last.state == DeliveryState.SENT and clock() - last.asked_at < _SOON:
        raise WrongUseError(
            f"one was sent at {last.asked_at:%R} UTC already; --again sends another"
        )


def _refuse_what_is_held(session: Session, context: SendContext, issue: IssueRow) -> None:
    """Raises: NewsletterError: the issue is held, or the provider takes nothing now."""
    reason = holds.hold_reason(session, context, issue.id) or holds.pause_or_leave_reason(
        session, context, issue
    )
    if reason is not None:
        raise NewsletterError(reason)


def _admit(session: Session, context: SendContext, email: str) -> None:
    """Raises: NewsletterError: the sending limits have no room for it now."""
    now = context.clock()
    paused = pauses.paused_domains(session, now)
    room = rate_limit.RateLimiter(session, context.limits, paused, now, 1).admit_one(email)
    if room.refusal:
        raise NewsletterError(room.refusal)


def _write_down(session: Session, issue_id: int, recipient: Recipient, clock: Clock) -> None:
    """Before anything leaves; a bounce of it will bear only its reference."""
    now = clock()
    known = {"reference": recipient.reference, "subscriber_id": recipient.subscriber_id}
    state = {"state": DeliveryState.UNCERTAIN, "reason": _STOPPED}
    session.add(ResendRow(**known, **state, issue_id=issue_id, asked_at=now, changed_at=now))
    session.add(SentOutboxRow(**known, email=recipient.email, sent_at=now))


def _send(context: SendContext, mail: Message) -> SendResult:
    try:
        return context.transport.send_one(mail)
    except TransportDownError as error:
        with context.database.write.begin() as session:
            reason = f"nothing could be sent: {without_addresses(str(error))}"
            pauses.record_down(session, reason, context.clock())
        return SendResult(SendStatus.TRY_LATER, str(error))
