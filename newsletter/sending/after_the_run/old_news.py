"""Gives up the readers of an old issue whose servers refused them until it was old news."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import DeliveryRow, DeliveryState, IssueRow, IssueState, SubscriberRow
from newsletter.sending import holds
from newsletter.sending.limits import pauses
from newsletter.sending.records import delivery_updates, ledger
from newsletter.sending.records.delivery_updates import StateChange
from newsletter.text import counted, without_addresses
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import refusal_cause

if TYPE_CHECKING:
    from newsletter.sending.context import SendContext

_GIVEN_UP = "given up as old news"
_MOST_DOMAINS = 3  # that the line names


def give_up_refused(context: "SendContext", issue_id: int) -> str:
    """Of an issue that is not sent by itself any more, fail who was refused it while others got it.

    Returns a line that says who they are; empty where there is nobody.
    """
    with context.database.read() as session:
        issue = session.get_one(IssueRow, issue_id)
    if issue.state == IssueState.DONE or not holds.is_old_news(context, issue):
        return ""
    with context.database.write.begin() as session:
        sent = delivery_counters.of_issue(session, issue_id)[DeliveryState.SENT]
        # In trouble it may be the provider who refuses, but not whom it refused before it was well.
        in_trouble = pauses.troubles(session) > 0
        before = pauses.accepted_at(session) if in_trouble else context.began
        if not sent or before is None:
            return ""
        words = _fail_refused(session, issue_id, before, context.clock())
    return _line(issue, words) if words else ""


def _fail_refused(
    session: Session, issue_id: int, before: datetime, now: datetime
) -> dict[str, Counter[str]]:
    """Fail who waits since a refusal before that moment; how often what was said, by domain.

    Who was refused in words about us while nobody got a mail, as for a quota, was never tried.
    """
    rows = session.execute(
        select(DeliveryRow.reference, DeliveryRow.reason, DeliveryRow.attempts, SubscriberRow.email)
        .outerjoin(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
        .where(
            DeliveryRow.issue_id == issue_id,
            DeliveryRow.state == DeliveryState.PENDING,
            or_(DeliveryRow.attempts > 0, DeliveryRow.reason.startswith("5")),
            DeliveryRow.changed_at < before,
        )
    ).all()
    refused = {row.reference: row for row in rows if row.attempts or not _is_of_us(row.reason)}
    said = defaultdict[str, Counter[str]](Counter)
    changes = []
    for reference, delivery in delivery_updates.find_deliveries(session, list(refused)).items():
        row = refused[reference]
        reason = f"{_GIVEN_UP}: {row.reason}"
        changes.append(StateChange(delivery, DeliveryState.FAILED, reason))
        said[(row.email or "").rpartition("@")[2]][without_addresses(row.reason or "")] += 1
    delivery_updates.apply_changes(session, changes, now)
    ledger.finish_free_batches(session, issue_id)
    return said


def _is_of_us(reason: str | None) -> bool:
    return refusal_cause(reason or "") is RefusalCause.SENDER


def _line(issue: IssueRow, words: dict[str, Counter[str]]) -> str:
    numbers = Counter({domain: said.total() for domain, said in words.items()})
    named = [
        f"{number} of {domain or 'nobody any more'} ({words[domain].most_common(1)[0][0]})"
        for domain, number in numbers.most_common(_MOST_DOMAINS)
    ]
    others = numbers.total() - sum(number for _, number in numbers.most_common(_MOST_DOMAINS))
    if others:
        named.append(f"{others} of {counted(len(numbers) - _MOST_DOMAINS, 'other domain')}")
    of_issue = f"{issue.newsletter} --day {issue.day}"
    return (
        f"{issue.newsletter} {issue.day} is old news now, and"
        f" {counted(numbers.total(), 'reader')} whose servers refused it until now will not get it:"
        f" {', '.join(named)}. `newsletter deliveries settle {of_issue} --state failed --reason"
        f' "{_GIVEN_UP}" --as resend`, then `newsletter send {of_issue} --late` tries again'
    )
