"""The lines over the papers: the day in one sentence, its counts, what is here and what is not.

Plain strings: the template that prints them escapes them as its format needs.
"""

from collections import Counter
from collections.abc import Mapping

from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.size_budget import DetailLevel, own_level, shows_sentence
from newsletter.rendering.translations import Catalogue
from newsletter.rendering.wording.completeness_texts import CompletenessTexts
from newsletter.rendering.wording.day_sentences import DaySentences
from newsletter.rendering.wording.opening_sentence import OpeningSentence
from newsletter.rendering.wording.room_texts import RoomTexts
from newsletter.sources.base import UNNAMED_MODEL


class MastheadTexts(DaySentences):
    """The sentences over the papers, in one language."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._language = catalogue.language
        self._opening = OpeningSentence(catalogue)
        # Templates ask these here, also those that operators copied.
        completeness = CompletenessTexts(catalogue)
        self.missing = completeness.missing
        self.missing_links = completeness.missing_links
        self.other_gaps = completeness.other_gaps
        self.completeness = completeness.completeness
        self.provenance = completeness.provenance
        room = RoomTexts(catalogue)
        self.contents_line, self.longest_note = room.contents_line, room.longest_note
        self.less, self.more = room.less, room.more

    def heading(self, content: IssueContent) -> str:
        """The day; of several in one mail, a week's or missed ones, which."""
        return self._several_days(content) or self._catalogue.long_date(content.day)

    def short_heading(self, content: IssueContent) -> str:
        """The same at the head of a page, on one line of a phone, the weekday abbreviated."""
        told = self._several_days(content) or self._catalogue.one_line_date(content.day)
        return told[:1].upper() + told[1:]

    def _several_days(self, content: IssueContent) -> str:
        if content.first_day is None:
            return ""
        say = self._say
        dates = (
            say("%(first)s to %(last)s")
            if content.by_day
            else say("While we were away: %(first)s to %(last)s")
        )
        return dates % {
            "first": self._catalogue.medium_date(content.first_day),
            "last": self._catalogue.medium_date(content.day),
        }

    def short_dates(self, content: IssueContent) -> str:
        """The same for a subject line."""
        last = self._catalogue.short_date(content.day)
        if content.first_day is None:
            return last
        return f"{self._catalogue.short_date(content.first_day)} – {last}"

    def nothing(self, content: IssueContent) -> str:
        """The subject of a mail whose reader left out all sections that the day has."""
        title = {"title": content.title, "date": self.short_dates(content)}
        return self._say("No papers in your sections") + self._say(" (%(title)s, %(date)s)") % title

    def about(self, content: IssueContent) -> str:
        """The topics of the day, as a sentence; where all was found later, how much that is."""
        return "".join(words for words, _ in self.about_linked(content))

    def about_linked(self, content: IssueContent) -> list[tuple[str, str]]:
        """The same in pieces; a topic with where its papers are on the issue's page."""
        pieces = self._opening.about_linked(content)
        is_told = any(words for words, _ in pieces)
        return pieces if is_told else [(self.found_later_count(content), "")]

    def section_counts(self, content: IssueContent) -> list[tuple[IssueSection, str]]:
        """How many papers each section has; a section without any is not spoken of."""
        counts = content.counts
        return [
            (section, self.papers(section, counts[section]))
            for section in filter(counts.get, counts)
        ]

    def category_counts(self, content: IssueContent) -> str:
        """How many papers stand under each category, where an issue is set by category."""
        return " · ".join(words for _, words in self.counts_by_category(content))

    def counts_by_category(self, content: IssueContent) -> list[tuple[str, str]]:
        """The same by category, which is also the name of its place on the issue's page."""
        papers = Counter[str]()
        for block, number in content.blocks.items():
            papers[block.category] += 0 if block.is_late else number
        ours = sorted(filter(papers.get, papers), key=content.categories.index)
        return [(name, f"{name} {self._number(papers[name])}") for name in ours]

    def counts(self, content: IssueContent) -> str:
        """The same in one line, and whether that is all there was."""
        parts = [words for _, words in self.section_counts(content)]
        is_whole = content.is_complete and not content.omissions
        whole = self._say("complete") if is_whole else ""
        return " · ".join(filter(None, [*parts, whole, self.found_later_count(content)]))

    def found_later_count(self, content: IssueContent) -> str:
        """How many papers of earlier days are there, whose own issues lacked them; or nothing."""
        papers = content.found_later
        words = self._count("%(num)s found later", "%(num)s found later", papers)
        return words % {"num": self._number(papers)} if papers else ""

    def shares(self, content: IssueContent) -> list[tuple[IssueSection, int]]:
        """The sections' shares of the day in percent: together 100, and at least one each."""
        present = {section: papers for section, papers in content.counts.items() if papers}
        shares = {
            section: max(1, round(100 * papers / sum(present.values())))
            for section, papers in present.items()
        }
        if not shares:
            return []
        largest = max(shares, key=lambda section: shares[section])
        shares[largest] += 100 - sum(shares.values())
        return list(shares.items())

    def share_words(self, content: IssueContent) -> str:
        """The same for those who do not see the bar."""
        words = (
            f"{self.section(section)} {percent} %" for section, percent in self.shares(content)
        )
        return " · ".join(words)

    def section(self, section: IssueSection) -> str:
        say = self._say
        names = {
            IssueSection.NEW: say("New"),
            IssueSection.CROSS: say("Cross-lists"),
            IssueSection.REPLACE: say("Replacements"),
        }
        return names[section]

    def authors_line(self, content: IssueContent, shown: Mapping[int, DetailLevel]) -> str:
        """The writers of the sentences that a mail holds, where it has any."""
        entries = content.entries
        tells = any(
            shows_sentence(entries[place], own_level(entries[place], level))
            for place, level in shown.items()
        )
        return self.authorship(content) if tells else ""

    def authorship(self, content: IssueContent) -> str:
        """The writers of the sentences that do not say so themselves."""
        usual = content.usual_sentence
        if usual is None:
            return ""
        if usual.is_quotation and usual.language != self._language:
            return self._say("Sentences are the authors' own, in English, unless marked.")
        if usual.is_quotation:
            return self._say("Sentences are the authors' own unless marked.")
        if usual.made_by == UNNAMED_MODEL:
            return self._say("Sentences are by a language model unless marked.")
        if usual.translator:
            translated = self._say("Sentences are machine translations (%(model)s) unless marked.")
            return translated % {"model": usual.translator}
        return self._say("Sentences are by %(model)s unless marked.") % {"model": usual.made_by}
