"""What others posted to our hooks: kept as it came and answered at once, folded in soon after.

An answer waits for one row, whatever the body holds and whoever writes meanwhile. Folding goes in
slices of a transaction each, and says in the row how far it is; killed, it goes on there.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.models import InboxRow

if TYPE_CHECKING:
    from newsletter.feedback.sendgrid_webhook import WebhookBody

_log = logging.getLogger(__name__)

_AT_ONCE = 1000  # events in a transaction: others wait some tenths of a second


def keep(database: Database, source: str, content: bytes, now: datetime) -> None:
    """Keep a body whose sender was checked; on PostgreSQL this waits for nobody."""
    with database.by_row.begin() as session:
        session.add(InboxRow(source=source, content=content, received_at=now, folded=0))


def fold(
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
            row = session.scalars(select(InboxRow).order_by(InboxRow.id).limit(1)).first()
        if row is None:
            return
        from newsletter.feedback import sendgrid_webhook

        if read is None or read[0] != row.id:
            read = row.id, sendgrid_webhook.parse_body(row.content, row.received_at)
        with database.share.begin() as session:
            _fold_slice(session, row, read[1], clock())


def _fold_slice(session: Session, seen: InboxRow, body: "WebhookBody", now: datetime) -> None:
    """The next events of a body, unless another process has done them meanwhile."""
    from newsletter.feedback import apply

    row = session.get(InboxRow, seen.id, with_for_update=True)
    if row is None or row.folded != seen.folded:
        return
    share = body.events[row.folded : row.folded + _AT_ONCE]
    result = apply.apply_events(session, share, now)
    row.folded += len(share)
    if row.folded >= len(body.events):
        for reason, content in body.odd:
            apply.quarantine(session, row.source, reason, content, now)
        session.delete(row)
    _log.info("feedback folded", extra={**vars(result), "set_aside": len(body.odd)})
