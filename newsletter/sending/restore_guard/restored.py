"""Whether the database is a copy of an earlier moment, since which more may have been sent.

Its mails would be pending again, and doubled. This machine's memory shows it, PostgreSQL's own
identity, and the provider's record of what it took. An issue against which one of them speaks is
held until the operator says what it is.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from newsletter.database.db import Database, is_sqlite
from newsletter.models import IssueRow, IssueState
from newsletter.rendering.recipient import campaign_name
from newsletter.sending.restore_guard import server_identity
from newsletter.sending.restore_guard.admission import unknown_issues
from newsletter.sending.restore_guard.machine_memory import IssueDays, MachineMemory
from newsletter.text import counted
from newsletter.transports.base import RecordUnreadableError, Transport

_log = logging.getLogger(__name__)


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
        others = unknown_issues(session, memory, days)
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
