"""The encoded text around a paper's title and a reader's words in a line of reasons.

Where lines end follows from how long the title is, as long as it is plain letters. So it is made
once for all titles of a length.
"""

import re
from functools import lru_cache
from html import escape
from typing import NamedTuple, cast

from newsletter.rendering.transfer_encodings.quoted_printable import (
    LINE_ROOM,
    SOFT_BREAK,
    decode_quoted_printable,
    encode_quoted_printable,
)
from newsletter.rendering.wording.texts import WORDS, display_name
from newsletter.rendering.wrapping import TEXT_COLUMNS, columns, wrap_text

ITEM = "* "
LONGEST = 300  # bytes of HTML on the wire
_STAND_IN = "`"  # for each sign of a title
_STANDS_IN = re.compile(rb"(`+)(=\r\n)?(`*)")
_DOT = b"."


# HTML and an item of a text, quoted-printable; and how many bytes that HTML is as it reads.
ReasonLine = tuple[bytes, bytes, int]


class _Gapped(NamedTuple):
    """The encoded text around a title, up to a reader's words.

    The title may stand on two lines of what is sent.
    """

    before: bytes
    end: int  # of the signs of the title on the first of these lines
    between: bytes
    behind: bytes
    free: int  # columns for the words

    @classmethod
    def of(cls, encoded: bytes, signs: int, free: int = 0) -> "_Gapped | None":
        """None where so many signs of a title do not stand together."""
        if not signs:
            return cls(encoded, 0, b"", b"", free)
        found = [*_STANDS_IN.finditer(encoded)]
        if len(found) != 1 or len(found[0][1] + found[0][3]) != signs:
            return None
        start, end = found[0].span()
        return cls(encoded[:start], len(found[0][1]), found[0][2] or b"", encoded[end:], free)

    def around(self, title: bytes) -> bytes | None:
        """None where a line would begin with a dot."""
        before, end, between, behind, _ = self
        if title.startswith(_DOT, end):
            return None
        return before + title[:end] + between + title[end:] + behind


class Around(NamedTuple):
    """The text around a plain title of some length, if any, and around the words behind it."""

    html: _Gapped
    html_after: bytes
    text: _Gapped
    text_after: bytes
    text_on: _Gapped  # where the first word goes on in another line
    columns_after: int
    decoded: int  # bytes of HTML, without the words
    room: int  # bytes that the words may have
    has_words: bool

    def line(self, in_html: bytes, in_text: bytes, words: bytes) -> ReasonLine | None:
        """With this title, which is escaped in HTML; None where that is not plain."""
        html, text = self.html.around(in_html), self.text_line(in_text, words)
        if html is None or text is None:
            return None
        return html + words + self.html_after, text, self.decoded + len(words)

    def text_line(self, title: bytes, words: bytes) -> bytes | None:
        """Lines end where those of `wrap_text` do."""
        size = on_last = len(words)
        if size > self.room:
            return None
        text, free = self.text, self.text.free
        if size > free:
            space = words.rfind(b" ", 0, max(free + 1, 0))
            if space < 0:
                text, free = self.text_on, self.text_on.free
            else:
                on_last, free = size - space - 1, TEXT_COLUMNS
                if words.startswith(_DOT, space + 1):
                    return None
                words = words[:space] + b"\r\n" + words[space + 1 :]
        before = text.around(title)
        if before is None or on_last > free - self.columns_after:
            return None
        return before + words + self.text_after


@lru_cache(maxsize=2048)
def around_whole(template: str, source: str) -> Around:
    """For all who like one paper, or follow one author; or for all of a kind that names neither."""
    about = display_name(source)
    return cast("Around", _around(template, escape(about), about, 0, 0))  # it holds no stand-ins


@lru_cache(maxsize=4096)
def around_title(template: str, in_html: int, in_text: int, cut: str) -> Around | None:
    """For all titles of so many signs; None where it depends on the words of a title."""
    return _around(template, _STAND_IN * in_html + cut, _STAND_IN * in_text + cut, in_html, in_text)


def _around(
    template: str, in_html: str, in_text: str, html_signs: int, text_signs: int
) -> Around | None:
    """The first signs of the title are stand-ins, or none are."""
    said, has_words, after = _parted(template, in_text)
    html_said, html_after = escape(said), escape(after)
    if text_signs:
        html_said, _, html_after = _parted(escape(template), in_html)
    text, free = _before_words(*_text_lines(said, ""))
    text_on, free_on = _before_words(*_text_lines(said, "x" * TEXT_COLUMNS))
    if in_text[:text_signs] not in decode_quoted_printable(text).partition("\n")[0]:
        return None  # its words may end lines
    html = _before_soft_break(html_said)
    gapped = (
        _Gapped.of(html, html_signs),
        _Gapped.of(text, text_signs, free),
        _Gapped.of(text_on, text_signs, free_on),
    )
    if None in gapped:
        return None
    gaps = cast("tuple[_Gapped, _Gapped, _Gapped]", gapped)
    html_end, text_end = map(encode_quoted_printable, (html_after, after))
    return Around(
        gaps[0],
        html_end,
        gaps[1],
        text_end,
        gaps[2],
        columns(after),
        len((html_said + html_after).encode("utf-8", "replace")),
        min(LINE_ROOM - max(len(html_end), len(text_end)), LONGEST - len(html) - len(html_end)),
        has_words,
    )


class AroundPlain(NamedTuple):
    """The same where a title is on one line, and so few words are on the last of the text."""

    html_before: bytes
    html_between: bytes
    html_after: bytes
    text_before: bytes
    text_between: bytes
    text_after: bytes
    decoded: int
    room: int
    whole: Around


class PlainTitles(dict[int, AroundPlain | None]):
    """By how many of their signs are shown; made when first asked for."""

    def __init__(self, template: str, cut: str = "") -> None:
        super().__init__()
        self._template, self._cut = template, cut

    def __missing__(self, signs: int) -> AroundPlain | None:
        around = around_title(self._template, signs, signs, self._cut) if signs > 0 else None
        is_plain = around and around.has_words and min(around.html.end, around.text.end) == signs
        self[signs] = plain = _plain(around) if around and is_plain else None
        return plain


def _plain(around: Around) -> AroundPlain:
    html, text = around.html, around.text
    return AroundPlain(
        html.before,
        html.between + html.behind,
        around.html_after,
        text.before,
        text.between + text.behind,
        around.text_after,
        around.decoded,
        min(around.room, text.free - around.columns_after),
        around,
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
        return (
            self.html + encode_quoted_printable(in_html),
            self.done + encode_quoted_printable(wrap_text(self.last + rest)),
            self.decoded + len(in_html.encode("utf-8", "replace")),
        )


@lru_cache(maxsize=2048)
def beginning(template: str, source: str) -> Beginning:
    said, _, _ = _parted(template, display_name(source))
    return Beginning(
        len(said), _before_soft_break(escape(said)), size_in_html(said), *_text_lines(said, "")
    )


def _parted(template: str, about: str) -> tuple[str, bool, str]:
    """The text before the words, whether there are any, and the text behind them."""
    said, hole, after = template.partition(WORDS)
    said, after = (part % {"about": about} for part in (said, after))
    return (said, True, after) if hole else (said[:-1], False, said[-1:])


def _before_soft_break(text: str) -> bytes:
    return encode_quoted_printable(text) + SOFT_BREAK if text else b""


def _text_lines(said: str, word: str) -> tuple[bytes, str]:
    """The lines behind this word that nothing changes, encoded, and the line without the word."""
    item = ITEM + said
    lines, _, last = wrap_text(item + word).rpartition("\n")
    last = last.removesuffix(word) + " " * (item.endswith(" ") and not word)
    return encode_quoted_printable(f"{lines}\n") if lines else b"", last


def _before_words(done: bytes, last: str) -> tuple[bytes, int]:
    """Of a text, and how many columns are left on the last line."""
    return done + _before_soft_break(last), TEXT_COLUMNS - columns(last)


def size_in_html(text: str) -> int:
    return len(escape(text).encode("utf-8", "replace"))
