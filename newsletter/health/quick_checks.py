"""Is all going well? Every part is asked what the database tells of it, which is cheap.

What a check looks after stays in its own layer; here stands only the list. `newsletter check`,
/healthz, /metrics and the alarms all ask it, so they cannot disagree. `readiness.py` has what
only `newsletter check` asks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from newsletter import bootstrap
from newsletter.cluster import health as cluster_health
from newsletter.config import Settings
from newsletter.database import schema
from newsletter.database.db import Database, describe_failure
from newsletter.errors import NewsletterError
from newsletter.feedback import health as feedback_health
from newsletter.finding import Finding, Severity
from newsletter.health import last_runs, site_watch, storage
from newsletter.notices import health as notices_health
from newsletter.sending import health as sending_health
from newsletter.subscribers import health as subscribers_health
from newsletter.subscribers import signups
from newsletter.summaries import model_outage
from newsletter.text import brief
from newsletter.transactional import health as transactional_health

Check = Callable[[Settings, Database, datetime], Iterable[Finding]]
_T = TypeVar("_T")
_DATABASE = "database"


def watched(settings: Settings, database: Database, now: datetime) -> list[Finding]:
    """What the database tells of how all is going; of one that tells nothing, that it does not."""
    broken = broken_database(database)
    return broken + list(findings(ALONE if broken else QUICK_CHECKS, settings, database, now))


def broken_database(database: Database) -> list[Finding]:
    """Why the database cannot be used; nothing where it can."""
    return list(asked(_DATABASE, partial(schema.check, database)))


def watched_with(
    settings: Settings, database: Database, now: datetime, read: Callable[[Session], _T]
) -> tuple[list[Finding], _T | None]:
    """The same, and what `read` reads of it; None where it cannot, which is found as well."""
    found, told = watched(settings, database, now), list[_T]()

    def ask() -> Iterable[Finding]:
        with database.read() as session:
            told.append(read(session))
        return ()

    if not any(
        finding.part == _DATABASE and finding.level is Severity.TROUBLE for finding in found
    ):
        found += asked(_DATABASE, ask)
    return found, told[0] if told else None


def findings(
    checks: Mapping[str, Check], settings: Settings, database: Database, now: datetime
) -> Iterator[Finding]:
    """What all these checks find; a database that fails them all alike is one finding."""
    failed = set[Finding]()
    for name, room_check in checks.items():
        for finding in asked(name, partial(room_check, settings, database, now)):
            if finding.part != _DATABASE or finding not in failed:
                yield finding
            if finding.part == _DATABASE:
                failed.add(finding)


def asked(name: str, ask: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a check finds; one that fails is a finding, not the end."""
    try:
        yield from ask()
    except NewsletterError as error:
        yield Finding(name, Severity.TROUBLE, str(error))
    except (SQLAlchemyError, OSError) as error:
        failure = describe_failure(error)
        part, text = (_DATABASE, f"fails ({failure})") if failure else (name, brief(error))
        yield Finding(part, Severity.TROUBLE, f"{text}; mend that, and check again")


ALONE: dict[str, Check] = {  # asks no database
    "disk": lambda settings, _, now: storage.check_room(settings, now),
}
QUICK_CHECKS: dict[str, Check] = ALONE | {
    "newsletters": subscribers_health.check,
    "signup": signups.check,
    "last": last_runs.check,
    "sentences": lambda settings, database, _: model_outage.check(
        database, partial(bootstrap.summarizer_type, settings)
    ),
    "sending": lambda settings, database, now: sending_health.check(
        settings, database, now, bootstrap.transport_type(settings)
    ),
    "outbox": transactional_health.check,
    "notify": notices_health.check,
    "feedback": lambda settings, database, now: feedback_health.check(
        settings, database, now, bootstrap.transport_type(settings)
    ),
    "site": site_watch.check,
    "workers": cluster_health.check,
}
