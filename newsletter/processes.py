"""Other processes on this machine, and this one among them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def is_running(pid: int) -> bool:
    """Whether a process of that number lives; also one of somebody else's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def throughput_first() -> Iterator[None]:
    """Let this thread interrupt others less often when it wakes up: of it only throughput counts.

    Linux calls that SCHED_BATCH (sched(7)). Where cores are scarce, a server beside it on the same
    machine and a second sender get on better. Elsewhere, and where somebody chose another policy
    for this process, nothing changes.
    """
    if sys.platform != "linux" or os.sched_getscheduler(0) != os.SCHED_OTHER:
        yield
        return
    ordinary = os.sched_param(0)
    with suppress(OSError):  # as where a sandbox forbids it
        os.sched_setscheduler(0, os.SCHED_BATCH, ordinary)
    try:
        yield
    finally:
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_OTHER, ordinary)
