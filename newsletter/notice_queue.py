"""Notices that somebody came or went, for the targets that [notify] names.

They are written in the transaction in which it happens, so none is lost in a crash, and none tells
what was taken back. A notice has an identity of its own: one that a process died over arrives
twice, and its target knows it again.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter import slugs
from newsletter.config import NoticeKind, NotifySettings
from newsletter.database.db import Database
from newsletter.database.missing_rows import insert_missing
from newsletter.models import NoticeRow, NoticeTargetRow, SubscriberRow
from newsletter.retry_schedule import LEASE, RetrySchedule

GATHERED_FOR = timedelta(minutes=5)  # what one mail to an operator tells together
_KEPT_FOR = timedelta(days=30)
_TARGETS = "notify"  # where a session bears those that are told
_RETRIES = RetrySchedule((0.25, 5, 30, 60, 120, 240, 480), given_up_after=timedelta(days=3))
# Of all that is for one target, after so many notices that were new have failed.
_TARGET_RETRIES = RetrySchedule((0.25, 1, 5, 15, 30))


@dataclass(frozen=True)
class Notice:
    """An event to tell; `old` is the subscriber as before a change of address."""

    kind: NoticeKind
    subscriber: SubscriberRow
    newsletters: Sequence[str]
    way: str | None = None
    doubt: str | None = None
    old: SubscriberRow | None = None


@dataclass(frozen=True)
class FailedAttempt:
    """Why, how long the other side asks to wait, and whether it was the notice's first attempt."""

    words: str
    wait: timedelta = timedelta(0)
    is_first: bool = True


@dataclass(frozen=True)
class Backlog:
    """The notices that wait for a target."""

    name: str
    waiting: int
    oldest: datetime | None
    given_up: int
    trouble: NoticeTargetRow | None


def configure_targets(database: Database, targets: Mapping[str, NotifySettings]) -> None:
    """Tell these targets what is written through this database from now on."""
    for sessions in (database.write, database.concurrent, database.row_locked):
        sessions.configure(info={_TARGETS: targets})


def enqueue_notice(session: Session, notice: Notice, now: datetime) -> None:
    """Write down what just happened, for everybody who wants to hear of it."""
    targets: Mapping[str, NotifySettings] = session.info.get(_TARGETS, {})
    for name, settings in targets.items():
        named = slugs.of_today(session, settings.newsletters) if settings.newsletters else []
        heard_of = [slug for slug in notice.newsletters if not named or slug in named]
        if notice.kind not in settings.events or not heard_of:
            continue
        row = NoticeRow(
            target=name,
            event_id=f"msg_{secrets.token_hex(16)}",
            kind=notice.kind,
            subscriber_id=notice.subscriber.id,
            email=None if notice.kind == "erased" else notice.subscriber.email,
            newsletters=heard_of,
            way=notice.way,
            doubt=notice.doubt,
            at=now,
            attempts=0,
            not_before=now + GATHERED_FOR if settings.mail_to else now,
        )
        if notice.old is not None:
            row.old_subscriber_id, row.old_email = notice.old.id, notice.old.email
        session.add(row)


def forget(session: Session, subscriber_id: int) -> None:
    """Delete the notices that wait and name this subscriber."""
    session.execute(
        delete(NoticeRow).where(
            or_(
                NoticeRow.subscriber_id == subscriber_id,
                NoticeRow.old_subscriber_id == subscriber_id,
            )
        )
    )


def forget_old(session: Session, now: datetime) -> None:
    """Delete notices that no target took within a month."""
    session.execute(delete(NoticeRow).where(NoticeRow.at < now - _KEPT_FOR))


def due_targets(session: Session, now: datetime) -> list[str]:
    """The targets for which a notice is due, without those that just failed."""
    paused = select(NoticeTargetRow.name).where(NoticeTargetRow.not_before > now)
    due = (
        select(NoticeRow.target)
        .where(NoticeRow.not_before <= now, NoticeRow.target.not_in(paused))
        .distinct()
    )
    return sorted(session.scalars(due))


def claim(session: Session, target: str, now: datetime, most: int) -> Sequence[NoticeRow]:
    """The notices that are due, leased to the caller: those first that failed the least."""
    rows = session.scalars(
        select(NoticeRow)
        .where(NoticeRow.target == target, NoticeRow.not_before <= now)
        .order_by(NoticeRow.attempts, NoticeRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.not_before = now + LEASE
    return rows


def take_for_mail(session: Session, target: str, most: int) -> Sequence[NoticeRow]:
    """The oldest of everything that waits, due or not, to be told together; gone from here."""
    rows = session.scalars(
        select(NoticeRow)
        .where(NoticeRow.target == target)
        .order_by(NoticeRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    delete_told(session, rows)
    return rows


def delete_told(session: Session, rows: Sequence[NoticeRow]) -> None:
    """Delete the notices that their target took."""
    session.execute(delete(NoticeRow).where(NoticeRow.id.in_([row.id for row in rows])))


def release(session: Session, rows: Sequence[NoticeRow], now: datetime) -> None:
    """Put back what was leased and not tried."""
    ids = [row.id for row in rows]
    session.execute(update(NoticeRow).where(NoticeRow.id.in_(ids)).values(not_before=now))


def retry_later(session: Session, row: NoticeRow, now: datetime) -> None:
    """Count a failed attempt; the next comes later, or never from three days after the event on."""
    failures = row.attempts + 1
    values = {"attempts": failures, "not_before": _RETRIES.next_attempt(failures, row.at, now)}
    session.execute(update(NoticeRow).where(NoticeRow.id == row.id).values(values))


def note_failure(session: Session, target: str, answer: FailedAttempt, now: datetime) -> None:
    """Pause a target that takes nothing; each new notice that fails makes the pause longer.

    One that failed before says little of the others.
    """
    new = {"name": target, "failures": 0, "since": now, "words": answer.words, "not_before": now}
    insert_missing(session, NoticeTargetRow, [new])
    row = session.get_one(NoticeTargetRow, target, with_for_update=True)
    row.failures += answer.is_first
    row.words = answer.words
    row.not_before = now + max(answer.wait, _TARGET_RETRIES.pause(row.failures))


def note_success(session: Session, target: str) -> None:
    session.execute(delete(NoticeTargetRow).where(NoticeTargetRow.name == target))


def retry_now(session: Session, target: str, now: datetime) -> int:
    """Make due what waits or was given up; how many that is."""
    note_success(session, target)
    is_theirs = NoticeRow.target == target
    waiting = session.scalar(select(func.count()).select_from(NoticeRow).where(is_theirs)) or 0
    session.execute(update(NoticeRow).where(is_theirs).values(not_before=now, attempts=0))
    return waiting


def backlogs(session: Session, configured: Sequence[str]) -> list[Backlog]:
    """The backlogs of the configured targets, and of others for which something waits."""
    troubles = {row.name: row for row in session.scalars(select(NoticeTargetRow))}
    counts = session.execute(
        select(
            NoticeRow.target,
            func.count(NoticeRow.not_before),
            func.count(),
            func.min(NoticeRow.at),
        ).group_by(NoticeRow.target)
    )
    found = {name: (waiting, oldest, number) for name, waiting, number, oldest in counts}
    return [
        Backlog(name, waiting, oldest, number - waiting, troubles.get(name))
        for name in dict.fromkeys((*configured, *sorted(found)))
        for waiting, oldest, number in [found.get(name, (0, None, 0))]
    ]
