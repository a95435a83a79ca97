r"""Accents: \'e, \v{s}, \"{\i} in prose, and \hat x, \overline{AB} in formulas."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newsletter.tex.math import MathPart, Role
from newsletter.tex.symbols import MATH_ACCENTS, TEXT_ACCENTS
from newsletter.tex.tokens import TokenType

if TYPE_CHECKING:
    from newsletter.tex.handler import Handler, Renderer
    from newsletter.tex.spans import Span, Style

# The first letter of something already set, which is none of a tag or a reference.
_FIRST_LETTER = re.compile(r"\A((?:<[^>]*>|&#?\w+;|[^<&\w]|_)*?)([^\W_]|[∇∂ℓ])")
_LETTERS = re.compile(r"(<[^>]*>|&\w+;)|([^\W_])")
_LONGEST_BARRED = 4
_LONGEST_BASE = 2
_DOTTED = {"ı": "i", "ȷ": "j"}


def accented(marked: str, mark: str) -> str:
    """The first letter with the mark on it, as one character where Unicode has one."""
    return _FIRST_LETTER.sub(lambda found: found[1] + _compose(found[2], mark), marked, count=1)


def _compose(letter: str, mark: str) -> str:
    return unicodedata.normalize("NFC", _DOTTED.get(letter, letter) + mark)


def prose_accent(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    """An accent over the letter that follows; without one, the command's own letter."""
    if not _has_base(renderer, span, may_skip=name.isalpha()):
        return MathPart(Role.ORDINARY, renderer.output.words(name))
    inner = renderer.argument(span, style._replace(math=False))
    if not inner.strip():
        return MathPart(Role.ORDINARY, inner if name.isalpha() else renderer.output.words(name))
    if name.isalpha() and len(inner) > _LONGEST_BASE:
        return MathPart(Role.ORDINARY, inner)
    return MathPart(Role.ORDINARY, accented(inner, TEXT_ACCENTS[name]))


def _has_base(renderer: Renderer, span: Span, *, may_skip: bool) -> bool:
    if not span:
        return False
    token = renderer.tokens[span.at]
    if token.kind is TokenType.TEXT:
        text = token.text.lstrip(" ") if may_skip else token.text
        if not text and span.at + 1 < span.end:
            return renderer.tokens[span.at + 1].kind is TokenType.OPEN
        # A command of letters needs a space or a brace before its argument.
        return text[:1].isalpha()
    return token.kind is TokenType.OPEN or token.text in {
        "\\i",
        "\\j",
        "\\ae",
        "\\o",
        "\\aa",
        "\\AE",
        "\\O",
    }


def _math_accent(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    inner = renderer.argument(span, style._replace(math=True))
    mark = MATH_ACCENTS[name]
    if name in {"overline", "bar"} and 1 < len(renderer.output.bare(inner)) <= _LONGEST_BARRED:
        barred = _LETTERS.sub(lambda found: found[1] or _compose(found[2], "\u0305"), inner)
        return MathPart(Role.ORDINARY, barred)
    return MathPart(Role.ORDINARY, accented(inner, mark))


PROSE_HANDLERS: dict[str, Handler] = {name: prose_accent for name in TEXT_ACCENTS if name.isalpha()}
MATH_HANDLERS: dict[str, Handler] = dict.fromkeys(MATH_ACCENTS, _math_accent)
