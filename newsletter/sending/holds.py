"""Why an issue is not sent by itself: too old, a wrong clock, a restored database, a pause."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.models import IssueRow, IssueState
from newsletter.sending.limits import pauses
from newsletter.sending.restore_guard import restored, server_identity
from newsletter.sending.restore_guard.machine_memory import MachineMemory
from newsletter.sending.restore_guard.server_identity import LogPosition
from newsletter.subscribers.queries import count_confirmed
from newsletter.text import counted

if TYPE_CHECKING:
    from newsletter.sending.context import SendContext

_CLOCKS_DIFFER = timedelta(hours=1)
_CAME_BACK = (
    "the database came back from a copy, or was said to, while mails were sent: nothing more"
    " leaves; the next `newsletter run` says what is held"
)


def hold_reason(session: Session, context: "SendContext", issue_id: int) -> str | None:
    """Why this issue is held now, and what lifts the hold; None where it may be sent."""
    issue = session.get_one(IssueRow, issue_id)
    if issue.state == IssueState.DONE:
        return None
    max_age = None if context.override.late else context.max_age
    lasting = lasting_reason(context.database, context.memory, issue, max_age, context.clock())
    return lasting or pause_or_leave_reason(session, context, issue)


def lasting_reason(
    database: Database,
    memory: MachineMemory | None,
    issue: IssueRow,
    max_age: timedelta | None,
    now: datetime,
) -> str | None:
    """Why an open issue is held until the operator lifts it; `max_age` is None where they did."""
    copied = restored.restored_reason(database, memory, issue)
    return copied or (None if max_age is None else _stale_reason(issue, max_age, now))


def refuse_restored(session: Session, context: "SendContext") -> None:
    """Refuse to go on in another database than the one in which the issue was found not held.

    Raises:
        NewsletterError: another process has put a copy in its place since then.
    """
    if server_identity.restore_mark(session) != context.restore_mark:
        raise NewsletterError(_CAME_BACK)


def refuse_claims_again(first: int, remembered: int) -> None:
    """Refuse a claim of a number that this machine remembers, as its mail left before.

    `remembered` was read before the claim. A worker tells the database first, so the database is
    behind only where a copy took its place.

    Raises:
        NewsletterError: the claim's first number is one of them.
    """
    if first <= remembered:
        raise NewsletterError(_CAME_BACK)


def refuse_other_history(seen: LogPosition | None, found: LogPosition | None) -> None:
    """Refuse a claim in a server that took the place of the one the issue was sent from.

    A pooler keeps our connection while a standby takes over, and any connection lives on while
    `pg_restore` makes the tables anew. Either may lack what others claimed.

    Raises:
        NewsletterError: PostgreSQL's timeline or table is another, or its log ends before what was
            seen of it.
    """
    if seen is not None and found is not None and not found.may_follow(seen):
        raise NewsletterError(_CAME_BACK)


def is_old_news(context: "SendContext", issue: IssueRow) -> bool:
    """Whether it is held for its age alone."""
    is_old = context.clock() - issue.frozen_at > context.max_age and not context.override.late
    return is_old and restored.restored_reason(context.database, context.memory, issue) is None


def pause_or_leave_reason(session: Session, context: "SendContext", issue: IssueRow) -> str | None:
    """Why even a finished issue may not be sent once more now: a pause, or no way to leave."""
    pause = None if context.override.waiting else pause_reason(session, context.clock())
    return pause or (_no_way_out_reason(session, issue) if context.for_one else None)


def _stale_reason(issue: IssueRow, max_age: timedelta, now: datetime) -> str | None:
    """Whether it is old news, or frozen at a time that is still to come."""
    name = f"{issue.newsletter} {issue.day}"
    of_issue = f"{issue.newsletter} --day {issue.day}"
    lift = f"`newsletter send {of_issue} --late` sends it"
    if issue.frozen_at > now + _CLOCKS_DIFFER:
        return (
            f"{name} was frozen at {issue.frozen_at:%Y-%m-%d %H:%M} UTC, which is still to come:"
            f" set this machine's clock; {lift}"
        )
    if now - issue.frozen_at > max_age:
        hours = counted((now - issue.frozen_at) // timedelta(hours=1), "hour")
        return (
            f"{name} was frozen {hours} ago, longer than sending.max_age_h allows: it is"
            f" held; {lift}, `newsletter deliveries settle {of_issue} --state pending --as failed`"
            " ends it"
        )
    return None


def _no_way_out_reason(session: Session, issue: IssueRow) -> str | None:
    """Hold an issue for several readers where mails have no link to leave by."""
    readers = count_confirmed(session)
    if readers <= 1:
        return None
    return (
        f"{issue.newsletter} {issue.day} is for {readers} readers, who could not leave, since there"
        " are no pages: set site.url, or remove all but yourself"
    )


def pause_reason(session: Session, now: datetime) -> str | None:
    """Why the provider is left alone now, if it is."""
    row = pauses.sending_pause(session, now)
    if row is None or row.paused_until is None:
        return None
    return (
        f"sending is paused until {row.paused_until:%H:%M} UTC: {row.reason};"
        " `newsletter send` tries at once"
    )
