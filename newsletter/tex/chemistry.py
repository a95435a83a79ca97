r"""Chemical formulas, isotopes and ions: \ce{SO4^2-}, \isotope[14]{C}."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.math import MathPart, Role, signed

if TYPE_CHECKING:
    from newsletter.tex.handler import Handler, Renderer
    from newsletter.tex.spans import Span, Style

_CHEMICAL = re.compile(
    r"\^(?:\{(?P<up>[^\\${}]{0,40})\}|\{?(?P<number>[-+\d.]+)\}?)"
    r"|_(?:\{(?P<low>[^\\{}]{0,40})\}|(?P<one>\w))|(?<=[A-Za-z)\]])(?P<down>\d+)"
    r"|(?P<arrow><=>>?|<?-{1,2}>|<-|(?<=[\w)\]] )[*.](?= )|(?<=[\w)\]])\*(?=\d)|#(?=[A-Z]))"
    r"|(?P<charge>(?<=[A-Za-z\d)\]])[+-](?=[\s(]|\Z))"
    r"|(?P<tex>\$[^$]{1,80}\$|\\[A-Za-z]+ ?(?:\{[^{}]{0,80}\})?)|(?P<other>[^\\${}^])|."
)
_LETTER = re.compile(r"[A-Za-z]")
_ROMAN = re.compile(r"[ivx]{1,5}")
_ARROWS = {
    "->": "→", "-->": "→", "<-": "←", "<->": "↔", "<-->": "↔", "<=>": "⇌", "<=>>": "⇌",
    "*": "·", ".": "·", "#": "≡",
}  # fmt: skip


def _chemistry(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    renderer.option(span)
    raw = renderer.raw(span)
    if raw is None:
        raw = renderer.unclosed(span) if renderer.opens_unclosed(span) else ""
    if name == "ch" and (not raw or (style.math and _LETTER.fullmatch(raw))):
        return MathPart(Role.FUNCTION, f"ch({raw})" if raw else "ch")  # the Chern character, cosh
    small = style._replace(upright=True)
    return MathPart(
        Role.ORDINARY,
        "".join([_chemical(part, renderer, small) for part in _CHEMICAL.finditer(raw)]),
    )


def _chemical(part: re.Match[str], renderer: Renderer, style: Style) -> str:
    output = renderer.output
    if part["tex"]:
        return renderer.aside(part["tex"], style)
    up = part["up"] or part["number"] or part["charge"]
    low = part["down"] or part["low"] or part["one"]
    if up:
        return output.raised(signed(up))
    if low:
        return output.lowered(output.words(signed(low)))
    return output.words(_ARROWS.get(part["arrow"] or "", part["other"] or ""))


def _isotope(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    r"""`\isotope[14][6]{C}`: its numbers of nucleons and protons, then the element."""
    output, small = renderer.output, style._replace(math=True, tight=True, upright=True)
    mass, charge = (renderer.aside(renderer.option(span) or "", small) for _ in range(2))
    element = renderer.argument(span, style._replace(upright=True))
    numbers = (output.raised(mass) if mass else "") + (output.lowered(charge) if charge else "")
    return MathPart(Role.ORDINARY, numbers + element)


def _ion(renderer: Renderer, span: Span, style: Style, _name: str) -> MathPart:
    r"""`\ion{C}{iv}` as C IV, the way astronomers write an ion's spectrum."""
    element = renderer.argument(span, style._replace(math=False))
    stage = renderer.argument(span, style._replace(math=False)) if span else ""
    roman = stage.upper() if _ROMAN.fullmatch(stage) else stage
    return MathPart(Role.ORDINARY, f"{element} {roman}".rstrip())


CHEMISTRY_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("isotope", "nuclide"), _isotope),
    "ion": _ion,
    **dict.fromkeys(("ce", "chem", "ch", "cee"), _chemistry),
}
