"""Writes trouble down: why mails do not leave, until when, and why readers wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from newsletter.database import db
from newsletter.errors import NewsletterError
from newsletter.models import DeliveryState, IssueRow
from newsletter.sending.context import SendContext
from newsletter.sending.limits import pauses
from newsletter.sending.provider_trouble.breaker import CircuitBreaker
from newsletter.sending.provider_trouble.doubt import advice_on_many_refused
from newsletter.sending.reports import stats, totals
from newsletter.text import counted, without_addresses
from newsletter.transports.base import ProviderRefusalError, TransportDownError


@contextmanager
def database_errors_in_words() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise NewsletterError(
            f"the database cannot be written ({db.describe_failure(error)}): sending stopped, and"
            " what was on its way will be shown as uncertain; mend it and run again"
        ) from error


def record_failure(context: SendContext, failure: TransportDownError) -> str:
    """Note that no mail can be sent; where the provider says so itself, pause it for a while.

    The alarms read it, since a run's own words may go unread, as when a scheduler stops it.
    """
    if isinstance(failure, ProviderRefusalError):
        context.breaker.is_open, context.breaker.words = True, str(failure)
        return pause_provider(context, str(failure))
    nothing = "nothing more" if context.breaker.accepted else "nothing"
    _record_down(context, f"{nothing} could be sent: {failure}")
    return str(failure)


def record_stop(context: SendContext, number: int, trouble: str | None) -> None:
    """A run was stopped with so many mails still to go; what was wrong before that still is."""
    with database_errors_in_words(), context.database.write.begin() as session:
        paused = pauses.last_trouble(session)
        said = trouble or (paused.reason if paused else None)
        reason = f"stopped with {counted(number, 'mail')} still to go"
        reason = f"{reason}, after trouble: {said}" if said else reason
        pauses.record_down(session, without_addresses(reason), context.clock())


def record_unsent(context: SendContext, issue_id: int, trouble: str) -> None:
    """Note trouble where not one reader got the issue yet, unless a pause of the provider says so.

    Also where an earlier note stands, and this run asked in vain, too.
    """
    breaker = context.breaker
    if breaker.is_open or breaker.provider_down:
        return
    with database_errors_in_words(), context.database.write.begin() as session:
        issue = session.get_one(IssueRow, issue_id)
        account = totals.totals_of(session, issue)
        name = f"{issue.newsletter} {issue.day}"
        if account.pending and not account.sent:
            reason = f"{name} went to nobody yet: {trouble}"
        elif (
            account.pending
            and breaker.begun
            and not breaker.accepted
            and pauses.is_in_trouble(session)
        ):
            reason = f"{name} goes to nobody any more: {trouble}"
        else:
            return
        pauses.record_down(session, without_addresses(reason), context.clock())


def _record_down(context: SendContext, reason: str) -> None:
    with database_errors_in_words(), context.database.write.begin() as session:
        pauses.record_down(session, without_addresses(reason), context.clock())


def refusal_of_most(session: Session, issue_id: int, breaker: CircuitBreaker) -> str | None:
    """Why most of those who wait for a later run were refused, in words for the operator."""
    share = breaker.refused_share
    if share.words and (share.is_high or share.is_high_of_known):
        return advice_on_many_refused(share.words)
    for why in stats.reasons(session, issue_id):
        if why.state == DeliveryState.PENDING and why.reason:
            return f"{why.number} wait for a later run: {why.reason}"
    return None


def pause_provider(context: SendContext, told: str | None = None) -> str:
    """Pause a provider that takes no mails now, as it `told`; the line that says so."""
    breaker = context.breaker
    asked_s = breaker.throttle.provider_wait_s
    wait = timedelta(seconds=asked_s) if asked_s else None
    said = told or (breaker.advice() if breaker.is_open else breaker.trouble)
    reason = without_addresses(said or "the provider asks to wait")
    with context.database.write.begin() as session:
        if breaker.accepted:
            pauses.note_accepted(session, context.began)
        running = pauses.sending_pause(session, context.clock())
        if running is not None and running.paused_until and running.troubles > breaker.troubles:
            until = running.paused_until  # another process found out at the same time
        else:
            until = pauses.pause_sending(session, reason, wait, context.clock())
    return (
        f"{reason}; nobody lost an attempt, a run after {until:%H:%M} UTC goes on, one mail first"
    )
