"""Brings notices to their targets: in the background of `serve`, and with every `run`.

Any number of processes may do so at once: notices are leased, and no transaction is open while a
target answers. A failure makes only its own target wait.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsletter import notice_queue, outbox
from newsletter.config import NotifySettings, Settings
from newsletter.database.db import Database
from newsletter.models import NoticeRow
from newsletter.notice_queue import FailedAttempt

if TYPE_CHECKING:
    from newsletter.notices.webhook import Webhook, WebhookAnswer

_log = logging.getLogger(__name__)

_AT_ONCE = 50  # that are leased together: after a crash so many may arrive twice
_WITHIN_S = 60.0  # a lease is longer by far than this and one request
_IN_ONE_MAIL = 500


@dataclass(frozen=True)
class NoticeWorker:
    """Delivers the notices that are due."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False

    def run_once(self) -> int:
        """Deliver the notices due for every target; how many were delivered."""
        if not self.settings.notify:
            return 0
        with self.database.read() as session:
            due = notice_queue.due_targets(session, self.clock())
        told = 0
        for name in due:
            target = self.settings.notify.get(name)
            if target is not None:  # else the check says so
                told += self._gather(name, target) if target.mail_to else self._post(name, target)
        return told

    def _gather(self, name: str, target: NotifySettings) -> int:
        """Put the notices since the last mail into the next one, in the outbox; how many."""
        now, told = self.clock(), 0
        with self.database.concurrent.begin() as session:
            while rows := notice_queue.take_for_mail(session, name, _IN_ONE_MAIL):
                events = [told_by_mail(row) for row in rows]
                about = {"target": name, "events": events}
                outbox.enqueue_for_operator(session, target.mail_to, about, now)
                told += len(rows)
        return told

    def _post(self, name: str, target: NotifySettings) -> int:
        from newsletter.notices import webhook

        told = 0
        with webhook.opened(target) as hook:
            while not self.stopping():
                with self.database.concurrent.begin() as session:
                    rows = notice_queue.claim(session, name, self.clock(), _AT_ONCE)
                if not rows:
                    break
                taken, failure = self._post_leased(hook, rows)
                self._record(name, rows, taken, failure)
                told += taken
                if failure is not None or len(rows) < _AT_ONCE:
                    break
        return told

    def _post_leased(
        self, hook: "Webhook", rows: Sequence[NoticeRow]
    ) -> "tuple[int, WebhookAnswer | None]":
        """How many of them were taken, and what the next one failed by, if it did."""
        until = time.monotonic() + _WITHIN_S
        for number, row in enumerate(rows):
            if self.stopping() or time.monotonic() > until:
                return number, None
            answer = hook.post(row, self.clock())
            if not answer.is_taken:
                return number, answer
        return len(rows), None

    def _record(
        self, name: str, rows: Sequence[NoticeRow], taken: int, failure: "WebhookAnswer | None"
    ) -> None:
        now = self.clock()
        with self.database.concurrent.begin() as session:
            notice_queue.delete_told(session, rows[:taken])
            untried = rows[taken:]
            if taken:
                notice_queue.note_success(session, name)
            if failure is not None:
                notice_queue.retry_later(session, rows[taken], now)
                is_first = rows[taken].attempts == 0
                failed = FailedAttempt(failure.trouble, failure.wait, is_first)
                notice_queue.note_failure(session, name, failed, now)
                untried = rows[taken + 1 :]
            notice_queue.release(session, untried, now)
        if failure is not None:
            _log.warning("notify.%s did not take %s: %s", name, rows[taken].kind, failure.trouble)


def told_by_mail(row: NoticeRow) -> dict[str, object]:
    """Without addresses: they are looked up when the mail is written."""
    return {
        "kind": row.kind,
        "subscriber": row.subscriber_id,
        "old": row.old_subscriber_id,
        "newsletters": row.newsletters,
        "way": row.way,
        "doubt": row.doubt,
        "at": row.at.astimezone(UTC).isoformat(),
    }
