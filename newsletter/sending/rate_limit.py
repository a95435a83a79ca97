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

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from newsletter.config import SendingSettings
from newsletter.models import DomainPauseRow, RateRow
from newsletter.models.missing_rows import insert_missing

_HOUR_S = 3600.0
_BURST_S = 0.25  # how much of a second's mails may leave together
_A_MOMENT = timedelta(seconds=5)
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
        """What is in it now; a clock that was set back adds nothing."""
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

    def lock_domains(self, emails: Iterable[str]) -> None:
        """Before `takes`: the buckets of these addresses' domains are nobody else's now."""
        domains = {email.rpartition("@")[2] for email in emails}
        limited = {_of(domain) for domain in domains if self._of_domain(domain) is not None}
        self._lock(limited)

    def takes(self, email: str) -> bool:
        """Whether one more may go to that address' domain; if so it is counted."""
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
        rows = _locked(self._session, keys - self._rows.keys())
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


def _of(domain: str) -> str:
    return f"domain:{domain}"


def _locked(session: Session, keys: AbstractSet[str]) -> dict[str, RateRow]:
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


TRANSPORT, OUTBOX = "transport", "letters"  # who is in trouble: issues, transactional mails
_DOWN = "down"


def pause_sending(
    session: Session, reason: str, wait: timedelta | None, now: datetime, of: str = TRANSPORT
) -> datetime:
    """The provider as a whole is in trouble: nobody is sent to for a while, longer each time.

    `wait` is the provider's own word where it gave one. Returns when the next run may try.
    """
    row = _row(session, of)
    row.troubles += 1
    grown = min(_FIRST_PAUSE * 2 ** min(row.troubles - 1, 10), _LONGEST_PAUSE)
    row.paused_until, row.reason = now + (wait or grown), reason
    return row.paused_until


def sending_pause(session: Session, now: datetime, of: str = TRANSPORT) -> RateRow | None:
    """The pause of the provider that is not over yet."""
    row = session.get(RateRow, of)
    if row is None or row.paused_until is None or row.paused_until <= now:
        return None
    # Longer than any pause: the clock was set back.
    return None if row.paused_until > now + 2 * _LONGEST_PAUSE else row


def troubles(session: Session, of: str = TRANSPORT) -> int:
    """How often in a row the provider was in trouble; 0 once it has taken a mail again."""
    row = session.get(RateRow, of)
    return 0 if row is None else row.troubles


def last_trouble(session: Session, of: str = TRANSPORT) -> RateRow | None:
    """The provider's trouble, also where its pause is over and nobody has tried again."""
    row = session.get(RateRow, of)
    return row if row is not None and row.troubles else None


def resume_sending(session: Session, now: datetime, of: str = TRANSPORT) -> None:
    """The provider has taken mails."""
    row = _row(session, of)
    row.troubles, row.paused_until, row.reason, row.filled_at = 0, None, None, now
    forget_down(session)


def record_down(session: Session, reason: str, now: datetime) -> None:
    """Mails are left, as after a refused login or a stop. The next run just tries again."""
    row = _row(session, _DOWN)
    row.reason, row.filled_at = reason, now


def forget_down(session: Session) -> None:
    """Mails were accepted since."""
    session.execute(delete(RateRow).where(RateRow.key == _DOWN))


def down(session: Session) -> RateRow | None:
    """Why mails were left, and when (`filled_at`), until one was accepted again."""
    return session.get(RateRow, _DOWN)


def accepted_since(session: Session, moment: datetime) -> bool:
    """Whether the provider has taken any mail after that moment."""
    rows = (session.get(RateRow, of) for of in (TRANSPORT, OUTBOX))
    return any(row is not None and row.filled_at and row.filled_at > moment for row in rows)


_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=30)


def _row(session: Session, key: str) -> RateRow:
    return _locked(session, {key})[key]


# Domains that get nothing for a while, since they just turned many of our mails away.

PAUSE = timedelta(hours=2)
PAUSE_FOR_UNKNOWN = timedelta(minutes=15)  # its users: dead addresses may have come together


def pause_domain(
    session: Session, domain: str, reason: str, now: datetime, pause_for: timedelta = PAUSE
) -> None:
    """Send nothing to a domain for a while; a running pause begins anew."""
    until = now + pause_for
    pause = {"domain": domain, "since": now, "until": until, "reason": reason}
    insert_missing(session, DomainPauseRow, [pause])  # two senders may find it out at once
    row = session.get_one(DomainPauseRow, domain, with_for_update=True)
    if row.until <= now:
        row.since = now
    row.until, row.reason = until, reason


# Made once: it is asked with every claim.
_RUNNING = (
    select(DomainPauseRow)
    .where(DomainPauseRow.until > bindparam("now"))
    .order_by(DomainPauseRow.domain)
)


def paused_domains(session: Session, now: datetime) -> dict[str, str]:
    """The domains that get nothing now, each with its reason: their deliveries stay pending."""
    return {pause.domain: pause.reason for pause in running_pauses(session, now)}


def domains_paused_since(session: Session, moment: datetime) -> set[str]:
    """Also where the pause is over."""
    return set(session.scalars(select(DomainPauseRow.domain).where(DomainPauseRow.until > moment)))


def running_pauses(session: Session, now: datetime) -> list[DomainPauseRow]:
    return list(session.scalars(_RUNNING, {"now": now}))


def resume_domain(session: Session, domain: str) -> bool:
    """End a pause; whether there was one."""
    ended = session.scalars(
        delete(DomainPauseRow)
        .where(DomainPauseRow.domain == domain)
        .returning(DomainPauseRow.domain)
    ).all()
    return bool(ended)
