"""From an issue to mails: rendered and inlined once a variant, assembled once a reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.utils import format_datetime, parseaddr

from newsletter.config import Site
from newsletter.rendering.content import Digest, Section
from newsletter.rendering.headers import mailto
from newsletter.rendering.inlining import inline
from newsletter.rendering.mail import Blanks, Content, Mail
from newsletter.rendering.templates import environment, explained
from newsletter.rendering.wording import wording
from newsletter.sources.announced import one_line
from newsletter.subscribers.links import Claim, Links, Purpose


@dataclass(frozen=True)
class Reader:
    """Whom a mail is for, and how they want it."""

    subscriber_id: int
    email: str
    detail: str
    language: str
    since: date
    reference: str


class IssueMails:
    """The mails of one issue. Not for several threads: variants are rendered when first needed."""

    def __init__(self, digest: Digest, site: Site, links: Links) -> None:
        self._digest = digest
        self._site = site
        self._links = links
        self._contents: dict[tuple[str, str], Content] = {}

    def content(self, detail: str, language: str) -> Content:
        """Subject and parts at that level of detail, framed in that language."""
        variant = (detail, language)
        if variant not in self._contents:
            blanks = Blanks.fresh()
            shown = self._shown(detail)
            subject = _render("email/issue/subject.txt", language, shown)
            html = _render("email/issue/body.html", language, shown, reader=blanks.html)
            text = _render("email/issue/body.txt", language, shown, reader=blanks.text)
            self._contents[variant] = Content(one_line(subject), inline(html), text, blanks)
        return self._contents[variant]

    def mail(self, reader: Reader) -> Mail:
        """One reader's mail: the variant they chose, with their own few values."""
        claim = Claim(reader.subscriber_id, self._digest.slug)
        unsubscribe = self._links.unsubscribe(claim)
        by_mail = mailto(self._site.feedback_address, self._links.token(Purpose.UNSUBSCRIBE, claim))
        return Mail(
            recipient=reader.email,
            reference=reader.reference,
            stream=f"{self._digest.slug}-{self._digest.day}",
            sender=parseaddr(self._site.sender),
            headers=self._headers(f"<{unsubscribe}>, <{by_mail}>"),
            content=self.content(reader.detail, reader.language),
            values={
                "recipient": reader.email,
                "unsubscribe": unsubscribe,
                "preferences": self._links.preferences(reader.subscriber_id, reader.email),
                "since": wording(reader.language).medium_date(reader.since),
            },
        )

    def page(self, detail: str, language: str) -> str:
        """The issue for the archive: nobody's mail, so without a reader's footer."""
        shown = self._shown(detail)
        return inline(_render("email/issue/body.html", language, shown, reader=None))

    def plain_page(self, detail: str, language: str) -> str:
        return _render("email/issue/body.txt", language, self._shown(detail), reader=None)

    def _headers(self, unsubscribe: str) -> tuple[tuple[str, str], ...]:
        digest, domain = self._digest, self._site.sender_domain
        return (
            # The moment of freezing, so that a repeated attempt is the same message.
            ("Date", format_datetime(digest.frozen_at)),
            ("List-Id", f"<{digest.slug}.{domain}>"),
            ("List-Unsubscribe", unsubscribe),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("List-Archive", f"<{self._links.archive(digest.slug)}>"),
            ("Auto-Submitted", "auto-generated"),
            ("Precedence", "bulk"),
            ("Feedback-ID", f"{digest.day}:{digest.slug}:issue:newsletter"),
        )

    def _shown(self, detail: str) -> Mapping[str, object]:
        digest = self._digest
        return {
            "digest": digest,
            "detail": detail,
            "site": self._site,
            "sections": [(each, digest.section(each)) for each in Section if digest.section(each)],
            "archive_url": self._links.archive(digest.slug),
            "issue_url": self._links.issue(digest.slug, str(digest.day)),
        }


def _render(name: str, language: str, shown: Mapping[str, object], **more: object) -> str:
    with explained():
        return environment(wording(language)).get_template(name).render(**shown, **more)
