r"""A backslash and one other character: \%, \,, \\, \(, \"o, \- and whatever authors escape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.rendering.tex import accents
from newsletter.rendering.tex.math import Piece, Role
from newsletter.rendering.tex.symbols import TEXT_ACCENTS

if TYPE_CHECKING:
    from newsletter.rendering.tex.reader import Reader
    from newsletter.rendering.tex.spans import Span, Style
    from newsletter.rendering.tex.tokens import Token

_FORMULA_SPACES = {",", ":", ";", ">", " ", "\n"}
_LINE_BREAK_OPTION = re.compile(r"\*|\[-?[\d.]+ ?(?:pt|em|ex|cm|mm|in|baselineskip)?\]")
_HYPHENATION = re.compile(r"\\-")
_BRACKETS = {
    "{": Piece(Role.OPENING, "{"),
    "}": Piece(Role.CLOSING, "}"),
    "|": Piece(Role.ORDINARY, "‖"),
}
_HIDDEN = {"!", "/", "@", "-"}


def escaped(reader: Reader, token: Token, span: Span, style: Style) -> Piece:
    """What the escape stands for, in a formula or in prose."""
    sign = token.text[1:]
    if sign in "([)]" and sign:
        return Piece(Role.ORDINARY, _delimiter(reader, sign, span, style))
    if sign == "\\":
        return Piece(Role.ROOM, _line_break(reader, span))
    if sign in _BRACKETS:
        return _BRACKETS[sign]
    if style.math:
        return _in_formula(reader, sign)
    if sign in TEXT_ACCENTS:
        return accents.prose_accent(reader, span, style, sign)
    return Piece(Role.ORDINARY, reader.marks.words(_in_prose(reader, token, sign)))


def _in_formula(reader: Reader, sign: str) -> Piece:
    if sign in _FORMULA_SPACES:
        return Piece(Role.ROOM, " ")
    return Piece(Role.ORDINARY, "" if sign in _HIDDEN else reader.marks.words(sign))


def _in_prose(reader: Reader, token: Token, sign: str) -> str:
    before = reader.source[max(0, token.start - 1) : token.start]
    after = reader.source[token.start + 2 : token.start + 3]
    beside_words = before.isalnum() and after.isalnum()
    if sign in {":", ";", "!"}:
        # TeX's own spaces; but an author who escaped punctuation has a space behind it.
        spaced = "" if sign == "!" else " "
        return sign if after in {"", " ", ")"} else spaced
    if sign in {"/", "@"}:
        return sign if beside_words else ""
    if sign == "-":
        return _hyphen(reader, before, after)
    return " " if sign in {",", ">", "\n"} else sign


def _hyphen(reader: Reader, before: str, after: str) -> str:
    r"""Nothing for a place where a word may be broken; a hyphen where an author meant one.

    \- is TeX's hint for breaking a word. Some authors, and some language models that wrote for
    them, take it for an escaped hyphen: then it stands beside capitals and signs, or often.
    """
    if after in {"-", "–", "—"}:
        return ""
    if before.islower() and after.islower():
        often = len(_HYPHENATION.findall(reader.source)) > 1
        return "-" if often else ""
    return "-" if after.strip() else ""


def _line_break(reader: Reader, span: Span) -> str:
    if span:
        found = _LINE_BREAK_OPTION.match(reader.tokens[span.at].text)
        if found:
            reader.shorten(span, found.end())
    return " "


def _delimiter(reader: Reader, sign: str, span: Span, style: Style) -> str:
    if sign in ")]" or style.math:
        return ""
    return reader.delimited(span, {"(": "\\)", "[": "\\]"}[sign], style)
