"""All personal mails at one level, in one language and without the same sections share this."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from newsletter.rendering.size_budget import DetailLevel, Weight


@dataclass(frozen=True)
class Variant:
    """A mail's boundaries follow from it, names of fields included.

    So a mail that is sent once more, by a later version too, is the same to the last byte.
    """

    subject: str
    shown: Mapping[int, DetailLevel]  # by the paper's place in the issue
    linked: Collection[int]  # the places of those that have room for the reader's links
    papers: int  # of the issue, without what is left out
    highest: DetailLevel  # that it can have
    holds: str  # the line that says how much the mail holds
    whose: str  # the line that says whose the sentences are, where it shows any
    left_out: str  # sections, as in a reader's preferences
    encoding: str
    room: Weight  # for what comes first, and whatever stands around it
    longest: Mapping[str, str] = field(repr=False)  # value that a placeholder can have

    @property
    def links_all(self) -> bool:
        return len(self.linked) == self.papers
