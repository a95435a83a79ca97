"""Why a paper comes first, as both parts of a mail say it: wrapped and encoded.

Mostly that is the title of a paper somebody likes and a few words, all in plain letters: they are
put into what stands around such titles. Any other line is encoded by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from string import ascii_letters, digits

from newsletter.interests.picks import PickReason, ReasonType
from newsletter.rendering.paper_text import shortened
from newsletter.rendering.qp_template import encode_quoted_printable
from newsletter.rendering.reason_layout import (
    ITEM,
    ReasonLine,
    around_title,
    around_whole,
    beginning,
    size_in_html,
)
from newsletter.rendering.texts import REASON_CHARACTERS, IssueTexts
from newsletter.rendering.wrapping import wrap_text

_REASONS_SHOWN = 2
_LONGEST = 300  # bytes of HTML on the wire
# What is the same in HTML, in text and encoded; and what is so in TeX, too.
_SAME_SIGNS = bytes(sign for sign in range(32, 127) if chr(sign) not in "\"&'<=>")
_PLAIN_SIGNS = (ascii_letters + digits + " ,:;.()?!-/+@|").encode()
_CLOSE = ReasonType.CLOSE  # asked of an enumeration it takes longer


def reason_line(reasons: Sequence[PickReason], say: IssueTexts) -> ReasonLine:
    """The two strongest reasons; or what has room, with fewer of them or fewer words."""
    if not reasons:
        return _whole("")
    template = say.reason_template(reasons[0])
    line = _plain_line(template, reasons[0]) if len(reasons) == 1 else None
    if line is None:
        begin = beginning(template, reasons[0].about)
        line = begin.line(say.reasons(reasons[:_REASONS_SHOWN]))
    return line if len(line.html) <= _LONGEST else _whole(_with_room(reasons, say))


def _plain_line(template: str, reason: PickReason) -> ReasonLine | None:
    """None where something in it is to be encoded, or lines end elsewhere."""
    title, words = reason.about, ", ".join(reason.words)
    if (
        reason.kind is _CLOSE
        and (signs := f"{title}|{words}").isascii()
        and title[:1].isalnum()
        and words[:1].isalnum()
        and title[-1] != " " != words[-1]
        and "  " not in signs
        and "--" not in signs
        and not signs.encode().translate(None, _PLAIN_SIGNS)
    ):
        about = shortened(title, REASON_CHARACTERS)
        shown = about.rstrip(" …")
        around = around_title(template, len(shown), about[len(shown) :])
        line = around and around.line(shown.encode(), words.encode())
        if line and ("." not in title or b"\n." not in line.html + line.text):
            return line
    around = around_whole(template, title)
    own = words.encode("utf-8", "replace") if around.has_words else b""
    return around.line(b"", own) if not around.has_words or _is_the_same(words, own) else None


def _is_the_same(words: str, encoded: bytes) -> bool:
    """Whether the words are so in HTML, in text and encoded, where a line begins with them."""
    return not (
        encoded.translate(None, _SAME_SIGNS)
        or not words
        or words[0] in " ."
        or words[-1] == " "
        or "  " in words
    )


def _whole(line: str) -> ReasonLine:
    return ReasonLine(
        encode_quoted_printable(escape(line)),
        encode_quoted_printable(wrap_text(ITEM + line)),
        size_in_html(line),
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
