"""Why a paper comes first, as both parts of a mail say it: wrapped and encoded.

How a line begins, up to the words that a paper shares with what somebody named, is the same for all
who like one paper. So it is made once, and a reader's own words are put behind it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import NamedTuple

from newsletter.interests.picks import PickReason
from newsletter.rendering.qp_template import LINE_ROOM, SOFT_BREAK, encode_quoted_printable
from newsletter.rendering.texts import WORDS, IssueTexts, display_name
from newsletter.rendering.wrapping import TEXT_COLUMNS, columns, wrap_text

_REASONS_SHOWN = 2
_LONGEST = 300  # bytes of HTML on the wire
_ITEM = "* "
# On one line that has room for it, this is the same in HTML, in text and encoded.
_AS_IT_IS = re.compile(r"(?!\.)[!#$%(-;?-~]+(?: [!#$%(-;?-~]+)*")


class ReasonLine(NamedTuple):
    """Encoded, quoted-printable."""

    html: bytes
    text: bytes  # an item of a list
    decoded: int  # bytes of the HTML

    @classmethod
    def of(cls, reasons: Sequence[PickReason], say: IssueTexts) -> "ReasonLine":
        """The two strongest reasons; or what has room, with fewer of them or fewer words."""
        if not reasons:
            return _whole("")
        strongest = reasons[0]
        begin = _beginning(say.reason_template(strongest), strongest.about)
        words = ", ".join(strongest.words) if begin.has_words else ""
        is_plain = not begin.has_words or _AS_IT_IS.fullmatch(words)
        if len(reasons) == 1 and len(words) <= begin.room and is_plain:
            line = begin.around(words)
        else:
            shown = say.reasons(reasons[:_REASONS_SHOWN])
            line = begin.before(shown[len(begin.said) :])
        return line if len(line.html) <= _LONGEST else _whole(_with_room(reasons, say))


class _TextLine(NamedTuple):
    """A line that ends where a reader's words begin."""

    encoded: bytes  # with all lines before it, and a soft break behind it
    free: int  # columns


class _Beginning(NamedTuple):
    """Of a line, and its end."""

    html: bytes  # with a soft break behind it
    html_end: bytes
    text: _TextLine
    text_on: _TextLine  # the next one, where the first word has no room on that
    text_end: bytes
    done: bytes  # the lines of the text that nothing changes that follows
    last: str  # the line that goes on
    said: str  # so far
    after: str
    columns_after: int
    decoded: int  # bytes of HTML
    decoded_end: int
    room: int  # bytes that the words may have where they are as they are
    has_words: bool

    def around(self, words: str) -> ReasonLine:
        """With words that need no encoding."""
        own = words.encode()
        return ReasonLine(
            self.html + own + self.html_end,
            self._text_around(own),
            self.decoded + len(own) + self.decoded_end,
        )

    def _text_around(self, own: bytes) -> bytes:
        """Lines end where those of `wrap_text` do; what is not plainly so is left to it."""
        here, size = self.text, len(own)
        if size <= here.free - self.columns_after:
            return here.encoded + own + self.text_end
        if size > here.free:
            space = own.rfind(b" ", 0, max(here.free + 1, 0))
            rest = own[space + 1 :]
            start = here.encoded + own[:space] + b"\r\n" if space >= 0 else self.text_on.encoded
            free = TEXT_COLUMNS if space >= 0 else self.text_on.free
            if len(rest) <= free - self.columns_after and not rest.startswith(b"."):
                return start + rest + self.text_end
        return self._text_before(own.decode() + self.after)

    def before(self, rest: str) -> ReasonLine:
        in_html = escape(rest)
        return ReasonLine(
            self.html + encode_quoted_printable(in_html),
            self._text_before(rest),
            self.decoded + len(in_html.encode("utf-8", "replace")),
        )

    def _text_before(self, rest: str) -> bytes:
        return self.done + encode_quoted_printable(wrap_text(self.last + rest))


@lru_cache(maxsize=8192)
def _beginning(template: str, about: str) -> _Beginning:
    said, hole, after = template.partition(WORDS)
    said, after = (part % {"about": display_name(about)} for part in (said, after))
    if not hole:
        said, after = said[:-1], said[-1:]
    done, last = _text_lines(said, "")
    html, html_end = encode_quoted_printable(escape(said)), encode_quoted_printable(escape(after))
    text_end = encode_quoted_printable(after)
    return _Beginning(
        html + SOFT_BREAK if said else b"",
        html_end,
        _text_line(done, last),
        _text_line(*_text_lines(said, "x" * TEXT_COLUMNS)),
        text_end,
        done,
        last,
        said,
        after,
        columns(after),
        _size(said),
        _size(after),
        LINE_ROOM - max(len(html_end), len(text_end)),
        bool(hole),
    )


def _text_lines(said: str, word: str) -> tuple[bytes, str]:
    """What nothing changes that follows this word, encoded, and the line without the word."""
    item = _ITEM + said
    lines, _, last = wrap_text(item + word).rpartition("\n")
    last = last.removesuffix(word) + " " * (item.endswith(" ") and not word)
    return encode_quoted_printable(f"{lines}\n") if lines else b"", last


def _text_line(done: bytes, last: str) -> _TextLine:
    encoded = encode_quoted_printable(last) + SOFT_BREAK if last else b""
    return _TextLine(done + encoded, TEXT_COLUMNS - columns(last))


def _size(text: str) -> int:
    return len(escape(text).encode("utf-8", "replace"))


def _whole(line: str) -> ReasonLine:
    return ReasonLine(
        encode_quoted_printable(escape(line)),
        encode_quoted_printable(wrap_text(_ITEM + line)),
        _size(line),
    )


def _with_room(reasons: Sequence[PickReason], say: IssueTexts) -> str:
    """What has room: with fewer reasons, or fewer words, rather than with half of one."""
    strongest = reasons[:1]
    fewer = [
        reasons[:_REASONS_SHOWN],
        strongest,
        *([replace(why, words=why.words[:most])] for why in strongest for most in (2, 1)),
    ]
    line = ""
    for shown in fewer:
        line = say.reasons(shown)
        if _fits(line):
            return line
    while not _fits(line):
        line = line[: len(line) * 3 // 4].rstrip() + "…"
    return line


def _fits(line: str) -> bool:
    return len(encode_quoted_printable(escape(line))) <= _LONGEST
