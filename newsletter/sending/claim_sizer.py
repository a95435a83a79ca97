"""How many mails to claim together: as many as leave within a moment."""

_CHUNK_S = 2.0  # in that time what is claimed should leave: people leave meanwhile
_FIRST = 16
_IN_REQUESTS = 500  # who takes so many takes them in few requests; small ones were only more


class ClaimSizer:
    """Learns from how long the last ones took, from batch to batch."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._number = most if most >= _IN_REQUESTS else min(_FIRST, most)
        self._asked_s: float | None = None

    def begin(self) -> None:
        """Nothing is on its way: the time since the last ones says nothing."""
        self._asked_s = None

    def next(self, now_s: float) -> int:
        if self._asked_s is not None:
            took_s = now_s - self._asked_s
            if took_s > _CHUNK_S:
                self._number = max(1, self._number // 2)
            elif took_s < _CHUNK_S / 2:
                self._number = min(self._most, self._number * 2)
        self._asked_s = now_s
        return self._number
