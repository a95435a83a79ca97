"""Chooses the readers of probes: single mails that ask whether the provider takes mails again."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.database.db import look_up_by_keys
from newsletter.models import BatchRow, DeliveryRow, DeliveryState, IssueRow, SubscriberRow
from newsletter.sending.claiming import pending
from newsletter.sending.claiming.pending import BatchRef
from newsletter.sending.limits import pauses
from newsletter.sending.limits.pauses import paused_domains
from newsletter.sending.readers.audience import earlier_issues, who_got

_AMONG = 1000  # readers of an issue, at both ends
_DEFERRED = re.compile(r"4\d\d ")  # a reply of a server that says "later"


def of_another_domain(
    session: Session,
    batch: BatchRef,
    takes: dict[str, bool],
    now: datetime,
    *,
    asked: bool,
    anybody: bool,
) -> int | None:
    """The subscriber to probe with, or None.

    Choose among readers who were not refused in an earlier run; where there is none, and with
    `anybody`, among all. In this order:

    1. a reader of a domain that takes mails
    2. of a domain that was not asked yet: by this run, or by one before that ended badly; best a
       reader of whom no server has said anything
    3. any reader, unless a probe was `asked` already

    Among these prefer those who got the issue before. Choose from the end, since dead addresses
    often come together, and another one with every trouble, so that no dead one is asked for ever.
    """
    rows = _waiting(session, batch, now)
    for row in rows:
        if row.reason and not row.attempts:
            takes.setdefault(row.domain, False)
    news = [row for row in rows if not row.was_refused]
    rows = news or (rows if anybody else [])
    unasked = [row for row in rows if not row.reason] or rows
    taking = [row for row in rows if takes.get(row.domain)]
    elsewhere = [row for row in unasked if row.domain not in takes]
    candidates = taking or elsewhere or ([] if asked else unasked)
    last = earlier_issues(session, batch.issue_id, 1)
    known = who_got(session, last, [row.subscriber_id for row in candidates])
    chosen = [row.subscriber_id for row in candidates if row.subscriber_id in known]
    chosen = chosen or [row.subscriber_id for row in candidates]
    return chosen[-1 - pauses.troubles(session) % len(chosen)] if chosen else None


def deferred_longest_ago(
    session: Session, batch: BatchRef, takes: Mapping[str, bool], now: datetime
) -> int | None:
    """The subscriber who was told "later" longest ago, of a domain that did not repeat it since.

    A reader who is new to a greylisting server would be told so in any case.
    """
    deferred = [
        row
        for row in _waiting(session, batch, now)
        if _DEFERRED.match(row.reason) and takes.get(row.domain, True)
    ]
    first = min(deferred, key=lambda row: row.changed_at, default=None)
    return None if first is None else first.subscriber_id


def of_domains(
    session: Session, batch: BatchRef, domains: Collection[str], now: datetime
) -> int | None:
    """The first subscriber of these domains of whom no server has said anything."""
    rows = (row for row in _waiting(session, batch, now) if row.domain in domains)
    return next((row.subscriber_id for row in rows if not row.reason), None)


class _WaitingReader(NamedTuple):
    subscriber_id: int
    domain: str
    reason: str  # what a server said, where it was asked before
    changed_at: datetime
    attempts: int
    was_refused: bool  # by a run before this one


_WAITING = (
    select(
        DeliveryRow.subscriber_id,
        SubscriberRow.email,
        DeliveryRow.reason,
        DeliveryRow.changed_at,
        DeliveryRow.attempts,
    )
    .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
    .where(*pending.AWAKE)
    .order_by(DeliveryRow.subscriber_id)
)


def _waiting(session: Session, batch: BatchRef, now: datetime) -> list[_WaitingReader]:
    """The readers of a batch who wait and may be tried now."""
    paused = paused_domains(session, now)
    rows = session.execute(_WAITING, pending.awake_parameters(batch, now))
    found = [
        _WaitingReader(
            row.subscriber_id,
            row.email.rpartition("@")[2],
            pending.said_of_reader(row.reason),
            row.changed_at,
            row.attempts,
            pending.was_refused(row, batch.began),
        )
        for row in rows.all()
    ]
    return [row for row in found if row.domain not in paused]


def all_were_refused(session: Session, issue_id: int, suspects: Collection[str]) -> bool:
    """Whether everybody still waiting was refused before, or reads at a suspect domain."""
    if session.get_one(IssueRow, issue_id).frozen_up_to is not None:
        return False
    open_batches = select(BatchRow.id).where(
        BatchRow.issue_id == issue_id, BatchRow.finished.is_(False), BatchRow.pending > 0
    )
    another = (
        select(DeliveryRow.subscriber_id)
        .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
        .where(DeliveryRow.batch_id.in_(open_batches), DeliveryRow.state == DeliveryState.PENDING)
        .where(*pending.NOT_REFUSED)
        .where(
            *(~SubscriberRow.email.endswith(f"@{domain}", autoescape=True) for domain in suspects)
        )
        .limit(1)
    )
    return session.scalar(another) is None


def domains(session: Session, issue_id: int) -> int:
    """How many domains the readers of an issue have; of many readers, those at both ends."""
    look_up_by_keys(session)
    found: set[str] = set()
    for order in (DeliveryRow.subscriber_id.asc(), DeliveryRow.subscriber_id.desc()):
        readers = select(DeliveryRow.subscriber_id).where(
            DeliveryRow.issue_id == issue_id, DeliveryRow.subscriber_id > 0
        )
        some = readers.order_by(order).limit(_AMONG).subquery()
        emails = select(SubscriberRow.email).join(some, some.c.subscriber_id == SubscriberRow.id)
        found |= {email.rpartition("@")[2] for email in session.scalars(emails)}
    return len(found)
