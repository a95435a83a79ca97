"""How long servers ask the sender to wait, in one pass over the pending deliveries."""

from dataclasses import dataclass

from newsletter.transports.base import SendResult

THROTTLED = 5  # refusals for now by the provider, in a row; then it is not about one mail
_LONGEST_WAIT_S = 60.0  # that a run waits for what a server asks


@dataclass
class Throttle:
    """Counts the provider's "not now"s, and keeps how long it and readers' servers ask to wait."""

    provider_wait_s: float | None = None
    readers_wait_s: float = 0.0  # the longest that readers' servers ask for
    was_put_off: bool = False  # by the provider, which may have taken others
    _in_a_row: int = 0
    _is_of_domains: bool = True  # all of it may be

    @property
    def is_on(self) -> bool:
        """Whether the provider takes no mail for now, so that this pass ends."""
        return self._in_a_row >= THROTTLED or bool(self.provider_wait_s)

    @property
    def may_be_domains(self) -> bool:
        """Whether every "not now" came in answer to a reader's address or mail."""
        return self._is_of_domains and not self.provider_wait_s

    def put_off(self, result: SendResult) -> None:
        """Count a "not now" of the provider, and keep how long it asks to wait."""
        self._in_a_row += 1
        self.was_put_off = True
        self._is_of_domains &= result.maybe_of_domain
        self.provider_wait_s = max(self.provider_wait_s or 0.0, result.wait_s or 0.0) or None

    def end_row(self) -> None:
        """End the row of "not now"s, since the provider said something else."""
        self._in_a_row, self._is_of_domains = 0, True

    def wait_for_reader(self, result: SendResult) -> None:
        if (result.wait_s or 0.0) <= _LONGEST_WAIT_S:
            self.readers_wait_s = max(self.readers_wait_s, result.wait_s or 0.0)

    def wait_s(self) -> float | None:
        """How long servers ask to wait before the next round; None where that is too long."""
        asked_s = self.provider_wait_s or 0.0
        return None if asked_s > _LONGEST_WAIT_S else max(asked_s, self.readers_wait_s)
