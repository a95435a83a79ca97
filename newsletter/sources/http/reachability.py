"""Remembers which hosts let us in at all: one that never answered is not asked again and again."""

import errno
from collections.abc import Callable
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NameResolutionError

from newsletter.network.http_limits import reasons
from newsletter.sources.base import NoNetworkError, SourceError

CONNECT_S = 4.0  # an address; arXiv's names have four
_NO_WAY_OUT = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN)
_CLOSED = "cannot be reached, it refuses connections"
_CLOSED_FOR_S = 300.0


class Reachability:
    """The state of the network, as the connections of a session tell."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._closed: dict[str, float] = {}  # who did not let us in, and until when that counts
        self.was_answered = False

    def refuse_closed(self, url: str | None) -> None:
        """Raises: SourceError: it refused connections a moment ago."""
        if self._clock() < self._closed.get(urlsplit(url or "").netloc, 0.0):
            raise SourceError(f"{host_of(url)}: {_CLOSED}; run it again later")

    def not_let_in(self, url: str | None, error: requests.RequestException) -> None:
        """A connection failed; where nobody ever answered, that may be all there is to know.

        Raises:
            NoNetworkError: and nobody else would let us in.
            SourceError: another host may.
        """
        host = host_of(url)
        if self.was_answered:
            return
        # A name that is arXiv's is there; another may be a slip in the configuration.
        is_arxiv = f".{host}".endswith(".arxiv.org")
        why = _no_network(host, error) if is_arxiv else None
        refused = any(isinstance(part, ConnectionRefusedError) for part in reasons(error))
        if why is None and refused:
            self._closed[urlsplit(url or "").netloc] = self._clock() + _CLOSED_FOR_S
            if not is_arxiv or len(self._closed) == 1:
                raise SourceError(f"{host}: {_CLOSED}; run it again later") from error
            why = f"{' and '.join(self._closed)} refuse connections; is it a firewall?"
        if why is not None:
            raise NoNetworkError(f"no network: {why}; run it again when there is one") from error


def host_of(url: str | None) -> str:
    return urlsplit(url or "").hostname or "arXiv"


def _no_network(host: str, error: requests.RequestException) -> str | None:
    """Why nothing at all can be reached, in words; None where another host may answer."""
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy that HTTPS_PROXY names lets nothing through"
    if isinstance(error, requests.ConnectTimeout):
        return f"{host} does not take a connection within {CONNECT_S:.0f} s; is it a firewall?"
    for reason in reasons(error):
        no_way = isinstance(reason, OSError) and reason.errno in _NO_WAY_OUT
        if no_way or isinstance(reason, NameResolutionError):
            return f"{host} cannot be looked up or reached from here"
    return None
