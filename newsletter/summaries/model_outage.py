"""When a model was last asked in vain: the mails left, with the authors' own words in them."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.finding import Finding, Severity
from newsletter.models import MomentRow, SummaryFailureRow
from newsletter.models.missing_rows import insert_missing
from newsletter.summaries.base import Summarizer
from newsletter.text import brief, without_addresses

_IN_VAIN = "model in vain"


def record(session: Session, now: datetime) -> None:
    """A model was asked and nothing of it can be printed; the first time counts until `forget`."""
    insert_missing(session, MomentRow, [{"name": _IN_VAIN, "at": now}])


def forget(session: Session) -> None:
    """A sentence came that can be printed."""
    session.execute(delete(MomentRow).where(MomentRow.name == _IN_VAIN))


def check(database: Database, summarizer: Callable[[], type[Summarizer]]) -> Iterator[Finding]:
    """Trouble from a run that asked in vain until one that gets a sentence, or asks no model."""
    with database.read() as session:
        since = session.get(MomentRow, _IN_VAIN)
        if since is None or summarizer().quotes:
            return
        newest = select(SummaryFailureRow.reason).order_by(SummaryFailureRow.made_at.desc())
        reason = session.scalar(newest.limit(1))
    text = (
        f"nothing usable came from the model since {since.at:%F %R} UTC, the authors' own words"
        f" stand in ({without_addresses(brief(reason or 'why is not kept'))}); once `newsletter"
        " check` finds that it answers, `newsletter summarize --again` asks for them"
    )
    yield Finding("sentences", Severity.TROUBLE, text)
