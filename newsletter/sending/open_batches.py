"""The open batches of an issue, one after the other; meanwhile further ones are frozen."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import BatchRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.sending import holds
from newsletter.sending.claiming.starting_point import StartingPoint
from newsletter.sending.context import SendContext
from newsletter.sending.leased_batch import send_leased
from newsletter.sending.readers import freezing
from newsletter.sending.records import leases

if TYPE_CHECKING:
    from concurrent.futures import Future

_LOOK_AGAIN_S = 0.1
_FREEZING = 0.1  # of the time that a batch took; three more batches come of it at least


def send_batches(context: SendContext, issue_id: int, mails: IssueEmails) -> str | None:
    """Batch after batch; why something is still pending.

    A batch with nobody to ask with is left, until a mail of another batch tells that all is well.
    """
    breaker, held = context.breaker, ""
    given_up, left_in_doubt = set[int](), set[int]()
    further = _FurtherRecipients(context, issue_id)
    while not (context.stopping() or breaker.ends_round):
        began_s = time.monotonic()
        batch_id, waiting = _lease_next(context, issue_id, given_up | left_in_doubt)
        if batch_id is not None:
            held = send_leased(context, batch_id, mails, further.freeze_beside) or held
            if breaker.asks_first:
                left_in_doubt.add(batch_id)
            else:
                given_up.add(batch_id)
                left_in_doubt.clear()
        elif further.are_all and waiting:
            context.sleep(_LOOK_AGAIN_S)
        elif further.are_all:
            break
        further.freeze_after(time.monotonic() - began_s)
    return breaker.trouble or held or None


class _FurtherRecipients:
    """Those who are not written down yet: a few at a time, so that nobody waits for them."""

    def __init__(self, context: SendContext, issue_id: int) -> None:
        self._context, self._issue_id = context, issue_id
        self._for_s = 0.0
        self._beside: Future[bool] | None = None
        self.are_all = False  # written down

    def freeze_beside(self) -> None:
        """While mails are on the wire, where they go on meanwhile."""
        if self._context.transport.connections and not self.are_all:
            self._beside = self._context.beside.submit(self._freeze)

    def freeze_after(self, took_s: float) -> None:
        """After a batch that took so long, unless it was done beside it."""
        beside, self._beside, self._for_s = self._beside, None, _FREEZING * took_s
        self.are_all = self.are_all or (beside.result() if beside else self._freeze())

    def _freeze(self) -> bool:
        return freeze_further(self._context, self._issue_id, self._for_s)


def freeze_further(context: SendContext, issue_id: int, for_s: float) -> bool:
    """Write down further recipients for so long, some at least; whether that was all."""
    transport = context.transport
    together = max(transport.at_once, freezing.many_connections(transport))
    return freezing.freeze_on(
        context.database, issue_id, for_s, context.stopping, together=together
    )


def _lease_next(
    context: SendContext, issue_id: int, given_up: Collection[int]
) -> tuple[int | None, bool]:
    """Lease a batch that nobody works on; else whether somebody still works on one.

    Those that were given up are left to others, and what becomes of their readers there is waited
    for.
    """
    with context.database.read() as session:
        holds.refuse_restored(session, context)
        open_ones = [
            batch_id
            for batch_id in _open_batches(session, issue_id, context.starting_point)
            if batch_id not in given_up
        ]
        others_work = not open_ones and _others_work(session, context, issue_id)
    for batch_id in open_ones if context.database.lets_concurrent_begin() else ():
        if lease(context, batch_id):
            return batch_id, False
    return None, bool(open_ones) or others_work


def _others_work(session: Session, context: SendContext, issue_id: int) -> bool:
    """Whether a process that lives has a batch in hand."""
    leased = session.scalars(
        select(BatchRow)
        .where(BatchRow.issue_id == issue_id, BatchRow.finished.is_(False))
        .where(BatchRow.owner != context.owner.name)
    )
    now = context.clock()
    return not all(leases.is_free(session, batch, now, context.journals) for batch in leased)


def _open_batches(session: Session, issue_id: int, begin: StartingPoint) -> list[int]:
    """Those that are nobody's first, and of these whose turn it is."""
    return list(
        session.scalars(
            select(BatchRow.id)
            .where(BatchRow.issue_id == issue_id, BatchRow.finished.is_(False))
            .order_by(BatchRow.owner.is_not(None), BatchRow.id < begin.batch_id, BatchRow.id)
        )
    )


def lease(context: SendContext, batch_id: int) -> bool:
    """Lease a batch; False where another process has it, or it is done."""
    with lease_unless_restored(context, batch_id) as session:
        return session is not None


@contextmanager
def lease_unless_restored(context: SendContext, batch_id: int) -> Iterator[Session | None]:
    """The transaction in which a batch is leased; None where it is not.

    Raises:
        NewsletterError: the database came back from a copy meanwhile.
    """
    with leases.lease_if_free(
        context.database, batch_id, context.owner, context.clock, context.journals
    ) as session:
        if session is not None:
            holds.refuse_restored(session, context)
        yield session
