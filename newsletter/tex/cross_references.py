"""Links, footnotes, citations, and signs asked for by number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.links import clean_address, is_linkable
from newsletter.tex.math import MathPart, Role
from newsletter.tex.names import CITATIONS, NOTES, REFERENCES
from newsletter.tex.spans import Span
from newsletter.tex.tokens import TokenType

if TYPE_CHECKING:
    from newsletter.tex.handler import Handler, Renderer
    from newsletter.tex.spans import Style

# An address that cannot be linked for want of http, but that a reader can use.
_NO_SCHEME = re.compile(r"(?:www\.|[\w-]+(?:\.[\w-]+){1,5}/)[^\s:]*\Z")
_BRACKETS = {"[": "]", "(": ")"}
_LONGEST_NUMBER = 8
_CHARACTER = re.compile(r"\"[0-9A-F]{1,6}|\d{1,6}")


def _href(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    renderer.option(span)
    target = clean_address(renderer.raw(span) or "")
    return _linked(renderer, style, target, _label(renderer, span, style))


def _label(renderer: Renderer, span: Span, style: Style) -> str:
    """The words of a link: the next group, or all that is left where the text was cut in it."""
    renderer.skip_options_before_group(span)
    inside = style._replace(math=False, linked=True)
    if renderer.opens_unclosed(span):
        return renderer.rest(span, inside).strip()
    is_there = renderer.next_is(span, TokenType.OPEN)
    return renderer.argument(span, inside).strip() if is_there else ""


def _inner_link(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    r"""`\hyperref[label]{text}` and `\hyperlink{name}{text}`: the text, linked where it can be.

    The old `\hyperref{address}{category}{name}{text}` has two arguments between that say nothing.
    """
    label = renderer.option(span)
    target = "" if label is not None else clean_address(renderer.raw(span) or "")
    if name == "hyperref" and label is None:
        ahead = Span(span.at, span.end)
        groups = [(renderer.raw(ahead), ahead.at) for _ in range(3)]
        if groups[-1][0] is not None:
            span.at = groups[1][1]
    if renderer.group_follows(span):
        renderer.trim(span)
    if not is_linkable(target):
        shown = renderer.argument(span, style) if renderer.next_is(span, TokenType.OPEN) else target
        return MathPart(Role.ORDINARY, shown)
    return _linked(renderer, style, target, _label(renderer, span, style))


def _url(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    renderer.option(span)
    raw = renderer.raw(span)
    if raw is None:
        return MathPart(Role.ORDINARY, "" if name == "url" else name)
    return _linked(renderer, style, clean_address(raw), "")


def _linked(renderer: Renderer, style: Style, target: str, label: str) -> MathPart:
    if is_linkable(target) and not style.linked:
        return MathPart(Role.ORDINARY, renderer.output.link(target, label))
    target = renderer.output.words(target)
    if label and _NO_SCHEME.match(target):
        label += f" ({target})"
    return MathPart(Role.ORDINARY, label or target)


def _footnote(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    renderer.option(span)
    if renderer.opens_unclosed(span):
        return MathPart(Role.SPACE, " ")
    note = renderer.argument(span, style._replace(math=False)).strip()
    return MathPart(Role.ORDINARY, f" ({note})" if note else "")


def _citation(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    before = renderer.source[: renderer.tokens[span.at - 1].start][-1:]
    renderer.skip_star(span)
    first, second = renderer.option(span) or "", renderer.option(span)
    if name in REFERENCES:  # only a package reads their options, as in \nameref[x]{Intro}
        first, second = "", None
    ahead, behind = ("", first) if second is None else (first, second)
    if renderer.opens_unclosed(span):
        return MathPart(Role.SPACE, " ")
    keys = [key.strip() for key in (renderer.raw(span) or "").split(",")]
    told = [renderer.output.words(key) for key in keys if key]
    if behind:
        told.append(renderer.aside(behind, style))
    shown = " ".join([renderer.aside(ahead, style)] * bool(ahead) + [", ".join(told)])
    if not shown.strip():
        return MathPart(Role.ORDINARY, "")
    if before in _BRACKETS and renderer.next_starts(span, _BRACKETS[before]):
        return MathPart(Role.ORDINARY, shown)  # the author's own brackets do
    return MathPart(Role.ORDINARY, f"({shown})" if name in {"eqref", "tag"} else f"[{shown}]")


def _numbered(renderer: Renderer, span: Span, _style: Style, name: str) -> MathPart:
    renderer.option(span)
    raw = renderer.raw(span)
    if raw is None and name == "char" and renderer.next_is(span, TokenType.TEXT):
        found = _CHARACTER.match(renderer.tokens[span.at].text)
        raw = found[0] if found else ""
        renderer.shorten(span, len(raw))
    return MathPart(Role.ORDINARY, renderer.output.words(_character(raw or "")))


def _character(number: str) -> str:
    """The character of that number, as TeX and MathJax write numbers; else the number itself."""
    digits = number.strip()
    is_hexadecimal = digits[:1] in {"x", "X", '"', "U", "u"}
    try:
        if is_hexadecimal:
            sign = chr(int(digits[1:].removeprefix("+")[:_LONGEST_NUMBER], 16))
        else:
            sign = chr(int(digits[:_LONGEST_NUMBER]))
    except (ValueError, OverflowError):
        return digits
    return sign if sign.isprintable() else " "


REFERENCE_HANDLERS: dict[str, Handler] = {
    "href": _href,
    **dict.fromkeys(("hyperref", "hyperlink"), _inner_link),
    **dict.fromkeys(("url", "nolinkurl", "path", "email"), _url),
    **dict.fromkeys(NOTES, _footnote),
    **dict.fromkeys([*CITATIONS, *REFERENCES, "eqref", "tag"], _citation),
    **dict.fromkeys(("unicode", "char", "symbol", "unichar"), _numbered),
}
