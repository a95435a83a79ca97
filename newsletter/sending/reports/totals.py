"""An issue's deliveries: counted, listed, by reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import (
    DeliveryRow,
    DeliveryState,
    IssueRow,
    ResendRow,
)
from newsletter.sending.readers import audience

OPEN = (DeliveryState.PENDING, DeliveryState.SENDING)


@dataclass(frozen=True)
class DeliveryTotals:
    """An issue's deliveries, counted by state."""

    audience: int
    sent: int
    skipped: int
    failed: int
    uncertain: int
    pending: int  # also who is on the wire elsewhere, and who is not written down yet

    @property
    def balances(self) -> bool:
        return self.audience == self.sent + self.skipped + self.failed + self.uncertain


@dataclass(frozen=True)
class IssueSendResult:
    """How far an issue is after a run."""

    account: DeliveryTotals
    trouble: str | None  # why something is still pending
    stopped: bool = False  # asked to stop before everything was sent
    paused: bool = False  # the provider takes nothing now
    given_up: str = ""  # who will not get it, since it became old news

    @property
    def is_done(self) -> bool:
        """Whether all deliveries are done, or the rest is open because it was asked to stop.

        The run that gives readers up is not done; later ones are.
        """
        is_whole = self.account.balances and not (self.paused or self.given_up)
        return self.stopped or is_whole


def delivery_totals(session: Session, issue_id: int) -> DeliveryTotals:
    """The closing account of an issue, or how far it is."""
    return totals_of(session, session.get_one(IssueRow, issue_id))


def number_of_readers(session: Session, issue_id: int, at_most: int) -> int:
    """How many get an issue; of more than `at_most` it is enough to know that."""
    written_down = delivery_counters.of_issue(session, issue_id).total()
    issue = session.get_one(IssueRow, issue_id)
    return written_down + audience.number_to_come(session, issue, at_most - written_down)


def totals_of(session: Session, issue: IssueRow) -> DeliveryTotals:
    """The closing account, or how far it is, of an issue that was read already."""
    counts = delivery_counters.of_issue(session, issue.id)
    to_come = audience.number_to_come(session, issue)
    return DeliveryTotals(
        audience=counts.total() + to_come,
        sent=counts[DeliveryState.SENT],
        skipped=counts[DeliveryState.SKIPPED],
        failed=counts[DeliveryState.FAILED],
        uncertain=counts[DeliveryState.UNCERTAIN],
        pending=sum(counts[state] for state in OPEN) + to_come,
    )


def history(session: Session, subscriber_id: int) -> list[dict[str, object]]:
    """A subscriber's deliveries of every issue, newest first, and their resends."""
    found = [
        (issue, sent_by, row)
        for sent_by, table in (("run", DeliveryRow), ("resend", ResendRow))
        for issue, row in _of_subscriber(session, table, subscriber_id)
    ]
    return [
        {
            "issue": f"{issue.newsletter} {issue.day}",
            "sent_by": sent_by,
            "state": row.state,
            "reason": row.reason,
            "reference": row.reference,
            "changed": row.changed_at,
        }
        for issue, sent_by, row in sorted(found, key=lambda entry: entry[0].day, reverse=True)
    ]


def _of_subscriber(
    session: Session, table: type[DeliveryRow | ResendRow], subscriber_id: int
) -> Sequence[Row[IssueRow, Any]]:
    return session.execute(
        select(IssueRow, table)
        .join(IssueRow, IssueRow.id == table.issue_id)
        .where(table.subscriber_id == subscriber_id)
        .order_by(IssueRow.day.desc(), IssueRow.newsletter, table.changed_at)
    ).all()
