"""How many mails to claim together: as many as leave within a moment."""

from newsletter.transports.base import WireLimits

WITHIN_S = 2.0  # in that time what is claimed should leave: people leave meanwhile
WITHIN_S_AMONG_MACHINES = 0.5  # and of a machine that is gone for good all of it is uncertain
_FIRST = 16
_IN_REQUESTS = 500  # who takes so many takes them in few requests
_FIRST_REQUEST = 10  # readers; so many are uncertain where the answers are lost from the start
_LARGEST_REQUEST = 1000
# At most one in so many of an issue's readers: all may be lost.
_SHARE_A_REQUEST = 10
_SHARE_ALTOGETHER = 5
_GOOD_AFTER_TROUBLE = 2  # times as many must get through as are at risk, before more are


class ClaimSizer:
    """Learns from how long the last ones took, from batch to batch.

    What is on the wire in requests doubles, so that never many more are at risk than have got
    through: first in one request, then in several. A request that takes long takes as long for a
    thousand readers as for one. A lost answer makes the next one a request for one reader; who says
    "not now" has lost nothing, and larger requests are fewer. Single mails are never so few that a
    connection has nothing to do, and the first of a batch no more than that: nothing leaves yet.
    """

    def __init__(self, most: int, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._most = most
        self._requests = most >= _IN_REQUESTS
        self._least = min(most, max(_FIRST, most // 4))
        self._first = _FIRST_REQUEST if self._requests else min(_FIRST, most)
        self._largest = most
        self._largest_request = min(most, _LARGEST_REQUEST)
        # How many got through since so many are at risk, and how many times as many it takes.
        self._through, self._needed = 0, 1
        self._number = self._first
        self.begin()

    @property
    def readers_that_matter(self) -> int:
        """An issue that has more of them is sent no otherwise."""
        if not self._requests:
            return 0
        return max(_SHARE_A_REQUEST * _LARGEST_REQUEST, _SHARE_ALTOGETHER * self._most)

    def begin_issue(self, readers: int) -> None:
        """So many readers has the issue that is sent."""
        if self._requests:
            request = max(_FIRST_REQUEST, readers // _SHARE_A_REQUEST)
            self._largest_request = min(self._most, _LARGEST_REQUEST, request)
            altogether = max(_FIRST_REQUEST, readers // _SHARE_ALTOGETHER)
            self._largest = min(self._most, altogether)
            self._number = min(self._number, self._largest)

    def begin(self) -> None:
        """Nothing is on its way: the time since the last ones says nothing."""
        self._claimed_s: float | None = None

    def restart(self) -> None:
        """An answer was lost: nobody knows what the next ones meet."""
        self._through, self._needed = 0, _GOOD_AFTER_TROUBLE
        self._number = 1 if self._requests else self._first
        self.begin()

    def got_through(self) -> None:
        """The provider has answered for a mail, whether or not it took it."""
        self._through += 1
        if self._requests and self._through >= self._needed * self._number:
            self._through, self._number = 0, min(2 * self._number, self._largest)

    @property
    def wire_limits(self) -> WireLimits:
        """How many may be on the wire: a request more only where a whole one fits in."""
        return WireLimits(min(self._number, self._largest_request), self._number)

    def claimed(self, now_s: float) -> None:
        """They may leave from now on: what the database took is no time of theirs."""
        self._claimed_s = now_s

    def next(self, now_s: float) -> int:
        if self._requests:
            return self.wire_limits.in_request
        if self._claimed_s is None:
            return min(self._number, self._least)
        took_s = now_s - self._claimed_s
        if took_s > self._within_s:
            self._number = max(self._least, self._number // 2)
        elif took_s < self._within_s / 2:
            self._number = min(self._most, self._number * 2)
        return self._number
