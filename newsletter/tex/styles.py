"""Fonts: commands with an argument, and declarations that last to the end of their group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.math import MathPart, Role
from newsletter.tex.names import (
    BLACKBOARD_FONTS,
    DECLARED_FONTS,
    FORMULA_FONTS,
    KEEPS_SLANT,
    PROSE_FONTS,
    UPRIGHT_FONTS,
)
from newsletter.tex.symbols import BLACKBOARD
from newsletter.tex.tokens import TokenType

if TYPE_CHECKING:
    from newsletter.tex.handler import Handler, Renderer
    from newsletter.tex.output_formats import OutputFormat
    from newsletter.tex.spans import Span, Style

_ROMAN = re.compile(r"\s*[ivx]{1,5}\s*\Z")


def _marked(output: OutputFormat, kind: str, inner: str) -> MathPart:
    if kind == "strong":
        inner = output.strong(inner)
    elif kind == "emphasis":
        inner = output.emphasis(inner)
    elif kind == "code":
        inner = output.code(inner)
    return MathPart(Role.ORDINARY, inner)


def _numeral(inner: str) -> str:
    """Small capitals that are an ion's state: H i is neutral hydrogen, and "Hi" a greeting."""
    return inner.upper() if _ROMAN.match(inner) else inner


def _prose_font(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    kind = PROSE_FONTS[name]
    if style.math and name == "underline":
        return MathPart(Role.ORDINARY, renderer.argument(span, style))
    renderer.skip_options_before_group(span)
    inner = renderer.argument(span, style._replace(math=False, code=kind == "code"))
    return _marked(renderer.output, kind, _numeral(inner) if name == "textsc" else inner)


def _formula_font(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    is_function = name.startswith("operatorname")
    if is_function:
        renderer.skip_star(span)
    upright = style.upright or name not in KEEPS_SLANT
    inner = renderer.argument(span, style._replace(math=True, upright=upright))
    kind = "" if style.upright else FORMULA_FONTS[name]
    set_inner = _marked(renderer.output, kind, inner)
    return MathPart(Role.FUNCTION, set_inner.text) if is_function else set_inner


def _declaration(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    """A font for the rest of the group; some authors give it an argument instead."""
    renderer.trim(span)
    inside = style._replace(upright=style.upright or name in UPRIGHT_FONTS)
    if renderer.next_is(span, TokenType.OPEN):
        inner = renderer.argument(span, inside)
    elif style.depth:
        inner = renderer.rest(span, inside)
    else:
        return MathPart(Role.ORDINARY, "")
    kind = "" if style.math and style.upright else DECLARED_FONTS[name]
    return _marked(renderer.output, kind, _numeral(inner) if name in {"sc", "scshape"} else inner)


def _blackboard(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    inner = renderer.argument(span, style._replace(math=True, upright=True))
    if inner in BLACKBOARD:
        return MathPart(Role.ORDINARY, BLACKBOARD[inner])
    return _marked(renderer.output, "strong", inner)


def _upper(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    inner = renderer.argument(span, style)
    return MathPart(Role.ORDINARY, inner if "<" in inner or "&" in inner else inner.upper())


STYLE_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(DECLARED_FONTS, _declaration),
    **dict.fromkeys(PROSE_FONTS, _prose_font),
    **dict.fromkeys(FORMULA_FONTS, _formula_font),
    **dict.fromkeys(BLACKBOARD_FONTS, _blackboard),
    **dict.fromkeys(("uppercase", "MakeUppercase"), _upper),
}
