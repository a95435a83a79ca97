"""Sentences on a day share the words of a language, and how they are joined."""

from collections.abc import Iterable, Sequence

from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.translations import Catalogue

SHOWN_CATEGORIES = 4


class DaySentences:
    """The base of what stands over the papers, in one language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._say = catalogue.gettext
        self._count = catalogue.ngettext
        self._number = catalogue.number
        self._list = catalogue.listed

    @staticmethod
    def together(sentences: Iterable[str]) -> str:
        """Those that say anything, one after another; a full stop as wide as a sign has its gap."""
        spaced = (told if told.endswith("。") else f"{told} " for told in sentences if told)
        return "".join(spaced).rstrip()

    def _categories(self, categories: Sequence[str]) -> str:
        """A few by name, more by their number."""
        if len(categories) <= SHOWN_CATEGORIES:
            return self._list(categories)
        return self._count("%(num)s category", "%(num)s categories", len(categories)) % {
            "num": self._number(len(categories))
        }

    def papers(self, section: IssueSection, papers: int) -> str:
        """How many papers of a section, in words."""
        count = self._count
        words = {
            IssueSection.NEW: count("%(num)s new", "%(num)s new", papers),
            IssueSection.CROSS: count("%(num)s cross-list", "%(num)s cross-lists", papers),
            IssueSection.REPLACE: count("%(num)s replacement", "%(num)s replacements", papers),
        }
        return words[section] % {"num": self._number(papers)}
