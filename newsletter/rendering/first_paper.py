"""What a reader's mail says of the papers that come first, and how much room that takes."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.picks import PickReason, ReasonType
from newsletter.rendering.base64_text import base64_size
from newsletter.rendering.qp_template import SOFT_BREAK, encode_quoted_printable
from newsletter.rendering.reason_layout import ReasonLine
from newsletter.rendering.reason_lines import reason_line
from newsletter.rendering.texts import IssueTexts

MARK = "<u>", "</u>"  # around a word
MOST_MARKS = 6  # in a card
_MOST_MARKED = MOST_MARKS * len("".join(MARK))
_MOST_BREAKS = 3 * len(SOFT_BREAK)  # bytes: around a line, and one for the marks
_AROUND_NAME = len(", … ".encode()) + len(SOFT_BREAK)  # bytes
_CLOSE = ReasonType.CLOSE  # asked of an enumeration it takes longer
_BY_WORDS = ReasonType.IN_TITLE, ReasonType.IN_ABSTRACT


class InCard(NamedTuple):
    """What a reader's card of a paper shows beyond others'."""

    words: tuple[str, ...]  # that are marked
    author: str  # who is named among many: the one that the first reason is

    @classmethod
    def of(cls, reasons: Sequence[PickReason]) -> "InCard | None":
        if not reasons or (len(reasons) == 1 and reasons[0].kind is _CLOSE):  # as mostly
            return None
        words: tuple[str, ...] = ()
        for why in reasons:
            if why.kind in _BY_WORDS:
                words += why.words
        author = reasons[0].about if reasons[0].kind is ReasonType.AUTHOR else ""
        return cls(words, author) if words or author else None

    @property
    def decoded(self) -> int:
        """Bytes at most."""
        name = len(escape(self.author).encode()) + _AROUND_NAME if self.author else 0
        return name + _MOST_MARKED * bool(self.words)

    @property
    def encoded(self) -> int:
        """And quoted-printable."""
        name = len(encode_quoted_printable(escape(self.author))) + 3 * _AROUND_NAME
        return name * bool(self.author) + _MOST_MARKED * bool(self.words)


class FirstPapers(NamedTuple):
    """As a mail says it of each, at whatever level the paper is shown."""

    arxiv_ids: Sequence[str]
    readers: int  # so many of them follow from what the reader named
    lines: Sequence[ReasonLine]  # why
    in_cards: Mapping[int, "InCard"]  # by their places, of those that have any
    decoded: int  # no less than the bytes of all lines as HTML, with marks and names below them
    quoted_printable: int  # and encoded so

    @classmethod
    def of(cls, picks: Sequence[IssuePick], say: IssueTexts) -> "FirstPapers":
        reasons = [pick.reasons for pick in picks]
        lines = [reason_line(why, say) for why in reasons]
        in_cards = {at: told for at, why in enumerate(reasons) if (told := InCard.of(why))}
        decoded = sum([line.decoded for line in lines])
        encoded = sum([len(line.html) for line in lines]) + _MOST_BREAKS * len(lines)
        for told in in_cards.values():
            decoded += told.decoded
            encoded += told.encoded
        readers = len([why for why in reasons if why and not why[0].of_newsletter])
        ids = [pick.arxiv_id for pick in picks]
        return cls(ids, readers, lines, in_cards, decoded, encoded)

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
            in_cards={
                at: self.in_cards[number]
                for at, number in enumerate(kept)
                if number in self.in_cards
            },
        )

    @property
    def base64(self) -> int:
        """How many bytes they take so, with short lines where their papers are missing below."""
        return base64_size(self.decoded) + _MOST_BREAKS * len(self.lines)
