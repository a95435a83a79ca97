"""When something that waits in a table, and failed, is tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(minutes=5)  # after a crash, what a process had in hand is another's


@dataclass(frozen=True)
class RetrySchedule:
    """The pauses after the first failure, the second, ...; the last one again and again."""

    pauses_min: Sequence[float]
    given_up_after: timedelta = timedelta.max  # since it was written

    def pause(self, failures: int) -> timedelta:
        """How long to wait after so many failures, of which there is one at least."""
        return timedelta(minutes=self.pauses_min[min(max(failures, 1), len(self.pauses_min)) - 1])

    def next_attempt(self, failures: int, written_at: datetime, now: datetime) -> datetime | None:
        """When to try again; None where it has waited long enough and is given up."""
        is_over = now - written_at > self.given_up_after
        return None if is_over else now + self.pause(failures)
