"""The outbox worker as a thread of a web process.

Every WSGI worker may have one: letters and sign-ups are claimed in the database. It starts with the
first request, so after a server has forked its workers.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

from newsletter.transactional.worker import OutboxWorker

_log = logging.getLogger(__name__)

_LOOK_AGAIN_S = 15.0  # for what another process left behind
_TIDY_EVERY_S = 3600.0
_WATCH_EVERY_S = 600.0


class OutboxThread:
    """Empties the outbox when woken, and now and then by itself; looks after the alarms as well."""

    def __init__(self, outbox_worker: OutboxWorker, watch: Callable[[], object]) -> None:
        self._outbox_worker, self._watch = outbox_worker, watch
        self._lock = threading.Lock()
        self._process = 0
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start in this process, once."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        """Let the letter in hand finish."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=60)

    def _run(self) -> None:
        tidied, watched = float("-inf"), time.monotonic()
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self._outbox_worker.run_once()
                if time.monotonic() - tidied > _TIDY_EVERY_S:
                    self._outbox_worker.cleanup()
                    tidied = time.monotonic()
                if time.monotonic() - watched > _WATCH_EVERY_S:
                    watched = time.monotonic()
                    self._watch()
            except Exception:  # noqa: BLE001 - a broken round must not end all later ones
                _log.exception("the outbox had trouble; it looks again later")
            self._wake.wait(_LOOK_AGAIN_S)
