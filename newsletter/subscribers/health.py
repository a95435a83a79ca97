"""Checks for readers whose newsletter is gone, and for links without a key."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter import slugs
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.database.missing_rows import insert_missing
from newsletter.finding import Finding, Severity
from newsletter.models import BatchRow, IssueRow, KeyRow
from newsletter.subscribers.queries import count_confirmed
from newsletter.text import counted

# A link to unsubscribe works for 60 days after its mail (CASL, section 11; CAN-SPAM wants 30).
_LINKS_WORK = timedelta(days=60)
_SIGNED = "links "  # how the purpose of a KeyRow begins that tells of a key of the configuration
_GIVEN_UP = " given up"  # how the value of such a row ends, after its day


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """Find readers of newsletters that are not configured, and links that no longer work."""
    with database.read() as session:
        named = [slugs.former_text(row) for row in slugs.former(session, settings).values()]
        for text in (*named, *slugs.orphans(session, settings).values()):
            yield Finding("newsletters", Severity.TROUBLE, text)
        many = without_a_way_out(settings, session)
        if many:
            yield Finding("newsletters", Severity.TROUBLE, many)
        yield from _keys(settings, session, now.date())


def without_a_way_out(settings: Settings, session: Session) -> str | None:
    """Why several readers are not mailed: without pages they could not leave."""
    number = 0 if settings.site.url else count_confirmed(session)
    if number <= 1:
        return None
    return (
        f"{number} readers, and no page where they could leave, so nothing is sent to them:"
        " set site.url, or remove all but yourself"
    )


def remember_keys(settings: Settings, session: Session, today: date) -> None:
    """The first secret key signs from now on: its fingerprint is kept, and the day."""
    first = key_fingerprint(settings.site.secret_keys[0].get_secret_value())
    row = {"purpose": f"{_SIGNED}{first}", "value": today.isoformat()}
    insert_missing(session, KeyRow, [row])


def give_up_keys(settings: Settings, session: Session, since: date) -> int:
    """The operator says that keys which signed from that day on must not come back; how many."""
    here = _fingerprints(settings)
    rows = session.scalars(select(KeyRow).where(KeyRow.purpose.startswith(_SIGNED)))
    given_up = [
        row
        for row in rows
        if row.value == since.isoformat() and row.purpose.removeprefix(_SIGNED) not in here
    ]
    for row in given_up:
        row.value += _GIVEN_UP
    return len(given_up)


def key_fingerprint(key: str) -> str:
    """96 bits of a hash, by which a key is told from others."""
    return sha256(b"newsletter key " + key.encode()).hexdigest()[:24]


def _fingerprints(settings: Settings) -> list[str]:
    return [key_fingerprint(key.get_secret_value()) for key in settings.site.secret_keys]


def lost_keys(settings: Settings, session: Session) -> list[str]:
    """Since when each key signed that once did so and is not configured any more: ISO dates."""
    here = _fingerprints(settings)
    rows = session.scalars(select(KeyRow).where(KeyRow.purpose.startswith(_SIGNED)))
    lost = [row.value for row in rows if row.purpose.removeprefix(_SIGNED) not in here]
    return sorted(value.removesuffix(_GIVEN_UP) for value in lost)


def _keys(settings: Settings, session: Session, today: date) -> Iterator[Finding]:
    """Keys that sign no more: gone too early, or kept longer than anybody needs them."""
    here = _fingerprints(settings)
    rows = session.scalars(select(KeyRow).where(KeyRow.purpose.startswith(_SIGNED)))
    signed = sorted((row.value, row.purpose.removeprefix(_SIGNED)) for row in rows)
    days = [*(value.removesuffix(_GIVEN_UP) for value, _ in signed), today.isoformat()]
    for value, fingerprint in signed:
        since = value.removesuffix(_GIVEN_UP)
        until = next((day for day in days if day > since), days[-1])
        may_go = date.fromisoformat(until) + _LINKS_WORK
        if fingerprint not in here and today < may_go and value != since:
            text = f"the key that signed from {since} on was given up; links of then say so"
            yield Finding("keys", Severity.OK, text)
        elif fingerprint not in here and today < may_go:
            mails = counted(_sent_between(session, since, until, today), "mail")
            text = (
                f"the key that signed links from {since} on is not in site.secret_keys: those in"
                f" {mails} of then, also to unsubscribe, no longer work; put it behind the first"
                f" until {may_go}; or, where others knew it, `newsletter config give-up-key"
                f" {since}`"
            )
            yield Finding("keys", Severity.TROUBLE, text)
        elif fingerprint in here[1:]:
            place = f"site.secret_keys, number {here.index(fingerprint) + 1}"
            go = "may go" if today >= may_go else f"may go on {may_go}"
            text = (
                f"{place}, signed until {until}, and {go}: links work for {_LINKS_WORK.days} days"
            )
            yield Finding("keys", Severity.OK, text)


def _sent_between(session: Session, since: str, until: str, today: date) -> int:
    """How many mails of the issues that were frozen from one day to before the other.

    With today as the end, today's mails count, too: the key may have gone a minute ago.
    """
    from_, to = (datetime.combine(date.fromisoformat(day), time(), UTC) for day in (since, until))
    to += timedelta(days=until == today.isoformat())
    number = (
        select(func.sum(BatchRow.sent))
        .join(IssueRow, IssueRow.id == BatchRow.issue_id)
        .where(IssueRow.frozen_at >= from_, IssueRow.frozen_at < to)
    )
    return session.scalar(number) or 0
