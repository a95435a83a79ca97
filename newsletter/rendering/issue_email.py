"""From an issue to mails: rendered and inlined once a variant, assembled once a reader."""

from collections.abc import Callable
from email.utils import parseaddr
from typing import TYPE_CHECKING

from newsletter.config import SiteSettings
from newsletter.interests import DayIndex
from newsletter.interests.issue_picks import IssuePicks
from newsletter.rendering.fitting import fit_links, fit_papers, weigh
from newsletter.rendering.fragments.issue_fragments import IssueFragments
from newsletter.rendering.fragments.paper_fragments import PicksOpening
from newsletter.rendering.headers import issue_headers, ways_out
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.message import Message, MessageContent
from newsletter.rendering.personal_mails.first_paper import FirstPapers
from newsletter.rendering.personal_mails.personal_variant import PersonalVariant
from newsletter.rendering.personal_mails.variant import Variant
from newsletter.rendering.recipient import Recipient, campaign_name
from newsletter.rendering.size_budget import CEILINGS, LIMIT, DetailLevel
from newsletter.rendering.theme import OURS, Theme
from newsletter.rendering.transfer_encodings.qp_template import TextFragment
from newsletter.rendering.translations import translations
from newsletter.sources.calendar import newest_day
from newsletter.subscribers.signed_links import SignedLinks

if TYPE_CHECKING:
    from datetime import date

_STEP = 800  # bytes: as fine as room is kept for what comes first


class IssueEmails:
    """The mails of one issue. Not for several threads: pieces are rendered when first needed.

    `since` gives the issue together with all that were frozen after that one.
    """

    def __init__(
        self,
        content: IssueContent,
        site: SiteSettings,
        links: SignedLinks,
        theme: Theme = OURS,
        since: Callable[[int], IssueContent] | None = None,
    ) -> None:
        self._issue = content
        self._site = site
        self._links = links
        self._theme = theme
        self._sender = parseaddr(site.sender)
        self._headers = issue_headers(content, site, links)
        self._campaign = campaign_name(content.slug, content.day)
        self._fragments = IssueFragments(content, site, links, theme)
        self._contents: dict[tuple[str, str, str], MessageContent] = {}
        self._personal: dict[tuple[str, str, str, int], PersonalVariant] = {}
        self._indexes: dict[str, DayIndex] = {}  # by the sections that are left out
        self._later: dict[date, IssueEmails] = {}  # of several days, by the reader's first
        self._since = since
        self._weeks: dict[int, IssueEmails] = {}  # by the last issue that the reader had

    def content(self, detail: str, language: str, left_out: str = "") -> MessageContent:
        """Subject and parts at that level of detail at most, framed in that language."""
        variant = (detail, language, left_out)
        if variant not in self._contents:
            first = self._issue.picks
            self._contents[variant] = (
                self._content(self._highest(detail), language, left_out)
                if first is None
                else self._ordered(variant, first, for_everybody=True)
            )
        return self._contents[variant]

    def _highest(self, detail: str) -> DetailLevel:
        """The most that is shown of a paper: of a week's only its title."""
        return DetailLevel.TITLE if self._issue.by_day else CEILINGS[detail]

    def check_templates(self) -> None:
        """Set the issue once, so that a broken template is told while nobody's mail is on its way.

        Raises:
            NewsletterError: the line says which template, where and why.
        """
        self.content("full", self._issue.language)

    def mail(self, reader: Recipient) -> Message:
        """One reader's mail: the variant they chose, with their own few values."""
        mails = self._of_their_days(reader)
        if mails is not self:
            return mails.mail(reader)
        address = (reader.subscriber_id, reader.email, reader.moves)
        unsubscribe = self._links.unsubscribe(reader.subscriber_id, self._issue.slug)
        return Message(
            recipient=reader.email,
            reference=reader.reference,
            campaign=self._campaign,
            sender=self._sender,
            headers=(*self._headers, *ways_out(self._site, unsubscribe)),
            content=self._content_for(reader),
            values={
                "recipient": reader.email,
                "unsubscribe": unsubscribe,
                "preferences": self._links.preferences(*address),
                "since": translations(reader.language).medium_date(reader.since),
                "tune": (
                    "" if reader.picks is None is self._issue.picks else self._links.tune(*address)
                ),
            },
            bounces_to=(
                self._site.envelope_sender(reader.reference)
                if self._site.verp
                else self._site.feedback_address
            ),
        )

    def day_index(self, reader: Recipient) -> DayIndex:
        """The papers that this reader's mail holds, ready to be ranked."""
        mails = self._of_their_days(reader)
        if mails is not self:
            return mails.day_index(reader)
        if reader.left_out not in self._indexes:
            self._indexes[reader.left_out] = DayIndex(self._issue.without(reader.left_out).papers)
        return self._indexes[reader.left_out]

    def newsletter_picks(self, reader: Recipient) -> IssuePicks | None:
        """The picks for everybody in this reader's mail; None without such interests."""
        return self._of_their_days(reader)._issue.picks  # noqa: SLF001 - another of this class

    def _content_for(self, reader: Recipient) -> MessageContent:
        variant = (reader.detail, reader.language, reader.left_out)
        if reader.picks is None:
            return self.content(*variant)
        return self._ordered(variant, reader.picks, reader.quiet_issues)

    def _ordered(
        self,
        variant: tuple[str, str, str],
        picks: IssuePicks,
        quiet_issues: int = 0,
        *,
        for_everybody: bool = False,
    ) -> MessageContent:
        """The mail that opens with these picks.

        Its variant keeps just so much room as they take, in steps. What comes first is not shown
        below, so most of a pick's room is what its paper leaves.
        """
        held = self._personal_variant(*variant, 0).held(picks)
        first = FirstPapers.of(held, self._fragments.texts(variant[1]))
        opening = PicksOpening(first.readers, first.others, quiet_issues, for_everybody)
        step = 0
        while True:
            ordered = self._personal_variant(*variant, step)
            lacking = ordered.lacking(first, opening)
            if not lacking or step * _STEP > LIMIT.decoded:
                return ordered.content(first, opening)
            step += -(-lacking // _STEP)

    def _of_their_days(self, reader: Recipient) -> "IssueEmails":
        """Of several days in one issue those that somebody was a reader on; or their week."""
        if reader.had_issue is not None and self._since is not None:
            return self._week(reader.had_issue, self._since)
        if self._issue.by_day:
            return self
        first_day = self._issue.reaches_back_to
        if first_day == self._issue.day or reader.subscribed_at is None:
            return self
        day = newest_day(reader.subscribed_at)
        if day <= first_day:
            return self
        if day not in self._later:
            content = self._issue.since(day)
            self._later[day] = IssueEmails(content, self._site, self._links, self._theme)
        return self._later[day]

    def _week(self, had_issue: int, since: Callable[[int], IssueContent]) -> "IssueEmails":
        if had_issue not in self._weeks:
            content = since(had_issue)
            self._weeks[had_issue] = IssueEmails(content, self._site, self._links, self._theme)
        return self._weeks[had_issue]

    def page(self, detail: str, language: str) -> str:
        """The issue whole, for the archive: nobody's mail, so without a reader's footer."""
        return self._fragments.whole("html", CEILINGS[detail], language)

    def plain_page(self, detail: str, language: str) -> str:
        return self._fragments.whole("txt", CEILINGS[detail], language)

    def _content(self, ceiling: DetailLevel, language: str, left_out: str) -> MessageContent:
        html, text = self._fragments.part("html", language), self._fragments.part("txt", language)
        texts = self._fragments.texts(language)
        frame = self._fragments.longest_frame(html, texts, ceiling, left_out)
        shown, encoding = fit_papers(self._issue, html, ceiling, frame, left_out.split())
        contents_line = texts.contents_line(self._issue, shown, ceiling, left_out)
        note = contents_line, texts.authors_line(self._issue, shown)
        return MessageContent(
            self._fragments.subject(language, left_out),
            self._fragments.chosen(html, shown, note, left_out),
            self._fragments.chosen(text, shown, note, left_out),
            self._fragments.placeholders,
            encoding,
        )

    def _personal_variant(
        self, detail: str, language: str, left_out: str, step: int
    ) -> PersonalVariant:
        key = (detail, language, left_out, step)
        if key not in self._personal:
            self._personal[key] = self._with_room(*key)
        return self._personal[key]

    def _with_room(self, detail: str, language: str, left_out: str, step: int) -> PersonalVariant:
        html, text = self._fragments.part("html", language), self._fragments.part("txt", language)
        texts, ceiling = self._fragments.texts(language), CEILINGS[detail]
        level = self._highest(detail)
        kept = TextFragment("x" * _STEP * step)
        frame = [*self._fragments.longest_frame(html, texts, level, left_out), kept]
        shown, encoding = fit_papers(self._issue, html, level, frame, left_out.split())
        longest = self._fragments.longest_values
        linked, left = fit_links(self._issue, html, shown, encoding, frame, longest)
        variant = Variant(
            self._fragments.subject(language, left_out),
            shown,
            frozenset(linked),
            len(self._issue.without(left_out).entries),
            level,
            texts.contents_line(self._issue, shown, level, left_out),
            texts.authors_line(self._issue, shown),
            left_out,
            encoding,
            left + weigh(encoding, [kept])[0],
            longest,
        )
        parts = (html, text)
        return PersonalVariant(
            self._issue, parts, variant, ceiling, texts, self._fragments.placeholders
        )
