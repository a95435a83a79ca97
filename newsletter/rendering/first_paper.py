"""What a reader's mail says of the papers that come first, and how much room that takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.picks import ReasonType
from newsletter.rendering.base64_template import base64_size
from newsletter.rendering.qp_template import encode_quoted_printable, encode_separately
from newsletter.rendering.size_budget import Weight
from newsletter.rendering.texts import IssueTexts

MARK = "<u>", "</u>"  # around a word
MOST_MARKS = 6  # in a card
_MOST_MARKED = MOST_MARKS * len("".join(MARK))
_REASONS_SHOWN = 2
_LONGEST_REASON = 300  # bytes on the wire
_BETWEEN = "\n\0\n"  # lines; none has a NUL
_BY_WORDS = ReasonType.IN_TITLE, ReasonType.IN_ABSTRACT


@dataclass(slots=True)
class FirstPapers:
    """As a mail says it of each, at whatever level the paper is shown."""

    arxiv_ids: Sequence[str]
    readers: int  # so many of them follow from what the reader named
    lines: Sequence[str]  # why
    in_html: Sequence[str]
    encoded: Sequence[bytes]  # that, quoted-printable
    marked: Sequence[tuple[str, ...]]  # words
    _weights: dict[bool, Weight] = field(default_factory=dict)

    @classmethod
    def of(cls, picks: Sequence[IssuePick], say: IssueTexts) -> "FirstPapers":
        lines = [say.reasons(pick.reasons[:_REASONS_SHOWN]) for pick in picks]
        in_html = _escaped(lines)
        encoded = encode_separately(in_html)
        if any(len(line) > _LONGEST_REASON for line in encoded):
            lines = [_short_line(pick, say) for pick in picks]
            in_html = _escaped(lines)
            encoded = encode_separately(in_html)
        return cls(
            [pick.arxiv_id for pick in picks],
            sum(pick.is_readers for pick in picks),
            lines,
            in_html,
            encoded,
            [_marked(pick) for pick in picks],
        )

    def without(self, gone: Sequence[int]) -> "FirstPapers":
        """All but those at these places, which do not follow from what the reader named."""
        kept = [number for number in range(len(self.lines)) if number not in gone]
        return FirstPapers(
            [self.arxiv_ids[number] for number in kept],
            self.readers,
            [self.lines[number] for number in kept],
            [self.in_html[number] for number in kept],
            [self.encoded[number] for number in kept],
            [self.marked[number] for number in kept],
        )

    def weight(self, *, is_base64: bool) -> Weight:
        """No less than all lines take as HTML, with the marks of their words below them."""
        if is_base64 not in self._weights:
            self._weights[is_base64] = self._weigh(is_base64=is_base64)
        return self._weights[is_base64]

    def _weigh(self, *, is_base64: bool) -> Weight:
        marks = [_MOST_MARKED if words else 0 for words in self.marked]
        whole = "".join(self.in_html)
        decoded = len(whole.encode("utf-8", "replace")) + sum(marks)
        if not is_base64:
            return Weight(decoded, _most_encoded(self.in_html) + sum(marks))
        sizes = [len(line.encode("utf-8", "replace")) for line in self.in_html]
        return Weight(decoded, sum(map(base64_size, map(int.__add__, sizes, marks))))


def _marked(pick: IssuePick) -> tuple[str, ...]:
    return tuple([word for why in pick.reasons if why.kind in _BY_WORDS for word in why.words])


def _escaped(lines: Sequence[str]) -> list[str]:
    joined = _BETWEEN.join(lines)
    if joined.count("\0") != len(lines) - 1:
        return list(map(escape, lines))
    return escape(joined).split(_BETWEEN)


def _short_line(pick: IssuePick, say: IssueTexts) -> str:
    """What has room: with fewer reasons, or fewer words, rather than with half of one."""
    strongest = pick.reasons[:1]
    fewer = [
        pick.reasons[:_REASONS_SHOWN],
        strongest,
        *([replace(why, words=why.words[:most])] for why in strongest for most in (2, 1)),
    ]
    line = ""
    for reasons in fewer:
        line = say.reasons(reasons)
        if _has_room(line):
            return line
    while not _has_room(line):
        line = line[: len(line) * 3 // 4].rstrip() + "…"
    return line


def _has_room(line: str) -> bool:
    most = _most_encoded([escape(line)])
    return most <= _LONGEST_REASON or len(encode_quoted_printable(line)) <= _LONGEST_REASON


def _most_encoded(lines: Sequence[str]) -> int:
    """No less than the bytes that they take as HTML on the wire, told without encoding them."""
    whole = "".join(lines)
    if not whole.isprintable():
        if len(lines) > 1:
            return sum(_most_encoded([line]) for line in lines)
        return 3 * len(whole.encode("utf-8", "replace"))
    # Half of a character's bytes at least.
    strange = len(whole.encode("utf-8", "replace")) - len(whole)
    dots, equals = whole.count("."), whole.count("=")
    # And soft breaks, and a space at an end.
    ends = sum([4 * (len(line) // 60) + 8 for line in lines])
    return len(whole) + 5 * strange + 5 * dots + 2 * equals + ends
