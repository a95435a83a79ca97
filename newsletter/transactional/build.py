"""From a row of the outbox to the mail: written at the last moment, from what is so then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, assert_never

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

_MemberEmail = Literal[
    EmailType.LEFT, EmailType.DATA, EmailType.ERASE, EmailType.ALREADY, EmailType.WELCOME
]


@dataclass(frozen=True)
class EmailBuilder:
    """Builds transactional mails from rows of the outbox."""

    settings: Settings
    links: SignedLinks

    def build(self, session: Session, row: OutboxRow, now: datetime) -> Message | None:
        """The mail, or None where it has no purpose any more.

        Raises:
            ValueError: a kind that this version does not know; the outbox hands out none.
        """
        kind = EmailType(row.kind)
        to = EmailRecipient(row.subscriber_id, row.email, row.language, row.reference)
        if kind is EmailType.ERASED:
            return self._emails.erased(to, now)
        if kind is EmailType.NOTICE:
            return self._notice(session, to, row)
        subscriber = session.get(SubscriberRow, row.subscriber_id)
        if subscriber is None or _must_not(session, row.email):
            return None
        to = replace(to, moves=subscriber.moves)
        if kind is EmailType.CONFIRM:
            until = now + timedelta(days=self.settings.signup.confirm_days)
            newsletters = self._named(slugs.of_today(session, row.about["newsletters"]))
            return self._emails.confirm(to, newsletters, until, now) if newsletters else None
        if kind is EmailType.CHANGE or kind is EmailType.CHANGED:
            return _of_change(session, self._emails, to, row, now)
        is_reached = subscriber.standing == Standing.CONFIRMED or kind is EmailType.LEFT
        return self._to_member(session, subscriber, to, row, kind, now) if is_reached else None

    @cached_property
    def _emails(self) -> TransactionalEmails:
        return TransactionalEmails(self.settings.site, self.links, Theme.of(self.settings))

    def _of_leaving(
        self,
        session: Session,
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
        return self._emails.left(to, left, title, row.written_at)

    def _to_member(
        self,
        session: Session,
        subscriber: SubscriberRow,
        to: EmailRecipient,
        row: OutboxRow,
        kind: _MemberEmail,
        now: datetime,
    ) -> Message | None:
        match kind:
            case EmailType.LEFT:
                return self._of_leaving(session, subscriber, to, row)
            case EmailType.DATA:
                return self._emails.data(to, now + LINK_LIVES, now)
            case EmailType.ERASE:
                return self._emails.erase(to, now + LINK_LIVES, now)
            case EmailType.ALREADY:
                return self._emails.already(to, now)
            case EmailType.WELCOME:
                return self._welcome(session, subscriber, to, now)
            case _:
                assert_never(kind)

    def _welcome(
        self,
        session: Session,
        subscriber: SubscriberRow,
        to: EmailRecipient,
        now: datetime,
    ) -> Message:
        newsletters = self._named(lifecycle.active_subscriptions(session, subscriber))
        latest = issue_queries.newest_days(
            session, [subscription.slug for subscription in newsletters]
        )
        return self._emails.welcome(to, newsletters, latest, now)

    def _notice(
        self,
        session: Session,
        to: EmailRecipient,
        row: OutboxRow,
    ) -> Message:
        events = row.about["events"]
        titles = {newsletter.slug: newsletter.title for newsletter in self.settings.newsletters}
        lines = notice_lines.lines_of(session, events, titles)
        heading = notice_lines.heading_of(events, lines)
        more = len(events) - len(lines)
        return self._emails.notice(to, heading, lines, more, row.about["target"], row.written_at)

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
