"""Sends an issue in rounds over those who wait, and judges at the end of each what was refused.

As many processes as one likes may do so at once.
"""

import gc
import logging
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.models import BatchRow, DeliveryState, IssueRow, IssueState
from newsletter.processes import throughput_first
from newsletter.rendering.issue_email import IssueEmails
from newsletter.sending import holds, open_batches
from newsletter.sending.after_the_run import old_news, trouble_records
from newsletter.sending.claiming import starting_point
from newsletter.sending.context import SendContext
from newsletter.sending.leased_batch import send_leased, wait
from newsletter.sending.limits import pauses
from newsletter.sending.provider_trouble import gone_mailboxes, probe_readers
from newsletter.sending.provider_trouble.earlier_runs import earlier_runs
from newsletter.sending.records import delivery_feedback, ledger, settle
from newsletter.sending.reports import totals
from newsletter.sending.reports.totals import IssueSendResult
from newsletter.sending.restore_guard import restored, server_identity
from newsletter.text import counted, without_addresses
from newsletter.transports.base import TransportDownError

_log = logging.getLogger(__name__)

_WAITS_S = (2.0, 10.0)  # before the second and the third round over what shall come later
_GOES_ON = 5  # mails that were taken before the provider said "not now"
_TAKEN_BACK = 500  # readers in one transaction


def send_issue(context: SendContext, issue_id: int, mails: IssueEmails) -> IssueSendResult:
    """Send what is pending of an issue, beside whoever else does, until nothing of it is open.

    Raises:
        NewsletterError: nothing can be written down any more, so nothing more is sent.
    """
    _record_server(context)
    given_up = old_news.give_up_refused(context, issue_id)
    trouble = _hold_reason(context, issue_id)
    is_held = trouble is not None
    if not is_held:
        if context.memory is not None:
            context.memory.register(context.database)
        with (
            throughput_first(),
            context.shown_to_live(),
            trouble_records.database_errors_in_words(),
            _without_long_collections(),
        ):
            _take_turns(context, issue_id)
            send_round = partial(open_batches.send_batches, context, issue_id, mails)
            trouble = _in_rounds(context, issue_id, send_round)
            _apply_late_news(context, issue_id)
    if not context.stopping():  # what holds the mails does not hold the account
        open_batches.freeze_further(context, issue_id, math.inf)
    with context.database.read() as session:
        account = totals.delivery_totals(session, issue_id)
        if account.pending and trouble is None and not context.stopping():
            trouble = _waiting_line(session, context, issue_id, account.pending)
    _log.info(
        "issue sent" if trouble is None else "issue not sent to all",
        extra={"issue": issue_id, **vars(account), "trouble": without_addresses(trouble or "")},
    )
    stopped = bool(account.pending) and context.stopping()
    if stopped and not is_held:
        trouble_records.record_stop(context, account.pending, trouble)
    elif trouble and not is_held:
        trouble_records.record_unsent(context, issue_id, trouble)
    return IssueSendResult(account, trouble, stopped, context.breaker.is_open, given_up)


def _take_turns(context: SendContext, issue_id: int) -> None:
    """Begin with those whom the last issue did not reach, once everybody is written down."""
    with context.database.read() as session:
        first = starting_point.first_reader(session, issue_id)
    if first is not None:
        open_batches.freeze_further(context, issue_id, math.inf)
        with context.database.read() as session:
            context.starting_point = starting_point.find_starting_point(session, issue_id, first)


def _waiting_line(session: Session, context: SendContext, issue_id: int, number: int) -> str:
    """Say why mails wait: what their readers were told, else only how many are still to go."""
    said = trouble_records.refusal_of_most(session, issue_id, context.breaker)
    return said or f"{counted(number, 'mail')} still to go, by another process or the next run"


@contextmanager
def _without_long_collections() -> Iterator[None]:
    """Python looks for garbage only among what is made from now on.

    The issue and the program's modules are half a million objects: to look at them takes a tenth of
    a second, and nothing leaves meanwhile.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _record_server(context: SendContext) -> None:
    """Remember the server that sending goes on from; whoever is asked next knows of another one."""
    if context.memory is not None:
        server_identity.record_server(context.database, context.memory, context.clock())


def _hold_reason(context: SendContext, issue_id: int) -> str | None:
    """Why nothing may be sent now, by what is known here, and by the provider's own record."""
    with context.database.read() as session:
        context.restore_mark = server_identity.restore_mark(session)
        issue = session.get_one(IssueRow, issue_id)
        reason = holds.hold_reason(session, context, issue_id)
    if reason is not None or context.memory is None or issue.state == IssueState.DONE:
        return reason
    found = restored.taken_by_provider(context.database, context.transport, issue)
    return found.reason if found else None


def _in_rounds(
    context: SendContext, issue_id: int, send_round: Callable[[], str | None]
) -> str | None:
    """Once over what is pending, and again a little later over what shall come later.

    A provider that takes mails between two "not now" is asked on, as often as it says so.
    Returns why something is still pending.
    """
    breaker = context.breaker
    with context.database.read() as session:
        breaker.begin_run(probe_readers.domains(session, issue_id), earlier_runs(session, issue_id))
        uncertain = delivery_counters.of_issue(session, issue_id)[DeliveryState.UNCERTAIN]
        sizer = context.claim_sizer
        readers = totals.number_of_readers(session, issue_id, sizer.readers_that_matter)
        sizer.begin_issue(readers, lost_before=bool(breaker.troubles and uncertain))
    waits_s = list(_WAITS_S)
    while True:
        accepted, down = breaker.accepted, breaker.trouble if breaker.provider_down else None
        breaker.begin_round()
        try:
            trouble = send_round()
        except TransportDownError as error:
            return trouble_records.record_failure(context, error)
        heard = breaker.trouble or breaker.held.refused.answers or breaker.accepted > accepted
        if down and not (heard or context.stopping()):
            breaker.trouble = down  # nobody was left to ask with: the last one rests
            return trouble_records.pause_provider(context)
        _judge_refusals(context, issue_id)
        if breaker.throttle.was_put_off and breaker.accepted >= accepted + _GOES_ON:
            waits_s = list(_WAITS_S)  # that is a provider's limit, and no trouble
        asked_s = breaker.throttle.wait_s()
        last = not waits_s or asked_s is None or breaker.is_open or context.stopping()
        if breaker.trouble is None or last:
            break
        wait(context, max(waits_s.pop(0), asked_s or 0.0))
        if context.stopping():  # another round would forget what the trouble was
            break
    if breaker.is_open or (breaker.provider_down and not context.stopping()):
        return trouble_records.pause_provider(context)
    if breaker.accepted:
        with context.database.concurrent.begin() as session:
            pauses.resume_sending(session, context.clock())
    is_readers_own = trouble == breaker.trouble and not context.stopping()
    return None if is_readers_own else trouble  # how many wait, and for what, their rows say


def _judge_refusals(context: SendContext, issue_id: int) -> None:
    """Of refusals that no accepted mail followed: whether about everybody, or those readers.

    Where the provider was in trouble itself nobody can tell, and they stay pending.
    """
    breaker = context.breaker
    refused, released = breaker.held.refused.answers, breaker.held.take_released_batches()
    with context.database.read() as session:
        sent, refused_of_issue = gone_mailboxes.count_asked(session, issue_id)
    is_of_everybody = breaker.end_round(sent=sent, refused=refused_of_issue)
    breaker.is_open |= is_of_everybody and not context.stopping()
    if refused and not (breaker.is_open or breaker.cannot_judge or context.stopping()):
        with context.database.write.begin() as session:
            now = context.clock()
            refused = gone_mailboxes.classify_refusals(session, issue_id, refused, breaker, now)
            ledger.record_results(session, refused, now)
            gone_mailboxes.count_refused(session, issue_id, breaker)
    breaker.held.forget()
    for batch_id in released:  # it may be finished now
        with open_batches.lease_unless_restored(context, batch_id) as session:
            if session is not None:
                ledger.release_batch(session, batch_id, context.owner)


def _apply_late_news(context: SendContext, issue_id: int) -> None:
    """Apply to deliveries what the run learned, and what came back during it."""
    with context.database.read() as session:
        spared = gone_mailboxes.take_spared(session, issue_id, context.breaker, context.clock())
    for first in range(0, len(spared), _TAKEN_BACK):
        with context.database.write.begin() as session:
            references = list(spared)[first : first + _TAKEN_BACK]
            words = {reference: spared[reference] for reference in references}
            settle.take_back(session, issue_id, words, context.clock())
    with context.database.concurrent.begin() as session:
        delivery_feedback.apply_feedback_to_issue(session, issue_id, context.clock())


def send_batch(context: SendContext, batch_id: int, mails: IssueEmails) -> str | None:
    """Claim, send and record one batch, in any process on any machine that reaches the database.

    Returns why something in it is still pending; also where another worker holds it.
    """
    with context.database.read() as session:
        issue_id = session.get_one(BatchRow, batch_id).issue_id
    _record_server(context)
    if given_up := old_news.give_up_refused(context, issue_id):
        _log.warning("%s", given_up)
    trouble = _hold_reason(context, issue_id)
    if trouble is not None:
        return trouble

    is_ours = False

    def send_round() -> str | None:
        nonlocal is_ours
        is_ours = context.database.lets_concurrent_begin() and open_batches.lease(context, batch_id)
        if not is_ours:
            return f"batch {batch_id} is done, or in the hands of another worker"
        held = send_leased(context, batch_id, mails)
        return context.breaker.trouble or held

    with (
        throughput_first(),
        context.shown_to_live(),
        trouble_records.database_errors_in_words(),
    ):
        if context.memory is not None:
            context.memory.register(context.database)
        trouble = _in_rounds(context, issue_id, send_round)
        with context.database.read() as session:
            is_done = session.get_one(IssueRow, issue_id).state == IssueState.DONE
        if is_done or context.breaker.held.failed or context.breaker.refused_share.is_high:
            _apply_late_news(context, issue_id)
        with context.database.read() as session:
            number = session.get_one(BatchRow, batch_id).pending
            if trouble is None and number:
                trouble = _waiting_line(session, context, issue_id, number)
        if trouble and is_ours and not context.stopping():
            trouble_records.record_unsent(context, issue_id, trouble)
        return trouble
