"""Who works on a batch, and whether that worker still lives."""

import os
import secrets
import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Owner:
    """A worker: its machine, its process, and a mark that no other worker has."""

    host: str
    pid: int
    mark: str

    @classmethod
    def this_process(cls) -> "Owner":
        return cls(socket.gethostname(), os.getpid(), secrets.token_hex(4))

    @property
    def name(self) -> str:
        return f"{self.host[:80]}:{self.pid}:{self.mark}"

    def knows_dead(self, other: str) -> bool:
        """Whether that worker surely died; of one on another machine only its lease tells."""
        host, pid, mark = other.rsplit(":", 2)
        if host != self.host[:80]:
            return False
        if int(pid) == self.pid:
            return mark != self.mark  # our number, used again
        return not _runs(int(pid))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
