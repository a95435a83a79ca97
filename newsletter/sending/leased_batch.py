"""A leased batch from its first mail to its release, with one mail first where there is doubt."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing

from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.message import Message
from newsletter.sending import holds
from newsletter.sending.batch_worker import BatchWorker
from newsletter.sending.context import SendContext
from newsletter.sending.provider_trouble.doubt import MOST_PROBES, Doubt
from newsletter.sending.records import ledger
from newsletter.transports.base import TransportDownError

_NAP_S = 1.0


def send_leased(
    context: SendContext,
    batch_id: int,
    mails: IssueEmails,
    once_busy: Callable[[], None] | None = None,
) -> str | None:
    """Send a leased batch and let it go. Returns why somebody in it gets nothing for now.

    `once_busy` is called as soon as there is enough on the wire for a while, if ever.

    Raises:
        TransportDownError: nothing can be sent; who was not sent to is pending.
        NewsletterError: the database came back from a copy meanwhile.
    """
    worker = BatchWorker(context, batch_id, mails, once_busy)
    try:
        _pass(context, worker)
        worker.finish()
    except TransportDownError:
        worker.finish()
        raise
    except ledger.LeaseLostError:
        context.breaker.held.forget()
        worker.record_after_all()
        with context.database.read() as session:
            holds.refuse_restored(session, context)
        return None  # whoever took it over also sends the rest
    return worker.held or None


def _pass(context: SendContext, worker: BatchWorker) -> None:
    """Once over the pending deliveries of a batch, in the order of subscribers, as limits allow."""
    breaker = context.breaker
    wait_s: float | None = 0.0
    while wait_s is not None:
        wait(context, wait_s, worker)
        if breaker.probing.doubt is Doubt.REFUSED:
            worker.set_apart_refused_earlier()
        if breaker.asks_first and not _is_well(context, worker):
            return
        breaker.probing.was_interrupted = False
        while worker.wanted() and (mails := worker.probe_suspect()):
            _stream(context, worker, [mails])
        _stream(context, worker, worker.chunks())
        if context.stopping():
            return
        wait_s = (
            0.0
            if breaker.probing.was_interrupted or breaker.throttle.is_on
            else worker.next_wait_s()
        )


def _is_well(context: SendContext, worker: BatchWorker) -> bool:
    """Ask by a few mails, one at a time, whether sending may go on.

    Where it may not, the breaker opens, unless the provider is down in its own words, or another
    batch may have readers of domains that were not asked.
    """
    breaker = context.breaker
    for again, wait_s in breaker.probes():
        wait(context, wait_s, worker)
        mails = _probe(context, worker, again=again, asked=breaker.probing.told > 0)
        if context.stopping():
            break
        if mails:
            with breaker.asking(again=again):
                _stream(context, worker, [mails])
        if not breaker.asks_first:
            breaker.probing.begin_round()
            return True
        if breaker.probing.doubt is Doubt.LOST or breaker.probing.asked >= MOST_PROBES:
            break
    asked = breaker.probing.asked > 0 or breaker.lost_answers.are_too_many
    if breaker.decide() and asked and not context.stopping():
        breaker.is_open = breaker.is_doubtful
    worker.release_unsent()
    return False


def _probe(
    context: SendContext, worker: BatchWorker, *, again: bool, asked: bool
) -> Sequence[Message]:
    """A mail to ask with, as soon as the limits allow one; none where nobody new can tell more."""
    while True:
        mails = worker.probe(again=again, asked=asked)
        if mails or not worker.wait_s or context.stopping():
            return mails
        wait(context, worker.wait_s, worker)


def _stream(context: SendContext, worker: BatchWorker, chunks: Iterable[Sequence[Message]]) -> None:
    """Send, note what becomes of it, and let go of what did not leave."""
    try:
        with closing(context.transport.stream(chunks, worker)) as results:
            for mail, result in results:
                worker.note(mail, result)
    except TransportDownError:
        worker.release_unsent()
        raise
    worker.release_unsent()


def wait(context: SendContext, wait_s: float, worker: BatchWorker | None = None) -> None:
    """Sleep but wake up when asked to stop, and keep the lease of a worker."""
    while wait_s > 0 and not context.stopping():
        nap_s = min(wait_s, _NAP_S)
        context.sleep(nap_s)
        if worker is not None:
            worker.heartbeat()
        wait_s -= nap_s
