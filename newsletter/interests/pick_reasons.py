"""Why a paper is a pick, as a thing that can be checked in the paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ReasonType(StrEnum):
    """Strongest first."""

    AUTHOR = "author"
    IN_TITLE = "in-title"
    IN_ABSTRACT = "in-abstract"
    REVISED = "revised"  # a paper they liked, come again: another version, or a cross-list
    CLOSE = "close"
    CATEGORY = "category"


# Each kind in words: where the reader named it, and where the group behind the newsletter did.
REASON_TEMPLATES: Mapping[ReasonType, tuple[str, str]] = {
    ReasonType.AUTHOR: (
        "by %(about)s, whom you follow",
        "by %(about)s, whom this group follows",
    ),
    ReasonType.IN_TITLE: ("has %(words)s in its title",) * 2,
    ReasonType.IN_ABSTRACT: ("mentions %(words)s",) * 2,
    ReasonType.REVISED: ("a paper you like", "a paper this group likes"),
    ReasonType.CLOSE: (
        "close to “%(about)s”, which you like (%(words)s)",
        "close to “%(about)s”, which this group likes (%(words)s)",
    ),
    ReasonType.CATEGORY: ("in %(about)s, which you chose", "in %(about)s, which this group chose"),
}


@dataclass(frozen=True, slots=True)
class PickReason:
    """Why a paper is a pick; it can be checked in the paper: its author, words, category."""

    kind: ReasonType
    about: str  # an author's name as the paper has it, a category, or a liked paper's title
    words: tuple[str, ...] = ()  # that the paper holds
    of_newsletter: bool = False  # its group named that, not the reader

    def __str__(self) -> str:
        template = REASON_TEMPLATES[self.kind][self.of_newsletter]
        return template % {"about": self.about, "words": ", ".join(self.words)}
