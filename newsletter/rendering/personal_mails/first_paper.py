"""A reader's mail says this of the papers that come first, and it takes so much room."""

from collections.abc import Mapping, Sequence
from html import escape
from operator import attrgetter, itemgetter
from typing import NamedTuple

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.rendering.personal_mails.reason_lines import reason_lines
from newsletter.rendering.transfer_encodings.base64_text import base64_size
from newsletter.rendering.transfer_encodings.quoted_printable import (
    SOFT_BREAK,
    encode_quoted_printable,
)
from newsletter.rendering.wording.texts import IssueTexts

MARK = "<u>", "</u>"  # around a word
MOST_MARKS = 6  # in a card
_MOST_MARKED = MOST_MARKS * len("".join(MARK))
_MOST_BREAKS = 3 * len(SOFT_BREAK)  # bytes: around a line, and one for the marks
_AROUND_NAME = len(", … ".encode()) + len(SOFT_BREAK)  # bytes
_ARXIV_ID, _REASONS = attrgetter("arxiv_id"), attrgetter("reasons")
_FIRST, _OF_NEWSLETTER = itemgetter(0), attrgetter("of_newsletter")
_BY_WORDS = ReasonType.IN_TITLE, ReasonType.IN_ABSTRACT


class CardHighlights(NamedTuple):
    """What a reader's card of a paper shows beyond others': marked words, and an author."""

    words: tuple[str, ...]  # that are marked
    author: str  # who is named among many: the one that the first reason is

    @classmethod
    def of(cls, reasons: Sequence[PickReason]) -> "CardHighlights | None":
        if not reasons:
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
    html: Sequence[bytes]  # of each, why; encoded, quoted-printable
    text: Sequence[bytes]
    highlights: Mapping[int, "CardHighlights"]  # by their places, of those that have any
    decoded: int  # no less than the bytes of all lines as HTML, with marks and names below them
    quoted_printable: int  # and encoded so

    @classmethod
    def of(cls, picks: Sequence[IssuePick], say: IssueTexts) -> "FirstPapers":
        whys = [*map(_REASONS, picks)]
        lines, others = reason_lines(whys, say)
        html, text, sizes = zip(*lines, strict=True) if lines else ((), (), ())
        decoded = sum(sizes)
        encoded = sum(map(len, html)) + _MOST_BREAKS * len(html)
        highlights = {at: shown for at in others if (shown := CardHighlights.of(whys[at]))}
        for shown in highlights.values():
            decoded += shown.decoded
            encoded += shown.encoded
        firsts = [*map(_FIRST, filter(None, whys))]
        readers = [*map(_OF_NEWSLETTER, firsts)].count(False)
        ids = [*map(_ARXIV_ID, picks)]
        return cls(ids, readers, html, text, highlights, decoded, encoded)

    @property
    def others(self) -> int:
        """How many follow from what the group named alone."""
        return len(self.html) - self.readers

    def without(self, gone: Sequence[int]) -> "FirstPapers":
        """All but those at these places, which do not follow from what the reader named."""
        kept = [number for number in range(len(self.html)) if number not in gone]
        return self._replace(
            arxiv_ids=[self.arxiv_ids[number] for number in kept],
            html=[self.html[number] for number in kept],
            text=[self.text[number] for number in kept],
            highlights={
                at: self.highlights[number]
                for at, number in enumerate(kept)
                if number in self.highlights
            },
        )

    @property
    def base64(self) -> int:
        """How many bytes they take so, with short lines where their papers are missing below."""
        return base64_size(self.decoded) + _MOST_BREAKS * len(self.html)
