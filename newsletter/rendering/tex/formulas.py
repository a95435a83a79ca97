"""Commands of formulas that do something: fractions, roots, stacked signs, brackets, negation."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newsletter.rendering.tex import names
from newsletter.rendering.tex.math import Piece, Role
from newsletter.rendering.tex.tokens import Kind

if TYPE_CHECKING:
    from newsletter.rendering.tex.macros import Handler
    from newsletter.rendering.tex.reader import Reader
    from newsletter.rendering.tex.spans import Span, Style

# One factor, set as text or as HTML: x, √, 12, x with scripts, a word.
_SCRIPTS = r"(?:<su[bp]>[^<]*</su[bp]>|[_^][\w.]+|[_^]\([^()]*\)|[′⁰-ₜᵃ-ᶻᵢ-ᵪ²³¹])*"
_ATOM = re.compile(
    rf"(?:<em>)?[^\W\d_](?:</em>)?\u0305?{_SCRIPTS}\Z|[A-Za-z]{{3,}}{_SCRIPTS}\Z|\d[\d.,]*\Z|\S\Z"
)
_COMPOUND = re.compile(r"[-+−±/ ,∈=]")


def _ordinary(text: str) -> Piece:
    return Piece(Role.ORDINARY, text)


def _formula(reader: Reader, span: Span, style: Style) -> str:
    return reader.argument(span, style._replace(math=True))


def _fraction(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    top, bottom = _formula(reader, span, style), _formula(reader, span, style)
    if not bottom:
        return _ordinary(top)
    if _COMPOUND.search(reader.marks.bare(top)):
        top = f"({top})"
    if not _ATOM.match(bottom):
        bottom = f"({bottom})"
    return Piece(Role.FRACTION if style.math else Role.ORDINARY, f"{top}/{bottom}")


def _binomial(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    top, bottom = _formula(reader, span, style), _formula(reader, span, style)
    return _ordinary(f"({top} choose {bottom})")


def _root(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    index = (reader.option(span) or "").strip()
    inner = _formula(reader, span, style)
    if not _ATOM.match(inner):
        inner = f"({inner})"
    sign = {"": "√", "3": "∛", "4": "∜"}.get(index)
    return _ordinary((sign or reader.marks.raised(reader.marks.words(index)) + "√") + inner)


def _stacked(reader: Reader, span: Span, style: Style, name: str) -> Piece:
    r"""\stackrel{a}{=} and its kin: the small one raised or lowered behind the large one."""
    small = _formula(reader, span, style._replace(tight=True, upright=True))
    large = _formula(reader, span, style)
    shift = reader.marks.lowered if name == "underset" else reader.marks.raised
    bare = reader.marks.bare(large)
    role = Role.RELATION if bare and not bare[0].isalnum() else Role.ORDINARY
    return Piece(role, large + (shift(small) if small else ""))


def _labelled_arrow(reader: Reader, span: Span, style: Style, name: str) -> Piece:
    reader.option(span)
    label = _formula(reader, span, style._replace(tight=True, upright=True))
    sign = "←" if "left" in name else "→"
    return Piece(Role.RELATION, sign + (reader.marks.raised(label) if label else ""))


def _not(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    inner = reader.argument(span, style)
    single = len(inner) == 1
    negated = unicodedata.normalize("NFC", inner + "\u0338") if single else "¬" + inner
    return Piece(Role.RELATION, negated)


def _between(reader: Reader, span: Span, style: Style, name: str) -> Piece:
    if not reader.next_is(span, Kind.OPEN):
        return _ordinary(reader.marks.words(name))
    brackets = names.BETWEEN[name]
    return _ordinary(brackets[0] + _formula(reader, span, style) + brackets[1])


def _bracket_size(reader: Reader, span: Span, _style: Style, _name: str) -> Piece:
    r"""\left, \Big and the like say only how tall the bracket is; a full stop is none at all."""
    reader.trim(span)
    for sign, role, shown in (
        (".", Role.CLOSING, ""),
        ("<", Role.OPENING, "⟨"),
        (">", Role.CLOSING, "⟩"),
    ):
        if reader.next_starts(span, sign):
            reader.shorten(span, 1)
            return Piece(role, shown)
    return _ordinary("")


def _raised(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    inner = reader.argument(span, style._replace(tight=True))
    return Piece(Role.SCRIPT, reader.marks.raised(inner))


def _lowered(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    inner = reader.argument(span, style._replace(tight=True))
    return Piece(Role.SCRIPT, reader.marks.lowered(inner))


def _modulo(reader: Reader, span: Span, style: Style, _name: str) -> Piece:
    return _ordinary(f" (mod {_formula(reader, span, style)})")


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(names.FRACTIONS, _fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _binomial),
    "sqrt": _root,
    **dict.fromkeys(("stackrel", "overset", "underset"), _stacked),
    **dict.fromkeys(names.ARROWS, _labelled_arrow),
    "not": _not,
    **dict.fromkeys(names.BETWEEN, _between),
    **dict.fromkeys(names.SIZES, _bracket_size),
    **dict.fromkeys(("textsuperscript", "textsu", "sp"), _raised),
    **dict.fromkeys(("textsubscript", "sb"), _lowered),
    "pmod": _modulo,
}
