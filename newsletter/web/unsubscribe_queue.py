"""Unsubscribes several readers in one transaction.

After a mailing thousands leave within minutes, and each commit waits for the disk. So one request
commits for all that came meanwhile, and only one thread of this process asks for the write lock.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event, Lock

from sqlalchemy.exc import OperationalError

from newsletter.database.db import Database
from newsletter.subscribers.opt_out_by_link import UnsubscribeRequest, unsubscribe

_TOGETHER = 64  # so that no other writer waits long


@dataclass(frozen=True, eq=False)
class _Waiting:
    request: UnsubscribeRequest
    done: Future[None] = field(default_factory=Future)
    woken: Event = field(default_factory=Event)  # it is done, or its turn to work


class UnsubscribeQueue:
    """The first waiting request handles all others, then passes the turn on.

    Each thread is woken once: dozens that look for their turn would cost more than the leaving.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []  # empty where nobody is at work
        self._lock = Lock()
        self._is_at_work = False

    def unsubscribe(self, request: UnsubscribeRequest) -> None:
        """Return once it is committed, or raise the error that prevented it.

        A finished request waits for no later commit: only the one whose turn it is goes on.
        """
        entry = _Waiting(request)
        with self._lock:
            self._waiting.append(entry)
            is_first = not self._is_at_work
            self._is_at_work = True
        if not is_first:
            entry.woken.wait()
        if not entry.done.done():
            self._work()
        entry.done.result()

    def _work(self) -> None:
        with self._lock:
            taken = self._waiting[:_TOGETHER]
            del self._waiting[: len(taken)]
        try:
            self._commit(taken)
        finally:
            with self._lock:
                next_at_work = self._waiting[:1]
                self._is_at_work = bool(next_at_work)
            for entry in taken + next_at_work:
                entry.woken.set()

    def _commit(self, taken: Sequence[_Waiting]) -> None:
        try:
            with self._database.row_locked.begin() as session:
                unsubscribe(session, [entry.request for entry in taken])
        except BaseException as error:  # noqa: BLE001 - whose request it was hears of it
            if len(taken) > 1 and not isinstance(error, OperationalError):
                for entry in taken:  # one that fails must not take the others along
                    self._commit([entry])
                return
            for entry in taken:  # a database that is busy is so for all of them
                entry.done.set_exception(error)
        else:
            for entry in taken:
                entry.done.set_result(None)
