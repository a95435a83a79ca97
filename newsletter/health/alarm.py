"""The operator hears of trouble: one mail for each, and a ping after each run.

What is trouble, `health.watched` says, as for `newsletter check`, /healthz and /metrics. What a
mail said is written down, so that it is said once, and again only after it was over; where all is
over, one more mail says so.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database, describe_failure
from newsletter.database.missing_rows import insert_missing
from newsletter.errors import NewsletterError
from newsletter.finding import Finding, Severity
from newsletter.health import last_runs, ping, public_address, quick_checks
from newsletter.models import MomentRow, new_reference
from newsletter.paths import make_private_folder
from newsletter.sending.restore_guard.memory_folders import state_folders
from newsletter.subscribers import health as subscribers_health
from newsletter.text import brief, without_addresses
from newsletter.transports.base import SendStatus

_log = logging.getLogger(__name__)

_TOLD = "alarm "  # begins the name of a MomentRow that is a trouble that was mailed
_OF_DATABASE = f"{_TOLD}database"
_DATABASE = "database: "
_WELL_AGAIN = Finding("alarm", Severity.OK, "all is well again; what you were told of is over")


@dataclass
class Outcome:
    """The outcome of a run; whoever runs it sets `is_done`. One that was stopped is not done."""

    is_done: bool = False
    database: Database | None = None  # the run's, if it came so far
    warnings: list[str] = field(default_factory=list)  # that it said, for one that is not done

    def reasons(self) -> list[str]:
        """Why it is not done, as far as it said."""
        generic = "the run did not do everything, or was stopped; the next one goes on"
        return [without_addresses(line) for line in self.warnings] or [generic]


@contextmanager
def watching(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Outcome]:
    """Around a run: whatever becomes of it, the operator hears what there is to hear."""
    outcome, failure = Outcome(), ""
    try:
        yield outcome
    except Exception as error:
        failure = describe_failure(error) or brief(error)
        raise
    finally:
        died = None
        try:
            troubles = _after_run(settings, clock(), outcome, failure) + [failure] * bool(failure)
        except NewsletterError as error:
            died, troubles = error, [failure or str(error)]
            _tell_of_dead_database(settings, str(error), clock())
        if not (troubles or outcome.is_done):
            troubles = outcome.reasons()
        ping.tell_end(settings, troubles)
        if died and not failure:
            raise died


def after_round(settings: Settings, database: Database, now: datetime, outcome: Outcome) -> None:
    """After a worker's round, which comes again in minutes: what was not done is no trouble yet."""
    troubles = _record(settings, database, now, outcome, "")
    if troubles or outcome.is_done:
        ping.tell_end(settings, troubles)


def _after_run(settings: Settings, now: datetime, outcome: Outcome, failure: str) -> list[str]:
    """The same after a run; gives the troubles.

    Raises:
        NewsletterError: the database died.
    """
    try:
        with _opened_again(settings, outcome) as database:
            return _record(settings, database, now, outcome, failure)
    except Exception as error:
        text = describe_failure(error)
        if text is None and not isinstance(error, NewsletterError):
            raise
        raise NewsletterError(f"{_DATABASE}{text or error}") from error


def _record(
    settings: Settings, database: Database, now: datetime, outcome: Outcome, failure: str
) -> list[str]:
    """Write down the key that signs, and whether it went well; tell the troubles."""
    with database.write.begin() as session:
        subscribers_health.remember_keys(settings, session, now.date())
        last_runs.begin(session, now)
        if outcome.is_done:
            last_runs.record(session, last_runs.RUN, now)
        else:
            why = failure or "; ".join(outcome.reasons())
            last_runs.record_failure(session, last_runs.RUN, why, now)
    public_address.check_when_due(settings, database, now)
    found = mail_new_troubles(settings, database, now)
    return [f"{finding.part}: {finding.text}" for finding in found]


@contextmanager
def _opened_again(settings: Settings, outcome: Outcome) -> Iterator[Database]:
    """The run's database; its engine connects anew, and still knows the statements it compiled."""
    if outcome.database is None:
        with bootstrap.open_database(settings) as database:
            yield database
        return
    try:
        yield outcome.database
    finally:
        outcome.database.dispose()


def raise_alarms(settings: Settings, database: Database, now: datetime) -> None:
    """For `serve`: `mail_new_troubles`, and of a database that cannot be used as well."""
    try:
        mail_new_troubles(settings, database, now)
    except SQLAlchemyError as error:
        words = f"fails ({describe_failure(error)}); mend that, and check again"
        _tell_of_dead_database(settings, words, now)


def _tell_of_dead_database(settings: Settings, words: str, now: datetime) -> None:
    """Mail it once until it is over. A locked one is well: somebody writes for long."""
    is_mailed = settings.alarm.mail_to and "database is locked" not in words
    if not is_mailed or any(mark.exists() for mark in _marks(settings)):
        return
    trouble = Finding("database", Severity.TROUBLE, words.removeprefix(_DATABASE))
    if _mail(settings, [trouble], now):
        _set_mark(settings)


def _set_mark(settings: Settings) -> None:
    """Where no folder can be written, it is told again next time: too often rather than never."""
    for file in _marks(settings):
        with suppress(OSError):
            make_private_folder(file.parent)
            file.touch(mode=0o600)
            return


def _take_mark_back(settings: Settings) -> bool:
    """The database can be used again; whether it had been told that it could not."""
    told = False
    for file in _marks(settings):
        with suppress(OSError):
            file.unlink()
            told = True
    return told


def _marks(settings: Settings) -> list[Path]:
    """Where a file tells what the database cannot keep: that the operator was told of it."""
    name = sha256(str(settings.folder.absolute()).encode()).hexdigest()[:16]
    return [folder / f"told-of-database-{name}" for folder in state_folders(settings)]


def mail_new_troubles(settings: Settings, database: Database, now: datetime) -> list[Finding]:
    """Mail the troubles that are new to `alarm.mail_to`; gives all that there are."""
    findings = quick_checks.watched(settings, database, now)
    troubles = {
        _mark(finding): finding for finding in findings if finding.level is Severity.TROUBLE
    }
    if not settings.alarm.mail_to:
        return list(troubles.values())
    with database.write.begin() as session:
        named = MomentRow.name.startswith(_TOLD)
        told = set(session.scalars(select(MomentRow.name).where(named)))
        over = told - troubles.keys()
        session.execute(delete(MomentRow).where(MomentRow.name.in_(over)))
        new = [mark for mark in troubles if mark not in told]
        session.add_all(MomentRow(name=mark, at=now) for mark in new)
    if _take_mark_back(settings):
        over.add(_OF_DATABASE)
    if new and not _mail(settings, [troubles[mark] for mark in new], now):
        with database.write.begin() as session:
            session.execute(delete(MomentRow).where(MomentRow.name.in_(new)))
    if over and not troubles and not _mail(settings, [_WELL_AGAIN], now):
        with database.write.begin() as session:  # said by whoever looks next
            insert_missing(session, MomentRow, [{"name": mark, "at": now} for mark in over])
    return list(troubles.values())


def _mark(finding: Finding) -> str:
    """The same trouble with other numbers is the same."""
    text = re.sub(r"\d+", "#", f"{finding.part} {finding.text}")
    return f"{_TOLD}{sha256(text.encode()).hexdigest()[:32]}"


def _mail(settings: Settings, troubles: Sequence[Finding], now: datetime) -> bool:
    """Send one mail; whether it may have left."""
    from email.utils import format_datetime, parseaddr
    from html import escape

    from newsletter.rendering.message import Message, MessageContent

    lines = [f"{trouble.part}: {trouble.text}" for trouble in troubles]
    if troubles != [_WELL_AGAIN]:
        lines.append("`newsletter check` tries every part. This is said once, until it is over.")
    message = Message(
        recipient=settings.alarm.mail_to,
        reference=f"alarm-{new_reference()}",
        campaign="alarm",
        sender=parseaddr(settings.site.sender),
        headers=(("Date", format_datetime(now)), ("Auto-Submitted", "auto-generated")),
        content=MessageContent.of(
            f"{settings.site.name}: {lines[0][:120]}",
            "\n".join(f"<p>{escape(line)}</p>" for line in lines) + "\n",
            "\n\n".join(lines) + "\n",
        ),
        values={},
        bounces_to=settings.site.feedback_address,
    )
    try:
        with closing(bootstrap.load_transport(settings)) as transport:
            result = transport.send_one(message)
    except NewsletterError as error:
        _log.warning("no alarm could be mailed: %s", error)
        return False
    if result.status not in {SendStatus.ACCEPTED, SendStatus.UNCERTAIN}:
        _log.warning("no alarm could be mailed: %s", result.detail)
        return False
    return True
