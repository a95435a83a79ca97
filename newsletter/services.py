"""The running parts that a day needs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from newsletter.config import SendingSettings, SiteSettings
from newsletter.database.db import Database
from newsletter.rendering.theme import Theme
from newsletter.sending.restore_guard.machine_memory import MachineMemory
from newsletter.sources.base import Source
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.summaries.base import Summarizer
from newsletter.summaries.llm_budget import LlmBudget
from newsletter.transports.base import Transport

Step = Callable[[int], None]  # so many more are done
Bar = Callable[[str, int], AbstractContextManager[Step]]


@dataclass(frozen=True)
class Services:
    """Everything that a day needs, built once in `bootstrap`."""

    database: Database
    source: Source
    summarizer: Summarizer
    transport: Transport
    site: SiteSettings
    links: SignedLinks
    clock: Callable[[], datetime]
    bar: Bar
    stopping: Callable[[], bool] = field(default=lambda: False)
    theme: Theme = field(default_factory=Theme)
    llm_budget: LlmBudget = field(default_factory=LlmBudget)
    patience: timedelta = timedelta(hours=24)  # with papers that cannot be had
    max_age_days: int = 4  # older days are never mailed by themselves
    page_interval: timedelta = timedelta(0)  # between two pages of the source
    sending: SendingSettings = field(default_factory=SendingSettings)
    journals: Path | None = None  # of senders; None where nothing really leaves
    memory: MachineMemory | None = None  # of what this machine sent
    # Gives the batches of an issue that is being frozen to others, instead of sending them here.
    hand_over: Callable[[Session, Sequence[int]], None] | None = None


@dataclass(frozen=True)
class Work:
    """An act, and how many seconds after its end it is due again."""

    every_s: int
    act: Callable[[], object]
    at_once: bool = True  # else first after that time


PeriodicWork = Mapping[str, Work]
