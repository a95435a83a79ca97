"""Domains that get nothing for a while, since they just turned many of our mails away."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from newsletter.models import DomainPauseRow

PAUSE = timedelta(hours=2)


def pause_domain(session: Session, domain: str, reason: str, now: datetime) -> None:
    """Send nothing to a domain for a while; a running pause begins anew."""
    row = session.get(DomainPauseRow, domain)
    if row is None:
        session.add(DomainPauseRow(domain=domain, since=now, until=now + PAUSE, reason=reason))
        session.flush()
        return
    if row.until <= now:
        row.since = now
    row.until, row.reason = now + PAUSE, reason


# Made once: it is asked with every claim.
_RUNNING = (
    select(DomainPauseRow)
    .where(DomainPauseRow.until > bindparam("now"))
    .order_by(DomainPauseRow.domain)
)


def paused_domains(session: Session, now: datetime) -> dict[str, str]:
    """The domains that get nothing now, each with its reason: their deliveries stay pending."""
    return {pause.domain: pause.reason for pause in running_pauses(session, now)}


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
