"""Bodies that were posted to our hooks: kept and answered at once, applied soon after.

The answer waits for one row only, whatever the body holds and however busy the database is. Each
slice of a body is applied in a transaction of its own, and the row says how far it is, so that the
next process goes on where one was killed.
"""

import logging
import zlib
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.feedback.events import WebhookBody
from newsletter.models import InboxRow

_log = logging.getLogger(__name__)

# By source: the modules whose `parse_body` reads what was posted.
_PARSERS = {"sendgrid": "newsletter.feedback.sendgrid_webhook"}
_AT_ONCE = 2000  # events in a transaction: others wait some tenths of a second
_FAST = 1  # zlib's level: some per cent of the size, and less work than a database has with all

_PACKED = zlib.compress(b"", _FAST)[:2]  # no JSON begins so


def enqueue(database: Database, source: str, content: bytes, now: datetime) -> None:
    """Keep a body whose sender was checked; on PostgreSQL it waits for no other writer."""
    packed = zlib.compress(content, _FAST)
    with database.row_locked.begin() as session:
        session.add(InboxRow(source=source, content=packed, received_at=now, folded=0))


def apply_waiting(
    database: Database,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Let all that was posted act, oldest first.

    Any number of processes may do so at once: each event acts once.
    """
    read: tuple[int, WebhookBody] | None = None
    while not stopping():
        with database.read() as session:
            seen = session.execute(_OLDEST).first()
            if seen is None:
                return
            if read is None or read[0] != seen.id:
                content = session.scalars(select(InboxRow.content).where(InboxRow.id == seen.id))
                unpacked = _unpacked(content.one())
                read = seen.id, _parse(seen.source, unpacked, seen.received_at)
        with database.concurrent.begin() as session:
            _apply_slice(session, seen, read[1], clock())


def _parse(source: str, content: bytes, received_at: datetime) -> WebhookBody:
    """The events of a body, by the parser of whoever posted, loaded with the first that needs it.

    What a newer version of the program left here waits for a person; it must not stop the others.
    """
    if source not in _PARSERS:
        reason = f"this version of newsletter reads no events of {source}"
        return WebhookBody(odd=[(reason, content.decode("utf-8", "replace"))])
    parser: Callable[[bytes, datetime], WebhookBody] = import_module(_PARSERS[source]).parse_body
    return parser(content, received_at)


def _unpacked(content: bytes) -> bytes:
    """A body as it was posted; earlier versions kept them unpacked."""
    return zlib.decompress(content) if content.startswith(_PACKED) else content


_OLDEST = (
    select(InboxRow.id, InboxRow.source, InboxRow.received_at, InboxRow.folded)
    .order_by(InboxRow.id)
    .limit(1)
)


def _apply_slice(
    session: Session, seen: Row[*tuple[Any, ...]], body: WebhookBody, now: datetime
) -> None:
    """The next events of a body, unless another process has done them meanwhile."""
    from newsletter.feedback import apply

    held = select(InboxRow.folded).where(InboxRow.id == seen.id).with_for_update()
    if session.scalar(held) != seen.folded:
        return
    share = body.events[seen.folded : seen.folded + _AT_ONCE]
    result = apply.apply_events(session, share, now)
    this = InboxRow.id == seen.id
    if seen.folded + len(share) >= len(body.events):
        for reason, content in body.odd:
            apply.quarantine(session, seen.source, reason, content, now)
        session.execute(delete(InboxRow).where(this))
    else:
        session.execute(update(InboxRow).where(this).values(folded=seen.folded + len(share)))
    _log.info("feedback applied", extra={**vars(result), "quarantined": len(body.odd)})
