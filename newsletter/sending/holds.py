"""Why an issue is not sent by itself: too old, a wrong clock, a restored database, a pause."""

import fcntl
import os
from datetime import date, datetime, timedelta
from io import FileIO
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.db import Database
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.models import BatchRow, DeliveryRow, DeliveryState, IssueRow, IssueState
from newsletter.sending import rate_limit
from newsletter.sending.context import SendContext

_CLOCKS_DIFFER = timedelta(hours=1)


def hold_reason(session: Session, sending: SendContext, issue_id: int) -> str | None:
    """Why nothing of this issue may be sent now, and what lifts it; None where nothing is held."""
    issue = session.get_one(IssueRow, issue_id)
    if issue.state == IssueState.DONE:
        return None
    now = sending.clock()
    return (
        restored_reason(sending.database, sending.folder, issue)
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
        hours = (now - issue.frozen_at) // timedelta(hours=1)
        return (
            f"{name} was frozen {hours} hours ago, longer than sending.max_age_h allows: it is"
            f" held; {lift}"
        )
    return None


def restored_reason(database: Database, folder: Path | None, issue: IssueRow) -> str | None:
    """Whether this machine sent mails that the database has forgotten.

    Who claims tells the database first. So where it seems to be behind, it is asked again after
    the guard was read: meanwhile another process may have claimed.
    """
    remembered = _remembered(folder, issue)
    if remembered <= issue.claims:
        return None
    with database.read() as session:
        claims = session.get_one(IssueRow, issue.id).claims
    if remembered <= claims:
        return None
    return (
        f"{issue.newsletter} {issue.day}: this machine has taken up {remembered} mails of it, the"
        f" database knows of {claims}; it was restored from a copy, and nothing is sent."
        f" `newsletter send {issue.newsletter} --day {issue.day} --restored` marks what may have"
        " been sent as uncertain"
    )


def admit_restored(session: Session, folder: Path, issue: IssueRow, now: datetime) -> int:
    """Of what is pending nobody can know now: it becomes uncertain, and the guard is lifted.

    Raises:
        WrongUseError: the database is not behind.
    """
    remembered = _remembered(folder, issue)
    if remembered <= issue.claims:
        raise WrongUseError(
            f"the database knows of everything this machine sent of {issue.newsletter} {issue.day}"
        )
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.issue_id == issue.id, DeliveryRow.state == DeliveryState.PENDING)
        .values(
            state=DeliveryState.UNCERTAIN,
            reason="the database was restored from before this mail may have been sent",
            changed_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    pending = delivery_counters.of_issue(session, issue.id)[DeliveryState.PENDING]
    session.execute(
        update(BatchRow)
        .where(BatchRow.issue_id == issue.id)
        .values(uncertain=BatchRow.uncertain + BatchRow.pending, pending=0)
        .execution_options(synchronize_session=False)
    )
    issue.claims = remembered
    return pending


def _remembered(folder: Path | None, issue: IssueRow) -> int:
    return 0 if folder is None else remembered(folder, issue.newsletter, issue.day)


def _paused(session: Session, now: datetime) -> str | None:
    row = rate_limit.sending_pause(session, now)
    if row is None or row.paused_until is None:
        return None
    return (
        f"sending is paused until {row.paused_until:%H:%M} UTC: {row.reason};"
        " `newsletter send` tries at once"
    )


# What this machine remembers of its sending: so that a restored database is noticed.
#
# For each issue a file holds how many mails of it were ever claimed. The database counts the same,
# and is told first; so it can only say less when it was restored from before. What was sent in
# between is then pending again in the database, and would be doubled.


def remember(folder: Path, newsletter: str, day: date, claims: int) -> None:
    """So many were claimed. Written before the first of them leaves; never goes down.

    Raises:
        NewsletterError: it cannot be written, and so nothing may be sent.
    """
    try:
        with _opened(folder, newsletter, day) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if claims > _number(os.pread(file.fileno(), 20, 0)):
                os.pwrite(file.fileno(), b"%020d" % claims, 0)
    except OSError as error:
        raise NewsletterError(
            f"{folder} cannot be written: {error.strerror}; nothing was sent"
        ) from error


def remembered(folder: Path, newsletter: str, day: date) -> int:
    try:
        return _number(_file(folder, newsletter, day).read_bytes())
    except FileNotFoundError:
        return 0


def _opened(folder: Path, newsletter: str, day: date) -> FileIO:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(_file(folder, newsletter, day), os.O_RDWR | os.O_CREAT, 0o600)
    return FileIO(descriptor, "r+b")


def _file(folder: Path, newsletter: str, day: date) -> Path:
    return folder / f"{newsletter}-{day}.fence"


def _number(content: bytes) -> int:
    return int(content) if content.strip().isdigit() else 0
