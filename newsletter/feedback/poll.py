"""Read a mailbox to its end, each mail in a transaction of its own."""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter import outbox
from newsletter.database.db import Database
from newsletter.feedback import apply, bounce_parser, leave_requests
from newsletter.feedback.bounce_parser import AutomaticReply, Meaning, NotUnderstood
from newsletter.feedback.events import Event
from newsletter.feedback.leave_requests import LeaveRequest
from newsletter.feedback.mailbox import InboundMessages
from newsletter.models import DeliveryRow, EventType, IssueRow, SubscriberRow
from newsletter.subscribers import opt_out_by_link
from newsletter.subscribers.consent_log import Channel, ConsentEvidence
from newsletter.subscribers.link_claims import UnsubscribeClaim
from newsletter.subscribers.opt_out_by_link import UnsubscribeRequest
from newsletter.subscribers.signed_links import SignedLinks

_log = logging.getLogger(__name__)

_BY_TOKEN = ConsentEvidence(Channel.MAIL, "an unsubscribe link as a mail's subject")
_BY_ANSWER = ConsentEvidence(Channel.MAIL, "an answer that asks to get no more")
UNKNOWN = "it bears a reference that no mail from here has"


@dataclass
class PollReport:
    """Counts of what the mails held; `kinds` counts events in feedback's own words."""

    letters: int = 0  # mails that were read, by the name that `--json` gives it
    kinds: Counter[str] = field(default_factory=Counter)
    unsubscribed: int = 0
    automatic: int = 0
    suppressed: int = 0
    kept: Counter[str] = field(default_factory=Counter)  # not understood, by reason
    asking: list[str] = field(default_factory=list)  # who asks to leave; anybody can write a From


def read_mailbox(
    database: Database, messages: InboundMessages, links: SignedLinks, clock: Callable[[], datetime]
) -> PollReport:
    """Let every new mail act; a mail is marked after its effects are committed.

    Raises:
        MailboxError: the mailbox cannot be read on; what was read stays so.
    """
    tally = PollReport()
    with closing(messages):
        for mail in messages:
            now = clock()
            meaning = bounce_parser.parse_message(mail.raw, links, now)
            with database.concurrent.begin() as session:
                understood = _act(session, meaning, tally, now)
            mail.mark(understood)
            tally.letters += 1
    _log.info("mailbox read", extra={**vars(tally), "asking": len(tally.asking)})
    return tally


def _act(session: Session, meaning: Meaning, tally: PollReport, now: datetime) -> bool:
    """Let a mail act; whether it was understood."""
    match meaning:
        case Event():
            return _take(session, meaning, tally, now)
        case UnsubscribeClaim():  # somebody long gone may leave as often as they like
            number, newsletter = meaning.subscriber_id, meaning.newsletter
            opt_out_by_link.unsubscribe(
                session, [UnsubscribeRequest(number, newsletter, _BY_TOKEN, now)]
            )
            tally.unsubscribed += 1
        case LeaveRequest():
            return _let_go(session, meaning, tally, now)
        case AutomaticReply():
            tally.automatic += 1
        case NotUnderstood():
            tally.kept[meaning.reason] += 1
            return False
    return True


def _let_go(session: Session, request: LeaveRequest, tally: PollReport, now: datetime) -> bool:
    """Unsubscribe a reader who answers their own mail from their address, or ask the operator."""
    answered = session.execute(
        select(SubscriberRow.id, IssueRow.newsletter)
        .join(DeliveryRow, DeliveryRow.subscriber_id == SubscriberRow.id)
        .join(IssueRow, IssueRow.id == DeliveryRow.issue_id)
        .where(DeliveryRow.reference == request.reference, SubscriberRow.email == request.address)
    ).first()
    if answered is None or not request.says_nothing_else:
        leave_requests.quarantine_request(session, request.address, now)
        tally.asking.append(request.address)
        return False
    leaving = UnsubscribeRequest(answered.id, answered.newsletter, _BY_ANSWER, now)
    opt_out_by_link.unsubscribe(session, [leaving])
    tally.unsubscribed += 1
    return True


def _take(session: Session, event: Event, tally: PollReport, now: datetime) -> bool:
    is_known = session.scalar(select(exists().where(DeliveryRow.reference == event.reference)))
    is_known = is_known or event.subscriber_id is not None  # its delivery may be pruned
    if not is_known and not outbox.addresses_of(session, [event.reference]):
        tally.kept[UNKNOWN] += 1
        return False
    result = apply.apply_events(session, [event], now)
    tally.kinds[EventType(event.kind)] += 1
    tally.suppressed += result.suppressed
    return True
