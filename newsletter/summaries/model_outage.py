"""When a model was last asked in vain: the mails left, with the authors' own words in them."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.database.missing_rows import insert_missing
from newsletter.finding import Finding, Severity
from newsletter.models import MomentRow, SummaryFailure, SummaryFailureRow
from newsletter.summaries.base import Summarizer
from newsletter.text import brief, without_addresses

_IN_VAIN, _MOSTLY_IN_VAIN = "model in vain", "model mostly in vain"
_MEANT = {
    _IN_VAIN: "nothing usable came from the model",
    _MOSTLY_IN_VAIN: "the model was asked about most papers in vain",
}


def record(session: Session, now: datetime, *, partly: bool = False) -> None:
    """A model was asked and nothing of it can be printed, or `partly`: next to nothing.

    The first time counts until `forget`.
    """
    name = _MOSTLY_IN_VAIN if partly else _IN_VAIN
    insert_missing(session, MomentRow, [{"name": name, "at": now}])


def forget(session: Session) -> None:
    """Sentences came that can be printed."""
    session.execute(delete(MomentRow).where(MomentRow.name.in_(_MEANT)))


def check(database: Database, summarizer: Callable[[], type[Summarizer]]) -> Iterator[Finding]:
    """Trouble from a run that asked in vain until one that gets sentences, or asks no model."""
    with database.read() as session:
        moments = select(MomentRow).where(MomentRow.name.in_(_MEANT)).order_by(MomentRow.at)
        since = session.scalars(moments).first()
        if since is None or summarizer().quotes:
            return
        reason = _most_frequent_reason(session)
    text = (
        f"{_MEANT[since.name]} since {since.at:%F %R} UTC, the authors' own words"
        f" stand in ({without_addresses(brief(reason or 'why is not kept'))}); the next issue asks"
        " it again, and `newsletter check` tries it now"
    )
    yield Finding("sentences", Severity.TROUBLE, text)


def _most_frequent_reason(session: Session) -> str | None:
    """Of the run that kept one last; what was printed in part was not in vain."""
    failed = SummaryFailureRow.kind != SummaryFailure.CUT
    newest = select(func.max(SummaryFailureRow.made_at)).where(failed).scalar_subquery()
    return session.scalar(
        select(SummaryFailureRow.reason)
        .where(SummaryFailureRow.made_at == newest, failed)
        .group_by(SummaryFailureRow.reason)
        .order_by(func.count().desc(), SummaryFailureRow.reason)
        .limit(1)
    )
