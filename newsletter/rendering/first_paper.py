"""What a reader's mail says of the papers that come first, and how much room that takes."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.picks import PickReason, ReasonType
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


class FirstPapers(NamedTuple):
    """As a mail says it of each, at whatever level the paper is shown."""

    arxiv_ids: Sequence[str]
    readers: int  # so many of them follow from what the reader named
    lines: Sequence[ReasonLine]  # why
    marked: Sequence[tuple[str, ...]]  # words
    named: Sequence[str]  # the author that the first reason is, if any
    decoded: int  # no less than the bytes of all lines as HTML, with marks and names below them
    quoted_printable: int  # and encoded so

    @classmethod
    def of(cls, picks: Sequence[IssuePick], say: IssueTexts) -> "FirstPapers":
        lines = [ReasonLine.of(pick.reasons, say) for pick in picks]
        marked = [_marked(pick.reasons) for pick in picks]
        named = [_named(pick.reasons) for pick in picks]
        marks = _MOST_MARKED * (len(picks) - marked.count(()))
        decoded = sum([line.decoded for line in lines]) + marks
        encoded = sum([len(line.html) for line in lines]) + marks + _MOST_BREAKS * len(lines)
        for name in filter(None, named):
            decoded += len(escape(name).encode()) + _AROUND_NAME
            encoded += len(encode_quoted_printable(escape(name))) + 3 * _AROUND_NAME
        readers = sum([pick.is_readers for pick in picks])
        ids = [pick.arxiv_id for pick in picks]
        return cls(ids, readers, lines, marked, named, decoded, encoded)

    @property
    def others(self) -> int:
        """How many follow from what the group named alone."""
        return len(self.lines) - self.readers

    def without(self, gone: Sequence[int]) -> "FirstPapers":
        """All but those at these places, which do not follow from what the reader named."""
        kept = [number for number in range(len(self.lines)) if number not in gone]
        return self._replace(
            arxiv_ids=[self.arxiv_ids[number] for number in kept],
            lines=[self.lines[number] for number in kept],
            marked=[self.marked[number] for number in kept],
            named=[self.named[number] for number in kept],
        )

    @property
    def base64(self) -> int:
        """How many bytes they take so, with short lines where their papers are missing below."""
        return base64_size(self.decoded) + _MOST_BREAKS * len(self.lines)


def _marked(reasons: Sequence[PickReason]) -> tuple[str, ...]:
    words: tuple[str, ...] = ()
    for why in reasons:
        if why.kind in _BY_WORDS:
            words += why.words
    return words


def _named(reasons: Sequence[PickReason]) -> str:
    return reasons[0].about if reasons and reasons[0].kind is ReasonType.AUTHOR else ""
