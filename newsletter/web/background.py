"""The work of a web process beside its pages: each task in a thread of its own.

Every WSGI worker may have them: what they do is claimed in the database. They start with the first
request, so after a server has forked its workers.
"""

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from newsletter.database.db import describe_failure

_log = logging.getLogger(__name__)

# At least the first, else how long an answer takes would tell what follows from it; and up to the
# second, by chance, so that nobody knows when to look whether the pages beside it become slower.
_AFTER_ANSWER_S = (0.1, 8.0)
_CHANCE = random.SystemRandom()
_LOOK_AGAIN_S = 15.0  # for what another process left behind
_STOPS_WITHIN_S = 60.0


def is_unavailable(error: DBAPIError) -> bool:
    """Whether the database cannot be used: gone, broken, full, busy. Else a statement was wrong."""
    return not isinstance(error, DataError | IntegrityError | ProgrammingError)


class PeriodicAct:
    """An act of a task that is done only so often."""

    def __init__(self, act: Callable[[], object], every_s: float, *, at_once: bool) -> None:
        self._act, self._every_s = act, every_s
        self._next_s = float("-inf") if at_once else time.monotonic() + every_s

    def __call__(self) -> None:
        if time.monotonic() > self._next_s:
            self._act()
            self._next_s = time.monotonic() + self._every_s


class Task:
    """Acts one after the other, when woken and now and then by itself."""

    def __init__(self, name: str, acts: Sequence[Callable[[], object]]) -> None:
        self._acts = acts
        self.wake = threading.Event()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def _run(self) -> None:
        while not self.stopping.is_set():
            self.wake.clear()
            for act in self._acts:
                self._do(act)
            if self.wake.wait(_LOOK_AGAIN_S):
                self.stopping.wait(_CHANCE.uniform(*_AFTER_ANSWER_S))

    def _do(self, act: Callable[[], object]) -> None:
        """Do an act; where it breaks, log that and go on with the next act and later rounds."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - it is told, and looked at again
            away = isinstance(error, DBAPIError) and is_unavailable(error)
            failure = f" ({describe_failure(error)})" if away else ""
            text = "%s had trouble%s; it looks again later"
            _log.error(text, self.thread.name, failure, exc_info=not away)


class Background:
    """The tasks of this process, by name."""

    def __init__(self, acts: dict[str, Sequence[Callable[[], object]]]) -> None:
        self._acts = acts
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
                self._tasks = [Task(name, acts) for name, acts in self._acts.items()]
                for task in self._tasks:
                    task.thread.start()

    def wake(self) -> None:
        for task in self._tasks:
            task.wake.set()

    def stop(self) -> None:
        """Let what is in hand finish."""
        for task in self._tasks:
            task.stopping.set()
            task.wake.set()
        for task in self._tasks:
            task.thread.join(timeout=_STOPS_WITHIN_S)
