"""Environments, lists, headings, colours, and what only a printer needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.dollars import holds_formula
from newsletter.tex.math import MathPart, Role
from newsletter.tex.names import (
    BRACKETED_ENVIRONMENTS,
    FORMULA_ENVIRONMENTS,
    GONE,
    HEADINGS,
    LENGTHS,
    LISTS,
    ONE_UNSAID,
    SECOND_SHOWN,
    SPACES,
    THIRD_SHOWN,
    TWO_UNSAID,
    WITH_COLUMNS,
    WITH_OPTION,
)
from newsletter.tex.spans import Span

if TYPE_CHECKING:
    from newsletter.tex.handler import Handler, Renderer
    from newsletter.tex.spans import Style

_MOST_ENDS = 20
_ENDS_IN_LETTER = re.compile(r"[A-Za-zÀ-ɏ°]\Z")  # of a name, or before a unit
_LENGTH = re.compile(
    r" ?=? ?[-+]?[\d.]+ ?(?:true)?(?:pt|pc|in|bp|cm|mm|dd|cc|sp|em|ex|mu)?(?![a-z])"
)


def _environment(renderer: Renderer, span: Span) -> str:
    return (renderer.raw(span) or "").strip().rstrip("*")


def _begin(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    environment = _environment(renderer, span)
    if environment in LISTS:
        renderer.option(span)
    if environment in WITH_COLUMNS:
        renderer.option(span)
        renderer.raw(span)
    if environment in FORMULA_ENVIRONMENTS and not style.math:
        return MathPart(Role.SPACE, f" {_display(renderer, span, style, environment)} ")
    if environment in BRACKETED_ENVIRONMENTS:
        return MathPart(Role.OPENING, BRACKETED_ENVIRONMENTS[environment][0])
    return MathPart(Role.SPACE, " ")


def _display(renderer: Renderer, span: Span, style: Style, environment: str) -> str:
    """The formula up to the end of its environment, or of a text that was cut inside it."""
    end = renderer.environment_end(span, environment, _MOST_ENDS)
    if end is None:
        rest = renderer.source[renderer.tokens[span.at].start :] if span else ""
        if not holds_formula(rest, ""):
            return ""
        end = span.end
    inner = Span(span.at, end)
    span.at = end
    return renderer.inner(inner, style._replace(math=True))


def _end(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    environment = _environment(renderer, span)
    if environment in BRACKETED_ENVIRONMENTS:
        return MathPart(Role.CLOSING, BRACKETED_ENVIRONMENTS[environment][1])
    if environment in LISTS and not style.math:
        return MathPart(Role.SPACE, "\n")
    return MathPart(Role.SPACE, " ")


def _item(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    renderer.trim(span)
    label = renderer.option(span)
    renderer.trim(span)
    if style.math:
        return MathPart(Role.SPACE, " ")
    shown = renderer.aside(label, style).strip() if label else "•"
    return MathPart(Role.SPACE, f"\n{shown} ")


def _paragraph(_renderer: Renderer, _span: Span, style: Style, _name: str) -> MathPart:
    return MathPart(Role.SPACE, " " if style.math else "\n")


def _heading(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    renderer.skip_star(span)
    if renderer.option(span):
        renderer.trim(span)
    return MathPart(Role.ORDINARY, renderer.output.strong(renderer.argument(span, style)) + " ")


def _gone(renderer: Renderer, span: Span, _style: Style, name: str) -> MathPart:
    if name in WITH_OPTION:
        renderer.option(span)
    renderer.skip_empty(span)
    return MathPart(Role.ORDINARY, "")


def _space(renderer: Renderer, span: Span, _style: Style, name: str) -> MathPart:
    if name in WITH_OPTION:
        renderer.option(span)
    return MathPart(Role.ROOM, " ")


def _shown_after(skipped: int) -> Handler:
    """Skip so many arguments (colour, width, angle), then show the one they are about."""

    def handler(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
        renderer.skip_options(span)
        for _ in range(skipped):
            if renderer.raw(span) is None:
                return MathPart(Role.ORDINARY, "")
            renderer.skip_options(span)
        return MathPart(Role.ORDINARY, renderer.argument(span, style))

    return handler


def _unsaid(arguments: int) -> Handler:
    """Skip the command with so many arguments."""

    def handler(renderer: Renderer, span: Span, _style: Style, _name: str) -> MathPart:
        renderer.skip_star(span)
        for _ in range(arguments):
            renderer.option(span)
            renderer.raw(span)
        return MathPart(Role.ORDINARY, "")

    return handler


def _length(renderer: Renderer, span: Span, _style: Style, _name: str) -> MathPart:
    r"""`\kern-2pt`: a length without braces, which only a printer needs."""
    found = _LENGTH.match(renderer.tokens[span.at].text) if span else None
    if found:
        renderer.shorten(span, found.end())
    return MathPart(Role.ORDINARY, "")


def _first_of_two(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    shown = renderer.argument(span, style)
    renderer.raw(span)
    return MathPart(Role.ORDINARY, shown)


def _by_mode(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    r"""`\ifmmode a\else b\fi`: a in a formula, b in prose; `\iffalse`: always b."""
    end = renderer.branch_end(span, "\\fi")
    if end is None:
        return MathPart(Role.ORDINARY, "")
    middle = renderer.branch_end(span, "\\else")
    is_first = name == "iftrue" or (name == "ifmmode" and style.math)
    parts = end if middle is None or middle > end else middle
    chosen = Span(span.at, parts) if is_first else Span(min(parts + 1, end), end)
    span.at = end + 1
    is_ended = renderer.skip_empty(span)
    renderer.trim(chosen)
    shown = renderer.inner(chosen, style) if chosen else ""
    if not is_ended and _ENDS_IN_LETTER.search(shown):
        renderer.trim(span)  # TeX takes no space behind it: \fi ngstrom, \fi C
    return MathPart(Role.ORDINARY, shown)


STRUCTURE_HANDLERS: dict[str, Handler] = {
    "begin": _begin,
    "end": _end,
    "item": _item,
    "par": _paragraph,
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(GONE, _gone),
    **dict.fromkeys(SPACES, _space),
    **dict.fromkeys(ONE_UNSAID, _unsaid(1)),
    **dict.fromkeys(TWO_UNSAID, _unsaid(2)),
    "addcontentsline": _unsaid(3),
    "usefont": _unsaid(4),
    **dict.fromkeys(SECOND_SHOWN, _shown_after(1)),
    **dict.fromkeys(THIRD_SHOWN, _shown_after(2)),
    **dict.fromkeys(LENGTHS, _length),
    "texorpdfstring": _first_of_two,
    **dict.fromkeys(("ifmmode", "iftrue", "iffalse"), _by_mode),
}
