"""What stands around a paper's title and a reader's words in a line of why, encoded.

Where lines end follows from how long the title is, as long as it is plain letters. So it is made
once for all titles of a length.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import NamedTuple, cast

from newsletter.rendering.qp_template import (
    LINE_ROOM,
    SOFT_BREAK,
    decode_quoted_printable,
    encode_quoted_printable,
)
from newsletter.rendering.texts import WORDS, display_name
from newsletter.rendering.wrapping import TEXT_COLUMNS, columns, wrap_text

ITEM = "* "
LONGEST = 300  # bytes of HTML on the wire
_STAND_IN = "`"  # for each sign of a title
_STANDS_IN = re.compile(rb"(`+)(=\r\n)?(`*)")
_GAP = b"%b"
_GAPS = 3 * len(_GAP)


@dataclass(slots=True)
class ReasonLine:
    """Encoded, quoted-printable."""

    html: bytes
    text: bytes  # an item of a list
    decoded: int  # bytes of the HTML


class _Gapped(NamedTuple):
    """What stands around a title and words, encoded.

    It has gaps for what of the title stands on one line of what is sent, for what stands on the
    next, and for the words.
    """

    around: bytes
    end: int  # of the signs of the title on the first of these lines
    free: int  # columns for the words

    @classmethod
    def of(cls, before: bytes, after: bytes, signs: int, free: int = 0) -> "_Gapped | None":
        """None where so many signs of a title do not stand together."""
        behind = _GAP + after.replace(b"%", b"%%")
        if not signs:
            return cls(_GAP * 2 + before.replace(b"%", b"%%") + behind, 0, free)
        found = [*_STANDS_IN.finditer(before)]
        if len(found) != 1 or len(found[0][1] + found[0][3]) != signs:
            return None
        start, end = before[: found[0].start()], before[found[0].end() :]
        between = _GAP + (found[0][2] or b"") + _GAP
        around = start.replace(b"%", b"%%") + between + end.replace(b"%", b"%%")
        return cls(around + behind, len(found[0][1]), free)


class Around(NamedTuple):
    """What stands around a plain title of some length, if any, and around the words behind it."""

    html: _Gapped
    text: _Gapped
    text_on: _Gapped  # where the first word goes on in another line
    columns_after: int
    decoded: int  # bytes of HTML, without the words
    room: int  # bytes that the words may have
    has_words: bool

    def line(self, title: bytes, words: bytes) -> ReasonLine | None:
        """Lines of the text end where those of `wrap_text` do; None where that is not plain."""
        size = on_last = len(words)
        (html, html_end, _), (text, end, free), text_on, columns_after, decoded, room, _ = self
        if size > room or len(html) - _GAPS + len(title) + size > LONGEST:
            return None
        in_text = words
        if size > free:
            space = words.rfind(b" ", 0, max(free + 1, 0))
            if space < 0:
                text, end, free = text_on
            else:
                in_text = words[:space] + b"\r\n" + words[space + 1 :]
                on_last, free = size - space - 1, TEXT_COLUMNS
        if on_last > free - columns_after or words[size - on_last :].startswith(b"."):
            return None
        return ReasonLine(
            html % (title[:html_end], title[html_end:], words),
            text % (title[:end], title[end:], in_text),
            decoded + size,
        )


@lru_cache(maxsize=2048)
def around_whole(template: str, source: str) -> Around:
    """For all who like one paper, or follow one author; or for all of a kind that names neither."""
    return cast("Around", _around(template, display_name(source), 0))  # it holds no stand-ins


@lru_cache(maxsize=4096)
def around_title(template: str, signs: int, cut: str) -> Around | None:
    """For all plain titles of so many signs; None where it depends on the words of a title."""
    return _around(template, _STAND_IN * signs + cut, signs)


def _around(template: str, about: str, signs: int) -> Around | None:
    """The first signs of the title are stand-ins, or none are."""
    said, hole, after = _parted(template, about)
    html_after, text_after = map(encode_quoted_printable, (escape(after), after))
    text, free = _before_words(*_text_lines(said, ""))
    text_on, free_on = _before_words(*_text_lines(said, "x" * TEXT_COLUMNS))
    if about[:signs] not in decode_quoted_printable(text).partition("\n")[0]:
        return None  # its words may end lines
    gapped = (
        _Gapped.of(_html_before_words(said), html_after, signs),
        _Gapped.of(text, text_after, signs, free),
        _Gapped.of(text_on, text_after, signs, free_on),
    )
    if None in gapped:
        return None
    return Around(
        *cast("tuple[_Gapped, _Gapped, _Gapped]", gapped),
        columns(after),
        size_in_html(said) + size_in_html(after),
        LINE_ROOM - max(len(html_after), len(text_after)),
        hole,
    )


class Beginning(NamedTuple):
    """Of a line, up to a reader's words."""

    said: int  # signs
    html: bytes
    decoded: int
    done: bytes  # the lines of the text that nothing changes that follows
    last: str  # the line that goes on

    def line(self, whole: str) -> ReasonLine:
        rest = whole[self.said :]
        in_html = escape(rest)
        return ReasonLine(
            self.html + encode_quoted_printable(in_html),
            self.done + encode_quoted_printable(wrap_text(self.last + rest)),
            self.decoded + len(in_html.encode("utf-8", "replace")),
        )


@lru_cache(maxsize=2048)
def beginning(template: str, source: str) -> Beginning:
    said, _, _ = _parted(template, display_name(source))
    return Beginning(
        len(said), _html_before_words(said), size_in_html(said), *_text_lines(said, "")
    )


def _parted(template: str, about: str) -> tuple[str, bool, str]:
    """What stands before the words, whether there are any, and what stands behind them."""
    said, hole, after = template.partition(WORDS)
    said, after = (part % {"about": about} for part in (said, after))
    return (said, True, after) if hole else (said[:-1], False, said[-1:])


def _html_before_words(said: str) -> bytes:
    return encode_quoted_printable(escape(said)) + SOFT_BREAK if said else b""


def _text_lines(said: str, word: str) -> tuple[bytes, str]:
    """What nothing changes that follows this word, encoded, and the line without the word."""
    item = ITEM + said
    lines, _, last = wrap_text(item + word).rpartition("\n")
    last = last.removesuffix(word) + " " * (item.endswith(" ") and not word)
    return encode_quoted_printable(f"{lines}\n") if lines else b"", last


def _before_words(done: bytes, last: str) -> tuple[bytes, int]:
    """Of a text, and how many columns are left on the last line."""
    encoded = encode_quoted_printable(last) + SOFT_BREAK if last else b""
    return done + encoded, TEXT_COLUMNS - columns(last)


def size_in_html(text: str) -> int:
    return len(escape(text).encode("utf-8", "replace"))
