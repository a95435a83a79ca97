"""Whether the database is a copy of an earlier moment, since which more may have been sent.

Its mails would be pending again, and doubled. Witnesses are this machine's memory, PostgreSQL's own
identity, and the provider's record of what it took. An issue against which one of them speaks is
held until the operator says what it is.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.database.db import Database, is_sqlite
from newsletter.errors import WrongUseError
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    IssueState,
    SubscriberRow,
)
from newsletter.rendering.recipient import campaign_name
from newsletter.sending.restore_guard import server_identity
from newsletter.sending.restore_guard.claim_record import ClaimedSince
from newsletter.sending.restore_guard.machine_memory import IssueDays, MachineMemory
from newsletter.text import counted
from newsletter.transports.base import RecordUnreadableError, Transport

_log = logging.getLogger(__name__)

_AT_ONCE = 500  # rows in a statement


@dataclass(frozen=True)
class Suspicion:
    """Why a database may be a copy; `only_here`: this machine knows its claims since then."""

    reason: str
    only_here: bool = False


def restored_reason(
    database: Database, memory: MachineMemory | None, issue: IssueRow
) -> str | None:
    """Whether more may have been sent of an issue than the database knows, in words."""
    found = None if memory is None else suspicion(database, memory, issue)
    return found.reason if found else None


def suspicion(database: Database, memory: MachineMemory, issue: IssueRow) -> Suspicion | None:
    """The suspicion that more was sent of an issue than the database knows, if there is one."""
    found = server_identity.restored_at(database, issue) or _moved(database, memory, issue)
    if found is not None:
        return Suspicion(f"{issue.newsletter} {issue.day}: {found}. {_lift(issue)}")
    return _behind(database, memory, issue)


def tell_others(database: Database, memory: MachineMemory, now: datetime) -> None:
    """Where this machine alone knows that the database is behind, have all machines hold it."""
    with database.read() as session:
        is_open = (IssueRow.state != IssueState.DONE) & IssueRow.admitted_at.is_(None)
        issues = session.scalars(select(IssueRow).where(is_open)).all()
    found = [suspicion(database, memory, issue) for issue in issues]
    if any(doubt is not None and doubt.only_here for doubt in found):
        with database.write.begin() as session:
            server_identity.say_restored(session, now)


def taken_by_provider(
    database: Database, transport: Transport, issue: IssueRow
) -> Suspicion | None:
    """Whether the provider's own record, where it has one, holds more than was ever claimed.

    Where it cannot be read and the issue is under way, that is said, and it goes on.
    """
    if issue.admitted_at is not None:
        return None
    try:
        taken = transport.taken(campaign_name(issue.first_name, issue.day), issue.day)
    except RecordUnreadableError as error:
        if issue.claims:
            _log.warning(
                "%s %s goes on, %s of it were taken up before. Whether more were, as on a machine"
                " that was brought back from a snapshot, could not be asked: %s",
                issue.newsletter,
                issue.day,
                counted(issue.claims, "mail"),
                error,
            )
        return None
    with database.read() as session:  # only now: another process may have claimed meanwhile
        known = session.get_one(IssueRow, issue.id).claims
    if taken is None or taken <= known:
        return None
    return Suspicion(
        f"{issue.newsletter} {issue.day}: by its own record the provider has taken"
        f" {counted(taken, 'mail')} of it, the database knows of {known}: it was restored from a"
        f" copy. {_lift(issue)}"
    )


def admit_moved(session: Session, memory: MachineMemory, issue: IssueRow, now: datetime) -> None:
    """The operator says that nothing was sent since the copy was made: this machine goes on.

    Raises:
        WrongUseError: this machine knows of more than the database.
    """
    days = IssueDays.of(issue)
    if memory.claims_of(days) > issue.claims or _unknown_issues(session, memory, days):
        raise WrongUseError(
            f"this machine has sent more of {issue.newsletter} {issue.day} than the database knows"
            " of: --restored is for that"
        )
    issue.admitted_at = now
    memory.remember(days, issue.claims)
    memory.make_known()


def admit_restored(
    session: Session, memory: MachineMemory, issue: IssueRow, now: datetime, *, only_here: bool
) -> int:
    """Make uncertain what may have been sent since the copy, and lift the guard; how many.

    These are the deliveries that this machine claimed after the copy was made, and those that the
    copy shows as sending. Where this machine lacks some of its claims, they are all pending ones.
    """
    days = IssueDays.of(issue)
    remembered = memory.claims_of(days)
    others = _unknown_issues(session, memory, days)
    claimed = _claimed_since(memory, issue, others) if only_here else None
    rows = [
        row
        for row in session.execute(_OPEN, {"issue": issue.id})
        if row.state == DeliveryState.SENDING or claimed is None or _may_have(row, claimed)
    ]
    _make_uncertain(session, issue, rows, now)
    issue.claims = max(remembered, issue.claims, *map(memory.claims_of, others), 0)
    issue.admitted_at = now
    memory.remember(days, issue.claims)
    for other in others:
        memory.forget(other)
    if memory.is_foreign(issue.day):
        memory.make_known(now.date())
    return len(rows)


def _lift(issue: IssueRow) -> str:
    command = f"newsletter send {issue.newsletter} --day {issue.day}"
    return f"`{command} --moved` where nothing was, `{command} --restored` where that is not sure"


def _behind(database: Database, memory: MachineMemory, issue: IssueRow) -> Suspicion | None:
    """This machine has sent more than the database knows.

    A worker tells the database first of a claim. So where the database seems to be behind, it is
    asked again after the guard was read: another process may have claimed meanwhile.
    """
    days, known = IssueDays.of(issue), issue.claims
    remembered = memory.claims_of(days)
    with database.read() as session:
        others = _unknown_issues(session, memory, days)
        if remembered > known:
            known = session.get_one(IssueRow, issue.id).claims
    if remembered > known:
        what = f"has taken up {counted(remembered, 'mail')} of it, the database knows of {known}"
    elif others:
        what = f"has sent an issue of {others[0].last} of which the database does not know"
    else:
        return None
    reason = (
        f"{issue.newsletter} {issue.day}: this machine {what}; it was restored from a copy, and"
        f" nothing is sent. `newsletter send {issue.newsletter} --day {issue.day} --restored` marks"
        " what may have been sent as uncertain"
    )
    return Suspicion(reason, only_here=True)


def _unknown_issues(session: Session, memory: MachineMemory, days: IssueDays) -> list[IssueDays]:
    """Issues with the same days that this machine sent and the database does not have.

    Days that were missed become one issue, so the same day can be in another issue after a restore.
    """
    return [other for other in memory.sharing_days_with(days) if not _has(session, other)]


def _has(session: Session, days: IssueDays) -> bool:
    same = exists().where(
        func.coalesce(IssueRow.frozen_as, IssueRow.newsletter) == days.newsletter,
        IssueRow.day == days.last,
        func.coalesce(IssueRow.first_day, IssueRow.day) == days.first,
    )
    return bool(session.scalar(select(same)))


def _moved(database: Database, memory: MachineMemory, issue: IssueRow) -> str | None:
    """A file is one machine's: where that machine knows nothing of it, it is a copy.

    On PostgreSQL another machine may have begun the issue, which is as it should be.
    """
    if not is_sqlite(database.engine) or memory.knows(IssueDays.of(issue)):
        return None
    if not issue.claims and not memory.is_foreign(issue.day):
        return None
    what = (
        f"{counted(issue.claims, 'mail')} of it taken up, but not by this machine"
        if issue.claims
        else "it may have been sent from another machine, and never was from this one"
    )
    return (
        f"{what} ({memory.elsewhere}): the database is a copy, and more may have been sent since."
        " In a container, set state_dir in [sending] (or NEWSLETTER_STATE_DIR) to a folder in a"
        " volume that lasts"
    )


def _claimed_since(
    memory: MachineMemory, issue: IssueRow, others: Sequence[IssueDays]
) -> ClaimedSince | None:
    """The subscribers this machine claimed in any issue of these days; None where it lacks some."""
    days = IssueDays.of(issue)
    found = [memory.claimed_since(other, 0) for other in others]
    if memory.claims_of(days) > issue.claims:
        found.append(memory.claimed_since(days, issue.claims))
    known = [claimed for claimed in found if claimed is not None]
    if not found or len(known) < len(found):
        return None
    return ClaimedSince(
        frozenset().union(*(claimed.subscribers for claimed in known)),
        max(claimed.until for claimed in known),
    )


_OPEN = (
    select(
        DeliveryRow.batch_id,
        DeliveryRow.subscriber_id,
        DeliveryRow.state,
        SubscriberRow.created_at,
    )
    .outerjoin(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
    .where(
        DeliveryRow.issue_id == bindparam("issue"),
        DeliveryRow.state.in_((DeliveryState.PENDING, DeliveryState.SENDING)),
    )
)


def _may_have(row: Row[int, int, str, datetime | None], claimed: ClaimedSince) -> bool:
    """Whether a reader was claimed since; or is newer, and was perhaps here before the copy."""
    if row.subscriber_id in claimed.subscribers:
        return True
    return row.created_at is not None and row.created_at > claimed.until


def _make_uncertain(
    session: Session,
    issue: IssueRow,
    rows: Sequence[Row[int, int, str, datetime | None]],
    now: datetime,
) -> None:
    """Make these rows uncertain. All that were on the wire are among them, so batches are free."""
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.issue_id == issue.id,
                DeliveryRow.subscriber_id.in_(
                    [row.subscriber_id for row in rows[start : start + _AT_ONCE]]
                ),
            )
            .values(
                state=DeliveryState.UNCERTAIN,
                reason="the database was restored from before this mail may have been sent",
                changed_at=now,
            )
            .execution_options(synchronize_session=False)
        )
    for (batch_id, state), number in Counter((row.batch_id, row.state) for row in rows).items():
        delivery_counters.move(
            session, batch_id, DeliveryState(state), DeliveryState.UNCERTAIN, number
        )
    session.execute(
        update(BatchRow)
        .where(BatchRow.issue_id == issue.id)
        .values(owner=None, leased_until=None)
        .execution_options(synchronize_session=False)
    )
