"""Whether `site.url` answered as ours when it was last asked, and how long its certificate lasts.

For `check`, /healthz and the alarms, which read it here and ask no network:
`public_address.py` does, after a run and beside `serve`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete
from sqlalchemy.orm import Session

from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.database.missing_rows import insert_missing
from newsletter.finding import Finding, Severity
from newsletter.health import last_runs
from newsletter.models import MomentRow
from newsletter.network.hosts import is_this_machine

PART = "site"
_IN_VAIN = "site in vain"
_ENDS, _BEGAN = "site certificate ends", "site certificate began"
_WELL_FOR = timedelta(minutes=50)
_ILL_FOR = timedelta(minutes=5)  # then it is asked again
_FORESEEN = timedelta(days=14)


@dataclass(frozen=True)
class Certificate:
    """From when until when a certificate holds."""

    began: datetime
    ends: datetime

    def findings(self, host: str, now: datetime) -> Iterator[Finding]:
        """Trouble from its end on; a warning from 14 days before it on.

        Of one that was made for 14 days or less, from the last third of its life on.
        """
        life = self.ends - self.began
        day = f"{self.ends:%F %R} UTC"
        if self.ends <= now:
            text = f"the certificate of {host} ended on {day}: no reader's program trusts it"
            yield Finding(PART, Severity.TROUBLE, f"{text}; renew it")
        elif self.ends - now < (_FORESEEN if life > _FORESEEN else life / 3):
            text = f"the certificate of {host} ends on {day}, and was not renewed"
            advice = "look at what should do that (certbot's timer, or the proxy itself)"
            yield Finding(PART, Severity.WARNING, f"{text}; {advice}")


def is_watched(settings: Settings) -> bool:
    """Whether there is a public address, and the operator wants it watched."""
    url = settings.site.url
    return bool(url and settings.alarm.site_h) and not is_only_here(settings)


def host_of(settings: Settings) -> str:
    """The host of `site.url`; empty without one."""
    return urlsplit(settings.site.url).hostname or ""


def is_only_here(settings: Settings) -> bool:
    """Whether `site.url` leads everybody to their own machine."""
    return is_this_machine(host_of(settings))


def is_due(session: Session, now: datetime) -> bool:
    """Whether it was not asked lately; one that did not answer is asked more often."""
    well = session.get(MomentRow, PART)
    failed = last_runs.failure(session, PART)
    if failed is not None and failed.filled_at is not None:
        return not now - _ILL_FOR < failed.filled_at <= now
    return well is None or not now - _WELL_FOR < well.at <= now


def record(
    session: Session, trouble: str | None, certificate: Certificate | None, now: datetime
) -> None:
    """Write the result of asking down; during a trouble the last certificate counts."""
    if trouble is None:
        last_runs.record(session, PART, now)
        session.execute(delete(MomentRow).where(MomentRow.name.in_((_IN_VAIN, _ENDS, _BEGAN))))
    else:
        last_runs.record_failure(session, PART, trouble, now)
        insert_missing(session, MomentRow, [{"name": _IN_VAIN, "at": now}])
    if trouble is None and certificate is not None:
        dates = {_BEGAN: certificate.began, _ENDS: certificate.ends}
        insert_missing(session, MomentRow, [{"name": key, "at": at} for key, at in dates.items()])


def check(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    """Trouble where it failed twice, `alarm.site_h` apart; and what its certificate says."""
    if not is_watched(settings):
        return
    with database.read() as session:
        began, ends, since = (session.get(MomentRow, key) for key in (_BEGAN, _ENDS, _IN_VAIN))
        failed = last_runs.failure(session, PART)
    long = timedelta(hours=settings.alarm.site_h)
    is_ours = failed is not None and (failed.reason or "").startswith(settings.site.url)
    if is_ours and since and failed and failed.filled_at and failed.filled_at - since.at >= long:
        text = f"{failed.reason} (so since {since.at:%F %R} UTC)"
        yield Finding(PART, Severity.TROUBLE, text)
    elif began and ends:
        yield from Certificate(began.at, ends.at).findings(host_of(settings), now)
