"""One request at a time on this machine, and time between them, whoever asks.

Between two pages of arxiv.org passes more than between two other requests.

arXiv's terms hold for "all of the machines under your control"; what one machine can keep to by
itself, it keeps to here: over threads, sessions, sources and processes of its user.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import filelock
from pydantic import BaseModel, ConfigDict

from newsletter.sources.base import SourceError

LONGEST_WAIT_S = 120.0  # a longer one is the operator's
_LONGEST_REST_S = 86_400.0
_PATIENCE_S = 900.0


@dataclass
class Turn:
    """The one request that this machine makes now; it may end in a wish to be left alone."""

    rest_s: float = 0.0
    rest_of_all: bool = False  # for all hosts of the same owner, and not for this one only


@dataclass(frozen=True)
class Destination:
    """Where a request goes. `owner` names all hosts that may ask for a rest together."""

    host: str
    owner: str
    is_page: bool = False

    @property
    def key(self) -> str:
        """A page's refusal is no refusal of what else the same host serves."""
        return f"{self.host} pages" if self.is_page else self.host


class HeldTurn(Protocol):
    """Nobody else has it until it is let go."""

    def release(self) -> None: ...


class _LastRequest(BaseModel):
    """The note by which processes tell each other of a request, in seconds of the wall clock."""

    model_config = ConfigDict(allow_inf_nan=False)

    at: float  # when the last request started or ended
    asking: bool  # it did not end, or its process was killed
    page_at: float | None = None  # the same of the last page
    rests: dict[str, float] = {}  # a host or an owner wants no request before

    def rests_at(self, now: float) -> dict[str, float]:
        """Those that are not over, and that can be true."""
        return {
            host: until
            for host, until in self.rests.items()
            if now < until <= now + _LONGEST_REST_S
        }


class RequestInterval:
    """Turns of a machine; `folder` is where its processes meet."""

    def __init__(
        self,
        folder: Path,
        interval_s: float,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        patience_s: float = _PATIENCE_S,
        page_interval_s: float = 0.0,
    ) -> None:
        self._lock_file = folder / "pacing.lock"
        self._notes = folder / "pacing.json"
        self._interval_s = interval_s
        self._page_interval_s = max(interval_s, page_interval_s)
        self._sleep = sleep
        self._clock = clock
        self._patience_s = patience_s

    @contextmanager
    def turn(self, to: Destination, needed: Callable[[], bool] = lambda: True) -> Iterator[Turn]:
        """Wait until a request is due, and let nobody else ask until it ends.

        One that is not `needed` any more when its turn comes must not be made, and delays nobody.

        Raises:
            SourceError: others ask for too long, or the host wants no request for now.
        """
        lock = self._due(to)
        try:
            if not needed():
                yield Turn()
                return
            self._note(to, asking=True)
            turn = Turn()
            try:
                yield turn
            finally:
                with suppress(SourceError):  # the note still says that somebody asks
                    self._note(to, asking=False, turn=turn)
        finally:
            lock.release()

    def _due(self, to: Destination) -> HeldTurn:
        """The lock, at a time when a request may start.

        Whoever waits for that time lets go of the lock, so that all have the same chance at it.
        """
        left_s = self._patience_s
        while left_s > 0:
            began = time.monotonic()
            lock = self._locked(left_s)
            left_s -= time.monotonic() - began
            try:
                wait_s = self._wait(to)
            except BaseException:
                lock.release()
                raise
            if wait_s <= 0:
                return lock
            lock.release()
            self._sleep(wait_s)
            left_s -= wait_s
        raise self._impatient()

    def _locked(self, timeout_s: float) -> HeldTurn:
        # A lock of its own a turn: threads keep each other out as processes do.
        lock = filelock.FileLock(self._lock_file, timeout=timeout_s, mode=0o600)
        try:
            lock.acquire()
        except filelock.Timeout as error:
            raise self._impatient() from error
        except (OSError, NotImplementedError) as error:  # a file system without locks
            raise SourceError(f"{self._lock_file}: cannot be locked: {error}") from error
        return lock

    def _impatient(self) -> SourceError:
        return SourceError(
            "another newsletter process has been asking arXiv for"
            f" {self._patience_s:.0f} seconds; run it again later"
        )

    def _wait(self, to: Destination) -> float:
        """How long a request must still wait."""
        noted = self._noted()
        if (noted is None and self._is_noted()) or (noted and noted.asking):
            # When the last request ended is not known. The lock stays, or all would wait for ever.
            self._sleep(self._page_interval_s if to.is_page else self._interval_s)
        if noted is None:
            self._forget()  # the next note does not build on it
            return 0.0
        now = self._clock()
        rests = noted.rests_at(now)
        rest_s = max(rests.get(to.key, now), rests.get(to.owner, now)) - now
        if rest_s > LONGEST_WAIT_S:
            raise SourceError(
                f"{to.host} asked this machine not to come again for another {rest_s:.0f} seconds;"
                " run it again then"
            )
        wait_s = max(rest_s, noted.at + self._interval_s - now)
        if to.is_page and noted.page_at is not None:
            wait_s = max(wait_s, min(noted.page_at, now) + self._page_interval_s - now)
        return wait_s

    def _noted(self) -> _LastRequest | None:
        """The note, unless it cannot be read or is of a clock that went back since."""
        try:
            noted = _LastRequest.model_validate_json(self._read())
        except (OSError, ValueError):
            return None
        return noted if noted.at <= self._clock() else None

    def _note(self, to: Destination, *, asking: bool, turn: Turn | None = None) -> None:
        now = self._clock()
        noted = self._noted()
        rests = noted.rests_at(now) if noted else {}
        if turn is not None and turn.rest_s > 0:
            whose = to.owner if turn.rest_of_all else to.key
            rests[whose] = now + min(turn.rest_s, _LONGEST_REST_S)
        page_at = now if to.is_page else noted and noted.page_at
        told = _LastRequest(at=now, asking=asking, page_at=page_at, rests=rests)
        self._write(told.model_dump_json().encode())

    def _is_noted(self) -> bool:
        return self._notes.exists()

    def _read(self) -> bytes:
        """Raises: OSError: there is no note."""
        return self._notes.read_bytes()

    def _forget(self) -> None:
        with suppress(OSError):
            self._notes.unlink()

    def _write(self, content: bytes) -> None:
        """Raises: SourceError: it cannot be kept."""
        try:
            file = os.open(self._notes, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise SourceError(f"{self._notes}: cannot be written: {error.strerror}") from error
        try:
            with suppress(OSError):  # a full disk leaves an empty note, and that means to wait
                os.write(file, content)
        finally:
            os.close(file)
