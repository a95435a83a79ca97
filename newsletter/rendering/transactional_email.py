"""Mails outside of any issue, each an answer to something that its reader did.

No text by strangers stands in one: what a form was filled in with cannot be mailed to others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import format_datetime, parseaddr

from newsletter.config import SiteSettings
from newsletter.rendering.markup.inline_css import inline
from newsletter.rendering.message import Message, MessageContent
from newsletter.rendering.templates import explain_template_error, template_environment
from newsletter.rendering.theme import Theme
from newsletter.rendering.translations import translations
from newsletter.subscribers.link_claims import (
    ALL,
    ChangeBackClaim,
    ChangeClaim,
    DataClaim,
    EraseClaim,
    UndoClaim,
)
from newsletter.subscribers.opt_out import UNDO_WITHIN
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.text import one_line

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class EmailRecipient:
    """The person a mail is for."""

    subscriber_id: int
    email: str
    language: str
    reference: str  # minted once, so that another attempt is the same message
    moves: int = 0  # away from this address: links of before have ended


@dataclass(frozen=True)
class NewsletterRef:
    """A newsletter, as these mails speak of it."""

    slug: str
    title: str
    categories: Sequence[str] = ()


@dataclass(frozen=True)
class NoticeLine:
    """Somebody who came or left, for the operator."""

    who: str
    what: str
    facts: str


@dataclass(frozen=True)
class TransactionalEmails:
    """Writes them; `now` is the moment that the mail is dated."""

    site: SiteSettings
    links: SignedLinks
    theme: Theme = field(default_factory=Theme)

    def confirm(
        self,
        to: EmailRecipient,
        newsletters: Sequence[NewsletterRef],
        until: datetime,
        now: datetime,
    ) -> Message:
        """The one mail that somebody gets who has not confirmed yet."""
        url = self.links.confirm(
            to.subscriber_id, [newsletter.slug for newsletter in newsletters], until
        )
        return self._mail(
            "confirm", to, now, newsletters=newsletters, url=url, until=_in(to.language, until)
        )

    def welcome(
        self,
        to: EmailRecipient,
        newsletters: Sequence[NewsletterRef],
        latest: Mapping[str, date],
        now: datetime,
    ) -> Message:
        """They are in; `latest` is the day of the newest issue of each newsletter that has one."""
        chosen = newsletters[0].slug if len(newsletters) == 1 else ALL
        unsubscribe = self.links.unsubscribe(to.subscriber_id, chosen)
        headers = (
            ("List-Unsubscribe", f"<{unsubscribe}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        )
        issues = [
            (newsletter.title, day, self.links.issue(newsletter.slug, str(day)))
            for newsletter in newsletters
            if (day := latest.get(newsletter.slug))
        ]
        preferences = self.links.preferences(to.subscriber_id, to.email, to.moves)
        return self._mail(
            "welcome",
            to,
            now,
            headers,
            newsletters=newsletters,
            issues=issues,
            unsubscribe_url=unsubscribe,
            preferences_url=preferences,
            interests_url=f"{preferences}/interests",
        )

    def already(self, to: EmailRecipient, now: datetime) -> Message:
        """Somebody who is in signed up again, or lost the link to their preferences."""
        url = self.links.preferences(to.subscriber_id, to.email, to.moves)
        return self._mail("already", to, now, url=url)

    def erased(self, to: EmailRecipient, now: datetime) -> Message:
        """The last mail: they are erased."""
        return self._mail("goodbye", to, now, url=self.links.home)

    def left(self, to: EmailRecipient, newsletter: str, title: str, now: datetime) -> Message:
        """They left a newsletter, or `ALL`, perhaps by a machine's hand: the way back."""
        until = now + UNDO_WITHIN
        url = self.links.url(UndoClaim(to.subscriber_id, until, newsletter))
        return self._mail("left", to, now, url=url, title=title, until=_in(to.language, until))

    def change(self, to: EmailRecipient, change_id: int, until: datetime, now: datetime) -> Message:
        """To the new address: is it yours?"""
        url = self.links.url(ChangeClaim(to.subscriber_id, until, change_id))
        return self._mail("change", to, now, url=url, until=_in(to.language, until))

    def changed(
        self, to: EmailRecipient, change_id: int, until: datetime, now: datetime
    ) -> Message:
        """To the old address: what happened, and how to take it back."""
        url = self.links.url(ChangeBackClaim(to.subscriber_id, until, change_id))
        return self._mail("changed", to, now, url=url, until=_in(to.language, until))

    def data(self, to: EmailRecipient, until: datetime, now: datetime) -> Message:
        """Where everything that is known of them can be fetched."""
        url = self.links.url(DataClaim(to.subscriber_id, until))
        return self._mail("data", to, now, url=url, until=_in(to.language, until))

    def erase(self, to: EmailRecipient, until: datetime, now: datetime) -> Message:
        """Where they can be erased; who holds a forwarded issue can ask for it, too."""
        url = self.links.url(EraseClaim(to.subscriber_id, until))
        return self._mail("erase", to, now, url=url, until=_in(to.language, until))

    def notice(
        self,
        to: EmailRecipient,
        heading: str,
        lines: Sequence[NoticeLine],
        more: int,
        target: str,
        now: datetime,
    ) -> Message:
        """To the operator: who came and left; `more` are not in the lines."""
        return self._mail("notice", to, now, heading=heading, lines=lines, more=more, target=target)

    def _mail(
        self, kind: str, to: EmailRecipient, now: datetime, headers: Headers = (), **context: object
    ) -> Message:
        context |= {"site": self.site, "home_url": self.links.home}
        content = MessageContent.of(
            one_line(self._render(f"{kind}/subject.txt", to.language, context)),
            inline(self._render(f"{kind}/body.html", to.language, context)),
            self._render(f"{kind}/body.txt", to.language, context),
        )
        return Message(
            recipient=to.email,
            reference=to.reference,
            campaign=kind,
            sender=parseaddr(self.site.sender),
            headers=(
                ("Date", format_datetime(now)),
                *headers,
                ("Auto-Submitted", "auto-generated"),  # RFC 3834: no vacation note shall answer
                ("X-Auto-Response-Suppress", "All"),  # the same, for Exchange
                ("Feedback-ID", f"{now.date()}:{kind}:letter:newsletter"),
            ),
            content=content,
            values={},
        )

    def _render(self, name: str, language: str, context: Mapping[str, object]) -> str:
        with explain_template_error():
            templates = template_environment(translations(language), self.theme)
            return templates.get_template(f"email/{name}").render(**context)


def _in(language: str, moment: datetime) -> str:
    return translations(language).medium_date(moment.date())
