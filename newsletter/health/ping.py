"""A monitor such as healthchecks.io hears how each run ended."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from newsletter.config import Settings
from newsletter.finding import Finding, Severity

_log = logging.getLogger(__name__)
_PING_WITHIN_S = 10.0
_READ = 200  # characters of an answer


def tell_end(settings: Settings, troubles: Sequence[str]) -> None:
    """Tell a monitor such as healthchecks that all is well, or at `/fail` that it is not."""
    url = settings.alarm.ping_url
    if not url:
        return
    refused = _post(f"{url}/fail" if troubles else url, "\n".join(troubles))
    if refused:
        _log.warning("newsletter: %s; your monitor was not told how this run ended", refused)


def check_ping(settings: Settings, now: datetime) -> Iterator[Finding]:
    """For `newsletter check`: ping the monitor with neither success nor failure.

    `/log` is healthchecks.io's address for that; another monitor's 404 there proves that it is up.
    """
    del now
    url = settings.alarm.ping_url
    if not url:
        return
    refused = _post(f"{url}/log", "`newsletter check` asks whether this address is right")
    if refused is None:
        yield Finding("alarm", Severity.OK, f"alarm.ping_url: {_host(url)} answers")
        return
    level = Severity.WARNING if refused.endswith("404") else Severity.TROUBLE
    yield Finding("alarm", level, f"{refused}; look at alarm.ping_url")


def _post(url: str, words: str) -> str | None:
    """Post to the monitor; returns why it failed, without the address, which is a secret."""
    name = f"alarm.ping_url: {_host(url)}"
    import requests

    from newsletter.network.http_limits import describe_unreachable, session_within

    try:
        with session_within(_PING_WITHIN_S) as session:
            answer = session.post(url, data=words.encode(), timeout=_PING_WITHIN_S)
    except requests.RequestException as error:
        return f"{name} {describe_unreachable(error, _PING_WITHIN_S)}"
    if not answer.ok:
        return f"{name} answers with HTTP {answer.status_code}"
    if "not found" in answer.text[:_READ]:  # healthchecks.io's answer to a number of nobody's
        return f"{name} knows no such monitor"
    return None


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
