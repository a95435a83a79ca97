"""Several requests at once: how many, in what order, and when no other is asked any more."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from newsletter.rendering.message import Message
from newsletter.transports.base import SendObserver, SendResult, SendStatus, TransportDownError

MOST_REQUESTS = 4  # at once; SendGrid's own limit is 10,000 a second
_LOOK_AFTER_S = 1.0

Results = Sequence[tuple[Message, SendResult]]
Post = Callable[[Sequence[Message]], Iterator[tuple[Message, SendResult]]]


@dataclass
class _Answered:
    """What a thread brings home."""

    results: list[tuple[Message, SendResult]] = field(default_factory=list)
    failure: TransportDownError | None = None


class ParallelRequests:
    """Sends groups of mails, a request each. The first goes alone, and any after trouble."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._trusted = False  # the last one was accepted

    def send(
        self, groups: Iterator[list[Message]], watch: SendObserver, pool: ThreadPoolExecutor
    ) -> Iterator[tuple[Message, SendResult]]:
        """Send all groups; a mail that `watch.begin` refused has no outcome.

        Raises:
            TransportDownError: after the outcomes of what was under way.
        """
        waiting = deque(groups)
        running: set[Future[_Answered]] = set()
        failure: TransportDownError | None = None
        stopped: SendResult | None = None
        while waiting or running:
            if stopped is not None:  # SendGrid takes nothing now: do not ask again and again
                yield from ((mail, stopped) for group in waiting for mail in group)
                waiting.clear()
            while waiting and len(running) < (MOST_REQUESTS if self._trusted else 1):
                begun = [mail for mail in waiting.popleft() if watch.begin(mail)]
                if begun:
                    running.add(pool.submit(self._answer, begun, watch))
            done, running = wait(running, timeout=_LOOK_AFTER_S, return_when=FIRST_COMPLETED)
            watch.heartbeat()
            for answered in (future.result() for future in done):
                yield from answered.results
                stopped = next(filter(is_for_all, _said(answered)), stopped)
                failure = failure or answered.failure
                self._trusted = _is_good(answered)
            if failure is not None:
                waiting.clear()
        if failure is not None:
            raise failure

    def _answer(self, mails: Sequence[Message], watch: SendObserver) -> _Answered:
        answered = _Answered()
        try:
            for mail, result in self._post(mails):
                watch.answered(mail, result)
                answered.results.append((mail, result))
        except TransportDownError as error:
            answered.failure = error
        return answered


def is_for_all(result: SendResult) -> bool:
    """Whether SendGrid takes nothing from anybody now."""
    return result.status is SendStatus.TRY_LATER and not result.of_reader


def _said(answered: _Answered) -> Iterator[SendResult]:
    return (result for _, result in answered.results)


def _is_good(answered: _Answered) -> bool:
    unknown = (SendStatus.UNCERTAIN, SendStatus.TRY_LATER)
    good = not any(result.status in unknown for result in _said(answered))
    return answered.failure is None and good
