"""The parts that a run of sending works with."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from newsletter.config import SendingSettings
from newsletter.database.db import Database, is_sqlite
from newsletter.sending.claiming.claim_sizer import (
    WITHIN_S,
    WITHIN_S_AMONG_MACHINES,
    ClaimPace,
    ClaimSizer,
)
from newsletter.sending.claiming.starting_point import FROM_THE_START, StartingPoint
from newsletter.sending.provider_trouble.breaker import CircuitBreaker
from newsletter.sending.records.journal import Journal, Owner
from newsletter.sending.restore_guard.machine_memory import MachineMemory
from newsletter.transports.base import Transport

Clock = Callable[[], datetime]
_BESIDE = 2  # a commit, and the freezing of further recipients
_AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Override:
    """Holds that the operator overrides."""

    late: bool = False  # old issues
    waiting: bool = False  # a provider in trouble, and readers whose servers said "later"


NO_OVERRIDE = Override()


@dataclass
class SendContext:
    """All that a run of sending needs beside the issue."""

    database: Database
    transport: Transport
    clock: Clock
    progress: Callable[[int], None] = lambda _done: None
    stopping: Callable[[], bool] = lambda: False
    sleep: Callable[[float], None] = time.sleep
    owner: Owner = field(default_factory=Owner.this_process)
    journals: Path | None = None  # where its own lies; None where nothing really leaves
    memory: MachineMemory | None = None
    limits: SendingSettings = field(default_factory=SendingSettings)
    override: Override = NO_OVERRIDE
    for_one: bool = False  # there are no pages, where anybody could leave
    starting_point: StartingPoint = FROM_THE_START  # of each pass over the issue
    restore_mark: str | None = None  # of the database, when its issue was last found not held
    began: datetime = field(init=False)
    tried_before: datetime | None = field(init=False)  # who was, needs to rest no longer
    journal: Journal | None = field(init=False)
    claim_sizer: ClaimSizer = field(init=False)
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    beside: ThreadPoolExecutor = field(init=False)  # for what mails on the wire need not wait for

    def __post_init__(self) -> None:
        self.began = self.clock()
        self.beside = ThreadPoolExecutor(_BESIDE)
        self.tried_before = self.began - _AN_INSTANT if self.override.waiting else None
        self.journal = Journal(self.journals, self.owner.name) if self.journals else None
        has_one_writer = is_sqlite(self.database.engine)
        within_s = WITHIN_S if has_one_writer else WITHIN_S_AMONG_MACHINES
        most, connections = self.transport.at_once, self.transport.connections
        pace = ClaimPace(most, connections) if connections and not has_one_writer else None
        self.claim_sizer = ClaimSizer(most, within_s, pace)

    @property
    def max_age(self) -> timedelta:
        """Of an issue that is sent by itself."""
        return timedelta(hours=self.limits.max_age_h)

    @contextmanager
    def shown_to_live(self) -> Iterator[None]:
        """Hold the lock by which others on this machine see that this worker lives."""
        with self.beside:
            if self.journal is None:
                yield
                return
            self.journal.begin()
            try:
                yield
            finally:
                self.journal.close()
