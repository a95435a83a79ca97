"""Answers the sign-ups that are due: who asked is asked by mail, or told that they are in."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsletter import outbox, slugs
from newsletter.config import SignupSettings
from newsletter.models import SignupRow, Standing
from newsletter.outbox import EmailType
from newsletter.reader_locks import lock_addresses
from newsletter.subscribers import consent_log, form_limits, lifecycle, suppression
from newsletter.subscribers.consent_log import Channel, ConsentAction, ConsentEvidence
from newsletter.subscribers.signups import DAY, HOUR, SignupLimits

_AT_ONCE = 50  # so that no other writer waits long


def has_due_signups(session: Session, now: datetime) -> bool:
    return session.scalar(select(SignupRow).where(SignupRow.not_before <= now).limit(1)) is not None


def answer_signups(
    session: Session, settings: SignupSettings, details: Mapping[str, str], now: datetime
) -> int:
    """Look at the oldest sign-ups that are due; returns at how many, 0 when none is.

    `details` are the configured newsletters, each with the detail that new readers get.
    """
    session.execute(delete(SignupRow).where(SignupRow.asked_at < now - DAY))
    rows = session.scalars(
        select(SignupRow)
        .where(SignupRow.not_before <= now)
        .order_by(SignupRow.not_before, SignupRow.asked_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    lock_addresses(session, [row.email for row in rows])
    for row in rows:
        if row.not_before <= now and not _answer_or_postpone(
            session, row, SignupLimits(settings), details, now
        ):
            session.delete(row)
    return len(rows)


def _answer_or_postpone(
    session: Session,
    row: SignupRow,
    limits: SignupLimits,
    details: Mapping[str, str],
    now: datetime,
) -> bool:
    """Answer a sign-up by a mail, drop it, or let it and its like wait; whether it waits.

    A used-up limit of one address ends a sign-up; one of a domain or of all only makes it wait.
    """
    reason = suppression.suppression_reason(session, row.email)
    if reason is not None and not suppression.lifted_by_consent(reason):
        return False
    used_up = form_limits.consume(session, limits.of_mail(session, row.email), now)
    if used_up is None:
        _enqueue_answer(session, row, details, now)
        return False
    if used_up.limit not in (limits.domain, limits.total):
        return False
    alike = [SignupRow.not_before <= now]
    if used_up.limit == limits.domain:
        alike.append(SignupRow.email.endswith(f"@{row.email.rpartition('@')[2]}", autoescape=True))
    again = form_limits.opens_again(session, used_up) or now + HOUR
    session.execute(update(SignupRow).where(*alike).values(not_before=again))
    return True


def _enqueue_answer(
    session: Session, row: SignupRow, details: Mapping[str, str], now: datetime
) -> None:
    """The mail that they are owed: a question, or the way to what they have already."""
    subscriber = lifecycle.lock_or_add(session, row.email, row.language, now)
    active = (
        lifecycle.active_subscriptions(session, subscriber)
        if subscriber.standing == Standing.CONFIRMED
        else {}
    )
    asked = slugs.of_today(session, row.newsletters)
    wanted = [slug for slug in asked if slug in details and slug not in active]
    evidence = ConsentEvidence(Channel(row.way), row.wording, row.network)
    consent_log.record_consent(
        session, subscriber, ConsentAction.ASKED, asked, evidence, row.asked_at
    )
    if active and not wanted:
        outbox.enqueue(session, EmailType.ALREADY, subscriber, now)
        return
    if subscriber.standing == Standing.LEFT:
        subscriber.standing = Standing.PENDING
    if subscriber.standing == Standing.PENDING:
        for slug in wanted:
            lifecycle.subscribe(session, subscriber, slug, details[slug], now)
    outbox.enqueue(session, EmailType.CONFIRM, subscriber, now, {"newsletters": wanted})
