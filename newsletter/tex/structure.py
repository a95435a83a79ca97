"""Environments, lists, headings, colours, and what only a printer needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex import dollars, names
from newsletter.tex.math import Piece, Role
from newsletter.tex.spans import Span

if TYPE_CHECKING:
    from newsletter.tex.macros import Handler
    from newsletter.tex.reader import Reader
    from newsletter.tex.spans import Style

_MOST_ENDS = 20
_LENGTH = re.compile(
    r" ?=? ?[-+]?[\d.]+ ?(?:true)?(?:pt|pc|in|bp|cm|mm|dd|cc|sp|em|ex|mu)?(?![a-z])"
)


def _environment(reader: Reader, span: Span) -> str:
    return (reader.raw(span) or "").strip().rstrip("*")


def _begin(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    environment = _environment(reader, span)
    if environment in names.WITH_COLUMNS:
        reader.option(span)
        reader.raw(span)
    if environment in names.FORMULA_ENVIRONMENTS and not style.math:
        return Piece(Role.SPACE, f" {_display(reader, span, style, environment)} ")
    if environment in names.BRACKETED_ENVIRONMENTS:
        return Piece(Role.OPENING, names.BRACKETED_ENVIRONMENTS[environment][0])
    return Piece(Role.SPACE, " ")


def _display(reader: Reader, span: Span, style: Style, environment: str) -> str:
    """The formula up to the end of its environment, or of a text that was cut inside it."""
    end = reader.environment_end(span, environment, _MOST_ENDS)
    if end is None:
        rest = reader.source[reader.tokens[span.at].start :] if span else ""
        if not dollars.holds_formula(rest, ""):
            return ""
        end = span.end
    inner = Span(span.at, end)
    span.at = end
    return reader.inner(inner, style._replace(math=True))


def _end(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    environment = _environment(reader, span)
    if environment in names.BRACKETED_ENVIRONMENTS:
        return Piece(Role.CLOSING, names.BRACKETED_ENVIRONMENTS[environment][1])
    if environment in names.LISTS and not style.math:
        return Piece(Role.SPACE, "\n")
    return Piece(Role.SPACE, " ")


def _item(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    reader.trim(span)
    label = reader.option(span)
    reader.trim(span)
    if style.math:
        return Piece(Role.SPACE, " ")
    return Piece(Role.SPACE, "\n" + reader.marks.words(label or "•") + " ")


def _paragraph(_reader: Reader, _span: Span, style: Style, _name: str) -> Piece:
    return Piece(Role.SPACE, " " if style.math else "\n")


def _heading(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    reader.skip_star(span)
    return Piece(Role.ORDINARY, reader.marks.strong(reader.argument(span, style)) + " ")


def _gone(reader: Reader, span: Span, _style: Style, _name: str) -> Piece:
    reader.skip_empty(span)
    return Piece(Role.ORDINARY, "")


def _space(_reader: Reader, _span: Span, _style: Style, _name: str) -> Piece:
    return Piece(Role.ROOM, " ")


def _shown_after(skipped: int) -> Handler:
    """Skip so many arguments (colour, width, angle), then show the one they are about."""

    def handler(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
        reader.option(span)
        for _ in range(skipped):
            if reader.raw(span) is None:
                return Piece(Role.ORDINARY, "")
        return Piece(Role.ORDINARY, reader.argument(span, style))

    return handler


def _unsaid(arguments: int) -> Handler:
    """Skip the command with so many arguments."""

    def handler(reader: Reader, span: Span, _style: Style, _name: str) -> Piece:
        reader.skip_star(span)
        for _ in range(arguments):
            reader.option(span)
            reader.raw(span)
        return Piece(Role.ORDINARY, "")

    return handler


def _length(reader: Reader, span: Span, _style: Style, _name: str) -> Piece:
    r"""`\kern-2pt`: a length without braces, which only a printer needs."""
    found = _LENGTH.match(reader.tokens[span.at].text) if span else None
    if found:
        reader.shorten(span, found.end())
    return Piece(Role.ORDINARY, "")


def _first_of_two(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    shown = reader.argument(span, style)
    reader.raw(span)
    return Piece(Role.ORDINARY, shown)


HANDLERS: dict[str, Handler] = {
    "begin": _begin,
    "end": _end,
    "item": _item,
    "par": _paragraph,
    **dict.fromkeys(names.HEADINGS, _heading),
    **dict.fromkeys(names.GONE, _gone),
    **dict.fromkeys(names.SPACES, _space),
    **dict.fromkeys(names.ONE_UNSAID, _unsaid(1)),
    **dict.fromkeys(names.TWO_UNSAID, _unsaid(2)),
    **dict.fromkeys(names.SECOND_SHOWN, _shown_after(1)),
    **dict.fromkeys(names.THIRD_SHOWN, _shown_after(2)),
    **dict.fromkeys(names.LENGTHS, _length),
    "texorpdfstring": _first_of_two,
}
