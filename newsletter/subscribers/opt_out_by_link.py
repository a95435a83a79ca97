"""Leaving by a link of ours, also by one from before its reader went to another address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import outbox, slugs
from newsletter.models import AddressChangeRow
from newsletter.outbox import EmailType
from newsletter.reader_locks import lock_readers
from newsletter.subscribers import lifecycle, opt_out
from newsletter.subscribers.address_change import lock_linked
from newsletter.subscribers.consent_log import ConsentEvidence
from newsletter.subscribers.link_claims import ALL


@dataclass(frozen=True)
class UnsubscribeRequest:
    """The request to leave one newsletter, or `ALL`, by a link or as an answer to a mail."""

    subscriber_id: int
    newsletter: str
    evidence: ConsentEvidence
    at: datetime
    mails_undo: bool = False  # a mail with the way back, where it changes anything


def _ended_by(newsletter: str, now_called: Mapping[str, str]) -> list[str] | None:
    """The newsletters that a link to leave ends, by today's names; None for all of them."""
    return None if newsletter == ALL else [now_called.get(newsletter, newsletter)]


def unsubscribe(session: Session, requests: Sequence[UnsubscribeRequest]) -> None:
    """Unsubscribe whom the links, or an issue's mails, mean, in a handful of statements."""
    ids = {request.subscriber_id for request in requests}
    subscribers = {row.id: row for row in lock_readers(session, ids)}
    merged = AddressChangeRow.merged_into.is_not(None)
    moved = set(
        session.scalars(
            select(AddressChangeRow.subscriber_id).where(
                AddressChangeRow.subscriber_id.in_(ids), merged
            )
        )
    )
    held = lifecycle.subscriptions_of(session, ids - moved)
    now_called = slugs.now_called(session, {request.newsletter for request in requests})
    for request in requests:
        number, now = request.subscriber_id, request.at
        newsletters = _ended_by(request.newsletter, now_called)
        (left,) = newsletters or [ALL]
        meant = [subscribers[number]] if number in subscribers else []
        if number in moved:
            meant = list(lock_linked(session, number))
        for subscriber in meant:
            ended = opt_out.unsubscribe(
                session, subscriber, newsletters, request.evidence, now, held.get(subscriber.id)
            )
            if ended and request.mails_undo:
                outbox.enqueue(session, EmailType.LEFT, subscriber, now, {"left": left})
