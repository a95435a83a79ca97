"""Commands of formulas that do something: fractions, roots, stacked signs, brackets, negation."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import TYPE_CHECKING

from newsletter.tex.math import MathPart, Role
from newsletter.tex.names import ARROWS, BETWEEN, FRACTIONS, JOINED, SIZES
from newsletter.tex.tokens import TokenType

if TYPE_CHECKING:
    from newsletter.tex.handler import Handler, Renderer
    from newsletter.tex.spans import Span, Style

# One factor, set as text or as HTML: x, √, 12, x with scripts, a word.
_SCRIPTS = r"(?:<su[bp]>[^<]*</su[bp]>|[_^][\w.]+|[_^]\([^()]*\)|[′⁰-ₜᵃ-ᶻᵢ-ᵪ²³¹])*"
_ATOM = re.compile(
    rf"[∂Δ∇]?(?:<em>)?d?[^\W\d_](?:</em>)?\u0305?{_SCRIPTS}\Z|[A-Za-z]{{3,}}{_SCRIPTS}\Z|\d[\d.,]*\Z|\S\Z"
)
_MOST_JOINED = 3
INFIX = ("over", "choose", "atop", "brace", "brack")
_COMPOUND = re.compile(r"[-+−±/ ,∈=]")


def _ordinary(text: str) -> MathPart:
    return MathPart(Role.ORDINARY, text)


def _formula(renderer: Renderer, span: Span, style: Style) -> str:
    return renderer.argument(span, style._replace(math=True))


def _two(renderer: Renderer, span: Span, first: Style, second: Style) -> tuple[str, str]:
    """Two arguments; behind one that was never closed, only a group can be the other."""
    renderer.trim(span)
    is_cut = renderer.opens_unclosed(span)
    one = _formula(renderer, span, first)
    if is_cut and not renderer.next_is(span, TokenType.OPEN):
        return one, ""
    return one, _formula(renderer, span, second)


def _fraction(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    renderer.skip_options(span)  # a font or a place: \nicefrac[\texttt]{1}{2}
    top, bottom = _two(renderer, span, style, style)
    if not bottom:
        return _ordinary(top)
    if _COMPOUND.search(renderer.output.bare(top)):
        top = f"({top})"
    if not _ATOM.match(bottom):
        bottom = f"({bottom})"
    return MathPart(Role.FRACTION if style.math else Role.ORDINARY, f"{top}/{bottom}")


def _binomial(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    top, bottom = _two(renderer, span, style, style)
    return _ordinary(f"({top} choose {bottom})")


def _root(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    small = style._replace(math=True, tight=True, upright=True)
    index = renderer.aside(renderer.option(span) or "", small).strip()
    inner = _formula(renderer, span, style)
    if inner and not _ATOM.match(inner):
        inner = f"({inner})"
    sign = {"": "√", "3": "∛", "4": "∜"}.get(index)
    return _ordinary((sign or renderer.output.raised(index) + "√") + inner)


def _stacked(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    r"""\stackrel{a}{=} and its kin: the small one raised or lowered behind the large one."""
    small, large = _two(renderer, span, style._replace(tight=True, upright=True), style)
    shift = renderer.output.lowered if name == "underset" else renderer.output.raised
    bare = renderer.output.bare(large)
    role = Role.RELATION if bare and not bare[0].isalnum() else Role.ORDINARY
    return MathPart(role, large + (shift(small) if small else ""))


def _labelled_arrow(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    small = style._replace(math=True, tight=True, upright=True)
    below = renderer.aside(renderer.option(span) or "", small)
    above = renderer.argument(span, small)
    output = renderer.output
    labels = (output.lowered(below) if below else "") + (output.raised(above) if above else "")
    return MathPart(Role.RELATION, ARROWS[name] + labels)


def _not(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    inner = renderer.argument(span, style)
    bare = unescape(inner)
    if len(bare) > 1:
        return MathPart(Role.RELATION, "¬" + inner)
    return MathPart(Role.RELATION, unicodedata.normalize("NFC", bare + "\u0338"))


def _between(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    if not renderer.next_is(span, TokenType.OPEN):
        return _ordinary(renderer.output.words(name))
    brackets = BETWEEN[name]
    return _ordinary(brackets[0] + _formula(renderer, span, style) + brackets[1])


def _joined(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    r"""`\comm{A}{B}` as [A, B]: as many arguments as the author gave, at most three."""
    opening, between, closing = JOINED[name]
    parts: list[str] = []
    while len(parts) < _MOST_JOINED and renderer.next_is(span, TokenType.OPEN):
        parts.append(_formula(renderer, span, style))
    if not parts:
        return _ordinary(renderer.output.words(name))
    return _ordinary(opening + between.join(parts) + closing)


def _derivative(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    r"""`\dv{f}{x}` as df/dx, `\pdv{x}` as ∂/∂x."""
    renderer.skip_star(span)
    sign = "∂" if name == "pdv" else "d"
    power = renderer.output.raised(renderer.output.words(renderer.option(span) or ""))
    if not renderer.next_is(span, TokenType.OPEN):
        return _ordinary(renderer.output.words(name))
    parts = [_formula(renderer, span, style)]
    if renderer.next_is(span, TokenType.OPEN):
        parts.append(_formula(renderer, span, style))
    top = "" if len(parts) == 1 else parts[0]
    return MathPart(Role.FRACTION, f"{sign}{power}{top}/{sign}{parts[-1]}{power}")


def _bracket_size(renderer: Renderer, span: Span, _style: Style, _name: str) -> MathPart:
    r"""\left, \Big and the like say only how tall the bracket is; a full stop is none at all."""
    renderer.trim(span)
    for sign, role, shown in (
        (".", Role.CLOSING, ""),
        ("<", Role.OPENING, "⟨"),
        (">", Role.CLOSING, "⟩"),
    ):
        if renderer.next_starts(span, sign):
            renderer.shorten(span, 1)
            return MathPart(role, shown)
    return _ordinary("")


def _raised(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    inner = renderer.argument(span, style._replace(tight=True))
    return MathPart(Role.SCRIPT, renderer.output.raised(inner))


def _lowered(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    inner = renderer.argument(span, style._replace(tight=True))
    return MathPart(Role.SCRIPT, renderer.output.lowered(inner))


def _modulo(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    return _ordinary(f" (mod {_formula(renderer, span, style)})")


def _infix(renderer: Renderer, _span: Span, style: Style, name: str) -> MathPart:
    """Outside a formula, or where nothing stands before it: the words."""
    shown = "/" if name == "over" and style.math else name
    return MathPart(Role.RELATION if style.math else Role.ORDINARY, renderer.output.words(shown))


def infix(renderer: Renderer, name: str, top: str, bottom: str) -> MathPart:
    r"""`{a \over b}` and `{n \choose k}`: all of the group stands on one side or the other."""
    if name == "choose":
        return _ordinary(f"({top} choose {bottom})")
    if name != "over":
        shown = f"{top}, {bottom}"
        return _ordinary({"brace": f"{{{shown}}}", "brack": f"[{shown}]"}.get(name, shown))
    if _COMPOUND.search(renderer.output.bare(top)):
        top = f"({top})"
    return MathPart(Role.FRACTION, f"{top}/{bottom if _ATOM.match(bottom) else f'({bottom})'}")


def _generalized(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    r"""`\genfrac{(}{)}{0pt}{}{n}{k}`: two brackets, a thickness, a size, then the fraction."""
    opening, closing, thickness, _size = (renderer.raw(span) or "" for _ in range(4))
    if thickness.startswith("0"):
        top, bottom = _formula(renderer, span, style), _formula(renderer, span, style)
        return _ordinary(f"({top} choose {bottom})")
    inner = _fraction(renderer, span, style, name).text
    if not (opening or closing):
        return MathPart(Role.FRACTION, inner)
    return _ordinary(renderer.output.words(opening) + inner + renderer.output.words(closing))


def _beside(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    r"""`\prescript{a}{b}{X}` and `\sideset{_a}{'}\sum`: signs before what they belong to."""
    small = style._replace(math=True, tight=True, upright=True)
    up, down = renderer.argument(span, small), renderer.argument(span, small)
    output = renderer.output
    return _ordinary((output.raised(up) if up else "") + (output.lowered(down) if down else ""))


def _sided(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    left, right = _formula(renderer, span, style), _formula(renderer, span, style)
    return MathPart(Role.FUNCTION, left + _formula(renderer, span, style) + right)


FORMULA_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(FRACTIONS, _fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _binomial),
    "sqrt": _root,
    **dict.fromkeys(("stackrel", "overset", "underset"), _stacked),
    **dict.fromkeys(ARROWS, _labelled_arrow),
    "not": _not,
    **dict.fromkeys(BETWEEN, _between),
    **dict.fromkeys(JOINED, _joined),
    **dict.fromkeys(("dv", "pdv"), _derivative),
    **dict.fromkeys(SIZES, _bracket_size),
    **dict.fromkeys(("textsuperscript", "textsu", "sp"), _raised),
    **dict.fromkeys(("textsubscript", "sb"), _lowered),
    "pmod": _modulo,
    **dict.fromkeys(INFIX, _infix),
    "genfrac": _generalized,
    "prescript": _beside,
    "sideset": _sided,
    "accentset": _stacked,
}
