"""Remembers links whose page was answered by a machine; they are in doubt for a while.

The doubt is kept in the database, by a keyed hash of the page's path, so that it holds in every
process and over restarts, also for a page that was loaded before.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from newsletter.models import FormLimitRow
from newsletter.subscribers import form_limits
from newsletter.subscribers.form_limits import Limit, LimitKey
from newsletter.web.button_presses import PressDoubt

REMEMBERED_FOR = timedelta(minutes=10)
# What nobody does by accident; who is only quick is asked by the next page alone.
_KEPT = (PressDoubt.DECOY, PressDoubt.NO_BUTTON)
_ANY_NUMBER = 10**9


def remember_doubt(session: Session, key: str, doubt: PressDoubt, now: datetime) -> None:
    """Put the link in doubt."""
    form_limits.consume(session, [_use(doubt, key)], now)


def recall_doubt(session: Session, key: str, now: datetime) -> PressDoubt:
    """The recent doubt of a link."""
    for doubt in _KEPT:
        row = session.get(FormLimitRow, (_scope(doubt), key))
        if row is not None and row.until > now:
            return doubt
    return PressDoubt.NONE


def forget_doubt(session: Session, key: str) -> None:
    """A person answered."""
    for doubt in _KEPT:
        form_limits.forget(session, _use(doubt, key))


def is_kept_doubt(doubt: PressDoubt) -> bool:
    """Whether the link stays in doubt after such a press."""
    return doubt in _KEPT


def _use(doubt: PressDoubt, key: str) -> LimitKey:
    return LimitKey(Limit(_scope(doubt), _ANY_NUMBER, REMEMBERED_FOR), key)


def _scope(doubt: PressDoubt) -> str:
    return f"press {doubt}"
