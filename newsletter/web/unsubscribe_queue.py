"""Several who leave in one transaction.

After a mailing thousands leave within minutes. A commit waits for the disk, so who waits for it
takes along those who came meanwhile; and of this process only one asks for the write lock.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock

from sqlalchemy.exc import OperationalError

from newsletter.db import Database
from newsletter.subscribers.address_change import UnsubscribeRequest, unsubscribe_all

_TOGETHER = 64  # so that no other writer waits long


class UnsubscribeQueue:
    """Whoever finds nobody at work takes those who wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[UnsubscribeRequest, Future[None]]] = []
        self._at_work = Lock()

    def unsubscribe(self, request: UnsubscribeRequest) -> None:
        """Returns once it is committed; raises what kept it from that."""
        done: Future[None] = Future()
        self._waiting.append((request, done))
        while not done.done():
            with self._at_work:
                if not done.done():
                    taken = self._waiting[:_TOGETHER]
                    del self._waiting[: len(taken)]
                    self._commit(taken)
        done.result()

    def _commit(self, taken: Sequence[tuple[UnsubscribeRequest, Future[None]]]) -> None:
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
