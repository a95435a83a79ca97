"""Sends an issue batch by batch: claim, commit, send, record; in as many processes as one likes."""

import logging
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from newsletter.errors import NewsletterError
from newsletter.models import BatchRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.sending import delivery_updates, holds, journal, ledger, rate_limit, totals
from newsletter.sending.context import SendContext
from newsletter.sending.worker import BatchWorker
from newsletter.text import without_addresses
from newsletter.transports.base import TransportDownError, stream_mails

_log = logging.getLogger(__name__)

_PASSES = 3
_PAUSES_S = (2.0, 10.0)  # before the second and the third pass over what shall come later
_LOOK_AGAIN_S = 0.3
_LONGEST_WAIT_S = 60.0  # for what a provider asks for; longer ones end the run
_NAP_S = 1.0


@dataclass(frozen=True)
class IssueSendResult:
    account: totals.DeliveryTotals
    trouble: str | None  # why something is still pending
    stopped: bool = False  # asked to stop before everything was sent


class _PausedError(Exception):
    """The provider is in trouble: nothing more is sent in this run."""


def send_issue(sending: SendContext, issue_id: int, mails: IssueEmails) -> IssueSendResult:
    """Send what is pending of an issue, beside whoever else does, until nothing of it is open.

    Raises:
        NewsletterError: nothing can be written down any more, so nothing more is sent.
    """
    with sending.database.read() as session:
        trouble = holds.hold_reason(session, sending, issue_id)
    if trouble is None:
        with _database_errors_in_words():
            trouble = _send_open(sending, issue_id, mails)
            _apply_late_feedback(sending, issue_id)
    with sending.database.read() as session:
        account = totals.delivery_totals(session, issue_id)
    _log.info(
        "issue sent" if trouble is None else "issue not sent to all",
        extra={"issue": issue_id, **vars(account), "trouble": without_addresses(trouble or "")},
    )
    return IssueSendResult(account, trouble, bool(account.pending) and sending.stopping())


def _send_open(sending: SendContext, issue_id: int, mails: IssueEmails) -> str | None:
    """Batch after batch; why something is still pending."""
    trouble: str | None = None
    given_up: set[int] = set()
    while not sending.stopping():
        batch_id, waiting = _lease_next(sending, issue_id, given_up)
        if batch_id is None:
            if not waiting:
                break
            sending.sleep(_LOOK_AGAIN_S)
            continue
        try:
            trouble = _send_leased(sending, batch_id, mails) or trouble
        except (TransportDownError, _PausedError) as error:
            return str(error)
        given_up.add(batch_id)
    return trouble


def _apply_late_feedback(sending: SendContext, issue_id: int) -> None:
    """Let what came back while the mails were on their way settle what it can."""
    with sending.database.write.begin() as session:
        delivery_updates.settle_issue(session, issue_id, sending.clock())


@contextmanager
def _database_errors_in_words() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise NewsletterError(
            f"the database cannot be written ({error.orig}): sending stopped, and what was on its"
            " way will be shown as uncertain; mend it and run again"
        ) from error


def send_batch(sending: SendContext, batch_id: int, mails: IssueEmails) -> str | None:
    """Claim, send and record one batch, in any process on any machine that reaches the database.

    Returns why something in it is still pending; also where another worker holds it.
    """
    with sending.database.read() as session:
        issue_id = session.get_one(BatchRow, batch_id).issue_id
        trouble = holds.hold_reason(session, sending, issue_id)
    if trouble is not None:
        return trouble
    if not _lease(sending, batch_id):
        return f"batch {batch_id} is done, or in the hands of another worker"
    try:
        with _database_errors_in_words():
            return _send_leased(sending, batch_id, mails)
    except (TransportDownError, _PausedError) as error:
        return str(error)


def _lease_next(
    sending: SendContext, issue_id: int, given_up: Collection[int]
) -> tuple[int | None, bool]:
    """Lease a batch that nobody works on; else whether somebody still works on one."""
    with sending.database.read() as session:
        open_ones = [
            batch_id for batch_id in _open_batches(session, issue_id) if batch_id not in given_up
        ]
    for batch_id in open_ones:
        if _lease(sending, batch_id):
            return batch_id, False
    return None, bool(open_ones)


def _open_batches(session: Session, issue_id: int) -> list[int]:
    """Those that are nobody's first; a few are enough to find one."""
    return list(
        session.scalars(
            select(BatchRow.id)
            .where(BatchRow.issue_id == issue_id, BatchRow.finished.is_(False))
            .order_by(BatchRow.owner.is_not(None), BatchRow.id)
        )
    )


def _lease(sending: SendContext, batch_id: int) -> bool:
    def read_journal(owner: str, batch: int) -> dict[str, journal.Mark] | None:
        return journal.take_over(sending.folder, owner, batch) if sending.folder else None

    with sending.database.write.begin() as session:
        batch = session.get_one(BatchRow, batch_id)
        before = batch.owner
        is_ours = ledger.lease_batch(session, batch, sending.owner, sending.clock(), read_journal)
    if is_ours and before is not None and sending.folder is not None:
        journal.delete_journal(sending.folder, before)
    return is_ours


def _send_leased(sending: SendContext, batch_id: int, mails: IssueEmails) -> str | None:
    """Send a leased batch and let it go. Returns why something in it is still pending.

    Raises:
        TransportDownError: nothing can be sent; who was not sent to is pending.
        _PausedError: the provider is in trouble.
    """
    worker = BatchWorker(sending, batch_id, mails)
    try:
        _passes(sending, worker)
    except ledger.LeaseLostError:
        worker.record_after_all()
        return None  # whoever took it over also sends the rest
    finally:
        if worker.is_idle:
            with sending.database.write.begin() as session:
                ledger.release_batch(session, batch_id, sending.owner)
            worker.close()
    return worker.trouble or worker.held or None


def _passes(sending: SendContext, worker: BatchWorker) -> None:
    """Over what is pending, and again a little later over what shall come later."""
    for number in range(_PASSES):
        _pass(sending, worker)
        asked_s = worker.provider_wait_s or 0.0
        last = number == _PASSES - 1 or asked_s > _LONGEST_WAIT_S
        if worker.trouble is None or last or sending.stopping():
            break
        _wait(sending, worker, max(_PAUSES_S[number], asked_s))
        worker.reset_pass()
    if worker.provider_down:
        raise _PausedError(_pause(sending, worker))
    if worker.accepted:
        with sending.database.write.begin() as session:
            rate_limit.resume_sending(session)


def _pass(sending: SendContext, worker: BatchWorker) -> None:
    """Once over the pending deliveries of a batch, in the order of subscribers, as limits allow."""
    wait_s: float | None = 0.0
    while wait_s is not None:
        _wait(sending, worker, wait_s)
        try:
            with closing(stream_mails(sending.transport, worker.chunks(), worker)) as results:
                for mail, result in results:
                    worker.note(mail, result)
        except TransportDownError:
            worker.release_unsent()
            raise
        worker.release_unsent()
        wait_s = None if worker.circuit_open or sending.stopping() else worker.next_wait_s()


def _wait(sending: SendContext, worker: BatchWorker, wait_s: float) -> None:
    """Sleep but wake up when asked to stop, and keep the lease."""
    while wait_s > 0 and not sending.stopping():
        nap_s = min(wait_s, _NAP_S)
        sending.sleep(nap_s)
        worker.heartbeat()
        wait_s -= nap_s


def _pause(sending: SendContext, worker: BatchWorker) -> str:
    """Open the breaker: the provider as a whole does not take mails now."""
    wait = timedelta(seconds=worker.provider_wait_s) if worker.provider_wait_s else None
    reason = worker.trouble or "the provider asks to wait"
    with sending.database.write.begin() as session:
        until = rate_limit.pause_sending(session, reason, wait, sending.clock())
    return f"{reason}; nobody lost an attempt, a run after {until:%H:%M} UTC goes on"
