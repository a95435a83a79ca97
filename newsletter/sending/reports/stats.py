"""An issue's deliveries as an operator watches them: by state and reason, by domain, one by one.

Counts by state come from the batches' counters, so they are there at once with a million rows.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.database.db import is_sqlite
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    FeedbackRow,
    IssueRow,
    SubscriberRow,
)
from newsletter.sending.limits import pauses

COLUMNS = ("address", "state", "reason", "attempts", "reference", "changed")
_RATE_WINDOW = timedelta(minutes=1)
_LONGEST_REASON = 70
_MOST_REASONS = 20
_MOST_DOMAINS = 20
_AT_ONCE = 1000
_LEFT = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN)


@dataclass(frozen=True)
class Reason:
    """So many deliveries are in a state for a reason; the empty reason needs no words."""

    state: str
    reason: str
    number: int


def reasons(session: Session, issue_id: int) -> list[Reason]:
    """Why deliveries are not simply sent, most frequent first.

    Reads only batches that hold such deliveries. What servers add to a reason (queue numbers,
    addresses) is cut off, so that the same reason is one line.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for state in DeliveryState:
        if state is DeliveryState.SENT:
            continue
        batches = select(BatchRow.id).where(
            BatchRow.issue_id == issue_id, getattr(BatchRow, state) > 0
        )
        rows = session.execute(
            select(DeliveryRow.reason, func.count().label("number"))
            .where(DeliveryRow.batch_id.in_(batches), DeliveryRow.state == state)
            .group_by(DeliveryRow.reason)
        )
        for row in rows:
            counted[state, _gist(row.reason or "")] += int(row.number)
    if session.get_one(IssueRow, issue_id).pruned_at is not None:
        counted += _pruned(session, issue_id, counted)
    return [Reason(*key, number) for key, number in counted.most_common(_MOST_REASONS)]


def _pruned(
    session: Session, issue_id: int, known: Counter[tuple[str, str]]
) -> Counter[tuple[str, str]]:
    """The deliveries of a pruned issue of which only the number is left."""
    numbers = delivery_counters.of_issue(session, issue_id)
    del numbers[DeliveryState.SENT]
    for (state, _), number in known.items():
        numbers[DeliveryState(state)] -= number
    words = "why is not kept after database.retention_days"
    return Counter({(state, words): number for state, number in numbers.items()})


def rate(session: Session, issue_id: int, now: datetime) -> float:
    """How many mails a second got an outcome within the last minute."""
    number = session.scalar(
        select(func.count()).where(
            DeliveryRow.issue_id == issue_id,
            DeliveryRow.state.in_(_LEFT),
            DeliveryRow.changed_at > now - _RATE_WINDOW,
        )
    )
    return round((number or 0) / _RATE_WINDOW.total_seconds(), 1)


def senders(session: Session, issue_id: int, now: datetime) -> dict[str, int]:
    """How many batches of the issue each worker has in hand, by machine and process."""
    owners = session.scalars(
        select(BatchRow.owner).where(
            BatchRow.issue_id == issue_id,
            BatchRow.finished.is_(False),
            BatchRow.owner.is_not(None),
            BatchRow.leased_until > now,
        )
    )
    return dict(Counter(owner.rpartition(":")[0] for owner in owners if owner))


def domains(session: Session, issue_id: int) -> dict[str, dict[str, int]]:
    """The deliveries of the largest domains by state; this one reads every row of the issue."""
    domain = _domain(session).label("domain")
    rows = session.execute(
        select(domain, DeliveryRow.state, func.count().label("number"))
        .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
        .where(DeliveryRow.issue_id == issue_id)
        .group_by("domain", DeliveryRow.state)  # by name: PostgreSQL sees two values as two
    )
    by_domain: dict[str, dict[str, int]] = {}
    for row in rows:
        by_domain.setdefault(row.domain, {})[row.state] = int(row.number)
    largest = sorted(by_domain, key=lambda name: (-sum(by_domain[name].values()), name))
    return {domain: by_domain[domain] for domain in largest[:_MOST_DOMAINS]}


def feedback(session: Session, issue_id: int) -> dict[str, int]:
    """How often each kind of feedback came for an issue."""
    rows = session.execute(
        select(FeedbackRow.kind, func.count().label("number"))
        .where(FeedbackRow.issue_id == issue_id)
        .group_by(FeedbackRow.kind)
        .order_by(FeedbackRow.kind)
    )
    return {row.kind: int(row.number) for row in rows}


def paused(session: Session, now: datetime) -> dict[str, str]:
    """Domains that get nothing now: until when, and why."""
    return {
        pause.domain: f"until {pause.until:%H:%M} UTC: {pause.reason}"
        for pause in pauses.running_pauses(session, now)
    }


def list_deliveries(
    session: Session, issue_id: int, state: str | None
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Each delivery of an issue by address, in the order of `COLUMNS`, a thousand at a time."""
    chosen = (
        select(
            func.coalesce(SubscriberRow.email, "(erased)").label("address"),
            DeliveryRow.state,
            DeliveryRow.reason,
            DeliveryRow.attempts,
            DeliveryRow.reference,
            DeliveryRow.changed_at,
        )
        .outerjoin(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
        .where(DeliveryRow.issue_id == issue_id)
        .order_by(SubscriberRow.email, DeliveryRow.subscriber_id)
    )
    if state is not None:
        chosen = chosen.where(DeliveryRow.state == state)
    yield from session.execute(chosen.execution_options(yield_per=_AT_ONCE))


def count_waiting(session: Session) -> int:
    """How many mails of all issues wait to be sent."""
    waiting = func.sum(BatchRow.pending + BatchRow.sending)
    return int(session.scalar(select(func.coalesce(waiting, 0))) or 0)


def newest(session: Session) -> list[IssueRow]:
    """The newest issue of each newsletter."""
    last = (
        select(IssueRow.newsletter, func.max(IssueRow.day).label("day"))
        .group_by(IssueRow.newsletter)
        .subquery()
    )
    return list(
        session.scalars(
            select(IssueRow)
            .join(last, (IssueRow.newsletter == last.c.newsletter) & (IssueRow.day == last.c.day))
            .order_by(IssueRow.newsletter)
        )
    )


def _gist(reason: str) -> str:
    """A reason without addresses and numbers of queues or times, so that like ones are one."""
    common = re.sub(r"<[^>]*>|\S+@\S+|\b[0-9A-F]{8,}\b|\b\d{5,}\b", "…", reason)
    return common if len(common) <= _LONGEST_REASON else f"{common[:_LONGEST_REASON]}…"


def _domain(session: Session) -> ColumnElement[str]:
    email = SubscriberRow.email
    if is_sqlite(session.get_bind()):
        return func.substr(email, func.instr(email, "@") + 1)
    return func.split_part(email, "@", 2)
