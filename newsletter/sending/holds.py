"""Why an issue is not sent by itself: too old, a wrong clock, a restored database, a pause."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.db import Database
from newsletter.errors import WrongUseError
from newsletter.models import DeliveryRow, DeliveryState, IssueRow, IssueState, SubscriberRow
from newsletter.sending import rate_limit
from newsletter.sending.claim_record import ClaimedSince
from newsletter.sending.context import SendContext
from newsletter.sending.machine_memory import MachineMemory
from newsletter.text import counted

_CLOCKS_DIFFER = timedelta(hours=1)
_AT_ONCE = 500  # rows in a statement


def hold_reason(session: Session, sending: SendContext, issue_id: int) -> str | None:
    """Why nothing of this issue may be sent now, and what lifts it; None where nothing is held."""
    issue = session.get_one(IssueRow, issue_id)
    if issue.state == IssueState.DONE:
        return None
    now = sending.clock()
    return (
        restored_reason(sending.database, sending.memory, issue)
        or (None if sending.override.late else stale_reason(issue, sending.max_age, now))
        or (None if sending.override.paused else _paused(session, now))
    )


def stale_reason(issue: IssueRow, max_age: timedelta, now: datetime) -> str | None:
    """Whether it is old news, or frozen at a time that is still to come."""
    name = f"{issue.newsletter} {issue.day}"
    lift = f"`newsletter send {issue.newsletter} --day {issue.day} --late` sends it"
    if issue.frozen_at > now + _CLOCKS_DIFFER:
        return (
            f"{name} was frozen at {issue.frozen_at:%Y-%m-%d %H:%M} UTC, which is still to come:"
            f" set this machine's clock; {lift}"
        )
    if now - issue.frozen_at > max_age:
        hours = counted((now - issue.frozen_at) // timedelta(hours=1), "hour")
        return (
            f"{name} was frozen {hours} ago, longer than sending.max_age_h allows: it is"
            f" held; {lift}"
        )
    return None


def restored_reason(
    database: Database, memory: MachineMemory | None, issue: IssueRow
) -> str | None:
    """Whether this machine sent mails that the database has forgotten, or may have been moved.

    Who claims tells the database first. So where it seems to be behind, it is asked again after
    the guard was read: meanwhile another process may have claimed.
    """
    if memory is None:
        return None
    remembered = memory.claims_of(issue.newsletter, issue.day)
    if remembered <= issue.claims:
        return _moved_reason(database, memory, issue)
    with database.read() as session:
        claims = session.get_one(IssueRow, issue.id).claims
    if remembered <= claims:
        return None
    return (
        f"{issue.newsletter} {issue.day}: this machine has taken up {counted(remembered, 'mail')}"
        f" of it, the database knows of {claims}; it was restored from a copy, and nothing is sent."
        f" `newsletter send {issue.newsletter} --day {issue.day} --restored` marks what may have"
        " been sent as uncertain"
    )


def _moved_reason(database: Database, memory: MachineMemory, issue: IssueRow) -> str | None:
    """A file is one machine's: where that machine knows nothing of it, it is a copy.

    On PostgreSQL another machine may have begun the issue, which is as it should be.
    """
    if database.engine.dialect.name != "sqlite" or memory.knows(issue.newsletter, issue.day):
        return None
    if not issue.claims and not memory.is_foreign(issue.day):
        return None
    name = f"newsletter send {issue.newsletter} --day {issue.day}"
    what = (
        f"{counted(issue.claims, 'mail')} of it taken up, but not by this machine"
        if issue.claims
        else "its mails were sent from another machine, and never from this one"
    )
    return (
        f"{issue.newsletter} {issue.day}: {what} ({memory.elsewhere}): the database is a copy, and"
        " more may have been sent since (in a container, let sending.state_dir name a folder that"
        f" lasts). `{name} --moved` where nothing was, `{name} --restored` where that is not sure"
    )


def admit_moved(session: Session, memory: MachineMemory, issue: IssueRow) -> None:
    """The operator says that nothing was sent since the copy was made: this machine goes on.

    Raises:
        WrongUseError: this machine knows of more than the database.
    """
    if memory.claims_of(issue.newsletter, issue.day) > issue.claims:
        raise WrongUseError(
            f"this machine has sent more of {issue.newsletter} {issue.day} than the database knows"
            " of: --restored is for that"
        )
    memory.remember(issue.newsletter, issue.day, session.get_one(IssueRow, issue.id).claims)
    memory.make_known()


def admit_restored(session: Session, memory: MachineMemory, issue: IssueRow, now: datetime) -> int:
    """What may have been sent since the copy becomes uncertain, and the guard is lifted.

    That is whom this machine claimed since, and whom the copy shows as being sent to; where the
    machine cannot tell of all, everybody who is pending. Returns how many.

    Raises:
        WrongUseError: the database is not behind.
    """
    remembered = memory.claims_of(issue.newsletter, issue.day)
    if remembered <= issue.claims and memory.knows(issue.newsletter, issue.day):
        raise WrongUseError(
            f"the database knows of everything this machine sent of {issue.newsletter} {issue.day}"
        )
    claimed = None
    if remembered > issue.claims:
        claimed = memory.claimed_since(issue.newsletter, issue.day, issue.claims)
    rows = [
        row
        for row in session.execute(_OPEN, {"issue": issue.id})
        if row.state == DeliveryState.SENDING or claimed is None or _may_have(row, claimed)
    ]
    _make_uncertain(session, issue, rows, now)
    issue.claims = max(remembered, issue.claims)
    memory.remember(issue.newsletter, issue.day, issue.claims)
    if memory.is_foreign(issue.day):
        memory.make_known(now.date())
    return len(rows)


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
    """Claimed since; or somebody who is newer than that, and was perhaps here before the copy."""
    if row.subscriber_id in claimed.subscribers:
        return True
    return row.created_at is not None and row.created_at > claimed.until


def _make_uncertain(
    session: Session,
    issue: IssueRow,
    rows: Sequence[Row[int, int, str, datetime | None]],
    now: datetime,
) -> None:
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


def _paused(session: Session, now: datetime) -> str | None:
    row = rate_limit.sending_pause(session, now)
    if row is None or row.paused_until is None:
        return None
    return (
        f"sending is paused until {row.paused_until:%H:%M} UTC: {row.reason};"
        " `newsletter send` tries at once"
    )
