"""The breaker for mails that leave one after the other, each once the last was answered."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

from newsletter.rendering.recipient import Recipient
from newsletter.sending.provider_trouble.breaker import CircuitBreaker
from newsletter.sending.provider_trouble.earlier_runs import EarlierRuns
from newsletter.sending.records.ledger import DeliveryResult
from newsletter.transports.base import SendResult, SendStatus, TransportDownError


@dataclass(frozen=True)
class RoundEnd:
    """The mails that could not be judged before the end of a round, and how the provider is."""

    deferred: Sequence[DeliveryResult]
    refused: Sequence[DeliveryResult]  # with no accepted mail after them
    waiting: Sequence[Recipient]  # they were deferred because of the provider
    words: str  # of the server
    in_trouble: bool  # the provider is
    trouble: str  # why, or what to do
    wait: timedelta | None  # as the provider asked for
    accepted: int


class SingleMails:
    """Judges the provider by them; `domains` is how many the mails go to."""

    def __init__(self, domains: int, troubles: int) -> None:
        self._breaker = CircuitBreaker()
        self._breaker.begin_run(domains, EarlierRuns(troubles))

    def update_troubles(self, troubles: int) -> None:
        """So many runs in a row ended badly by now, in other processes too."""
        self._breaker.update_troubles(troubles)

    @property
    def is_over(self) -> bool:
        """Whether nothing more may leave in this round."""
        return self._breaker.is_open or self._breaker.provider_down

    def send(
        self, recipient: Recipient, send: Callable[[], SendResult]
    ) -> tuple[SendResult, Sequence[DeliveryResult]]:
        """Send a mail, and with it ask where there is doubt; what can be recorded now."""
        breaker = self._breaker
        breaker.begun += 1
        asked = breaker.is_doubtful
        with breaker.asking() if asked else nullcontext():
            try:
                result = send()
            except TransportDownError as error:
                result = SendResult(SendStatus.TRY_LATER, str(error))
            answer = DeliveryResult(recipient, result, breaker.begun, breaker.begun)
            judged = breaker.note(answer)
        breaker.is_open |= asked and breaker.is_doubtful
        return result, [*judged, *breaker.held.take_alone(), *breaker.held.take_waiting()]

    def end_round(self) -> RoundEnd:
        breaker = self._breaker
        refused = list(breaker.held.refused.answers)
        in_trouble = (
            self.is_over
            or breaker.probing.doubt is not None
            or breaker.end_round(sent=breaker.accepted, refused=0)
            or (not breaker.accepted and any(answer.result.of_sender for answer in refused))
        )
        deferred, waiting = breaker.take_deferred()
        trouble = breaker.advice() if breaker.is_open else breaker.trouble or breaker.words
        wait_s = breaker.throttle.provider_wait_s
        return RoundEnd(
            deferred,
            refused,
            waiting,
            breaker.words,
            in_trouble,
            trouble,
            timedelta(seconds=wait_s) if wait_s else None,
            breaker.accepted,
        )
