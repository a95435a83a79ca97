"""Words for papers that a mail has less room for than its reader wants, or none."""

from collections import Counter
from collections.abc import Mapping

from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.size_budget import DetailLevel
from newsletter.rendering.wording.day_sentences import DaySentences

Counts = Mapping[IssueSection, int]


class RoomTexts(DaySentences):
    """The sentences on what stands on the web only, in one language."""

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
            shown[at]
            for at, entry in enumerate(content.entries)
            if at in shown and not entry.is_quiet
        )
        is_bare = max(news, default=ceiling) is DetailLevel.COMPACT < ceiling
        return self.together([whole, self._bare() if is_bare else ""])

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
                self.papers(section, counts[section])
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
