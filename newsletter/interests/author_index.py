"""An index of a day's authors: names are folded once a day, so a followed author is a look-up.

A collaboration's paper has thousands of authors. A followed author is compared only with the few
names that begin and end alike.
"""

from collections.abc import Iterable, Iterator, Sequence

from newsletter.interests.authors import (
    MOST_TOGETHER,
    FoldedName,
    FollowedAuthor,
    NameKey,
    fold_name,
)
from newsletter.sources.base import Paper
from newsletter.taxonomy import covering


class AuthorIndex:
    """The names of all authors of a day; some 20 microseconds a name to make."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._papers = papers
        self._by_key: dict[NameKey, list[tuple[int, str, FoldedName]]] = {}
        self._together: list[list[FoldedName]] = []  # of each paper
        for number, paper in enumerate(papers):
            names = [(name, fold_name(name)) for name in paper.authors]
            for name, folded in names:
                for key in folded.keys:
                    self._by_key.setdefault(key, []).append((number, name, folded))
            self._together.append([folded for _, folded in names[:MOST_TOGETHER]])

    def papers_by(self, key: NameKey, author: FollowedAuthor) -> Iterable[tuple[int, str]]:
        """The places of the author's papers, each with the first name there that is theirs."""
        alike = self._by_key.get(key)
        return self._told_from(alike, author) if alike else ()

    def _told_from(
        self, alike: Sequence[tuple[int, str, FoldedName]], author: FollowedAuthor
    ) -> Iterator[tuple[int, str]]:
        as_followed = [folded for _, name, folded in alike if name == author.name]
        own = as_followed[0] if as_followed else fold_name(author.name)
        first: dict[int, str] = {}
        for number, name, folded in alike:
            if number not in first and own.may_be(folded):
                first[number] = name
        for number, name in first.items():
            if self._is_theirs(number, own, author):
                yield number, name

    def _is_theirs(self, number: int, own: FoldedName, author: FollowedAuthor) -> bool:
        """Whether the paper is not a namesake's."""
        if not author.is_told_apart:
            return True
        others = {
            key for name in self._together[number] if not own.may_be(name) for key in name.keys
        }
        categories = self._papers[number].categories
        if author.with_authors & others or author.with_categories & covering(categories):
            return True
        if author.with_authors or author.with_categories:
            return False
        return not (
            author.not_with_authors & others
            or author.not_with_categories & covering(categories[:1])
        )
