"""For `newsletter check` and the alarms: readers whose newsletter is gone, links without a key."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter import slugs
from newsletter.config import Settings
from newsletter.db import Database, insert_missing
from newsletter.finding import Finding, Severity
from newsletter.models import BatchRow, IssueRow, KeyRow
from newsletter.subscribers.queries import count_confirmed
from newsletter.text import counted

_SIGNED = "links "  # how the purpose of a KeyRow begins that tells of a key of the configuration


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """Nobody waits for a newsletter that is not configured, and every link still works."""
    del now
    with database.read() as session:
        named = [slugs.former_text(row) for row in slugs.former(session, settings).values()]
        for text in (*named, *slugs.orphans(session, settings).values()):
            yield Finding("newsletters", Severity.TROUBLE, text)
        yield from _without_a_way_out(settings, session)
        yield from _lost_keys(settings, session)


def _without_a_way_out(settings: Settings, session: Session) -> Iterator[Finding]:
    """Without pages nobody can leave, and the only reader is whoever runs it."""
    if settings.site.url:
        return
    number = count_confirmed(session)
    if number > 1:
        text = (
            f"{number} readers, and no page where they could leave, so nothing is sent to them:"
            " set site.url, or remove all but yourself"
        )
        yield Finding("newsletters", Severity.TROUBLE, text)


def remember_keys(settings: Settings, session: Session, today: date) -> None:
    """The first secret key signs from now on: its fingerprint is kept, and the day."""
    first = key_fingerprint(settings.site.secret_keys[0].get_secret_value())
    row = {"purpose": f"{_SIGNED}{first}", "value": today.isoformat()}
    insert_missing(session, KeyRow, [row])


def key_fingerprint(key: str) -> str:
    """What tells a key from others, and nothing of it: 96 bits of a hash."""
    return sha256(b"newsletter key " + key.encode()).hexdigest()[:24]


def lost_keys(settings: Settings, session: Session) -> list[str]:
    """Since when each key signed that once did so and is not configured any more: ISO dates."""
    here = {key_fingerprint(key.get_secret_value()) for key in settings.site.secret_keys}
    rows = session.scalars(select(KeyRow).where(KeyRow.purpose.startswith(_SIGNED)))
    return sorted(row.value for row in rows if row.purpose.removeprefix(_SIGNED) not in here)


def _lost_keys(settings: Settings, session: Session) -> Iterator[Finding]:
    signing = select(KeyRow.value).where(KeyRow.purpose.startswith(_SIGNED)).order_by(KeyRow.value)
    days = [*session.scalars(signing), date.max.isoformat()]
    for since in lost_keys(settings, session):
        until = next((day for day in days if day > since), days[-1])
        mails = counted(_sent_between(session, since, until), "mail")
        text = (
            f"the key that signed links from {since} on is not in site.secret_keys: those in"
            f" {mails} of then, also to unsubscribe, no longer work; put it behind the first"
        )
        yield Finding("keys", Severity.TROUBLE, text)


def _sent_between(session: Session, since: str, until: str) -> int:
    """How many mails of the issues that were frozen from one day to before the other."""
    from_, to = (datetime.combine(date.fromisoformat(day), time(), UTC) for day in (since, until))
    number = (
        select(func.sum(BatchRow.sent))
        .join(IssueRow, IssueRow.id == BatchRow.issue_id)
        .where(IssueRow.frozen_at >= from_, IssueRow.frozen_at < to)
    )
    return session.scalar(number) or 0
