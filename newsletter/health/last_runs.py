"""When a run and the reading of feedback last went well: what a stopped cron leaves unsaid.

A run says so by `record`; the findings are for `newsletter check` and the alarms.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.database.missing_rows import insert_missing
from newsletter.errors import NewsletterError
from newsletter.finding import Finding, Severity
from newsletter.models import ListingRow, MomentRow, RateRow
from newsletter.sources.base import ListingState
from newsletter.text import brief, without_addresses

_CLOSE = timedelta(minutes=5)  # as far as clocks may be apart
RUN, FETCH, FEEDBACK = "run", "fetch", "feedback"
_FIRST = "first run"


@contextmanager
def recorded(database: Database, name: str, clock: Callable[[], datetime]) -> Iterator[None]:
    """Around what is to go well: whether it did is written down."""
    try:
        yield
    except NewsletterError as error:
        with database.row_locked.begin() as session:
            record_failure(session, name, str(error), clock())
        raise
    with database.row_locked.begin() as session:
        record(session, name, clock())


def record(session: Session, name: str, now: datetime) -> None:
    """It went well: what failed before is over."""
    session.execute(delete(RateRow).where(RateRow.key == _failed(name)))
    insert_missing(session, MomentRow, [{"name": name, "at": now}])
    session.get_one(MomentRow, name).at = now


def record_failure(session: Session, name: str, why: str, now: datetime) -> None:
    """It was tried and did not go well, so the timer is not what is wrong."""
    insert_missing(session, RateRow, [{"key": _failed(name), "tokens": 0.0, "troubles": 0}])
    row = session.get_one(RateRow, _failed(name))
    row.reason, row.filled_at = without_addresses(brief(why)), now


def failure(session: Session, name: str) -> RateRow | None:
    """Why and when it last did not go well, where that is not over."""
    return session.get(RateRow, _failed(name))


def _failed(name: str) -> str:
    return f"failed {name}"


def begin(session: Session, now: datetime) -> None:
    """A run ended, well or not; from the first of all on, runs and feedback are waited for."""
    insert_missing(session, MomentRow, [{"name": _FIRST, "at": now}])


def last(session: Session, now: datetime) -> dict[str, datetime]:
    """When each of the three last went well; what never did is not there.

    What came from arXiv while the clock was ahead does not count; the newest before it does.
    """
    rows = session.scalars(select(MomentRow).where(MomentRow.name.in_((RUN, FEEDBACK))))
    moments = {row.name: row.at for row in rows}
    fetched = session.scalar(
        select(func.max(ListingRow.fetched_at)).where(
            ListingRow.fetched_at <= now + _CLOSE, ListingRow.state != ListingState.UNREACHABLE
        )
    )
    return moments if fetched is None else moments | {FETCH: fetched}


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """Find work that went well once and does no more, or never did. Without a run none is due."""
    with database.read() as session:
        moments = last(session, now)
        begun = session.get(MomentRow, _FIRST)
        failed = {name: failure(session, name) for name in (RUN, FEEDBACK)}
    feedback_h = settings.alarm.feedback_h if _reads_feedback(settings) else 0
    limits = {
        RUN: (settings.alarm.run_h, "no run ended well", "look at the timer or cron"),
        FETCH: (settings.alarm.fetch_h, "nothing came from arXiv", "try `newsletter run`"),
        FEEDBACK: (feedback_h, "the mailbox was not read", "let cron run `newsletter feedback`"),
    }
    # A machine that serves nobody else may sleep; the next run makes up for it.
    level = Severity.TROUBLE if settings.site.url else Severity.WARNING
    fine = []
    for name, (hours, text, advice) in limits.items():
        at, since = moments.get(name), ""
        if at is not None:
            since = f"{at:%F %R} UTC"
        elif begun is not None and name != FETCH:
            at, since = begun.at, f"{begun.at:%F %R} UTC, the first run of all"
        if at is None:
            continue
        if at > now + _CLOSE:
            ahead = (
                f"the last {name} that went well is of {at:%F %R} UTC, which is to come: this"
                " machine's clock is wrong, or was then, and until that day nobody would hear that"
                f" none goes well any more; set it (NTP), then `newsletter {name}`"
            )
            yield Finding(name, Severity.TROUBLE, ahead)
        elif hours and now - at > timedelta(hours=hours):
            cause = _cause(failed.get(name), now - timedelta(hours=hours)) or advice
            yield Finding(name, level, f"{text} since {since}; {cause}")
        elif name in moments:
            fine.append(f"{name} {at:%F %R}")
    if fine:
        yield Finding("last", Severity.OK, f"well (UTC): {', '.join(fine)}")


def _cause(failed: RateRow | None, since: datetime) -> str:
    """Why it did not go well; empty where it was not even tried."""
    if failed is None or failed.filled_at is None or failed.filled_at < since:
        return ""
    at = f"{failed.filled_at:%F %R} UTC"
    return f"it was tried last at {at}: {failed.reason}; `newsletter check` tries every part"


def _reads_feedback(settings: Settings) -> bool:
    return bool(settings.feedback.imap_host or settings.feedback.maildir)
