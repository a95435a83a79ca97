"""Several who leave in one transaction.

After a mailing thousands leave within minutes. A commit waits for the disk, so who waits for it
takes along those who came meanwhile; and of this process only one asks for the write lock.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from threading import Condition

from sqlalchemy.exc import OperationalError

from newsletter.db import Database
from newsletter.subscribers.address_change import UnsubscribeRequest, unsubscribe_all

_Entry = tuple[UnsubscribeRequest, Future[None]]
_TOGETHER = 64  # so that no other writer waits long


class UnsubscribeQueue:
    """Whoever finds nobody at work takes those who wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Entry] = []
        self._turn = Condition()
        self._is_at_work = False

    def unsubscribe(self, request: UnsubscribeRequest) -> None:
        """Returns once it is committed; raises what kept it from that.

        Who is done waits for no later commit: only those whose turn it is are at work.
        """
        done: Future[None] = Future()
        with self._turn:
            self._waiting.append((request, done))
        while taken := self._take(done):
            try:
                self._commit(taken)
            finally:
                with self._turn:
                    self._is_at_work = False
                    self._turn.notify_all()
        done.result()

    def _take(self, done: Future[None]) -> list[_Entry]:
        """Those who wait, once nobody is at work; nobody, once it is done."""
        with self._turn:
            self._turn.wait_for(lambda: done.done() or not self._is_at_work)
            if done.done():
                return []
            taken = self._waiting[:_TOGETHER]
            del self._waiting[: len(taken)]
            self._is_at_work = True
            return taken

    def _commit(self, taken: Sequence[_Entry]) -> None:
        try:
            with self._database.by_row.begin() as session:
                unsubscribe_all(session, [request for request, _ in taken])
        except BaseException as error:  # noqa: BLE001 - whose request it was hears of it
            if len(taken) > 1 and not isinstance(error, OperationalError):
                for one in taken:  # one that fails must not take the others along
                    self._commit([one])
                return
            for _, done in taken:  # a database that is busy is so for all of them
                done.set_exception(error)
        else:
            for _, done in taken:
                done.set_result(None)
