"""The renewal of a worker's lease on either database: its parameters and its results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.models import RateRow

Said = tuple[str | None, str | None]  # of a mail that was accepted: reason, the provider's own id


@dataclass(frozen=True)
class Renewal:
    """A lease's owner, its new end, and the buckets of tokens that the owner is about to need."""

    owner: str
    until: datetime
    rates: Sequence[str]  # locked on PostgreSQL alone; on SQLite the writer is alone


@dataclass(frozen=True)
class LeaseState:
    """The results of a renewal that a claim needs as well."""

    recorded: frozenset[str]  # references that are sent now; the others were not on the wire
    troubles: int  # of the provider, in a row
    paused: Mapping[str, str]  # domains that get nothing now, and why
    rates: Mapping[str, RateRow] | None = None  # buckets that are locked now; of no session
