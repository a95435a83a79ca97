"""For `newsletter check` and the alarms: do confirm mails and the like leave?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from newsletter import outbox
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.finding import Finding, Severity
from newsletter.text import counted

_PART = "outbox"


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    with database.read() as session:
        number, oldest = outbox.backlog(session)
    if oldest is not None and now - oldest > timedelta(hours=settings.alarm.letters_h):
        text = (
            f"{counted(number, 'mail')} to single people (to confirm and the like) wait, the oldest"
            f" since {oldest:%F %R} UTC; `newsletter run` sends them, and so does `serve`"
        )
        yield Finding(_PART, Severity.TROUBLE, text)
    else:
        yield Finding(_PART, Severity.OK, f"{number} waiting")
