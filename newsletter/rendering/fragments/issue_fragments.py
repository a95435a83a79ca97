"""The fragments of one issue's mails and pages, rendered when first needed."""

from collections.abc import Mapping
from functools import cached_property

from jinja2 import Environment

from newsletter.config import SiteSettings
from newsletter.rendering.fragments.paper_fragments import PaperFragments
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.message import Placeholders
from newsletter.rendering.size_budget import DetailLevel, most_less_begins
from newsletter.rendering.templates import explain_template_error, template_environment
from newsletter.rendering.theme import Theme
from newsletter.rendering.transfer_encodings.qp_template import QpTemplate, TextFragment
from newsletter.rendering.translations import translations
from newsletter.rendering.wording.texts import IssueTexts
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.text import one_line

# What no address, and no subscriber's number, is longer than (RFC 5321, 4.5.3.1). Before its "@"
# stand at most 64 characters, which may take five bytes each in HTML; a domain is kept in ASCII.
_LONGEST_ADDRESS = "'" * 64 + "@" + "d" * 189
_LARGEST_ID = 10**12


class IssueFragments:
    """All of them, by the kind of a part, `html` or `txt`, and by language."""

    def __init__(
        self, content: IssueContent, site: SiteSettings, links: SignedLinks, theme: Theme
    ) -> None:
        self._issue = content
        self._site = site
        self._links = links
        self._theme = theme
        self.placeholders = Placeholders.fresh()
        self._texts_by_language: dict[str, IssueTexts] = {}
        self._fragments: dict[tuple[str, str], PaperFragments] = {}

    def part(self, ending: str, language: str) -> PaperFragments:
        placeholders = self.placeholders.html if ending == "html" else self.placeholders.text
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

    def chosen(
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

    def whole(self, ending: str, level: DetailLevel, language: str) -> str:
        cards = self._fragments_of(ending, language, reader=None)
        shown = dict.fromkeys(range(len(self._issue.entries)), level)
        note = "", self.texts(language).authors_line(self._issue, shown)
        return "".join(piece.text for piece in self.chosen(cards, shown, note))

    def longest_frame(
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
        slots = QpTemplate.of(pieces, self.placeholders.html.values()).slots
        return [*pieces, *(TextFragment(self.longest_values[gap]) for gap in slots)]

    @cached_property
    def longest_values(self) -> dict[str, str]:
        """For each blank, the longest value that a reader can have, between soft breaks."""
        values = {
            "recipient": _LONGEST_ADDRESS,
            "unsubscribe": self._links.unsubscribe(_LARGEST_ID, self._issue.slug),
            "preferences": self._links.preferences(_LARGEST_ID, _LONGEST_ADDRESS),
            "since": "2025年11月30日 (30 September 2025)",
            "tune": self._links.tune(_LARGEST_ID, _LONGEST_ADDRESS),
        }
        return {
            blank: f"=\n{value}=\n" for blank, value in self.placeholders.filled(values).items()
        }

    def subject(self, language: str, left_out: str) -> str:
        """The subject of a mail without these sections; a template sees no issue without papers."""
        shown = self._issue.without(left_out)
        if not shown.entries:
            return self.texts(language).nothing(shown)
        with explain_template_error():
            subject = self._environment(language).get_template("email/issue/subject.txt")
            return one_line(subject.render(digest=shown, site=self._site))

    def texts(self, language: str) -> IssueTexts:
        if language not in self._texts_by_language:
            self._texts_by_language[language] = IssueTexts(translations(language))
        return self._texts_by_language[language]

    def _environment(self, language: str) -> Environment:
        return template_environment(translations(language), self._theme)
