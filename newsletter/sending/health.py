"""For `newsletter check`: what is held, paused or unsure."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter import delivery_counters, outbox
from newsletter.config import Settings
from newsletter.database import db
from newsletter.database.db import Database, is_sqlite
from newsletter.finding import Finding, Severity
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    InterestRow,
    IssueRow,
    IssueState,
)
from newsletter.sending import holds
from newsletter.sending.limits import pauses
from newsletter.sending.restore_guard import machine_memory
from newsletter.sending.restore_guard.machine_memory import MachineMemory
from newsletter.sending.restore_guard.memory_folders import VARIABLE
from newsletter.text import brief, without_addresses
from newsletter.transports.base import Transport

_NEW_HERE = (
    "the database comes from another machine, and issues are held here: `newsletter send --moved`"
    " where that one sends no more, `newsletter send SLUG --day TODAY --restored` where it may have"
    " sent since the copy"
)
_LEFT = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN)
_PASSING = ("overlay", "tmpfs", "ramfs")
_NEWEST = select(IssueRow).order_by(IssueRow.day.desc()).limit(30)


def check(
    settings: Settings, database: Database, now: datetime, transport: type[Transport]
) -> Iterator[Finding]:
    with database.read() as session:
        findings = [
            *_paused(session),
            *_issues(settings, database, session, now),
            *_personal(transport, session),
        ]
    yield from findings or [Finding("sending", Severity.OK, "nothing is held, paused or uncertain")]


def audit(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """Whether the counters of the newest issues say what their deliveries do."""
    del settings, now
    with database.read() as session:
        for issue in session.scalars(_NEWEST.where(IssueRow.pruned_at.is_(None))):
            counted = delivery_counters.of_issue(session, issue.id)
            if counted != delivery_counters.scanned(session, issue.id):
                text = (
                    f"{issue.newsletter} {issue.day}: its counters differ from its deliveries;"
                    " please report this"
                )
                yield Finding("sending", Severity.TROUBLE, text)


def _paused(session: Session) -> Iterator[Finding]:
    """The last trouble, until a mail was accepted again: a pause that is over mends nothing."""
    then = "`run` tries again with one mail, `newsletter send` at once"
    down = pauses.down(session)
    if down is not None:
        moment = f"{down.filled_at:%F %R} UTC"
        text = f"{moment}: {down.reason}; `newsletter send` goes on as soon as it may"
        yield Finding("sending", Severity.TROUBLE, text)
    else:
        yield from _provider_trouble(session, pauses.TRANSPORT, "", then)
    if outbox.backlog(session)[0]:
        then = "one of them is tried again"
        what = " for confirm mails and the like"
        yield from _provider_trouble(session, pauses.OUTBOX, what, then)


def _provider_trouble(session: Session, of: str, what: str, then: str) -> Iterator[Finding]:
    row = pauses.last_trouble(session, of)
    if row is not None and row.paused_until is not None:
        text = (
            f"the transport is in trouble{what} ({row.reason});"
            f" after {row.paused_until:%H:%M} UTC {then}"
        )
        yield Finding("sending", Severity.TROUBLE, text)


def _is_late(settings: Settings, issue: IssueRow, now: datetime) -> bool:
    hours = settings.alarm.pending_h
    return bool(hours) and now - issue.frozen_at > timedelta(hours=hours)


def _issues(
    settings: Settings, database: Database, session: Session, now: datetime
) -> Iterator[Finding]:
    memory = machine_memory.machine_memory(settings, session)
    yield from _memory(settings, database, memory)
    max_age = timedelta(hours=settings.sending.max_age_h)
    judged = set[str]()
    for issue in session.scalars(_NEWEST):
        name = f"{issue.newsletter} {issue.day}"
        counted = delivery_counters.of_issue(session, issue.id)
        is_over = issue.state == IssueState.DONE and any(counted[state] for state in _LEFT)
        if is_over and issue.newsletter not in judged:
            judged.add(issue.newsletter)
            if (text := _missed_most(session, issue, counted)) is not None:
                is_news = now - issue.frozen_at <= max_age
                yield Finding("sending", Severity.TROUBLE if is_news else Severity.WARNING, text)
        if issue.state != IssueState.DONE:
            reason = holds.lasting_reason(database, memory, issue, max_age, now)
            if reason is not None:
                yield Finding("sending", Severity.TROUBLE, reason)
            elif _is_late(settings, issue, now) and (waiting := counted[DeliveryState.PENDING]):
                text = (
                    f"{name}: {waiting} pending since {issue.frozen_at:%F %R} UTC;"
                    " `newsletter send` tries at once and says why"
                )
                yield Finding("sending", Severity.TROUBLE, text)
            elif (why := _latest_refusal(session, issue)) is not None:
                text = f"{name}: {counted[DeliveryState.PENDING]} pending"
                text = text if pauses.is_in_trouble(session) else f"{text}: {why}"
                yield Finding("sending", Severity.WARNING, text)
        if counted[DeliveryState.UNCERTAIN]:
            text = (
                f"{name}: {counted[DeliveryState.UNCERTAIN]} uncertain;"
                " `newsletter deliveries settle` decides"
            )
            yield Finding("sending", Severity.WARNING, text)


def _memory(settings: Settings, database: Database, memory: MachineMemory) -> Iterator[Finding]:
    if (trouble := memory.trouble()) is not None:
        yield _unwritable_memory(settings, trouble)
    elif (passing := _passing_memory(settings, memory)) is not None:
        yield Finding("sending", Severity.WARNING, passing)
    if is_sqlite(database.engine) and memory.is_new_here():
        yield Finding("sending", Severity.WARNING, _NEW_HERE)


def _unwritable_memory(settings: Settings, trouble: str) -> Finding:
    """A folder that the settings name must be there, or mails do not leave."""
    if settings.sending.state_dir is not None:
        text = f"{trouble}: no issue can be sent; sending.state_dir must be one that can"
        return Finding("sending", Severity.TROUBLE, text)
    named = f"another {VARIABLE}" if os.environ.get(VARIABLE) else "sending.state_dir"
    text = f"{trouble}: a restored folder would not be noticed; set {named}"
    return Finding("sending", Severity.WARNING, text)


def _latest_refusal(session: Session, issue: IssueRow) -> str | None:
    """The latest words about a reader of this issue who still waits."""
    waiting = select(BatchRow.id).where(BatchRow.issue_id == issue.id, BatchRow.pending > 0)
    said = session.scalar(
        select(DeliveryRow.reason)
        .where(
            DeliveryRow.batch_id.in_(waiting),
            DeliveryRow.state == DeliveryState.PENDING,
            DeliveryRow.reason.is_not(None),
        )
        .order_by(DeliveryRow.changed_at.desc())
        .limit(1)
    )
    return without_addresses(brief(said)) if said else None


def _missed_most(session: Session, issue: IssueRow, counted: Counter[DeliveryState]) -> str | None:
    """Whether a finished issue missed more readers than it reached.

    Its account balances and no reader is left to try, so only this check tells.
    """
    failed, uncertain = counted[DeliveryState.FAILED], counted[DeliveryState.UNCERTAIN]
    sent = counted[DeliveryState.SENT]
    if failed + uncertain <= sent:
        return None
    said = session.scalar(
        select(DeliveryRow.reason)
        .where(
            DeliveryRow.issue_id == issue.id,
            DeliveryRow.state.in_((DeliveryState.FAILED, DeliveryState.UNCERTAIN)),
        )
        .order_by(DeliveryRow.subscriber_id)
        .limit(1)
    )
    name = f"{issue.newsletter} --day {issue.day}"
    state = "failed" if failed else "uncertain"
    return (
        f"{issue.newsletter} {issue.day}: {sent} sent, {failed} failed, {uncertain} uncertain"
        f" ({without_addresses(brief(said or 'why is not kept'))});"
        f" `newsletter deliveries status {name}` counts the reasons; where it was not the readers'"
        f" fault, `newsletter deliveries settle {name} --state {state} --as resend` tries again"
    )


def _personal(transport: type[Transport], session: Session) -> Iterator[Finding]:
    """Warn that a mail that opens with a reader's picks needs a request of its own."""
    if not transport.shares_requests:
        return
    own = session.scalar(select(func.count(InterestRow.subscriber_id.distinct()))) or 0
    if own:
        text = (
            f"{own} readers named what comes first for them: each of their mails is a request"
            " of its own to the provider, where a thousand others share one"
        )
        yield Finding("sending", Severity.OK, text)


def _passing_memory(settings: Settings, memory: MachineMemory) -> str | None:
    """Whether the database lasts, and what this machine remembers beside it does not."""
    folder = memory.elsewhere
    kind = passing_file_system(folder.resolve()) if folder is not None else None
    file = db.sqlite_file(settings.database.url, settings.folder)
    if kind is None or (file is not None and passing_file_system(file.resolve())):
        return None
    return (
        f"{folder} is on {kind} and goes with this container, the database stays: the next one"
        " would hold the issues that are open; set state_dir in [sending] (or"
        f" {VARIABLE}) to a folder in a volume of its own"
    )


def passing_file_system(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The kind of file system that path lies in, where it goes with a container or a start.

    None where it lasts, or where this system does not tell.
    """
    try:
        lines = mounts.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    # proc(5): ... mount point, options, any number of fields, "-", kind, ...
    kinds = {
        Path(fields[4]): fields[fields.index("-") + 1]
        for fields in (line.split(" ") for line in lines)
    }
    found = next((kinds[at] for at in (path, *path.parents) if at in kinds), "")
    return found if found in _PASSING else None
