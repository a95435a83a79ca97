"""What a person or a group names, tidied; a paper by its identifier, or by its title alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from newsletter import taxonomy
from newsletter.errors import WrongUseError
from newsletter.interests import named_papers
from newsletter.interests.authors import name_keys, tell_apart
from newsletter.interests.files import ListedPaper
from newsletter.interests.phrases import Phrase, is_pattern
from newsletter.sources.base import Paper
from newsletter.text import one_line, visible

_LONGEST_VALUE = 200  # characters


class InterestType(StrEnum):
    AUTHOR = "author"
    WORD = "word"  # or phrase
    CATEGORY = "category"
    PAPER = "paper"


# How many of each a person or a newsletter can have.
MOST = {
    InterestType.AUTHOR: 100,
    InterestType.WORD: 100,
    InterestType.CATEGORY: 50,
    InterestType.PAPER: 500,
}


@dataclass(frozen=True)
class Interest:
    """Something that is named; a paper by its identifier, or by its title alone."""

    kind: InterestType
    value: str
    wanted: bool = True
    # Of an author: "with", "in", "not_with" and "not_in", each a list of names or categories.
    detail: Mapping[str, list[str]] = field(default_factory=dict)
    paper: ListedPaper | None = None


def checked(interest: Interest) -> Interest:
    """The same, tidied.

    Raises:
        WrongUseError: it names nothing that could ever be found.
    """
    value = one_line(visible(interest.value))[:_LONGEST_VALUE]
    match interest.kind:
        case InterestType.CATEGORY:
            value = taxonomy.category(value)
        case InterestType.WORD:
            if is_pattern(value):
                raise WrongUseError(
                    f"{value!r} would find nothing: write words, and a * only at the end of the"
                    " last one, behind three letters at least"
                )
            if Phrase.parse(value) is None:
                raise WrongUseError(f"{value!r} is no word")
        case InterestType.AUTHOR:
            if not name_keys([value]):
                raise WrongUseError(f"{value!r} is no name")
        case InterestType.PAPER:
            value = named_papers.name_of(interest.paper or ListedPaper(value, "", ""))
    return Interest(interest.kind, value, interest.wanted, interest.detail, interest.paper)


def follow_but_not(author: str, paper: Paper) -> Interest:
    """The interest by which an author stays followed and this paper counts as a namesake's.

    Raises:
        WrongUseError: the paper is by other authors.
    """
    others, first = tell_apart(author, paper.authors, paper.categories, paper.id.arxiv_id)
    detail = {"not_with": others} if others else {"not_in": first}
    return Interest(InterestType.AUTHOR, author, detail=detail)
