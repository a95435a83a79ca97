"""How fast mails may leave: token buckets in the database, shared by every process and restart.

Tokens are taken in the transaction that claims, as many at a time as are claimed, so a limit
costs nothing. The hour's bucket is small and refills so slowly that no sixty minutes, wherever
they begin, see more than the limit.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.config import SendingSettings
from newsletter.database.missing_rows import insert_missing
from newsletter.models import RateRow

_HOUR_S = 3600.0
_BURST_S = 0.25  # how much of a second's mails may leave together
_A_MOMENT = timedelta(seconds=5)
_DOMAIN_WAIT_S = 900.0  # until a paused domain is asked again
_HOURLY_BURST = 60  # a sixtieth of an hour's


@dataclass(frozen=True)
class _Bucket:
    key: str
    holds: float
    refills: float  # a second

    @classmethod
    def by_second(cls, key: str, per_second: float) -> "_Bucket":
        return cls(key, max(1.0, per_second * _BURST_S), per_second)

    @classmethod
    def by_hour(cls, key: str, per_hour: int) -> "_Bucket":
        holds = max(1.0, per_hour / _HOURLY_BURST)
        # With what it holds at the start, an hour sees no more than the limit; a limit of one is
        # one an hour.
        return cls(key, holds, max(per_hour - holds, 1.0) / _HOUR_S)

    def tokens(self, row: RateRow, now: datetime) -> float:
        """The tokens in it now; where the clock was set back, it is not refilled."""
        if row.filled_at is None:
            return self.holds
        since_s = max(0.0, (now - row.filled_at).total_seconds())
        return min(self.holds, row.tokens + since_s * self.refills)


def keys_ahead(limits: SendingSettings) -> list[str]:
    """The buckets that a claim needs, as far as they are known before its readers are."""
    domains = [_of(domain) for domain in limits.per_domain if domain != "*"]
    return sorted([*(bucket.key for bucket in _shared_buckets(limits)), *domains])


def _shared_buckets(limits: SendingSettings) -> list[_Bucket]:
    return [
        *([_Bucket.by_second("all", limits.per_second)] if limits.per_second else []),
        *([_Bucket.by_hour("hour", limits.per_hour)] if limits.per_hour else []),
    ]


@dataclass(frozen=True)
class Headroom:
    """After how long one more mail may leave; with a `refusal`, it has to be asked for again."""

    wait_s: float = 0.0
    refusal: str = ""


class RateLimiter:
    """How many may be claimed now, and to which domains.

    `locked` are rows that the caller has locked already, and writes down itself: `changed`.
    """

    def __init__(
        self,
        session: Session,
        limits: SendingSettings,
        paused: Mapping[str, str],
        now: datetime,
        wanted: int,
        locked: Mapping[str, RateRow] | None = None,
    ) -> None:
        self._session, self._limits, self._paused, self._now = session, limits, paused, now
        self._shared = _shared_buckets(limits)
        self._taken: Counter[str] = Counter()
        self._writes = locked is None
        self._rows = dict(locked or {})
        self.changed: list[RateRow] = []
        self._lock({bucket.key for bucket in self._shared})
        self.number, self.wait_s = wanted, 0.0
        self.held = ""  # why a domain gets nothing for now
        self.short_s: float | None = None  # until a domain that was passed over has a token
        for bucket in self._shared:
            tokens = bucket.tokens(self._rows[bucket.key], now)
            self.number = min(self.number, int(tokens))
            if tokens < 1:
                self.wait_s = max(self.wait_s, (1 - tokens) / bucket.refills)

    @property
    def by_domain(self) -> bool:
        return bool(self._limits.per_domain or self._paused)

    def headroom(self, within_s: float) -> Headroom:
        """Whether a mail to anybody may leave so soon."""
        return Headroom(self.wait_s, _refusal(self.wait_s) if self.wait_s > within_s else "")

    def admit_one(self, email: str, within_s: float = 0.0) -> Headroom:
        """Take the headroom of a mail outside of a batch; what it takes ahead, others wait for."""
        headroom = self.headroom(within_s)
        if headroom.refusal:
            return headroom
        if not self.takes(email):
            wait_s = _DOMAIN_WAIT_S if self.short_s is None else self.short_s
            return Headroom(wait_s, self.held or _refusal(wait_s))
        self.spend(1)
        return headroom

    def lock_domains(self, emails: Iterable[str]) -> None:
        """Before `takes`: lock the buckets of these addresses' domains."""
        if not self._limits.per_domain:
            return
        domains = {email.rpartition("@")[2] for email in emails}
        limited = {_of(domain) for domain in domains if self._of_domain(domain) is not None}
        self._lock(limited)

    def takes(self, email: str) -> bool:
        """Whether one more may go to that address' domain; if so it is counted."""
        if not self.by_domain:
            return True
        domain = email.rpartition("@")[2]
        if domain in self._paused:
            self.held = f"{domain} is paused: {self._paused[domain]}"
            return False
        per_second = self._of_domain(domain)
        if per_second is None:
            return True
        bucket = _Bucket.by_second(_of(domain), per_second)
        self.lock_domains([email])
        tokens = bucket.tokens(self._rows[bucket.key], self._now) - self._taken[domain]
        if tokens >= 1:
            self._taken[domain] += 1
            return True
        wait_s = (1 - tokens) / bucket.refills
        self.short_s = wait_s if self.short_s is None else min(self.short_s, wait_s)
        return False

    def _lock(self, keys: AbstractSet[str]) -> None:
        rows = locked_rows(self._session, keys - self._rows.keys())
        if not self._writes:
            for row in rows.values():
                self._session.expunge(row)
        self._rows |= rows

    def _of_domain(self, domain: str) -> float | None:
        return self._limits.per_domain.get(domain, self._limits.per_domain.get("*"))

    def spend(self, number: int) -> None:
        """Take what was claimed out of the buckets."""
        for bucket in self._shared:
            self._take(bucket, number)
        for domain, taken in self._taken.items():
            per_second = self._of_domain(domain)
            assert per_second is not None  # noqa: S101 - only limited domains are counted
            self._take(_Bucket.by_second(_of(domain), per_second), taken)

    def _take(self, bucket: _Bucket, number: int) -> None:
        row, now = self._rows[bucket.key], self._now
        self.changed.append(row)
        row.tokens = bucket.tokens(row, now) - number
        was_first = row.filled_at is None or not now < row.filled_at <= now + _A_MOMENT
        row.filled_at = now if was_first else row.filled_at  # another has just filled it


def _refusal(wait_s: float) -> str:
    return f"the limits of [sending] allow the next mail in {wait_s:.0f} s"


def _of(domain: str) -> str:
    return f"domain:{domain}"


def locked_rows(session: Session, keys: AbstractSet[str]) -> dict[str, RateRow]:
    """These rows, made where they are not there yet; locked in the order of their keys."""
    if not keys:
        return {}
    chosen = (
        select(RateRow)
        .where(RateRow.key.in_(keys))
        .order_by(RateRow.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {row.key: row for row in session.scalars(chosen)}
    if keys - found.keys():
        missing = [
            {"key": key, "tokens": 0.0, "troubles": 0} for key in sorted(keys - found.keys())
        ]
        insert_missing(session, RateRow, missing)
        found = {row.key: row for row in session.scalars(chosen)}
    return found
