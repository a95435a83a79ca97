"""What a worker's renewal of its lease asks and tells, on either database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.models import RateRow

Said = tuple[str | None, str | None]  # of a mail that was accepted: reason, the provider's own id


@dataclass(frozen=True)
class Renewal:
    """Of a lease: whose, until when, and the buckets of tokens that its owner is about to need."""

    owner: str
    until: datetime
    rates: Sequence[str]  # locked on PostgreSQL alone; on SQLite the writer is alone


@dataclass(frozen=True)
class LeaseState:
    """What a renewal of a lease tells beside itself."""

    recorded: frozenset[str]  # references that are sent now; the others were not on the wire
    troubles: int  # of the provider, in a row
    paused: Mapping[str, str]  # domains that get nothing now, and why
    rates: Mapping[str, RateRow] | None = None  # buckets that are locked now; of no session
