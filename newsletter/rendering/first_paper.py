"""What a reader's mail says of the papers that come first, and how much room that takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.picks import ReasonType
from newsletter.rendering.base64_text import base64_size
from newsletter.rendering.qp_template import SOFT_BREAK, encode_quoted_printable
from newsletter.rendering.reason_lines import ReasonLine
from newsletter.rendering.texts import IssueTexts

MARK = "<u>", "</u>"  # around a word
MOST_MARKS = 6  # in a card
_MOST_MARKED = MOST_MARKS * len("".join(MARK))
_MOST_BREAKS = 3 * len(SOFT_BREAK)  # bytes: around a line, and one for the marks
_AROUND_NAME = len(", … ".encode()) + len(SOFT_BREAK)  # bytes
_BY_WORDS = ReasonType.IN_TITLE, ReasonType.IN_ABSTRACT


@dataclass(frozen=True)
class FirstPapers:
    """As a mail says it of each, at whatever level the paper is shown."""

    arxiv_ids: Sequence[str]
    readers: int  # so many of them follow from what the reader named
    lines: Sequence[ReasonLine]  # why
    marked: Sequence[tuple[str, ...]]  # words
    named: Sequence[str]  # the author that the first reason is, if any

    @classmethod
    def of(cls, picks: Sequence[IssuePick], say: IssueTexts) -> "FirstPapers":
        return cls(
            [pick.arxiv_id for pick in picks],
            sum([pick.is_readers for pick in picks]),
            [ReasonLine.of(pick.reasons, say) for pick in picks],
            [_marked(pick) for pick in picks],
            [_named(pick) for pick in picks],
        )

    @property
    def others(self) -> int:
        """How many follow from what the group named alone."""
        return len(self.lines) - self.readers

    def without(self, gone: Sequence[int]) -> "FirstPapers":
        """All but those at these places, which do not follow from what the reader named."""
        kept = [number for number in range(len(self.lines)) if number not in gone]
        return FirstPapers(
            [self.arxiv_ids[number] for number in kept],
            self.readers,
            [self.lines[number] for number in kept],
            [self.marked[number] for number in kept],
            [self.named[number] for number in kept],
        )

    @cached_property
    def decoded(self) -> int:
        """No less than the bytes of all lines as HTML, with the marks and names below them."""
        marks = [_MOST_MARKED for words in self.marked if words]
        names = [len(escape(name).encode()) + _AROUND_NAME for name in self.named if name]
        return sum([line.decoded for line in self.lines]) + sum(marks) + sum(names)

    @cached_property
    def quoted_printable(self) -> int:
        """And encoded so."""
        lines = [len(line.html) + _MOST_BREAKS for line in self.lines]
        lines += [
            len(encode_quoted_printable(escape(name))) + 3 * _AROUND_NAME
            for name in self.named
            if name
        ]
        return sum(lines) + sum([_MOST_MARKED for words in self.marked if words])

    @property
    def base64(self) -> int:
        """And encoded so, with short lines where their papers are missing below."""
        return base64_size(self.decoded) + _MOST_BREAKS * len(self.lines)


def _marked(pick: IssuePick) -> tuple[str, ...]:
    return tuple([word for why in pick.reasons if why.kind in _BY_WORDS for word in why.words])


def _named(pick: IssuePick) -> str:
    return next((why.about for why in pick.reasons[:1] if why.kind is ReasonType.AUTHOR), "")
