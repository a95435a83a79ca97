"""From a letter in the box to the mail: written at the last moment, from what is so then."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from newsletter import issues
from newsletter.config import Settings
from newsletter.models import AddressChangeRow, OutboxRow, Standing, SubscriberRow
from newsletter.outbox import EmailType
from newsletter.rendering.message import Message
from newsletter.rendering.theme import Theme
from newsletter.rendering.transactional_email import (
    EmailRecipient,
    NewsletterRef,
    TransactionalEmails,
)
from newsletter.subscribers import address_change, lifecycle, suppression
from newsletter.subscribers.tokens import SignedLinks
from newsletter.transactional.send_one import newsletter_refs

DATA_LINK_LIVES = timedelta(days=1)


@dataclass(frozen=True)
class EmailBuilder:
    """What letters are written with."""

    settings: Settings
    links: SignedLinks

    def mail(self, session: Session, row: OutboxRow, now: datetime) -> Message | None:
        """The mail, or None where it would tell nobody anything any more."""
        to = EmailRecipient(row.subscriber_id, row.email, row.language, row.reference)
        letters = TransactionalEmails(self.settings.site, self.links, Theme.of(self.settings))
        if row.kind == EmailType.GOODBYE:
            return letters.goodbye(to, now)
        subscriber = session.get(SubscriberRow, row.subscriber_id)
        if subscriber is None or _must_not(session, row.email):
            return None
        if row.kind == EmailType.CONFIRM:
            until = now + timedelta(days=self.settings.signup.confirm_days)
            asked = self._named(row.about["newsletters"])
            return letters.confirm(to, asked, until, now) if asked else None
        if row.kind in (EmailType.CHANGE, EmailType.CHANGED):
            return _of_change(session, letters, to, row, now)
        if subscriber.standing != Standing.CONFIRMED:
            return None
        return self._to_member(session, letters, subscriber, to, row, now)

    def _to_member(
        self,
        session: Session,
        letters: TransactionalEmails,
        subscriber: SubscriberRow,
        to: EmailRecipient,
        row: OutboxRow,
        now: datetime,
    ) -> Message:
        if row.kind == EmailType.DATA:
            return letters.data(to, now + DATA_LINK_LIVES, now)
        if row.kind == EmailType.ALREADY:
            return letters.already(to, now)
        held = self._named(lifecycle.active_subscriptions(session, subscriber))
        latest = issues.newest_days(session, [subscription.slug for subscription in held])
        return letters.welcome(to, held, latest, now)

    def _named(self, slugs: Collection[str]) -> list[NewsletterRef]:
        return newsletter_refs(
            [newsletter for newsletter in self.settings.newsletters if newsletter.slug in slugs]
        )


def _must_not(session: Session, address: str) -> bool:
    reason = suppression.suppression_reason(session, address)
    return reason is not None and not suppression.lifted_by_consent(reason)


def _of_change(
    session: Session,
    letters: TransactionalEmails,
    to: EmailRecipient,
    row: OutboxRow,
    now: datetime,
) -> Message | None:
    change = session.get(AddressChangeRow, row.about["change"])
    if change is None:
        return None
    if row.kind == EmailType.CHANGED:
        return letters.changed(to, change.id, now + address_change.UNDO_WITHIN, now)
    return letters.change(to, change.id, now + address_change.CONFIRM_WITHIN, now)
