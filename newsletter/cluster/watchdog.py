"""Ends a worker that hears nothing more from its database, however its other threads wait."""

import sys
import threading
from collections.abc import Callable

EVERY_S = 10.0  # between two heartbeats
SILENT_S = 25  # a worker that lost its database ends within half a minute
_STEP_S = 1.0


class Watchdog:
    """Beats from a thread of its own, and ends the process where that takes too long.

    The way to a server can be cut so that no error ever comes: what waits for an answer waits for
    ever, and Python cannot stop a thread. Whoever is started instead believes the journal, as
    after a kill. Steps are counted, not a clock read, so that a process or a machine that was
    stopped and goes on has its time to beat again.
    """

    def __init__(
        self,
        beat: Callable[[], bool],
        on_failure: Callable[[Exception], None],
        end: Callable[[int], None],
    ) -> None:
        """`beat` is True while it goes on; what it raises `on_failure` hears; `end` is `_exit`."""
        self._beat, self._on_failure, self._end = beat, on_failure, end
        self._stopped = threading.Event()
        self._silent_s = 0.0

    def start(self) -> None:
        """The first heartbeat, and then the others; raises what the first one does."""
        threading.Thread(target=self._watch, daemon=True).start()
        self._beat()
        threading.Thread(target=self._go_on_beating, daemon=True).start()

    def stop(self) -> None:
        """All went well. Where it did not, the process has the rest of its time to end by itself.

        Threads that still wait for the database would keep it from that.
        """
        self._stopped.set()

    def _go_on_beating(self) -> None:
        while not self._stopped.wait(EVERY_S):
            try:
                if not self._beat():
                    return
            except Exception as error:  # noqa: BLE001 - the worker tells it, and ends
                self._on_failure(error)
                return
            self._silent_s = 0.0

    def _watch(self) -> None:
        while self._silent_s <= SILENT_S:
            if self._stopped.wait(_STEP_S):
                return
            self._silent_s += _STEP_S
        said = f"nothing was heard from the database for {SILENT_S} seconds"
        sys.stderr.write(f"newsletter: the worker ends, start it again: {said}\n")
        sys.stderr.flush()
        self._end(1)
