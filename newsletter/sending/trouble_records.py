"""What is written down of trouble: why nothing leaves, until when, and who waits for what."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from newsletter.database import db
from newsletter.errors import NewsletterError
from newsletter.models import DeliveryState, IssueRow
from newsletter.sending import pauses, stats, totals
from newsletter.sending.context import SendContext
from newsletter.sending.provider_trouble.breaker import CircuitBreaker
from newsletter.sending.provider_trouble.doubt import advice_on_many_refused
from newsletter.text import without_addresses


@contextmanager
def database_errors_in_words() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise NewsletterError(
            f"the database cannot be written ({db.describe_failure(error)}): sending stopped, and"
            " what was on its way will be shown as uncertain; mend it and run again"
        ) from error


def record_down(context: SendContext, reason: str) -> None:
    """For the alarms: who reads what a run says may be nobody, as when a scheduler stops it."""
    with database_errors_in_words(), context.database.write.begin() as session:
        pauses.record_down(session, without_addresses(reason), context.clock())


def record_unsent(context: SendContext, issue_id: int, trouble: str) -> None:
    """The same where nobody got the issue yet, and no pause of the provider's says so."""
    if context.breaker.is_open or context.breaker.provider_down:
        return
    with database_errors_in_words(), context.database.write.begin() as session:
        issue = session.get_one(IssueRow, issue_id)
        account = totals.totals_of(session, issue)
        if account.pending and not account.sent:
            reason = f"{issue.newsletter} {issue.day} went to nobody yet: {trouble}"
            pauses.record_down(session, without_addresses(reason), context.clock())


def why_they_wait(session: Session, issue_id: int, breaker: CircuitBreaker) -> str | None:
    """What servers said to most of those who wait for a later run."""
    share = breaker.refused_share
    if share.words and (share.is_high or share.is_high_of_known):
        return advice_on_many_refused(share.words)
    for why in stats.reasons(session, issue_id):
        if why.state == DeliveryState.PENDING and why.reason:
            return f"{why.number} wait for a later run: {why.reason}"
    return None


def pause_provider(context: SendContext) -> str:
    """Nothing leaves for a while: the provider as a whole does not take mails now."""
    breaker = context.breaker
    asked_s = breaker.throttle.provider_wait_s
    wait = timedelta(seconds=asked_s) if asked_s else None
    said = breaker.advice() if breaker.is_open else breaker.trouble
    reason = without_addresses(said or "the provider asks to wait")
    with context.database.write.begin() as session:
        if breaker.accepted:
            pauses.forget_down(session)
            pauses.note_accepted(session, context.began)
        running = pauses.sending_pause(session, context.clock())
        if running is not None and running.paused_until and running.troubles > breaker.troubles:
            until = running.paused_until  # another process found out at the same time
        else:
            until = pauses.pause_sending(session, reason, wait, context.clock())
    return (
        f"{reason}; nobody lost an attempt, a run after {until:%H:%M} UTC goes on, one mail first"
    )
