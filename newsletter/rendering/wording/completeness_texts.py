"""How much an issue holds of what arXiv announced, and what it lacks."""

from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.wording.day_sentences import SHOWN_CATEGORIES, DaySentences
from newsletter.sources.base import ListingState

_LINKED_PAPERS = 8


class CompletenessTexts(DaySentences):
    """In one language."""

    def missing(self, content: IssueContent) -> str:
        """How many announced papers could not be had, and of which categories."""
        lacking = content.lacking
        if content.is_sample or not lacking:
            return ""
        lack = {name for categories in content.missing_papers.values() for name in categories}
        lack |= {listing.category for listing in content.listings if listing.unnamed}
        return self._count(
            "%(num)s paper of %(categories)s could not be retrieved.",
            "%(num)s papers of %(categories)s could not be retrieved.",
            lacking,
        ) % {
            "num": self._number(lacking),
            "categories": self._categories(
                [listing.category for listing in content.listings if listing.category in lack],
            ),
        }

    def missing_links(
        self, content: IssueContent, most: int | None = _LINKED_PAPERS
    ) -> list[tuple[str, str]]:
        """The names of the missing papers, `most` of them, and where they are.

        Of more, and of those that nobody names, where arXiv lists that day.
        """
        if not self.missing(content):
            return []
        named = list(content.missing_papers)[:most]
        links = [(name, f"https://arxiv.org/abs/{name}") for name in named]
        if len(named) == content.lacking:
            return links
        lack = [
            listing.category for listing in content.listings if listing.missing or listing.unnamed
        ]
        return links + [
            (category, f"https://arxiv.org/catchup/{category}/{content.day}?abs=True")
            for category in lack[:SHOWN_CATEGORIES]
        ]

    def provenance(self, content: IssueContent) -> str:
        """How much of what arXiv announced the issue holds, as far as that is known."""
        if content.is_complete and not content.lacking:
            if content.omissions:
                return self._say("Complete by arXiv's own count but for what the editor left out.")
            return self._say("Complete by arXiv's own count.")
        return self.completeness(content)

    def completeness(self, content: IssueContent) -> str:
        """Lines for an issue that is not known to hold all that arXiv announced."""
        say = self._say
        if content.is_sample:
            return say(
                "The bundled sample: some of what %(categories)s announced that day, not all of it."
            ) % {"categories": self._list(content.categories)}
        told = self.together([self.missing(content), self.other_gaps(content)])
        if not (told or content.is_complete):  # else the counts say so
            told = say("arXiv gave no count for this day, so papers may be missing.")
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
        counts = {"counts": self._list(counted[:SHOWN_CATEGORIES])}
        return self._say("By arXiv's own count: %(counts)s.") % counts
