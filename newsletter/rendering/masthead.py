"""What stands over the papers: the day in one sentence, its counts, what is here and what is not.

Plain strings: the template that prints them escapes them as its format needs.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from newsletter.rendering.issue_content import IssueContent, IssueEntry, IssueSection
from newsletter.rendering.paper_text import plain, shortened
from newsletter.rendering.size_budget import DetailLevel, own_level, shows_sentence
from newsletter.rendering.translations import Catalogue
from newsletter.sources.base import UNNAMED_MODEL, ListingState

_SHOWN_CATEGORIES = 4
_LINKED_PAPERS = 8
_TITLE_CHARACTERS = 90

Counts = Mapping[IssueSection, int]


class MastheadTexts:
    """The sentences over the papers, in one language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._language = catalogue.language
        self._say = catalogue.gettext
        self._count = catalogue.ngettext
        self._number = catalogue.number
        self._list = catalogue.listed
        self._catalogue = catalogue

    def heading(self, content: IssueContent) -> str:
        """The day; of several in one mail, a week's or missed ones, which."""
        return self._several_days(content) or self._catalogue.long_date(content.day)

    def short_heading(self, content: IssueContent) -> str:
        """The same on one line of a phone, the weekday abbreviated."""
        return self._several_days(content) or self._catalogue.one_line_date(content.day)

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
        """What the day is about, as a sentence: mail programs summarize from it."""
        if not content.entries:  # a reader left out all sections that the day has
            return self._say("No papers in your sections")
        first = content.entries[0]
        topics = self._topics(content) if content.topics else ""
        if first.put_first:
            put_first = self._say("Put first by the editor: %(title)s")
            return self.together([topics, put_first % {"title": self._title(first)}])
        if not content.leading:
            return self.found_later_count(content)
        if topics:
            return topics
        count, papers = self._count, len(content.leading)
        is_whole = not content.is_lacking
        sentence = {
            IssueSection.NEW: count(
                "%(num)s paper is new in %(categories)s: %(title)s",
                "%(num)s papers are new in %(categories)s; first: %(title)s",
                papers,
            ),
            IssueSection.CROSS: count(
                "Nothing is new in %(categories)s; %(num)s paper is cross-listed: %(title)s",
                "Nothing is new in %(categories)s; %(num)s papers are cross-listed;"
                " first: %(title)s",
                papers,
            )
            if is_whole
            else count(
                "%(num)s paper is cross-listed in %(categories)s: %(title)s",
                "%(num)s papers are cross-listed in %(categories)s; first: %(title)s",
                papers,
            ),
            IssueSection.REPLACE: count(
                "Nothing is new in %(categories)s; %(num)s paper is replaced: %(title)s",
                "Nothing is new in %(categories)s; %(num)s papers are replaced; first: %(title)s",
                papers,
            )
            if is_whole
            else count(
                "%(num)s paper is replaced in %(categories)s: %(title)s",
                "%(num)s papers are replaced in %(categories)s; first: %(title)s",
                papers,
            ),
        }[content.leading[0].section]
        return sentence % {
            "num": self._number(papers),
            "categories": self._categories(content.categories),
            "title": self._title(content.leading[0]),
        }

    @staticmethod
    def _title(entry: IssueEntry) -> str:
        return shortened(plain(entry.paper.title), _TITLE_CHARACTERS)

    def _topics(self, content: IssueContent) -> str:
        """What several papers of the leading section are on, with their numbers if any has two."""
        say, is_whole = self._say, not content.is_lacking
        sentence = {
            IssueSection.NEW: say("Among what is new in %(categories)s: %(topics)s."),
            IssueSection.CROSS: say(
                "Nothing is new in %(categories)s. Among the cross-lists: %(topics)s."
            )
            if is_whole
            else say("Among the cross-lists of %(categories)s: %(topics)s."),
            IssueSection.REPLACE: say(
                "Nothing is new in %(categories)s. Among the replacements: %(topics)s."
            )
            if is_whole
            else say("Among the replacements of %(categories)s: %(topics)s."),
        }[content.leading[0].section]
        counts = any(papers > 1 for _, papers in content.topics)
        topics = []
        most_first = sorted(content.topics, key=lambda topic: -topic.papers)
        for place, (words, papers) in enumerate(most_first):
            first = self._count("%(num)s paper on %(topic)s", "%(num)s papers on %(topic)s", papers)
            line = say("%(num)s on %(topic)s") if place else first
            told = line % {"topic": words, "num": self._number(papers)}
            topics.append(told if counts else words)
        categories = self._categories(content.categories)
        return sentence % {"categories": categories, "topics": self._list(topics)}

    def _categories(self, categories: Sequence[str]) -> str:
        if len(categories) <= _SHOWN_CATEGORIES:
            return self._list(categories)
        return self._count("%(num)s category", "%(num)s categories", len(categories)) % {
            "num": self._number(len(categories))
        }

    def section_counts(self, content: IssueContent) -> list[tuple[IssueSection, str]]:
        """How many papers each section has; a section without any is not spoken of."""
        counts = content.counts
        return [
            (section, self._papers(section, counts[section]))
            for section in filter(counts.get, counts)
        ]

    def category_counts(self, content: IssueContent) -> str:
        """How many papers stand under each category, where an issue is set by category."""
        papers = Counter[str]()
        for block, number in content.blocks.items():
            papers[block.category] += 0 if block.is_late else number
        ours = sorted(papers, key=content.categories.index)
        return " · ".join(f"{category} {self._number(papers[category])}" for category in ours)

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

    def missing(self, content: IssueContent) -> str:
        """How many announced papers could not be had, and of which categories."""
        lacking = content.lacking
        if content.is_sample or not lacking:
            return ""
        lack = {category for of in content.missing_papers.values() for category in of}
        lack |= {listing.category for listing in content.listings if listing.unnamed}
        return self._count(
            "%(num)s paper of %(categories)s could not be retrieved.",
            "%(num)s papers of %(categories)s could not be retrieved.",
            lacking,
        ) % {
            "num": self._number(lacking),
            "categories": self._categories(
                [each.category for each in content.listings if each.category in lack]
            ),
        }

    def missing_links(
        self, content: IssueContent, most: int | None = _LINKED_PAPERS
    ) -> list[tuple[str, str]]:
        """What the missing papers are called, `most` of them, and where they are.

        Of more, and of those that nobody names, where arXiv lists that day.
        """
        if not self.missing(content):
            return []
        named = list(content.missing_papers)[:most]
        links = [(name, f"https://arxiv.org/abs/{name}") for name in named]
        if len(named) == content.lacking:
            return links
        lack = [each.category for each in content.listings if each.missing or each.unnamed]
        return links + [
            (category, f"https://arxiv.org/catchup/{category}/{content.day}?abs=True")
            for category in lack[:_SHOWN_CATEGORIES]
        ]

    def provenance(self, content: IssueContent) -> str:
        """How much of what arXiv announced the issue holds, as far as that is known."""
        if content.is_complete and not content.lacking:
            if content.omissions:
                return self._say("Complete by arXiv's own count but for what the editor left out.")
            return self._say("Complete by arXiv's own count.")
        return self.completeness(content)

    def completeness(self, content: IssueContent) -> str:
        """What is to be said of an issue that is not known to hold all that arXiv announced."""
        say = self._say
        if content.is_sample:
            followed = ", ".join(content.categories)
            return say(
                "The bundled sample: some of what %(categories)s announced that day, not all of it."
            ) % {"categories": followed}
        told = self.together([self.missing(content), self.other_gaps(content)])
        if not (told or content.is_complete):  # else the counts say so
            told = say(
                "As arXiv's feed or recent papers have them; these state no count to check against."
            )
        return self.together([told, self._replacements(content)])

    def _replacements(self, content: IssueContent) -> str:
        """Of which categories no source named the replacements."""
        if not content.without_replacements:
            return ""
        say = self._say
        told = (
            say("Replacements in %(categories)s are not known.")
            if content.first_day is None
            else say("Replacements in %(categories)s are not known for every day.")
        )
        return told % {"categories": self._categories(content.without_replacements)}

    def other_gaps(self, content: IssueContent) -> str:
        """Which categories could not be read at all, and which were rebuilt."""
        say = self._say
        told = []
        if content.unread:
            unread = {"categories": self._categories(content.unread)}
            told.append(say("Nothing could be read of %(categories)s.") % unread)
        if content.is_rebuilt:
            told.append(
                say(
                    "Rebuilt afterwards from submission dates: close to what arXiv announced that"
                    " day, not exactly it."
                )
            )
            told.append(self._against_counts(content))
        return self.together(told)

    def _against_counts(self, content: IssueContent) -> str:
        """Of what was rebuilt by dates: how many there are, of how many arXiv had counted."""
        counted = [
            self._say("%(num)s of %(all)s in %(category)s")
            % {
                "num": self._number(listing.found),
                "all": self._number(listing.expected),
                "category": listing.category,
            }
            for listing in content.listings
            if listing.state is ListingState.RECONSTRUCTED and listing.expected
        ]
        if not counted:
            return ""
        counts = {"counts": self._list(counted[:_SHOWN_CATEGORIES])}
        return self._say("By arXiv's own count: %(counts)s.") % counts

    def holds(
        self, content: IssueContent, shown: Mapping[int, DetailLevel], ceiling: DetailLevel
    ) -> str:
        """What of the day a mail does not hold, or only in part, by section.

        `shown` has the level of each paper that the mail holds, by its place in the issue.
        """
        told, lesser, cut, hidden = (Counter[IssueSection]() for _ in range(4))
        for place, entry in enumerate(content.entries):
            if place not in shown:
                hidden[entry.section] += 1
            elif not entry.is_quiet:
                is_less = shown[place] < min(ceiling, DetailLevel.COMPACT)
                (lesser if is_less else told)[entry.section] += 1
                cut[entry.section] += shown[place] < ceiling is DetailLevel.FULL
        if lesser:
            return self._by_section(told, lesser, cut, hidden)
        if not shown:
            return self._by_section({}, {}, {}, hidden)
        return self.together([self._all_but(hidden), self._by_section({}, {}, cut, {})])

    def whose(self, content: IssueContent, shown: Mapping[int, DetailLevel]) -> str:
        """Whose the sentences are that a mail holds, where it has any."""
        entries = content.entries
        tells = any(
            shows_sentence(entries[place], own_level(entries[place], level))
            for place, level in shown.items()
        )
        return self.authorship(content) if tells else ""

    def longest_note(self, content: IssueContent, ceiling: DetailLevel) -> str:
        """No shorter than what `holds` can say of the issue."""
        counts = Counter(entry.section for entry in content.entries)
        cut = counts if ceiling is DetailLevel.FULL else {}
        return self._by_section(counts, counts, cut, counts)

    def _by_section(self, told: Counts, lesser: Counts, cut: Counts, hidden: Counts) -> str:
        lines = (
            (self._say("With a sentence: %(papers)s."), told),
            (self._say("Title only: %(papers)s."), lesser),
            (self._say("Whole abstract on the web only: %(papers)s."), cut),
            (self._say("On the web: %(papers)s."), hidden),
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

    def more(self, section: IssueSection, papers: int) -> str:
        """What stands for the papers of a section that there is no room for."""
        count = self._count
        words = {
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
        return words[section] % {"num": self._number(papers)}

    @staticmethod
    def together(sentences: Iterable[str]) -> str:
        """Those that say anything, one after another; a full stop as wide as a sign has its gap."""
        spaced = (told if told.endswith("。") else f"{told} " for told in sentences if told)
        return "".join(spaced).rstrip()

    def authorship(self, content: IssueContent) -> str:
        """Whose the sentences are that do not say so themselves."""
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
