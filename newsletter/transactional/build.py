"""From a row of the outbox to the mail: written at the last moment, from what is so then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from newsletter import outbox, slugs
from newsletter.config import NewsletterSettings, Settings, SignupSettings
from newsletter.issues import issue_queries
from newsletter.models import AddressChangeRow, OutboxRow, Standing, SubscriberRow
from newsletter.outbox import EmailType
from newsletter.rendering.message import Message
from newsletter.rendering.theme import Theme
from newsletter.rendering.transactional_email import (
    EmailRecipient,
    NewsletterRef,
    TransactionalEmails,
)
from newsletter.subscribers import address_change, consent_log, lifecycle, signups, suppression
from newsletter.subscribers.consent_log import Channel, ConsentAction, ConsentEvidence
from newsletter.subscribers.link_claims import ALL
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.transactional import notice_lines

LINK_LIVES = timedelta(days=1)  # to one's data, and to being erased


@dataclass(frozen=True)
class EmailBuilder:
    """Builds transactional mails from rows of the outbox."""

    settings: Settings
    links: SignedLinks

    def build(self, session: Session, row: OutboxRow, now: datetime) -> Message | None:
        """The mail, or None where it has no purpose any more."""
        to = EmailRecipient(row.subscriber_id, row.email, row.language, row.reference)
        emails = TransactionalEmails(self.settings.site, self.links, Theme.of(self.settings))
        if row.kind in (EmailType.ERASED, EmailType.NOTICE):  # to no subscriber
            is_erased = row.kind == EmailType.ERASED
            return emails.erased(to, now) if is_erased else self._notice(session, emails, to, row)
        subscriber = session.get(SubscriberRow, row.subscriber_id)
        if subscriber is None or _must_not(session, row.email):
            return None
        to = replace(to, moves=subscriber.moves)
        if row.kind == EmailType.CONFIRM:
            until = now + timedelta(days=self.settings.signup.confirm_days)
            newsletters = self._named(slugs.of_today(session, row.about["newsletters"]))
            return emails.confirm(to, newsletters, until, now) if newsletters else None
        if row.kind in (EmailType.CHANGE, EmailType.CHANGED):
            return _of_change(session, emails, to, row, now)
        if subscriber.standing != Standing.CONFIRMED and row.kind != EmailType.LEFT:
            return None
        return self._to_member(session, emails, subscriber, to, row, now)

    def _of_leaving(
        self,
        session: Session,
        emails: TransactionalEmails,
        subscriber: SubscriberRow,
        to: EmailRecipient,
        row: OutboxRow,
    ) -> Message | None:
        """None where the reader took it back already."""
        (left,) = slugs.of_today(session, [row.about["left"]])
        active = lifecycle.active_subscriptions(session, subscriber)
        if active if left == ALL else left in active:
            return None
        title = next((named.title for named in self._named([left])), self.settings.site.name)
        return emails.left(to, left, title, row.written_at)

    def _to_member(
        self,
        session: Session,
        emails: TransactionalEmails,
        subscriber: SubscriberRow,
        to: EmailRecipient,
        row: OutboxRow,
        now: datetime,
    ) -> Message | None:
        if row.kind == EmailType.LEFT:
            return self._of_leaving(session, emails, subscriber, to, row)
        if row.kind == EmailType.DATA:
            return emails.data(to, now + LINK_LIVES, now)
        if row.kind == EmailType.ERASE:
            return emails.erase(to, now + LINK_LIVES, now)
        if row.kind == EmailType.ALREADY:
            return emails.already(to, now)
        newsletters = self._named(lifecycle.active_subscriptions(session, subscriber))
        latest = issue_queries.newest_days(
            session, [subscription.slug for subscription in newsletters]
        )
        return emails.welcome(to, newsletters, latest, now)

    def _notice(
        self,
        session: Session,
        emails: TransactionalEmails,
        to: EmailRecipient,
        row: OutboxRow,
    ) -> Message:
        events = row.about["events"]
        titles = {newsletter.slug: newsletter.title for newsletter in self.settings.newsletters}
        lines = notice_lines.lines_of(session, events, titles)
        heading = notice_lines.heading_of(events, lines)
        more = len(events) - len(lines)
        return emails.notice(to, heading, lines, more, row.about["target"], row.written_at)

    def _named(self, named: Collection[str]) -> list[NewsletterRef]:
        return newsletter_refs(
            [newsletter for newsletter in self.settings.newsletters if newsletter.slug in named]
        )


def _must_not(session: Session, address: str) -> bool:
    reason = suppression.suppression_reason(session, address)
    return reason is not None and not suppression.lifted_by_consent(reason)


def _of_change(
    session: Session,
    emails: TransactionalEmails,
    to: EmailRecipient,
    row: OutboxRow,
    now: datetime,
) -> Message | None:
    change = session.get(AddressChangeRow, row.about["change"])
    if change is None:
        return None
    if row.kind == EmailType.CHANGED:
        return emails.changed(to, change.id, now + address_change.UNDO_WITHIN, now)
    return emails.change(to, change.id, now + address_change.CONFIRM_WITHIN, now)


# A mail to one person, outside of any issue.


def ask_to_confirm(
    session: Session,
    subscriber: SubscriberRow,
    newsletters: Sequence[str],
    settings: SignupSettings,
    now: datetime,
) -> OutboxRow:
    """Write down that the operator asks them: the mail that does is the caller's to send.

    Raises:
        WrongUseError: they erased themselves.
        NewsletterError: they were asked often enough.
    """
    signups.consume_confirm_mail(session, subscriber.email, settings, now)
    evidence = ConsentEvidence(Channel.OPERATOR, "newsletter subscribers add")
    consent_log.record_consent(session, subscriber, ConsentAction.ASKED, newsletters, evidence, now)
    about = {"newsletters": list(newsletters)}
    row = outbox.enqueue(session, EmailType.CONFIRM, subscriber, now, about)
    outbox.lease(row, now)
    return row


def newsletter_refs(newsletters: Sequence[NewsletterSettings]) -> list[NewsletterRef]:
    return [
        NewsletterRef(newsletter.slug, newsletter.title, newsletter.categories)
        for newsletter in newsletters
    ]
