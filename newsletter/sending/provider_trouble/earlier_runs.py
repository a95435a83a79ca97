"""Reads what earlier runs and other processes learnt of the provider and of an issue."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import DeliveryState, IssueRow
from newsletter.sending import pauses
from newsletter.sending.provider_trouble import probe_readers


@dataclass(frozen=True)
class EarlierRuns:
    """The findings of earlier runs by which the breaker judges the answers of this one."""

    troubles: int = 0  # so many runs in a row ended badly
    sent: bool = False  # to some, this issue
    suspects: AbstractSet[str] = frozenset()  # domains that were paused since it was frozen
    all_were_refused: bool = False  # or are of suspect domains: everybody who still waits
    accepted_at: datetime | None = None  # when the provider took a mail last, of any issue


def earlier_runs(session: Session, issue_id: int) -> EarlierRuns:
    sent = delivery_counters.of_issue(session, issue_id)[DeliveryState.SENT] > 0
    frozen_at = session.get_one(IssueRow, issue_id).frozen_at
    suspects = pauses.domains_paused_since(session, frozen_at)
    return EarlierRuns(
        pauses.troubles(session),
        sent,
        frozenset(suspects),
        sent and probe_readers.all_were_refused(session, issue_id, suspects),
        pauses.accepted_at(session),
    )
