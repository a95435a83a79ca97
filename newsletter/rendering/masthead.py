"""The lines over the papers: the day in one sentence, its counts, what is here and what is not.

Plain strings: the template that prints them escapes them as its format needs.
"""

from collections import Counter
from collections.abc import Mapping

from newsletter.rendering.completeness_texts import CompletenessTexts
from newsletter.rendering.day_sentences import DaySentences
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.opening_sentence import OpeningSentence
from newsletter.rendering.size_budget import DetailLevel, own_level, shows_sentence
from newsletter.rendering.translations import Catalogue
from newsletter.sources.base import UNNAMED_MODEL

Counts = Mapping[IssueSection, int]


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
            (section, self._papers(section, counts[section]))
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

    def _papers(self, section: IssueSection, papers: int) -> str:
        count = self._count
        words = {
            IssueSection.NEW: count("%(num)s new", "%(num)s new", papers),
            IssueSection.CROSS: count("%(num)s cross-list", "%(num)s cross-lists", papers),
            IssueSection.REPLACE: count("%(num)s replacement", "%(num)s replacements", papers),
        }
        return words[section] % {"num": self._number(papers)}

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

    def contents_line(
        self,
        content: IssueContent,
        shown: Mapping[int, DetailLevel],
        ceiling: DetailLevel,
        left_out: str = "",
    ) -> str:
        """The day's papers that a mail does not hold, or only in part, by section.

        `shown` has the level of each paper that the mail holds, by its place in the issue;
        `left_out` names the sections that its reader does not want.
        """
        told, lesser, cut, hidden, unwanted = (Counter[IssueSection]() for _ in range(5))
        for place, entry in enumerate(content.entries):
            if entry.section in left_out.split():
                unwanted[entry.section] += 1
            elif place not in shown:
                hidden[entry.section] += 1
            elif not entry.is_quiet:
                is_less = shown[place] < min(ceiling, DetailLevel.COMPACT)
                (lesser if is_less else told)[entry.section] += 1
                cut[entry.section] += shown[place] < ceiling is DetailLevel.FULL
        if lesser or not shown:
            whole = self._by_section(told, lesser, cut, hidden, unwanted)
        else:
            rest = self._by_section({}, {}, cut, {}, unwanted)
            whole = self.together([self._all_but(hidden), rest])
        news = (
            shown[at] for at, one in enumerate(content.entries) if at in shown and not one.is_quiet
        )
        is_bare = max(news, default=ceiling) is DetailLevel.COMPACT < ceiling
        return self.together([whole, self._bare() if is_bare else ""])

    def authors_line(self, content: IssueContent, shown: Mapping[int, DetailLevel]) -> str:
        """The writers of the sentences that a mail holds, where it has any."""
        entries = content.entries
        tells = any(
            shows_sentence(entries[place], own_level(entries[place], level))
            for place, level in shown.items()
        )
        return self.authorship(content) if tells else ""

    def longest_note(self, content: IssueContent, ceiling: DetailLevel, left_out: str = "") -> str:
        """No shorter than what `contents_line` can say of the issue."""
        counts = Counter(entry.section for entry in content.entries)
        cut = counts if ceiling is DetailLevel.FULL else {}
        unwanted = {section: counts[section] for section in counts if section in left_out.split()}
        return self.together(
            [self._by_section(counts, counts, cut, counts, unwanted), self._bare()]
        )

    def _bare(self) -> str:
        """Of a mail whose first paper has no more than a sentence already."""
        return self._say("No room for authors, comments and links.")

    def _by_section(
        self, told: Counts, lesser: Counts, cut: Counts, hidden: Counts, unwanted: Counts
    ) -> str:
        lines = (
            (self._say("With a sentence: %(papers)s."), told),
            (self._say("Title only: %(papers)s."), lesser),
            (self._say("Whole abstract on the web only: %(papers)s."), cut),
            (self._say("On the web: %(papers)s."), hidden),
            (self._say("On the web only, as you chose: %(papers)s."), unwanted),
        )
        return self.together(
            line % {"papers": self._listed(counts)}
            for line, counts in lines
            if any(counts.values())
        )

    def _all_but(self, hidden: Counter[IssueSection]) -> str:
        if not hidden:
            return ""
        return self._count(
            "All here but %(papers)s, which is on the web.",
            "All here but %(papers)s, which are on the web.",
            hidden.total(),
        ) % {"papers": self._listed(hidden)}

    def _listed(self, counts: Counts) -> str:
        return self._list(
            [
                self._papers(section, counts[section])
                for section in IssueSection
                if counts.get(section)
            ]
        )

    def less(self, level: DetailLevel) -> str:
        """Over the first paper that has no more than that, behind one that has: what ends there."""
        say = self._say
        return {
            DetailLevel.TITLE: say("From here room for titles only"),
            DetailLevel.COMPACT: say("From here no room for authors, comments and links"),
            DetailLevel.SUMMARY: say("From here no room for abstracts"),
            DetailLevel.EXCERPT: say("From here no room for whole abstracts"),
        }[level]

    def more(self, section: IssueSection, papers: int, are_others: bool = True) -> str:  # noqa: FBT001, FBT002 - templates name none
        """The line for papers of a section that there is no room for, beside others or not."""
        count = self._count
        alone = {
            IssueSection.NEW: count(
                "%(num)s new paper on the web", "%(num)s new papers on the web", papers
            ),
            IssueSection.CROSS: count(
                "%(num)s cross-list on the web", "%(num)s cross-lists on the web", papers
            ),
            IssueSection.REPLACE: count(
                "%(num)s replacement on the web", "%(num)s replacements on the web", papers
            ),
        }
        more = {
            IssueSection.NEW: count(
                "%(num)s more new paper on the web", "%(num)s more new papers on the web", papers
            ),
            IssueSection.CROSS: count(
                "%(num)s more cross-list on the web", "%(num)s more cross-lists on the web", papers
            ),
            IssueSection.REPLACE: count(
                "%(num)s more replacement on the web",
                "%(num)s more replacements on the web",
                papers,
            ),
        }
        words = (more if are_others else alone)[section]
        return words % {"num": self._number(papers)}

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
