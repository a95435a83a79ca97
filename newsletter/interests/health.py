"""For `newsletter check`: can anything be picked for anybody?"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.finding import Finding, Severity
from newsletter.interests.lexicon import shipped
from newsletter.models import ProfileRow

_PART = "interests"


def audit(_settings: Settings, database: Database, _now: datetime) -> Iterator[Finding]:
    """Check that the counts of words are there, and count readers without a usable profile.

    Raises:
        NewsletterError: the counts are missing or damaged.
    """
    shipped()
    with database.read() as session:
        failed = session.scalar(
            select(func.count()).select_from(ProfileRow).where(ProfileRow.content == b"")
        )
    if failed:
        text = f"of {failed} readers could not be made ready: they get mails without picks"
        yield Finding(_PART, Severity.WARNING, f"{text}; the log says why")
