"""When to ask arXiv again: as late as it says, ever later where it says nothing, not for ever."""

from tenacity import RetryCallState, wait_exponential, wait_random

from newsletter.sources.http.request_interval import LONGEST_WAIT_S
from newsletter.text import counted

TRIES = 4
_BACKOFF = wait_exponential(multiplier=3, max=60) + wait_random(0, 2)


class RetryAfterError(Exception):
    """arXiv was not reached, or asked for patience; worth another try."""

    def __init__(self, reason: str, asked_s: float = 0.0, *, of_all: bool = False) -> None:
        super().__init__(reason)
        self.asked_s = asked_s
        self.of_all = of_all  # it is the whole of arXiv that asks, and not this host

    def in_the_end(self, tries: int) -> str:
        """The words for when there is no other try."""
        if is_worth_another_try(self):
            return f"{self} ({counted(tries, 'try', 'tries')}); run it again later"
        return (
            f"{self}, and asks not to come again for {self.asked_s:.0f} seconds; run it again then"
        )


def is_worth_another_try(error: BaseException) -> bool:
    return isinstance(error, RetryAfterError) and error.asked_s <= LONGEST_WAIT_S


def rest_after(error: RetryAfterError, state: RetryCallState, tries: int) -> float:
    """The seconds before the next request; after the last try only what arXiv itself asked for."""
    tired_s = _BACKOFF(state) if state.attempt_number < tries else 0.0
    return max(error.asked_s, tired_s)
