"""Checks whether feedback comes in, and whether some of it waits for the operator."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.feedback import leave_requests
from newsletter.finding import Finding, Severity
from newsletter.models import InboxRow
from newsletter.sending.limits import pauses
from newsletter.text import counted
from newsletter.transports.base import Transport

_PART = "feedback"
_FOLDED_WITHIN = timedelta(hours=1)


def check(
    settings: Settings, database: Database, now: datetime, transport: type[Transport]
) -> Iterator[Finding]:
    """Raises: WrongUseError: the key for SendGrid's webhook is none."""
    yield _heard(settings, transport)
    with database.read() as session:
        paused = pauses.running_pauses(session, now)
        aside = leave_requests.count_events_aside(session)
        asking = leave_requests.readers_who_ask(session)
        posted, oldest = session.execute(
            select(func.count(InboxRow.id), func.min(InboxRow.received_at))
        ).one()
    for pause in paused:
        yield Finding(
            _PART,
            Severity.WARNING,
            f"{pause.reason}, so it gets nothing until {pause.until:%H:%M} UTC; look at the"
            f" sender's reputation, then `newsletter feedback --resume {pause.domain}`",
        )
    if posted and now - oldest > _FOLDED_WITHIN:
        said = f"{counted(posted, 'body', 'bodies')} of events wait since {oldest:%F %R} UTC"
        text = f"{said}: `serve`, workers and `newsletter run` fold them; is one of them running?"
        yield Finding(_PART, Severity.TROUBLE, text)
    if asking:
        number = counted(len(asking), "reader asks", "readers ask")
        text = (
            f"{number} to leave, by a mail without a link: `newsletter feedback --asking` says who"
        )
        yield Finding(_PART, Severity.WARNING, text)
    if aside:
        yield Finding(
            _PART,
            Severity.WARNING,
            f"{counted(aside, 'event')} not understood, set aside in the table set_aside",
        )


def _heard(settings: Settings, transport: type[Transport]) -> Finding:
    """Whether anybody would notice that a mail came back."""
    hearing = settings.feedback
    if hearing.sendgrid_public_key:
        from newsletter.feedback.sendgrid_webhook import Signature

        Signature(hearing.sendgrid_public_key, timedelta(seconds=hearing.max_age_s))
    if not settings.site.url and not (hearing.imap_host or hearing.maildir):
        return Finding(_PART, Severity.OK, "what comes back comes to whoever runs this")
    unheard = transport.unheard(settings)
    if unheard and transport.stays_here:
        text = "mails stay here, so nothing comes back; [feedback] is for those that leave"
        return Finding(_PART, Severity.OK, text)
    if unheard:
        return Finding(_PART, Severity.WARNING, unheard)
    return Finding(_PART, Severity.OK, "what comes back is heard")
