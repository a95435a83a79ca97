"""Unsubscribes readers of ours whose own no is in an ordinary list, unless a yes is newer."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.models import ConsentRow, Standing, SubscriberRow
from newsletter.subscribers import address_change, consent_log, lifecycle, opt_out
from newsletter.subscribers.consent_log import Channel, ConsentAction
from newsletter.subscribers.list_import.import_rows import RowReport

_YES = (ConsentAction.CONFIRMED, ConsentAction.CAME_BACK, ConsentAction.MOVED)
_SOMEBODY_ELSE = (Channel.OPERATOR, Channel.API)


def hear_opt_out(
    session: Session, subscriber_id: int, refused: RowReport, now: datetime
) -> RowReport:
    """Unsubscribe a reader, also at a newer address; returns the line with what became of them.

    The reader stays where their yes is newer, or is their own and the no has no date; the line then
    says so. A reader who was asked and has not answered decides by the mail that they have.
    """
    linked = address_change.lock_linked(session, subscriber_id)
    readers = [subscriber for subscriber in linked if subscriber.standing == Standing.CONFIRMED]
    if not readers:
        return refused
    if any(_said_yes_since(session, reader, refused.refused_at) for reader in readers):
        detail = f"{refused.detail}; reads on here by a yes of their own"
        return replace(refused, detail=detail, reads_on=True)
    evidence = consent_log.proof_of_consent(f"a list says that they said no: {refused.detail}")
    for reader in readers:
        opt_out.unsubscribe(session, reader, None, evidence, now)
    return replace(refused, detail=f"{refused.detail}; left here now")


def _said_yes_since(session: Session, reader: SubscriberRow, moment: datetime | None) -> bool:
    came_in = reader.confirmed_at
    by_link = came_in if reader.consent == lifecycle.CONFIRMED_BY_LINK else None
    logged = session.scalar(
        select(func.max(ConsentRow.at)).where(
            ConsentRow.subscriber_id == reader.id,
            ConsentRow.act.in_(_YES),
            ConsentRow.way.not_in(_SOMEBODY_ELSE),
        )
    )
    own_yes = max(filter(None, (by_link, logged)), default=None)
    if moment is None or own_yes is not None:
        return own_yes is not None and (moment is None or own_yes > moment)
    # A proof of the day on which they came in may be older than that: lists need not say.
    return came_in is not None and came_in != reader.created_at and came_in > moment
