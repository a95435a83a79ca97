"""How many mails to claim together: as many as leave within a moment."""

from newsletter.transports.base import WireLimits

WITHIN_S = 2.0  # in that time what is claimed should leave: people leave meanwhile
WITHIN_S_AMONG_MACHINES = 0.5  # and of a machine that is gone for good all of it is uncertain
_PER_CONNECTION = 2  # one on its way, and the next one's envelope
_MEASURED_S = 0.25  # for so long, or until as many were answered as are in hand
_GROWS_AT_ONCE = 4  # times at most
_FIRST = 16
_IN_REQUESTS = 500  # who takes so many takes them in few requests
_FIRST_REQUEST = 10  # readers; so many are uncertain where the answers are lost from the start
_LARGEST_REQUEST = 1000
# At most one in so many of an issue's readers: all may be lost.
_SHARE_A_REQUEST = 10
_SHARE_ALTOGETHER = 5
_GOOD_AFTER_TROUBLE = 2  # times as many must get through as are at risk, before more are
# And so many after each further loss, before requests are as large as they were; at most.
_GOOD_AFTER_TROUBLES = (_GOOD_AFTER_TROUBLE, 10, 50, 100)


class ClaimSizer:
    """Learns from how long the last ones took, from batch to batch.

    What is on the wire in requests doubles, so that never many more are at risk than have got
    through: first in one request, then in several. A request that takes long takes as long for a
    thousand readers as for one. A lost answer makes the next one a request for one reader; who says
    "not now" has lost nothing, and larger requests are fewer. After a second loss none is as large
    as the lost one until very many got through in smaller ones: it may be the size. Single mails
    are never so few that a connection has nothing to do, and the first of a batch no more than
    that: nothing leaves yet.
    """

    def __init__(
        self, most: int, within_s: float = WITHIN_S, pace: "ClaimPace | None" = None
    ) -> None:
        self._pace = pace
        self._within_s = within_s
        self._most = most
        self._requests = most >= _IN_REQUESTS
        self._least = min(most, max(_FIRST, most // 4))
        self._first = _FIRST_REQUEST if self._requests else min(_FIRST, most)
        self._largest = most
        self._largest_request = min(most, _LARGEST_REQUEST)
        # How many got through since so many are at risk, and how many times as many it takes.
        self._through, self._needed = 0, 1
        self._losses = 0  # since requests were as large as they may be
        self._lost_size = _LARGEST_REQUEST + 1  # readers of the last request that was lost
        self._number = self._first
        self.begin()

    @property
    def readers_that_matter(self) -> int:
        """Up to how many readers the size of an issue changes how it is sent."""
        if not self._requests:
            return 0
        return max(_SHARE_A_REQUEST * _LARGEST_REQUEST, _SHARE_ALTOGETHER * self._most)

    def begin_issue(self, readers: int, *, lost_before: bool = False) -> None:
        """The issue that is sent now has so many readers.

        Where answers were `lost_before`, in a run that ended so, it goes on with one reader a
        request until many got through.
        """
        if self._requests:
            request = max(_FIRST_REQUEST, readers // _SHARE_A_REQUEST)
            self._largest_request = min(self._most, _LARGEST_REQUEST, request)
            altogether = max(_FIRST_REQUEST, readers // _SHARE_ALTOGETHER)
            self._largest = min(self._most, altogether)
            self._number = min(self._number, self._largest)
            if lost_before:
                self._losses = len(_GOOD_AFTER_TROUBLES)
                self.restart()
                self._lost_size = _LARGEST_REQUEST + 1

    def begin(self) -> None:
        """Begin with nothing on its way: the time since the last claim says nothing."""
        self._claimed_s: float | None = None
        if self._pace is not None:
            self._pace.begin()

    def restart(self) -> None:
        """An answer was lost: nobody knows what the next ones meet."""
        if self._through or self._number > 1:  # else it is another reader of the same request
            self._losses = min(self._losses + 1, len(_GOOD_AFTER_TROUBLES))
            size = self.wire_limits.in_request
            self._lost_size = size if size > _FIRST_REQUEST else self._lost_size
        self._through, self._needed = 0, _GOOD_AFTER_TROUBLES[self._losses - 1]
        self._number = 1 if self._requests else self._first
        if self._pace is not None:
            self._pace.restart()
        self.begin()

    def answered(self) -> None:
        """Count one mail fewer in hand, whatever became of it."""
        if self._pace is not None:
            self._pace.answers += 1

    def got_through(self) -> None:
        """The provider has answered for a mail, whether or not it took it."""
        self._through += 1
        if self._requests and self._through >= self._needed * self._number:
            number = min(2 * self._number, self._largest)
            if self._losses > 1 and min(number, self._largest_request) >= self._lost_size:
                if self._through < _GOOD_AFTER_TROUBLES[-1] * self._number:
                    return  # it may be the size that is lost
                self._lost_size = _LARGEST_REQUEST + 1
            self._through, self._number = 0, number
            self._needed = min(self._needed, _GOOD_AFTER_TROUBLE)
            self._losses = 0 if self._number == self._largest else self._losses

    @property
    def wire_limits(self) -> WireLimits:
        """How many may be on the wire: a request more only where a whole one fits in."""
        return WireLimits(min(self._number, self._largest_request), self._number)

    def claimed(self, now_s: float) -> None:
        """Start the clock of the mails just claimed, without the time that the database took."""
        self._claimed_s = now_s

    def next(self, now_s: float, in_hand: int = 0) -> int:
        """How many to claim now, where so many are claimed and have no answer yet."""
        if self._pace is not None:
            return self._pace.next(now_s, in_hand)
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


class ClaimPace:
    """Among machines: no more is in hand than leaves within half a second.

    It is never less than all connections carry at once, however slow the relay.
    """

    def __init__(self, most: int, connections: int) -> None:
        self._most = most
        self._least = self._allowed = min(most, _PER_CONNECTION * connections)
        self._left = most  # within half a second, when that was last measured
        self.begin()

    def begin(self) -> None:
        """Begin with nothing on its way."""
        self._since_s: float | None = None
        self.answers = 0  # since then

    def restart(self) -> None:
        self._allowed = self._least

    def next(self, now_s: float, in_hand: int) -> int:
        if self._since_s is None:
            self._since_s, self.answers = now_s, 0
        took_s = max(now_s - self._since_s, 0.001)
        if took_s >= _MEASURED_S or self.answers >= self._allowed:
            leave = int(WITHIN_S_AMONG_MACHINES * self.answers / took_s)
            usual, self._left = min(leave, self._left), leave  # answers come in bursts
            grown = min(usual, self._most, _GROWS_AT_ONCE * self._allowed)
            self._allowed = max(self._least, grown)
            self._since_s, self.answers = now_s, 0
        return max(1, self._allowed - in_hand)
