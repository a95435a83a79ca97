r"""A backslash and one other character: \%, \,, \\, \(, \"o, \- and whatever authors escape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.accents import prose_accent
from newsletter.tex.math import MathPart, Role
from newsletter.tex.symbols import TEXT_ACCENTS

if TYPE_CHECKING:
    from newsletter.tex.handler import Renderer
    from newsletter.tex.spans import Span, Style
    from newsletter.tex.tokens import Token

_FORMULA_SPACES = {",", ":", ";", ">", " ", "\n"}
_LINE_BREAK_OPTION = re.compile(r"\*|\[-?[\d.]+ ?(?:pt|em|ex|cm|mm|in|baselineskip)?\]")
_HYPHENATION = re.compile(r"\\-")
_BRACKETS = {
    "{": MathPart(Role.OPENING, "{"),
    "}": MathPart(Role.CLOSING, "}"),
    "|": MathPart(Role.ORDINARY, "‖"),
}
_HIDDEN = {"!", "/", "@", "-"}
_NEAR = 40
_ROW_GOES_ON = frozenset("+-=<>,;:.([{&*/|")
_NO_ROW = re.compile(
    r"\\(?:end|quad|qquad|leq?|geq?|times|cdot|pm|in|sim|simeq|approx|equiv|to|label|\\|,)(?![A-Za-z])"
    r"|[$\\]?\Z|\$|\\[\])]"
)
# Accents that no formula has, but that stand in one by mistake: $K\"ahler$.
_LETTER_ACCENTS = frozenset("\"'`")


def escaped(renderer: Renderer, token: Token, span: Span, style: Style) -> MathPart:
    """The character that the escape stands for, in a formula or in prose."""
    sign = token.text[1:]
    if sign in "([)]" and sign:
        return MathPart(Role.ORDINARY, _delimiter(renderer, sign, span, style))
    if sign == "\\":
        return _broken(renderer, token, span, style)
    if sign in _BRACKETS:
        return _BRACKETS[sign]
    if style.math and not (sign in _LETTER_ACCENTS and _letter_follows(renderer, token)):
        return _in_formula(renderer, sign)
    if sign in TEXT_ACCENTS:
        return prose_accent(renderer, span, style, sign)
    return MathPart(Role.ORDINARY, renderer.output.words(_in_prose(renderer, token, sign)))


def _broken(renderer: Renderer, token: Token, span: Span, style: Style) -> MathPart:
    room = _line_break(renderer, span)
    if style.math and _begins_row(renderer, token, span):
        return MathPart(Role.CLOSING, "; ")
    return MathPart(Role.ROOM, room)


def _letter_follows(renderer: Renderer, token: Token) -> bool:
    behind = renderer.source[token.start + 2 : token.start + 4].lstrip("{")
    return behind[:1].isalpha()


def _begins_row(renderer: Renderer, token: Token, span: Span) -> bool:
    """Whether a line break in a formula parts two rows, and not one that was too long."""
    before = renderer.source[max(0, token.start - _NEAR) : token.start].rstrip(" ~&")
    after = renderer.source[token.start + 2 : token.start + _NEAR].lstrip(" ~&")
    if not span or not before or before[-1] in _ROW_GOES_ON or after[:1] in _ROW_GOES_ON:
        return False
    return not _NO_ROW.match(after)


def _in_formula(renderer: Renderer, sign: str) -> MathPart:
    if sign in _FORMULA_SPACES:
        return MathPart(Role.ROOM, " ")
    return MathPart(Role.ORDINARY, "" if sign in _HIDDEN else renderer.output.words(sign))


def _in_prose(renderer: Renderer, token: Token, sign: str) -> str:
    before = renderer.source[max(0, token.start - 1) : token.start]
    after = renderer.source[token.start + 2 : token.start + 3]
    beside_words = before.isalnum() and after.isalnum()
    if sign in {":", ";", "!"}:
        # TeX's own spaces; but an author who escaped punctuation has a space behind it.
        spaced = "" if sign == "!" else " "
        return sign if after in {"", " ", ")"} else spaced
    if sign in {"/", "@"}:
        return sign if beside_words else ""
    if sign == "-":
        return _hyphen(renderer, before, after)
    return " " if sign in {",", ">", "\n"} else sign


def _hyphen(renderer: Renderer, before: str, after: str) -> str:
    r"""Nothing for a place where a word may be broken; a hyphen where an author meant one.

    \- is TeX's hint for breaking a word. Some authors, and some language models that wrote for
    them, take it for an escaped hyphen: then it stands beside capitals and signs, or often.
    """
    if after in {"-", "–", "—"}:
        return ""
    if before.islower() and after.islower():
        often = len(_HYPHENATION.findall(renderer.source)) > 1
        return "-" if often else ""
    return "-" if after.strip() else ""


def _line_break(renderer: Renderer, span: Span) -> str:
    if span:
        found = _LINE_BREAK_OPTION.match(renderer.tokens[span.at].text)
        if found:
            renderer.shorten(span, found.end())
    return " "


def _delimiter(renderer: Renderer, sign: str, span: Span, style: Style) -> str:
    if sign in ")]" or style.math:
        return ""
    return renderer.delimited(span, {"(": "\\)", "[": "\\]"}[sign], style)
