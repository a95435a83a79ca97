"""Is all going well? The list of checks that only read the database, which is cheap.

Each check stays in the layer that it looks after. `newsletter check`, /healthz, /metrics and the
alarms share this list, so they agree. `readiness.py` has the checks of `newsletter check` alone.
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
    """The findings of the quick checks; of a broken database, that it is broken."""
    broken = broken_database(database)
    return broken + list(findings(ALONE if broken else QUICK_CHECKS, settings, database, now))


def broken_database(database: Database) -> list[Finding]:
    """Why the database cannot be used; nothing where it can."""
    return list(asked(_DATABASE, partial(schema.check, database)))


def watched_with(
    settings: Settings, database: Database, now: datetime, read: Callable[[Session], _T]
) -> tuple[list[Finding], _T | None]:
    """The same, and the result of `read`; where it fails, None and one more finding."""
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
    """The findings of these checks; a database that fails them all alike is one finding."""
    failed = set[Finding]()
    for name, room_check in checks.items():
        for finding in asked(name, partial(room_check, settings, database, now)):
            if finding.part != _DATABASE or finding not in failed:
                yield finding
            if finding.part == _DATABASE:
                failed.add(finding)


def asked(name: str, ask: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of a check; a check that fails is a finding, and others go on."""
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
