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
    LONGEST,
    ReasonLine,
    around_title,
    around_whole,
    beginning,
    size_in_html,
)
from newsletter.rendering.texts import REASON_CHARACTERS, IssueTexts
from newsletter.rendering.wrapping import wrap_text

_REASONS_SHOWN = 2
# What is the same in HTML, in text and encoded; and what is so in TeX, too.
_SAME_SIGNS = bytes(sign for sign in range(32, 127) if chr(sign) not in "\"&'<=>")
_PLAIN_SIGNS = (ascii_letters + digits + " ,:;.()?!-/+@|").encode()
_CLOSE = ReasonType.CLOSE  # asked of an enumeration it takes longer


def reason_line(reasons: Sequence[PickReason], say: IssueTexts) -> ReasonLine:
    """The two strongest reasons; or what has room, with fewer of them or fewer words."""
    if not reasons:
        return _whole("")
    template = say.reason_template(reasons[0])
    if len(reasons) == 1:
        line = _of_plain_title(template, reasons[0]) or _of_plain_words(template, reasons[0])
        if line is not None:
            return line
    begin = beginning(template, reasons[0].about)
    line = begin.line(say.reasons(reasons[:_REASONS_SHOWN]))
    return line if len(line.html) <= LONGEST else _whole(_with_room(reasons, say))


def _of_plain_title(template: str, reason: PickReason) -> ReasonLine | None:
    """None where something in it is to be encoded, or lines end elsewhere."""
    title, words = reason.about, ", ".join(reason.words)
    signs = f"{title}|{words}"
    encoded = signs.encode("utf-8", "replace")
    if (
        reason.kind is not _CLOSE
        or encoded.translate(None, _PLAIN_SIGNS)
        or "  " in signs
        or "--" in signs
        or not (title[:1].isalnum() and words[:1].isalnum())
        or title[-1] == " "
        or words[-1] == " "
    ):
        return None
    about = shortened(title, REASON_CHARACTERS)
    size = len(about.rstrip(" …"))
    around = around_title(template, size, about[size:])
    line = around and around.line(encoded[:size], encoded[len(title) + 1 :])
    return line if line and ("." not in title or b"\n." not in line.html + line.text) else None


def _of_plain_words(template: str, reason: PickReason) -> ReasonLine | None:
    """With whatever title."""
    around, words = around_whole(template, reason.about), ", ".join(reason.words)
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
    return len(encode_quoted_printable(escape(line))) <= LONGEST
