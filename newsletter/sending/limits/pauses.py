"""Pauses: of all sending while the provider is in trouble, and of single domains."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from newsletter.database.missing_rows import insert_missing
from newsletter.models import DomainPauseRow, RateRow
from newsletter.sending.limits import rate_limit
from newsletter.text import without_addresses
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import refusal_cause

TRANSPORT, OUTBOX = "transport", "letters"  # who is in trouble: issues, transactional mails
_DOWN = "down"
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=30)
PAUSE = timedelta(hours=2)  # of a domain that has just turned many of our mails away
PAUSE_FOR_UNKNOWN = timedelta(minutes=15)  # its users: dead addresses may have come together
_SOON, _LONGEST_OF_DOMAIN = timedelta(days=1), timedelta(days=1)


def pause_sending(
    session: Session, reason: str, wait: timedelta | None, now: datetime, key: str = TRANSPORT
) -> datetime:
    """Pause all sending, as the provider as a whole is in trouble; each time for longer.

    `wait` is the time that the provider named, if it did. Returns when the next run may try. The
    earlier reason (`down`) is deleted.
    """
    if key == TRANSPORT:
        forget_down(session)
    row = _row(session, key)
    row.troubles += 1
    grown = min(_FIRST_PAUSE * 2 ** min(row.troubles - 1, 10), _LONGEST_PAUSE)
    row.paused_until, row.reason = now + (wait or grown), reason
    return row.paused_until


def sending_pause(session: Session, now: datetime, key: str = TRANSPORT) -> RateRow | None:
    """The pause of the provider that is not over yet."""
    row = session.get(RateRow, key)
    if row is None or row.paused_until is None or row.paused_until <= now:
        return None
    # Longer than any pause: the clock was set back.
    return None if row.paused_until > now + 2 * _LONGEST_PAUSE else row


def troubles(session: Session, key: str = TRANSPORT) -> int:
    """How often in a row the provider was in trouble; 0 once it has taken a mail again."""
    row = session.get(RateRow, key)
    return 0 if row is None else row.troubles


def last_trouble(session: Session, key: str = TRANSPORT) -> RateRow | None:
    """The provider's trouble, also where its pause is over and no run has tried again yet."""
    row = session.get(RateRow, key)
    return row if row is not None and row.troubles else None


def is_in_trouble(session: Session) -> bool:
    """Whether mails were left, or the provider is in trouble, and none was accepted since."""
    return down(session) is not None or last_trouble(session) is not None


def resume_sending(session: Session, now: datetime, key: str = TRANSPORT) -> None:
    """The provider has taken mails."""
    row = _row(session, key)
    row.troubles, row.paused_until, row.reason, row.filled_at = 0, None, None, now
    forget_down(session)


def record_down(session: Session, reason: str, now: datetime) -> None:
    """Mails are left, as after a stop or where no TLS is spoken. The next run just tries again."""
    row = _row(session, _DOWN)
    row.reason, row.filled_at = reason, now


def forget_down(session: Session) -> None:
    """Mails were accepted since."""
    session.execute(delete(RateRow).where(RateRow.key == _DOWN))


def down(session: Session) -> RateRow | None:
    """Why mails were left, and when (`filled_at`), until one was accepted again.

    It is newer than any trouble that paused the provider.
    """
    return session.get(RateRow, _DOWN)


def note_accepted(session: Session, moment: datetime) -> None:
    """The provider took mails after that, before it was in trouble again."""
    _row(session, TRANSPORT).filled_at = moment


def accepted_at(session: Session) -> datetime | None:
    """When the provider took the mails of an issue last."""
    row = session.get(RateRow, TRANSPORT)
    return None if row is None else row.filled_at


def accepted_since(session: Session, moment: datetime) -> bool:
    """Whether the provider has taken any mail after that moment."""
    rows = (session.get(RateRow, key) for key in (TRANSPORT, OUTBOX))
    return any(row is not None and row.filled_at and row.filled_at > moment for row in rows)


def _row(session: Session, key: str) -> RateRow:
    return rate_limit.locked_rows(session, {key})[key]


def pause_domain(
    session: Session, domain: str, reason: str, now: datetime, pause_for: timedelta = PAUSE
) -> datetime:
    """Send nothing to a domain for a while, and say until when.

    Soon after another pause it is twice as long as that one was; a running pause begins anew, and
    becomes no shorter.
    """
    until = now + pause_for
    pause = {"domain": domain, "since": now, "until": until, "reason": reason}
    insert_missing(session, DomainPauseRow, [pause])  # two senders may find it out at once
    row = session.get_one(DomainPauseRow, domain, with_for_update=True)
    if row.until <= now:
        if now - row.until < _SOON:
            until = max(until, now + min(2 * (row.until - row.since), _LONGEST_OF_DOMAIN))
        row.since, row.until = now, until
    row.until, row.reason = max(row.until, until), reason
    return row.until


def pause_refusing(session: Session, domains: Mapping[str, str], now: datetime) -> Iterator[str]:
    """Pause domains that take nothing, by the words of their servers; each, and why, in a line."""
    for domain, words in sorted(domains.items()):
        reason = f"it takes nothing: {without_addresses(words)}"
        is_unknown = refusal_cause(words) is RefusalCause.NO_MAILBOX
        pause_domain(session, domain, reason, now, PAUSE_FOR_UNKNOWN if is_unknown else PAUSE)
        yield f"{domain} is paused: {reason}"


# Made once: it is asked with every claim.
_RUNNING = (
    select(DomainPauseRow)
    .where(DomainPauseRow.until > bindparam("now"))
    .order_by(DomainPauseRow.domain)
)


def paused_domains(session: Session, now: datetime) -> dict[str, str]:
    """The domains that get nothing now, each with its reason: their deliveries stay pending."""
    return {pause.domain: pause.reason for pause in running_pauses(session, now)}


def domains_paused_since(session: Session, moment: datetime) -> set[str]:
    """Also where the pause is over."""
    return set(session.scalars(select(DomainPauseRow.domain).where(DomainPauseRow.until > moment)))


def running_pauses(session: Session, now: datetime) -> list[DomainPauseRow]:
    return list(session.scalars(_RUNNING, {"now": now}))


def resume_domain(session: Session, domain: str) -> bool:
    """End a pause; whether there was one."""
    ended = session.scalars(
        delete(DomainPauseRow)
        .where(DomainPauseRow.domain == domain)
        .returning(DomainPauseRow.domain)
    ).all()
    return bool(ended)
