"""Several requests at once: how many, in what order, and when no other is asked any more."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newsletter.transports.base import (
    SendObserver,
    SendResult,
    SendStatus,
    TransportDownError,
    refuse_unmailable,
)
from newsletter.transports.sendgrid.refused_parts import Results
from newsletter.transports.sendgrid.request_bodies import MOST, WaitingMails, refuse_too_long

if TYPE_CHECKING:
    from newsletter.rendering.message import Message

MOST_REQUESTS = 4  # at once; SendGrid's own limit is 10,000 a second
MOST_TOGETHER = MOST * MOST_REQUESTS  # mails
_KINDS = 4  # so many times a request's mails may wait for others like them
_LOOK_AFTER_S = 1.0

Post = Callable[[Sequence["Message"], SendObserver], Results]


@dataclass
class _Answered:
    """The results that a thread returns."""

    results: list[tuple["Message", SendResult]] = field(default_factory=list)
    failure: TransportDownError | None = None


@dataclass
class _Stream:
    """The mails still to come, those that wait, and how many each running request carries."""

    chunks: Iterator[Sequence["Message"]]
    waiting: WaitingMails = field(default_factory=WaitingMails)
    running: dict[Future[_Answered], int] = field(default_factory=dict)
    is_over: bool = False  # nothing more comes
    stopped: SendResult | None = None  # SendGrid takes nothing now: do not ask again and again
    failure: TransportDownError | None = None


class ParallelRequests:
    """Sends mails in requests. The first goes alone, and any after trouble."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._trusted = False  # the last one was accepted

    def send(
        self, chunks: Iterable[Sequence["Message"]], watch: SendObserver, pool: ThreadPoolExecutor
    ) -> Results:
        """Send all mails; one that `watch.begin` refused has no outcome.

        Raises:
            TransportDownError: after the outcomes of what was under way.
        """
        stream = _Stream(iter(chunks))
        while True:
            if stream.stopped or stream.failure or not watch.wanted():
                stream.is_over = True
                left, stopped = stream.waiting.take_all(), stream.stopped
                yield from ((mail, stopped) for mail in left if stopped)
            yield from self._begin(stream, watch, pool)
            if not stream.running:
                break
            done, _ = wait(stream.running, timeout=_LOOK_AFTER_S, return_when=FIRST_COMPLETED)
            watch.heartbeat()
            for future in done:
                del stream.running[future]
                yield from self._end(stream, future.result())
        if stream.failure is not None:
            raise stream.failure

    def _begin(self, stream: _Stream, watch: SendObserver, pool: ThreadPoolExecutor) -> Results:
        """Begin as many requests as may be under way now."""
        while len(stream.running) < (MOST_REQUESTS if self._trusted else 1):
            limits = watch.wire_limits()
            size = min(limits.in_request, MOST)
            if stream.running and sum(stream.running.values()) + size > limits.altogether:
                return
            yield from _fill(stream, watch, size)
            mails = stream.waiting.take(size)
            if not mails:
                return
            begun = [mail for mail in mails if watch.begin(mail)]
            if begun:
                stream.running[pool.submit(self._answer, begun, watch)] = len(begun)

    def _end(self, stream: _Stream, answered: _Answered) -> Results:
        yield from answered.results
        stream.stopped = next(filter(_is_for_all, _said(answered)), stream.stopped)
        stream.failure = stream.failure or answered.failure
        self._trusted = _is_good(answered)

    def _answer(self, mails: Sequence["Message"], watch: SendObserver) -> _Answered:
        answered = _Answered()
        try:
            for mail, result in self._post(mails, watch):
                watch.answered(mail, result)
                answered.results.append((mail, result))
        except TransportDownError as error:
            answered.failure = error
        answered.results = _judged(mails, answered.results)
        return answered


def _judged(
    mails: Sequence["Message"], results: list[tuple["Message", SendResult]]
) -> list[tuple["Message", SendResult]]:
    """The results of a request. A refusal followed by an accepted mail is about that reader only.

    Returns these in the order of the mails, so that refusals form no row.
    """
    number = len(results)
    while number and results[number - 1][1].status is not SendStatus.ACCEPTED:
        number -= 1
    if all(result.status is SendStatus.ACCEPTED for _, result in results[:number]):
        return results
    places = {mail.reference: place for place, mail in enumerate(mails)}
    known = [
        (mail, replace(result, of_reader=result.of_reader or result.status is SendStatus.REJECTED))
        for mail, result in results[:number]
    ]
    return sorted(known, key=lambda known: places[known[0].reference]) + results[number:]


def _fill(stream: _Stream, watch: SendObserver, size: int) -> Results:
    """Ask for mails until a request of one kind is full, or enough of all kinds wait."""
    waiting, on_wire = stream.waiting, sum(stream.running.values())
    most = min(MOST_TOGETHER - on_wire, _KINDS * size)
    while not stream.is_over and len(waiting) < most and not waiting.can_fill(size):
        chunk = next(stream.chunks, None)
        stream.is_over = chunk is None
        if chunk is not None and not chunk:  # outcomes are wanted first
            break
        for mail in chunk or ():
            refusal = refuse_unmailable(mail) or refuse_too_long(mail)
            if refusal is None:
                waiting.add(mail)
            else:
                watch.answered(mail, refusal)
                yield mail, refusal


def _is_for_all(result: SendResult) -> bool:
    """Whether SendGrid takes nothing from anybody now."""
    is_of_one = result.of_reader or result.maybe_of_domain
    return result.status is SendStatus.TRY_LATER and not is_of_one


def _said(answered: _Answered) -> Iterator[SendResult]:
    return (result for _, result in answered.results)


def _is_good(answered: _Answered) -> bool:
    unknown = (SendStatus.UNCERTAIN, SendStatus.TRY_LATER)
    good = not any(result.status in unknown for result in _said(answered))
    return answered.failure is None and good
