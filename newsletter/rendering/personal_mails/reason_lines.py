"""Why a paper comes first, as both parts of a mail say it: wrapped and encoded.

Mostly that is the title of a paper somebody likes and a few words, all in plain letters: they are
put into what stands around such titles. Any other line is encoded by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from html import escape
from operator import attrgetter, itemgetter
from string import ascii_letters, digits

from newsletter.interests.pick_reasons import PickReason, ReasonType
from newsletter.rendering.markup.paper_text import shortened
from newsletter.rendering.personal_mails.reason_layout import (
    ITEM,
    LONGEST,
    PlainTitles,
    ReasonLine,
    around_title,
    around_whole,
    beginning,
    size_in_html,
)
from newsletter.rendering.transfer_encodings.quoted_printable import encode_quoted_printable
from newsletter.rendering.wording.texts import REASON_CHARACTERS, WORDS, IssueTexts, display_name
from newsletter.rendering.wrapping import wrap_text

_REASONS_SHOWN = 2
_PLAIN_SIGNS = (ascii_letters + digits + " ,:;.()?!-/+@|\n").encode()  # also in TeX
# What is the same in HTML, in text and encoded; of HTML itself an ampersand, too.
_SAME_SIGNS = bytes(sign for sign in range(32, 127) if chr(sign) not in "\"&'<=>")
_IN_HTML = _SAME_SIGNS + b"&"
_BEFORE_ELLIPSIS = b" ,;:."  # is left out
_SPACE = ord(" ")
_LEAST_SHOWN, _MOST_SHOWN = REASON_CHARACTERS // 2, REASON_CHARACTERS - 1  # of what is cut
_LESS_OF_TITLES = (40, 32, 26, 21, 17, 13, 10)  # characters
_CLOSE = ReasonType.CLOSE  # asked of an enumeration it takes longer


_NONE = PickReason(ReasonType.REVISED, "")
_KIND, _ABOUT, _WORDS = map(attrgetter, ("kind", "about", "words"))
_FIRST, _LAST = itemgetter(0), itemgetter(-1)


def reason_lines(
    whys: Sequence[Sequence[PickReason]], say: IssueTexts
) -> tuple[Sequence[ReasonLine], Sequence[int]]:
    """For all that come first in a mail, and the places of those that are not close to one title.

    Most are, in plain letters. So all of these are looked through together.
    """
    reasons, others = _close_alone(whys)
    titles = _encoded([*map(_ABOUT, reasons)])
    words = _encoded([*map(", ".join, map(_WORDS, reasons))])
    arounds = [_plain_titles(template) for template in say.close_templates]
    lines = [
        (title and own and _of_plain_title(arounds[reason.of_newsletter], title, own))
        or reason_line(why, say)
        for why, reason, title, own in zip(whys, reasons, titles, words, strict=True)
    ]
    return lines, others


def _close_alone(
    whys: Sequence[Sequence[PickReason]],
) -> tuple[Sequence[PickReason], Sequence[int]]:
    """The only reason of each where that is closeness, and the places where it is not."""
    if [*map(len, whys)].count(1) == len(whys):
        reasons = [*map(_FIRST, whys)]
    else:
        reasons = [why[0] if len(why) == 1 else _NONE for why in whys]
    if [*map(_KIND, reasons)].count(_CLOSE) == len(reasons):
        return reasons, ()
    others = [place for place, reason in enumerate(reasons) if reason.kind is not _CLOSE]
    return [reason if reason.kind is _CLOSE else _NONE for reason in reasons], others


def _encoded(texts: Sequence[str]) -> Sequence[bytes]:
    """Those that are plain letters, from the first on and to the last; else nothing."""
    together = "\n".join(texts).encode("utf-8", "replace")
    encoded = together.split(b"\n")
    if len(encoded) != len(texts):  # one is on two lines
        return [b""] * len(texts)
    if _are_plain(together) and all(encoded):
        firsts, lasts = bytes(map(_FIRST, encoded)), bytes(map(_LAST, encoded))
        if firsts.isalnum() and b" " not in lasts:
            return encoded
    return [
        text if text[:1].isalnum() and text[-1] != _SPACE and _are_plain(text) else b""
        for text in encoded
    ]


def _are_plain(signs: bytes) -> bool:
    return not (signs.translate(None, _PLAIN_SIGNS) or b"  " in signs or b"--" in signs)


@lru_cache(maxsize=32)
def _plain_titles(template: str) -> tuple[PlainTitles, PlainTitles]:
    """Whole titles, and such as are cut."""
    return PlainTitles(template), PlainTitles(template, " …")


def _of_plain_title(
    around: tuple[PlainTitles, PlainTitles], title: bytes, words: bytes
) -> ReasonLine | None:
    """None where lines end elsewhere."""
    whole, cut = around
    if len(title) <= REASON_CHARACTERS:
        plain = whole[len(title)]
    else:  # as `shortened` does it
        title = title[: title.rfind(b" ", _LEAST_SHOWN, _MOST_SHOWN)].rstrip(_BEFORE_ELLIPSIS)
        plain = cut[len(title)] if len(title) < _MOST_SHOWN else None
    if plain is None:
        return None
    html, html_between, html_after, text, text_between, text_after, size, room, any_ = plain
    in_html = html + title + html_between + words + html_after
    if len(words) <= room:
        return in_html, text + title + text_between + words + text_after, size + len(words)
    in_text = any_.text_line(title, words)
    return None if in_text is None else (in_html, in_text, size + len(words))


def reason_line(reasons: Sequence[PickReason], say: IssueTexts) -> ReasonLine:
    """The two strongest reasons; or what has room, with fewer of them or fewer words."""
    if not reasons:
        return _whole("")
    template = say.reason_template(reasons[0])
    if len(reasons) == 1:
        line = _of_one(template, reasons[0])
        if line is not None:
            return line
    begin = beginning(template, reasons[0].about)
    line = begin.line(say.reasons(reasons[:_REASONS_SHOWN]))
    return line if len(line[0]) <= LONGEST else _whole(_with_room(reasons, say))


def _of_one(template: str, reason: PickReason) -> ReasonLine | None:
    """None where its words are to be encoded, or lines end elsewhere."""
    has_words = WORDS in template
    words = ", ".join(reason.words) if has_words else ""
    own = words.encode("utf-8", "replace")
    if has_words and not _are_the_same(words, own):
        return None
    line = _of_title(template, reason.about, own) if reason.kind is _CLOSE else None
    return line or around_whole(template, reason.about).line(b"", b"", own)


def _of_title(template: str, source: str, words: bytes) -> ReasonLine | None:
    """As it stands between plain letters, where it has quotes or an apostrophe, too."""
    about = display_name(source)
    title = about.rstrip(" …")
    in_html, in_text = escape(title).encode("utf-8", "replace"), title.encode("utf-8", "replace")
    if in_html.translate(None, _IN_HTML) or title[:1] in " ." or "  " in title:
        return None
    around = around_title(template, len(in_html), len(in_text), about[len(title) :])
    return around and around.line(in_html, in_text, words)


def _are_the_same(words: str, encoded: bytes) -> bool:
    """Whether the words are so in HTML, in text and encoded, where a line begins with them."""
    return not (
        encoded.translate(None, _SAME_SIGNS)
        or not words
        or words[0] in " ."
        or words[-1] == " "
        or "  " in words
    )


def _whole(line: str) -> ReasonLine:
    html, text = escape(line), wrap_text(ITEM + line)
    return encode_quoted_printable(html), encode_quoted_printable(text), size_in_html(line)


def _with_room(reasons: Sequence[PickReason], say: IssueTexts) -> str:
    """As much as has room: fewer reasons, fewer words or less of a title, not half of a sentence.

    On the wire a Chinese title takes nine bytes a character.
    """
    strongest = reasons[:1]
    fewer = [
        reasons[:_REASONS_SHOWN],
        strongest,
        *([replace(why, words=why.words[:most])] for why in strongest for most in (2, 1)),
        *([_with_less_of_title(why, most)] for why in strongest for most in _LESS_OF_TITLES),
    ]
    line = ""
    for shown in fewer:
        line = say.reasons(shown)
        if _fits(line):
            return line
    while not _fits(line):
        line = line[: len(line) * 3 // 4].rstrip() + "…"
    return line


def _with_less_of_title(reason: PickReason, characters: int) -> PickReason:
    return replace(reason, about=shortened(display_name(reason.about), characters))


def _fits(line: str) -> bool:
    return len(encode_quoted_printable(escape(line))) <= LONGEST
