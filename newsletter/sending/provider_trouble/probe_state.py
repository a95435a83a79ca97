"""The doubt whether the provider takes mails, and the few probes that answer it."""

from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.sending.provider_trouble.doubt import Doubt
from newsletter.sending.provider_trouble.throttle import Throttle

MOST_PROBES = 5  # mails that ask whether a doubt is right, each to another domain
_PROBES_BEFORE_WAITING = 3  # of them, where those who were deferred are asked once more
_PROBES_AGAIN = 2  # of them, to those whom a run before this one was told "later" of


class Probing:
    """Why the run sends single mails now, and how many it has sent so."""

    def __init__(self) -> None:
        self.doubt: Doubt | None = None
        self.was_interrupted = False  # there was doubt: who was claimed meanwhile is not begun yet
        self.is_on = self.is_again = False  # one mail asks now; and somebody who was deferred
        self.begin_round()

    def begin_round(self) -> None:
        self.asked = 0  # mails
        self.told = 0  # by them, to others than who was deferred, whether the provider takes mails
        self.is_undecided = False  # another batch may have readers who can tell

    def begin(self, doubt: Doubt) -> None:
        self.doubt, self.was_interrupted = doubt, True

    @contextmanager
    def asking(self, *, again: bool) -> Iterator[None]:
        """While a probe is on the wire; `again`: its reader may be one who was deferred."""
        self.is_on, self.is_again = True, again
        self.asked += 1
        self.told += not again
        try:
            yield
        finally:
            self.is_on = self.is_again = False

    def tell_nothing(self) -> None:
        """The probe was refused because of its own reader, so it does not count."""
        self.told -= self.is_on and not self.is_again

    def accept(self, *, lost_in_a_row: int) -> None:
        """A mail was accepted: end the doubt where it was the probe, or lost answers are over."""
        if self.is_on or (self.doubt is Doubt.LOST and not lost_in_a_row):
            self.doubt = None

    def probes(
        self, throttle: Throttle, *, lost_too_many: bool, were_deferred: bool
    ) -> list[tuple[bool, float]]:
        """The probes to send, in order: whether to the first deferred reader, after what wait."""
        other, again = (False, 0.0), (True, 0.0)
        if lost_too_many or (throttle.is_on and not throttle.may_be_domains):
            return []
        if self.doubt is Doubt.LOST:
            return [other]  # each may make one more uncertain
        if self.asked:  # in another batch
            return [other] * (MOST_PROBES - self.asked)
        if self.doubt is Doubt.EARLIER:
            return [again] * _PROBES_AGAIN + [other] * MOST_PROBES
        if self.doubt is Doubt.DEFERRED or (self.doubt is Doubt.MIXED and were_deferred):
            later = [(True, max(2.0, throttle.readers_wait_s)), (True, 10.0)]
            return [other] * _PROBES_BEFORE_WAITING + later
        return [other] * MOST_PROBES

    def decide(self, throttle: Throttle, *, lost_too_many: bool) -> bool:
        """After a batch's probes: whether they decided, or an answer was lost."""
        lost = self.doubt is Doubt.LOST or lost_too_many
        may_be_domains = not throttle.is_on or throttle.may_be_domains
        self.is_undecided = 0 < self.asked < MOST_PROBES and may_be_domains and not lost
        return not self.is_undecided
