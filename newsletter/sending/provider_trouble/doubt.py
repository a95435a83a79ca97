"""The doubt whether the provider takes mails, its few probes, and the advice on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from newsletter.sending.provider_trouble.throttle import Throttle
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import refusal_cause


class Doubt(StrEnum):
    """Why one mail is sent alone before any other."""

    REFUSED = "refused"
    DEFERRED = "deferred"
    MIXED = "mixed"  # refused, deferred or broken off, one after the other
    LOST = "lost"
    EARLIER = "earlier"  # a run before this one ended so


_ADVICE = {
    Doubt.REFUSED: "readers of every domain are refused ({words}): they wait; look at"
    " [transport], and ask your provider about quota, account, reputation and size",
    Doubt.DEFERRED: "readers of every domain are deferred ({words}): ask your provider why",
    Doubt.MIXED: "readers of every domain fail, in several ways ({words}): they wait; ask"
    " your provider why",
    Doubt.LOST: "the answers to mails are lost ({words}): nobody knows whether those arrived;"
    " `newsletter deliveries settle` decides on an issue's",
    Doubt.EARLIER: "it is not over ({words}): see [transport], or ask your provider",
}


def advice(doubt: Doubt, words: str) -> str:
    """One line with the server's words, and what to do."""
    return _ADVICE[doubt].replace("{words}", words)


def advice_on_many_refused(words: str) -> str:
    """One line for refusals of many readers, while others were accepted between."""
    said = f"too many readers are refused to be their own fault ({words}): they wait; ask your"
    if refusal_cause(words) is RefusalCause.SENDER:
        return f"{said} provider about quota, account, reputation and authentication"
    return (
        f"{said} provider why, and where their addresses are dead, `newsletter subscribers remove`"
    )


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
