"""Checks the rights of a SendGrid key by `/v3/scopes`; no mail leaves."""

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from python_http_client.exceptions import HTTPError

from newsletter import machine_clock
from newsletter.config import TransportSettings
from newsletter.finding import Finding, Severity
from newsletter.network.http_limits import reasons
from newsletter.text import brief
from newsletter.transports.sendgrid.advice import advice_of_account
from newsletter.transports.sendgrid.bounded_client import sendgrid_client
from newsletter.transports.sendgrid.responses import words_of

_PART = "transport"
_WITHIN_S = 10.0
_REGIONS = {"global": "https://api.sendgrid.com", "EU": "https://api.eu.sendgrid.com"}
_STATISTICS = {"stats.read", "categories.stats.read"}
_KEY_REFUSED = (401, 403)


def check(settings: TransportSettings, now: datetime) -> Iterator[Finding]:
    host = urlsplit(settings.base_url).netloc
    settings = settings.model_copy(update={"timeout_s": min(settings.timeout_s, _WITHIN_S)})
    try:
        scopes, date = _scopes(settings, settings.base_url)
    except HTTPError as error:
        yield Finding(_PART, Severity.TROUBLE, f"{host}: {_refused(settings, error)}")
        return
    except OSError as error:
        words = brief(list(reasons(error))[-1])
        text = f"{host}: no answer ({words}); look at transport.base_url and this network"
        yield Finding(_PART, Severity.TROUBLE, text)
        return
    except ValueError:
        text = f"{host}: answers, and not as SendGrid does; look at transport.base_url"
        yield Finding(_PART, Severity.TROUBLE, text)
        return
    yield from machine_clock.compare(date, host, now)
    yield from _rights(host, scopes)


def _rights(host: str, scopes: Collection[str]) -> Iterator[Finding]:
    """To send, and to read what was sent: by that a restored machine is noticed."""
    if "mail.send" not in scopes:
        text = (
            f"{host}: the key may not send mails; give it Mail Send and Stats (read), or set"
            " another api_key"
        )
        yield Finding(_PART, Severity.TROUBLE, text)
        return
    yield Finding(_PART, Severity.OK, f"{host}: the key may send mails; none was sent")
    if _STATISTICS.isdisjoint(scopes):
        text = (
            f"{host}: the key may not read statistics (stats.read): were this machine brought back"
            " from a snapshot, mails would go twice, unnoticed; give the key Stats (read) as well"
        )
        yield Finding(_PART, Severity.WARNING, text)


def _scopes(settings: TransportSettings, base_url: str) -> tuple[list[str], str]:
    """The key's rights, and the answer's `Date`."""
    key = settings.api_key.get_secret_value()
    response = sendgrid_client(key, base_url).scopes.get(timeout=settings.timeout_s)
    answer = json.loads(response.body)  # what is no JSON raises a ValueError, too
    scopes = answer.get("scopes") if isinstance(answer, dict) else None
    if not isinstance(scopes, list):
        raise ValueError("this is no answer of SendGrid's")  # noqa: TRY004 - as other nonsense is
    return scopes, str(response.headers.get("Date", ""))


def _refused(settings: TransportSettings, error: HTTPError) -> str:
    if error.status_code not in _KEY_REFUSED:
        return f"HTTP {error.status_code}; look at transport.base_url, or try again later"
    if settings.base_url in _REGIONS.values():
        for region, other in _REGIONS.items():
            if other != settings.base_url:
                with suppress(HTTPError, OSError, ValueError):
                    _scopes(settings, other)
                    return f'that key is of SendGrid\'s {region}: transport.base_url = "{other}"'
    status, words = error.status_code, words_of(error.body)
    todo = advice_of_account(status, words) or "look at transport.api_key"
    return f"the key is refused ({f'HTTP {status} {words}'.strip()}); {todo}"
