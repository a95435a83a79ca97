"""A mail to one person, outside of any issue."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter import outbox
from newsletter.config import NewsletterSettings, SignupSettings
from newsletter.models import OutboxRow, SubscriberRow
from newsletter.outbox import EmailType
from newsletter.rendering.message import Message
from newsletter.rendering.transactional_email import NewsletterRef
from newsletter.subscribers import consent_log, signups
from newsletter.subscribers.consent_log import Channel, ConsentAction, ConsentEvidence
from newsletter.transports.base import SendResult, SendStatus, Transport, TransportDownError


def ask_to_confirm(
    session: Session,
    subscriber: SubscriberRow,
    newsletters: Sequence[str],
    settings: SignupSettings,
    now: datetime,
) -> OutboxRow:
    """Write down that the operator asks them: the letter that does is the caller's to send.

    Raises:
        WrongUseError: they erased themselves.
        NewsletterError: they were asked often enough.
    """
    signups.consume_confirm_mail(session, subscriber.email, settings, now)
    evidence = ConsentEvidence(Channel.OPERATOR, "newsletter subscribers add")
    consent_log.record_consent(session, subscriber, ConsentAction.ASKED, newsletters, evidence, now)
    about = {"newsletters": list(newsletters)}
    letter = outbox.enqueue(session, EmailType.CONFIRM, subscriber, now, about)
    outbox.lease(letter, now)
    return letter


def send_one(transport: Transport, mail: Message) -> SendResult:
    """Hand one mail over; that nothing can be sent at all is a reason to try later."""
    try:
        for _, result in transport.send([mail]):
            return result
    except TransportDownError as error:
        return SendResult(SendStatus.TRY_LATER, str(error))
    return SendResult(SendStatus.UNCERTAIN, "the transport said nothing")


def new_reference() -> str:
    return secrets.token_hex(12)


def newsletter_refs(newsletters: Sequence[NewsletterSettings]) -> list[NewsletterRef]:
    return [
        NewsletterRef(newsletter.slug, newsletter.title, newsletter.categories)
        for newsletter in newsletters
    ]
