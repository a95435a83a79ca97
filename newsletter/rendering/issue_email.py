"""From an issue to mails: rendered and inlined once a variant, assembled once a reader."""

from collections.abc import Callable, Mapping
from email.utils import parseaddr
from functools import cached_property
from typing import TYPE_CHECKING

from jinja2 import Environment

from newsletter.config import SiteSettings
from newsletter.interests import DayIndex
from newsletter.interests.issue_picks import IssuePicks
from newsletter.rendering.first_paper import FirstPapers
from newsletter.rendering.fitting import fit_links, fit_papers, weigh
from newsletter.rendering.fragments import PaperFragments, PicksOpening
from newsletter.rendering.headers import issue_headers, ways_out
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.message import Message, MessageContent, Placeholders
from newsletter.rendering.personal_variant import PersonalVariant
from newsletter.rendering.qp_template import QpTemplate, TextFragment
from newsletter.rendering.recipient import Recipient, campaign_name
from newsletter.rendering.size_budget import CEILINGS, LIMIT, DetailLevel, most_less_begins
from newsletter.rendering.templates import explain_template_error, template_environment
from newsletter.rendering.texts import IssueTexts
from newsletter.rendering.theme import OURS, Theme
from newsletter.rendering.translations import translations
from newsletter.rendering.variant import Variant
from newsletter.sources.calendar import newest_day
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.text import one_line

if TYPE_CHECKING:
    from datetime import date

# What no address, and no subscriber's number, is longer than (RFC 5321, 4.5.3.1). Before its "@"
# stand at most 64 characters, which may take five bytes each in HTML; a domain is kept in ASCII.
_LONGEST_ADDRESS = "'" * 64 + "@" + "d" * 189
_LARGEST_ID = 10**12
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
        self._blanks = Placeholders.fresh()
        self._texts_by_language: dict[str, IssueTexts] = {}  # by language
        self._fragments: dict[tuple[str, str], PaperFragments] = {}
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
        """What is shown of a paper at most: of a week's only its title."""
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
        """What comes first for everybody in this reader's mail; None without such interests."""
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
        first = FirstPapers.of(held, self._texts(variant[1]))
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
        return self._whole("html", CEILINGS[detail], language)

    def plain_page(self, detail: str, language: str) -> str:
        return self._whole("txt", CEILINGS[detail], language)

    def _content(self, ceiling: DetailLevel, language: str, left_out: str) -> MessageContent:
        html, text = self._part("html", language), self._part("txt", language)
        texts = self._texts(language)
        frame = self._longest_frame(html, texts, ceiling, left_out)
        shown, encoding = fit_papers(self._issue, html, ceiling, frame, left_out.split())
        contents_line = texts.contents_line(self._issue, shown, ceiling, left_out)
        note = contents_line, texts.authors_line(self._issue, shown)
        return MessageContent(
            self._subject(language, left_out),
            self._chosen(html, shown, note, left_out),
            self._chosen(text, shown, note, left_out),
            self._blanks,
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
        html, text = self._part("html", language), self._part("txt", language)
        texts, ceiling = self._texts(language), CEILINGS[detail]
        level = self._highest(detail)
        kept = TextFragment("x" * _STEP * step)
        frame = [*self._longest_frame(html, texts, level, left_out), kept]
        shown, encoding = fit_papers(self._issue, html, level, frame, left_out.split())
        longest = self._longest_values
        linked, left = fit_links(self._issue, html, shown, encoding, frame, longest)
        variant = Variant(
            self._subject(language, left_out),
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
        return PersonalVariant(self._issue, parts, variant, ceiling, texts, self._blanks)

    def _subject(self, language: str, left_out: str) -> str:
        """What a mail without these sections holds; a template sees no issue without papers."""
        shown = self._issue.without(left_out)
        if not shown.entries:
            return self._texts(language).nothing(shown)
        with explain_template_error():
            subject = self._environment(language).get_template("email/issue/subject.txt")
            return one_line(subject.render(digest=shown, site=self._site))

    def _chosen(
        self,
        part: PaperFragments,
        shown: Mapping[int, DetailLevel],
        note: tuple[str, str],
        left_out: str = "",
    ) -> list[TextFragment]:
        """The pieces of a part for the papers at these levels, each block under its label."""
        content, frame = self._issue, part.frame
        beyond = content.beyond(shown)
        pieces = [part.head(left_out), part.note(*note), *part.editor(left_out)]
        for block, papers in part.rows(shown).items():
            if block.section in left_out.split():
                continue
            more = [part.more(block, beyond[block])] if beyond[block] else []
            pieces += [frame.labels[block], *papers, *more]
        return [*pieces, frame.foot]

    def _whole(self, ending: str, level: DetailLevel, language: str) -> str:
        cards = self._fragments_of(ending, language, reader=None)
        shown = dict.fromkeys(range(len(self._issue.entries)), level)
        note = "", self._texts(language).authors_line(self._issue, shown)
        return "".join(piece.text for piece in self._chosen(cards, shown, note))

    def _longest_frame(
        self, part: PaperFragments, texts: IssueTexts, ceiling: DetailLevel, left_out: str
    ) -> list[TextFragment]:
        """Everything but the papers, with the longest values that a reader can have."""
        places = range(len(self._issue.entries))
        longest = max(places, key=lambda place: len(self._issue.entries[place].paper.id.arxiv_id))
        lesser = [part.less(longest, level) for level in DetailLevel if level < ceiling]
        lesser.sort(key=lambda line: line.weight)
        pieces = [
            part.head(left_out),
            *lesser[-1:] * most_less_begins(self._issue),
            part.note(
                texts.longest_note(self._issue, ceiling, left_out), texts.authorship(self._issue)
            ),
            *part.editor(left_out),
            *part.frame.labels.values(),
            part.frame.foot,
        ]
        slots = QpTemplate.of(pieces, self._blanks.html.values()).slots
        return [*pieces, *(TextFragment(self._longest_values[gap]) for gap in slots)]

    @cached_property
    def _longest_values(self) -> dict[str, str]:
        """For each blank, the longest value that a reader can have, between soft breaks."""
        values = {
            "recipient": _LONGEST_ADDRESS,
            "unsubscribe": self._links.unsubscribe(_LARGEST_ID, self._issue.slug),
            "preferences": self._links.preferences(_LARGEST_ID, _LONGEST_ADDRESS),
            "since": "2025年11月30日 (30 September 2025)",
            "tune": self._links.tune(_LARGEST_ID, _LONGEST_ADDRESS),
        }
        return {blank: f"=\n{value}=\n" for blank, value in self._blanks.filled(values).items()}

    def _part(self, ending: str, language: str) -> PaperFragments:
        placeholders = self._blanks.html if ending == "html" else self._blanks.text
        key = (ending, language)
        if key not in self._fragments:
            self._fragments[key] = self._fragments_of(ending, language, reader=placeholders)
        return self._fragments[key]

    def _fragments_of(
        self, ending: str, language: str, reader: Mapping[str, str] | None
    ) -> PaperFragments:
        content = self._issue
        names = {
            "site": self._site,
            "reader": reader,
            "archive_url": self._links.archive(content.slug),
            "issue_url": (
                self._links.archive(content.slug)
                if content.by_day
                else self._links.issue(content.slug, str(content.day))
            ),
            "day_url": lambda day: self._links.issue(content.slug, str(day)),
        }
        return PaperFragments(content, self._environment(language), names, ending)

    def _texts(self, language: str) -> IssueTexts:
        if language not in self._texts_by_language:
            self._texts_by_language[language] = IssueTexts(translations(language))
        return self._texts_by_language[language]

    def _environment(self, language: str) -> Environment:
        return template_environment(translations(language), self._theme)
