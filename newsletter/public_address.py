"""For `newsletter check`: does `site.url` lead to us, so that the links in the mails work?

Two requests that change nothing: an unsubscribe link of nobody's, signed as those in mails are, and
one with a signature that is none. Only who has our keys tells them apart.
"""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests

from newsletter.config import Settings
from newsletter.finding import Finding, Severity
from newsletter.http import describe_unreachable, session_within
from newsletter.subscribers.tokens import ALL, SignedLinks

_PART = "site"
_WITHIN_S = 10.0
_NOBODY = 0  # a row number that no subscriber has
_MOST_BYTES = 100_000
_UNREADABLE = {requests.codes.bad_request, requests.codes.gone}  # of a link; gone: an old key's


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What a reader's mail program would find there."""
    del now
    url = settings.site.url
    if not url:
        text = "site.url is not set: no pages, mails for yourself alone and without links to any"
        yield Finding(_PART, Severity.OK, text)
        return
    if _is_only_here(urlsplit(url).hostname or ""):
        yield _on_this_machine(settings)
    else:
        yield from _before_us(settings)
        yield _asked(settings)
    if not settings.site.postal_address:
        text = "site.postal_address is empty; bulk mail must bear one (CAN-SPAM)"
        yield Finding(_PART, Severity.WARNING, text)


def _is_only_here(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _on_this_machine(settings: Settings) -> Finding:
    """Fine to look at; mails that leave this machine would bear links that lead nowhere."""
    text = f"site.url is {settings.site.url}: links in mails work on this machine only"
    found = _asked(settings)
    if found.level is not Severity.OK:
        why = found.text.removeprefix(settings.site.url).strip().partition(";")[0]
        text += f"; and nothing of ours answers there ({why}): is `newsletter serve` running?"
    if settings.transport.use == "files":
        return Finding(_PART, Severity.WARNING, text)
    text = text if text.endswith("?") else f"{text}."
    text += (
        " Readers elsewhere can neither leave nor follow any other link: set it to the address of a"
        " server, or to '' for yourself alone"
    )
    return Finding(_PART, Severity.TROUBLE, text)


def _before_us(settings: Settings) -> Iterator[Finding]:
    """What should stand between `serve` and the world, and whether we know that it does."""
    if not settings.site.url.startswith("https://"):
        text = (
            f"site.url is {settings.site.url}: one-click unsubscribe (RFC 8058) needs https. Put"
            " nginx or Caddy before `newsletter serve`: it encrypts, and bears any number of slow"
            " connections, of which 2000 fill ours (docs/deploy.md)"
        )
        yield Finding(_PART, Severity.WARNING, text)
    elif not settings.web.proxies:
        text = (
            "site.url is https, which a proxy before `newsletter serve` speaks, and web.proxies is"
            " 0: all visitors count as one network, and after signup.per_network_hour of them"
            " nobody can sign up; let it set X-Forwarded-For, and set web.proxies = 1"
        )
        yield Finding(_PART, Severity.WARNING, text)


def _asked(settings: Settings) -> Finding:
    url = settings.site.url
    keys = [key.get_secret_value() for key in settings.site.secret_keys]
    link = SignedLinks(url, keys).unsubscribe(_NOBODY, ALL)
    try:
        ours, forged = _answer(link), _answer(f"{link[:-4]}AAAA")
    except requests.RequestException as error:
        text = (
            f"{url} {describe_unreachable(error, _WITHIN_S)}; look at site.url; is"
            " `newsletter serve` running, and its proxy?"
        )
        return Finding(_PART, Severity.TROUBLE, text)
    if ours.is_redirect:
        there = ours.headers["Location"].partition("/u/")[0]
        text = f"sends elsewhere ({there}); set site.url to that"
    elif ours.status_code >= 500:  # noqa: PLR2004 - HTTP
        text = f"answers with HTTP {ours.status_code}; is `newsletter serve` behind it running?"
    elif ours.ok and forged.status_code in _UNREADABLE:
        return Finding(_PART, Severity.OK, f"{url} is ours, and an unsubscribe link works there")
    elif {ours.status_code, forged.status_code} <= _UNREADABLE:
        text = "does not know our links: it runs with other site.secret_keys than these"
    else:
        text = (
            f"answers with HTTP {ours.status_code} to an unsubscribe link, and not as this program"
            " does; look at site.url and at the proxy before `newsletter serve`"
        )
    return Finding(_PART, Severity.TROUBLE, f"{url} {text}")


def _answer(link: str) -> requests.Response:
    with session_within(_WITHIN_S) as session:
        response = session.get(link, allow_redirects=False, timeout=_WITHIN_S, stream=True)
        next(response.iter_content(_MOST_BYTES), b"")
        response.close()
        return response
