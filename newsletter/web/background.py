"""The work of a web process beside its pages: each task in a thread of its own.

Every WSGI worker may have them: what they do is claimed in the database. They start with the first
request, so after a server has forked its workers.
"""

import logging
import os
import random
import threading

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from newsletter.database.db import describe_failure
from newsletter.services import PeriodicWork, Work

_log = logging.getLogger(__name__)

# At least the first, else how long an answer takes would tell what follows from it; and up to the
# second, by chance, so that nobody knows when to look whether the pages beside it become slower.
_AFTER_ANSWER_S = (0.1, 8.0)
_CHANCE = random.SystemRandom()
_FOLLOWS_WITHIN_S = 15  # also what another process left behind; the rest only keeps to its period
_STOPS_WITHIN_S = 60.0


def is_unavailable(error: DBAPIError) -> bool:
    """Whether the database cannot be used: gone, broken, full, busy. Else a statement was wrong."""
    return not isinstance(error, DataError | IntegrityError | ProgrammingError)


class Task:
    """Work that is done when woken, and again and again by itself; what is slow delays no other."""

    def __init__(self, name: str, work: Work) -> None:
        self.work = work
        self.wake = threading.Event()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def _run(self) -> None:
        is_due = self.work.at_once
        while not self.stopping.is_set():
            self.wake.clear()
            if is_due:
                self._do()
            if self.wake.wait(self.work.every_s):
                self.stopping.wait(_CHANCE.uniform(*_AFTER_ANSWER_S))
            is_due = True

    def _do(self) -> None:
        """Where it breaks, log that and go on with later rounds."""
        try:
            self.work.act()
        except Exception as error:  # noqa: BLE001 - it is told, and looked at again
            away = isinstance(error, DBAPIError) and is_unavailable(error)
            failure = f" ({describe_failure(error)})" if away else ""
            text = "%s had trouble%s; it looks again later"
            _log.error(text, self.thread.name, failure, exc_info=not away)


class Background:
    """The tasks of this process, by name."""

    def __init__(self, work: PeriodicWork) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._process = 0
        self._tasks: list[Task] = []

    def start(self) -> None:
        """Start in this process, once."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                self._tasks = [Task(name, work) for name, work in self._work.items()]
                for task in self._tasks:
                    task.thread.start()

    def wake(self) -> None:
        """A reader has done something, of which mails and notices may follow."""
        for task in self._tasks:
            if task.work.every_s <= _FOLLOWS_WITHIN_S:
                task.wake.set()

    def stop(self) -> None:
        """Let what is in hand finish."""
        for task in self._tasks:
            task.stopping.set()
            task.wake.set()
        for task in self._tasks:
            task.thread.join(timeout=_STOPS_WITHIN_S)
