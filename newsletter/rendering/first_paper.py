"""What a reader's mail says of a paper that comes first, and how much room that takes."""

from dataclasses import dataclass
from html import escape

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.picks import ReasonType
from newsletter.rendering.qp_template import encode_quoted_printable
from newsletter.rendering.size_budget import Weight
from newsletter.rendering.texts import IssueTexts

MARK = "<u>", "</u>"  # around a word
MOST_MARKS = 6  # in a card
_MOST_MARKED = MOST_MARKS * len("".join(MARK))
_REASONS_SHOWN = 2
_LONGEST_REASON = 300  # bytes on the wire
LONGEST_WORDS = _LONGEST_REASON + _MOST_MARKED  # bytes; twice as much where all is encoded
_BY_WORDS = {ReasonType.IN_TITLE, ReasonType.IN_ABSTRACT}


@dataclass(slots=True)
class FirstPaper:
    """As a mail says it, at whatever level the paper is shown."""

    arxiv_id: str
    is_readers: bool
    line: str  # why
    marked: tuple[str, ...]  # words
    weight: Weight  # no less than the line takes as HTML, with the marks of its words below it

    @classmethod
    def of(cls, pick: IssuePick, say: IssueTexts) -> "FirstPaper":
        line = say.reasons(pick.reasons[:_REASONS_SHOWN])
        escaped = escape(line)
        while (
            (most := _most_encoded(escaped)) > _LONGEST_REASON < len(encode_quoted_printable(line))
        ):
            line = line[: len(line) * 3 // 4].rstrip() + "…"
            escaped = escape(line)
        words = [word for why in pick.reasons if why.kind in _BY_WORDS for word in why.words]
        marks = _MOST_MARKED if words else 0
        weight = Weight(len(escaped.encode("utf-8", "replace")) + marks, most + marks)
        return cls(pick.arxiv_id, pick.is_readers, line, tuple(words), weight)


def _most_encoded(line: str) -> int:
    """No less than the bytes that it takes as HTML on the wire, told without encoding it."""
    if not line.isprintable():
        return 3 * len(line.encode("utf-8", "replace"))
    # Half of a character's bytes at least.
    strange = 0 if line.isascii() else len(line.encode("utf-8", "replace")) - len(line)
    dots, equals = line.count("."), line.count("=")
    # And soft breaks, and a space at an end.
    return len(line) + 5 * strange + 5 * dots + 2 * equals + 4 * (len(line) // 60) + 8
