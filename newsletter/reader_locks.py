"""A transaction locks the rows of the readers that it changes first, then what hangs on them.

On PostgreSQL nobody else changes a reader's subscriptions, interests, profile or history until
that transaction ends. SQLite has one writer at a time, and locks no rows.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from newsletter.database.db import is_sqlite
from newsletter.models import SubscriberRow


def lock_readers(
    session: Session, numbers: Collection[int], *, waits: bool = True
) -> list[SubscriberRow]:
    """Those of them who are here, as they are now; nobody else changes them meanwhile.

    Two transactions that want the same readers wait for each other in the order of numbers.
    Where it `waits` for nobody, those that another one holds are left out.
    """
    return _lock(session, SubscriberRow.id.in_(numbers), waits=waits)


def lock_reader(session: Session, number: int) -> SubscriberRow | None:
    """The same for one."""
    return next(iter(lock_readers(session, [number])), None)


def lock_addresses(session: Session, addresses: Collection[str]) -> list[SubscriberRow]:
    """The same by their (normalized) addresses."""
    return _lock(session, SubscriberRow.email.in_(addresses))


def hold_readers(session: Session, numbers: Collection[int]) -> bool:
    """Nobody changes them meanwhile, and nothing of them is read: for thousands at once.

    False on SQLite, where nobody changes anybody meanwhile.
    """
    if is_sqlite(session.get_bind()):
        return False
    held = select(SubscriberRow.id).where(SubscriberRow.id.in_(numbers))
    session.execute(held.order_by(SubscriberRow.id).with_for_update(read=True))
    return True


def lock_everybody(session: Session) -> None:
    """Nobody else changes any reader until the transaction ends; reading goes on."""
    if not is_sqlite(session.get_bind()):
        session.execute(text("LOCK TABLE subscriber IN EXCLUSIVE MODE"))


def _lock(
    session: Session, which: ColumnElement[bool], *, waits: bool = True
) -> list[SubscriberRow]:
    statement = select(SubscriberRow).where(which).order_by(SubscriberRow.id)
    # A new row that names them, as one of their history, does not wait for that.
    locking = statement.with_for_update(key_share=True, skip_locked=not waits)
    return list(session.scalars(locking.execution_options(populate_existing=True)))
