"""Does `site.url` lead to us, so that the links in the mails work? For check, run and serve.

It sends two harmless requests: an unsubscribe link without a reader, signed as those in mails are,
and one with a wrong signature. Only a server with our keys tells them apart.
"""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsletter import bootstrap
from newsletter.config import Settings
from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.finding import Finding, Severity
from newsletter.health import site_watch
from newsletter.health.site_watch import PART, Certificate
from newsletter.subscribers.link_claims import ALL
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.text import counted

if TYPE_CHECKING:
    import requests

_WITHIN_S = 10.0
NOBODY = 0  # a row number that no subscriber has
ENTRIES = "Newsletter-Forwarded"  # how many of X-Forwarded-For arrived, said to who has our keys
_MOST_BYTES = 100_000
_UNREADABLE = {400, 410}  # of a link; 410: an old key's
_NO_DATABASE = 503  # also where nobody can be asked which newsletters there are


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Ask the public address as a reader's mail program would."""
    url = settings.site.url
    if not url:
        text = "site.url is not set: no pages, mails for yourself alone and without links to any"
        yield Finding(PART, Severity.OK, text)
        return
    host = site_watch.host_of(settings)
    if site_watch.is_only_here(settings):
        yield _on_this_machine(settings)
    else:
        answer = _asked(settings)
        yield from _before_us(settings)
        yield answer.finding
        yield from _forwarded(settings, answer.entries)
        if answer.certificate is not None:
            yield from answer.certificate.findings(host, now)
    if not settings.site.postal_address:
        text = "site.postal_address is empty; bulk mail must bear one (CAN-SPAM)"
        yield Finding(PART, Severity.WARNING, text)


def _on_this_machine(settings: Settings) -> Finding:
    """Fine to look at; mails that leave this machine would bear links that lead nowhere."""
    text = f"site.url is {settings.site.url}: links in mails work on this machine only"
    found = _asked(settings).finding
    if found.level is not Severity.OK:
        why = found.text.removeprefix(settings.site.url).strip().partition(";")[0]
        text += f"; and nothing of ours answers there ({why}): is `newsletter serve` running?"
    if bootstrap.transport_type(settings).stays_here:
        return Finding(PART, Severity.WARNING, text)
    text = text if text.endswith("?") else f"{text}."
    text += (
        " Readers elsewhere can neither leave nor follow any other link: set it to the address of a"
        " server, or to '' for yourself alone"
    )
    return Finding(PART, Severity.TROUBLE, text)


def _before_us(settings: Settings) -> Iterator[Finding]:
    """Check the proxy that should stand between `serve` and the world."""
    if not settings.site.url.startswith("https://"):
        text = (
            f"site.url is {settings.site.url}: one-click unsubscribe (RFC 8058) needs https. Put"
            " nginx or Caddy before `newsletter serve`: it encrypts, and bears any number of slow"
            " connections, of which 2000 fill ours (docs/deploy.md)"
        )
        yield Finding(PART, Severity.WARNING, text)
    elif not settings.web.proxies:
        text = (
            "site.url is https, which a proxy before `newsletter serve` speaks, and web.proxies is"
            " 0: all visitors count as one network, and after signup.per_network_hour of them"
            " nobody can sign up; let it set X-Forwarded-For, and set web.proxies = 1"
        )
        yield Finding(PART, Severity.WARNING, text)


def _forwarded(settings: Settings, entries: int | None) -> Iterator[Finding]:
    """Whether as many proxies wrote X-Forwarded-For on the way as are believed."""
    believed = settings.web.proxies
    if entries is None or not believed or entries == believed:
        return
    arrived = f"X-Forwarded-For arrives with {counted(entries, 'entry', 'entries')} from here, and"
    if not entries:
        text = f"no X-Forwarded-For arrives from here, and web.proxies is {believed}: all visitors"
        text += " count as one network, and who sends that header is believed; let the proxy set it"
    elif entries < believed:
        text = f"{arrived} web.proxies is {believed}, too many: who sends that header is believed,"
        text += f" and all others count as one network; set web.proxies = {entries}"
    else:
        text = f"{arrived} web.proxies is {believed}, too few: visitors count as the proxy's"
        text += f" network; if all those proxies are yours, set web.proxies = {entries}"
    yield Finding(PART, Severity.WARNING, text)


def check_when_due(settings: Settings, database: Database, now: datetime) -> None:
    """Ask the public address where that is due, and write the result down for the checks."""
    if not site_watch.is_watched(settings):
        return
    with database.read() as session:
        is_due = site_watch.is_due(session, now)
    if is_due:
        answer = _asked(settings)
        trouble = answer.finding.text if answer.finding.level is Severity.TROUBLE else None
        with database.write.begin() as session:
            site_watch.record(session, trouble, answer.certificate, now)


@dataclass(frozen=True)
class _SiteAnswer:
    """The answer of a public address."""

    finding: Finding
    entries: int | None = None  # of X-Forwarded-For, where it is ours
    certificate: Certificate | None = None


def _asked(settings: Settings) -> _SiteAnswer:
    import requests

    from newsletter.network.http_limits import describe_unreachable

    url = settings.site.url
    keys = [key.get_secret_value() for key in settings.site.secret_keys]
    link = SignedLinks(url, keys).unsubscribe(NOBODY, ALL)
    try:
        (ours, certificate), (forged, _) = _get(link), _get(f"{link[:-4]}AAAA")
    except requests.RequestException as error:
        why = describe_unreachable(error, _WITHIN_S)
        advice = "look at site.url; is `newsletter serve` running, and its proxy?"
        if "certificate" in why:
            advice = "renew or mend it at the proxy before `newsletter serve`"
        return _SiteAnswer(Finding(PART, Severity.TROUBLE, f"{url} {why}; {advice}"))
    entries = ours.headers.get(ENTRIES, "")
    finding = _judged(settings, ours, forged)
    return _SiteAnswer(finding, int(entries) if entries.isdecimal() else None, certificate)


def _judged(settings: Settings, ours: "requests.Response", forged: "requests.Response") -> Finding:
    url = settings.site.url
    if ours.is_redirect:
        there = ours.headers["Location"].partition("/u/")[0]
        text = f"sends elsewhere ({there}); set site.url to that"
    elif ENTRIES in ours.headers and forged.status_code == _NO_DATABASE:
        return _without_database(settings)
    elif ours.status_code >= 500:  # noqa: PLR2004 - HTTP
        text = f"answers with HTTP {ours.status_code}; is `newsletter serve` behind it running?"
    elif ours.ok and forged.status_code in _UNREADABLE:
        return Finding(PART, Severity.OK, f"{url} is ours, and an unsubscribe link works there")
    elif {ours.status_code, forged.status_code} <= _UNREADABLE:
        text = "does not know our links: it runs with other site.secret_keys than these"
    else:
        text = (
            f"answers with HTTP {ours.status_code} to an unsubscribe link, and not as this program"
            " does; look at site.url and at the proxy before `newsletter serve`"
        )
    return Finding(PART, Severity.TROUBLE, f"{url} {text}")


def _without_database(settings: Settings) -> Finding:
    """Its pages cannot use their database; where this process cannot either, say so of that."""
    url = settings.site.url
    try:
        bootstrap.connect(settings).dispose()
    except NewsletterError:
        return Finding(PART, Severity.OK, f"{url} is ours, and its pages wait for the database")
    text = f"{url} is ours, and its pages cannot use the database, which can be used from here"
    return Finding(PART, Severity.TROUBLE, f"{text}; restart `newsletter serve`, and see its log")


def _get(link: str) -> tuple["requests.Response", Certificate | None]:
    from newsletter.network.http_limits import session_within

    with session_within(_WITHIN_S) as session:
        response = session.get(link, allow_redirects=False, timeout=_WITHIN_S, stream=True)
        next(response.iter_content(_MOST_BYTES), b"")
        response.close()
        return response, _certificate(session.get_adapter(link))


def _certificate(adapter: object) -> Certificate | None:
    """The certificate of the connection that an answer came by."""
    said = getattr(adapter, "certificate", None)
    if not said:
        return None
    began, ends = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(said[name]), UTC)
        for name in ("notBefore", "notAfter")
    )
    return Certificate(began, ends)
