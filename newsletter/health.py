"""Is this installation ready? Every part is asked, and each answers for itself.

A check gets the settings, the open database and the present moment; what it looks after stays in
its own layer, and here stands only the list.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from newsletter import bootstrap, deliverability
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.errors import NewsletterError
from newsletter.feedback import health as feedback_health
from newsletter.finding import Finding, Severity
from newsletter.rendering import health as rendering_health
from newsletter.sending import health as sending_health
from newsletter.subscribers import signups
from newsletter.summaries import health as summaries_health

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

Check = Callable[[Settings, Database, datetime], Iterable[Finding]]


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Ask every part, one after the other; a check that fails is a finding, not the end."""
    yield from _site(settings)
    try:
        with bootstrap.open_database(settings) as database:
            yield Finding("database", Severity.OK, "reachable, its tables are this program's")
            for name, room_check in CHECKS.items():
                yield from _asked(name, room_check, settings, database, now)
    except NewsletterError as error:
        yield Finding("database", Severity.TROUBLE, str(error))


def _asked(
    name: str, each: Check, settings: Settings, database: Database, now: datetime
) -> Iterator[Finding]:
    try:
        yield from each(settings, database, now)
    except NewsletterError as error:
        yield Finding(name, Severity.TROUBLE, str(error))


def _site(settings: Settings) -> Iterator[Finding]:
    site = settings.site
    if urlsplit(site.url).hostname in _THIS_MACHINE:
        yield Finding(
            "site",
            Severity.WARNING,
            f"site.url is {site.url}: links in mails work on this machine only",
        )
    elif not site.url.startswith("https://"):
        yield Finding(
            "site",
            Severity.WARNING,
            f"site.url is {site.url}: one-click unsubscribe (RFC 8058) needs https",
        )
    else:
        yield Finding("site", Severity.OK, f"links lead to {site.url}")
    if not site.postal_address:
        yield Finding(
            "site",
            Severity.WARNING,
            "site.postal_address is empty; bulk mail must bear one (CAN-SPAM)",
        )


CHECKS: dict[str, Check] = {
    "summarizer": summaries_health.check,
    "signup": signups.check,
    "sending": sending_health.check,
    "domain": deliverability.check,
    "feedback": feedback_health.check,
    "templates": rendering_health.check_templates,
}
