"""This machine's clock, and for `newsletter check` whether it agrees with a server's `Date`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from newsletter.finding import Finding, Severity

_CLOSE = timedelta(minutes=5)
_USELESS = timedelta(hours=12)  # days are mixed up then


def utc_now() -> datetime:
    return datetime.now(UTC)


def compare(date: str, server: str, now: datetime) -> Iterator[Finding]:
    """Compare with the header `date` (RFC 9110, 6.6.1); an unreadable one gives no finding."""
    try:
        ahead = now - parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return
    if abs(ahead) <= _CLOSE:
        yield Finding("clock", Severity.OK, f"agrees with {server}'s")
        return
    way = "ahead of" if ahead > timedelta(0) else "behind"
    level = Severity.TROUBLE if abs(ahead) > _USELESS else Severity.WARNING
    text = f"the clock of this machine is {_spelled(abs(ahead))} {way} {server}'s; set it (NTP)"
    yield Finding("clock", level, text)


def _spelled(span: timedelta) -> str:
    for length, unit in ((365, "year"), (1, "day")):
        if span >= timedelta(days=length):
            number = round(span / timedelta(days=length))
            return f"{number} {unit}s" if number > 1 else f"a {unit}"
    minutes = round(span / timedelta(minutes=1))
    return f"{minutes} minutes"
