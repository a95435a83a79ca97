"""Other processes on this machine."""

import os


def is_running(pid: int) -> bool:
    """Whether a process of that number lives; also one of somebody else's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
