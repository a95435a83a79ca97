"""The meaning of each command: a table of names, and the few that do something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.accents import MATH_HANDLERS, PROSE_HANDLERS
from newsletter.tex.cross_references import REFERENCE_HANDLERS
from newsletter.tex.escapes import escaped
from newsletter.tex.formulas import FORMULA_HANDLERS
from newsletter.tex.math import MathPart, Role
from newsletter.tex.names import UNMISTAKABLE, names
from newsletter.tex.own_words import stands_apart
from newsletter.tex.science import SCIENCE_HANDLERS
from newsletter.tex.structure import STRUCTURE_HANDLERS
from newsletter.tex.styles import STYLE_HANDLERS
from newsletter.tex.symbols import (
    ABBREVIATIONS,
    BIG,
    BLACKBOARD,
    CLOSING,
    FUNCTIONS,
    NAMES,
    NUMBER_SETS,
    OPENING,
    OPERATOR,
    ORDINARY,
    RELATION,
    SPELLED,
)
from newsletter.tex.tokens import Token, TokenType

if TYPE_CHECKING:
    from newsletter.tex.handler import Handler, Renderer
    from newsletter.tex.spans import Span, Style


SIGNS: dict[str, MathPart] = {
    name: MathPart(role, text)
    for role, table in (
        (Role.ORDINARY, ORDINARY),
        (Role.RELATION, RELATION),
        (Role.OPERATOR, OPERATOR),
        (Role.FUNCTION, BIG),
        (Role.FUNCTION, {name: name for name in FUNCTIONS} | SPELLED),
        (Role.OPENING, OPENING),
        (Role.CLOSING, CLOSING),
    )
    for name, text in table.items()
}
SIGNS["colon"] = MathPart(Role.PUNCTUATION, ":")
HANDLERS: dict[str, Handler] = {
    **MATH_HANDLERS,
    **STYLE_HANDLERS,
    **FORMULA_HANDLERS,
    **REFERENCE_HANDLERS,
    **SCIENCE_HANDLERS,
    **STRUCTURE_HANDLERS,
}
# Letters and marks of prose behind whose names TeX eats the space: K\o benhavn.
_LETTERS = frozenset(
    names("""
        aa AA ae AE oe OE o O l L ss SS i j dh DH dj DJ th TH ng NG textmu textquoteleft
        textquotedblleft
    """)
)
_DASHES = frozenset(names("textendash textemdash"))
_NUMBER = re.compile(r"\d[\s~{}$^\\,]*\Z")
_NEAR = 40
# One-letter commands that are letters of other alphabets in prose, but not in formulas.
_PLAIN_IN_FORMULAS = frozenset(names("S P H L O o l"))
_IN_ANGLES = {"la": MathPart(Role.OPENING, "⟨"), "ra": MathPart(Role.CLOSING, "⟩")}
_COMPARING = {
    "la": MathPart(Role.RELATION, "≲"),
    "ga": MathPart(Role.RELATION, "≳"),
    "ra": MathPart(Role.RELATION, "→"),
}
_SINGLE = re.compile(r"(?<!\\)\\(?:\\\\)*[A-Za-z]{2}")
_DOUBLED = re.compile(r"\\\\([A-Za-z]{2,})")
_LITERAL_BREAK = re.compile(r"(?<!\\)\\n(?![A-Za-z])")
_LETTER = re.compile(r"(?P<font>cal|mc|c|scr|frak|bb)(?P<letter>[A-Z])")
_ONLY_FOR_PRINT = re.compile(
    r"[^\\]*=|[htbpclr!]{0,4}\Z|(?:inline|draft|final|noline|short|long)\Z"
    r"|[\d.]* ?(?:pt|em|ex|cm|mm|in)\Z"
)
_BRACKET_THEN_GROUP = re.compile(r"\[[^\]]{0,150}\]\{")
# Arguments of a command that is left as it was, and tokens that they may have in all.
_SEVERAL, _LONGEST_WHOLE = 2, 60
_NAMES_SOMETHING = re.compile(
    r"[A-Z]|\w*(?:method|model|name|our|dataset|bench|framework|system|tool|algo)"
)


def undoubled(source: str) -> str:
    r"""The source with single backslashes, if some program wrote each of them twice: \\alpha."""
    found = set(_DOUBLED.findall(source))
    if _SINGLE.search(source) or UNMISTAKABLE.isdisjoint(found):
        return source
    return _LITERAL_BREAK.sub(" ", source).replace("\\\\", "\\")


def is_sign_command(command: str) -> bool:
    """Whether the command can be a script all by itself, outside formulas too."""
    name = command[1:]
    return name in SIGNS or name in STYLE_HANDLERS or name in MATH_HANDLERS


def spelled_command(command: str) -> str:
    """The command as a sign or a word, without looking at what follows."""
    name = command[1:]
    if name in SIGNS:
        return SIGNS[name].text
    return name if name.isalpha() and name not in HANDLERS else ""


def expand_macro(renderer: Renderer, token: Token, span: Span, style: Style) -> MathPart:
    """The command with its arguments, turned; an unknown one leaves its name as a word."""
    name = token.text[1:]
    if not (name.isascii() and name.isalpha()):
        return escaped(renderer, token, span, style)
    if style.math and name in NUMBER_SETS:
        return MathPart(Role.ORDINARY, NUMBER_SETS[name])
    if style.math and name in _PLAIN_IN_FORMULAS:
        return MathPart(Role.ORDINARY, name)
    handler = None if style.math else PROSE_HANDLERS.get(name)
    handler = handler or HANDLERS.get(name)
    if handler:
        return handler(renderer, span, style, name)
    if name in SIGNS:
        return _sign(renderer, token, span, style)
    return _word(renderer, span, style, name)


def _sign(renderer: Renderer, token: Token, span: Span, style: Style) -> MathPart:
    name = token.text[1:]
    if name == "deg" and style.math and not _NUMBER.search(_before(renderer, token)):
        return MathPart(Role.FUNCTION, "deg")  # of a vertex or a polynomial
    piece = SIGNS[name]
    is_letter = name in _LETTERS and not _is_unit(renderer, token)
    is_dash = name in _DASHES and not _before(renderer, token).endswith(" ")
    if (is_letter or is_dash) and not style.math:
        renderer.trim(span)
    renderer.skip_empty(span)
    return MathPart(piece.role, renderer.output.words(piece.text))


def _is_unit(renderer: Renderer, token: Token) -> bool:
    r"""Whether \AA is the unit behind a number, as in 5 \AA, and not a letter of a name."""
    before = _before(renderer, token)[-3:].rstrip(" ~{\\,")
    return token.text == "\\AA" and before[-1:] in set("0123456789$")


def _before(renderer: Renderer, token: Token) -> str:
    return renderer.source[max(0, token.start - _NEAR) : token.start]


def _word(renderer: Renderer, span: Span, style: Style, name: str) -> MathPart:
    """An abbreviation, or an author's own command."""
    short = (_IN_ANGLES if renderer.has_angles else _COMPARING).get(name) or _COMPARING.get(name)
    if short:
        return short
    shown = NAMES.get(name) or (None if style.math else ABBREVIATIONS.get(name))
    letter = _LETTER.fullmatch(name) if style.math and shown is None else None
    if letter:
        return MathPart(Role.ORDINARY, _lettered(renderer, letter["font"], letter["letter"]))
    if shown is None:
        return MathPart(Role.ORDINARY, _own_parted(renderer, span, style, name))
    if not renderer.skip_empty(span) and shown.endswith(".") and renderer.next_starts(span, "."):
        shown = shown[:-1]
    return MathPart(Role.ORDINARY, renderer.output.words(shown))


def _lettered(renderer: Renderer, font: str, letter: str) -> str:
    r"""`\cO`, `\calO` and `\bbR`: short names of a letter in a font."""
    if font == "bb":
        return BLACKBOARD.get(letter) or renderer.output.strong(letter)
    return renderer.output.emphasis(letter)


def _own_parted(renderer: Renderer, span: Span, style: Style, name: str) -> str:
    """The text of an author's command, with a space before it where a reader expects one."""
    token = renderer.tokens[span.at - 1]
    behind = token.start + len(token.text)
    own = _own(renderer, span, style, name)
    if style.math or style.code:
        return own
    shown = own or renderer.source[behind : behind + _NEAR]
    before = renderer.source[max(0, token.start - _NEAR) : token.start]
    return f" {own}" if stands_apart(before, shown) else own


def _own(renderer: Renderer, span: Span, style: Style, name: str) -> str:
    r"""An author's command: its name, or what it is wrapped around, as in \rev{new words}.

    With two arguments or more nobody can say what it makes of them; it stays as it was, whole.
    """
    start = renderer.tokens[span.at - 1].start
    option = _option(renderer, span, style)
    whole = _as_written(renderer, span, start)
    if whole:
        return renderer.output.words(whole)
    if renderer.opens_unclosed(span):
        return f"{name} " if _NAMES_SOMETHING.match(name) else ""
    inner = renderer.argument(span, style) if renderer.next_is(span, TokenType.OPEN) else ""
    if option:
        inner = f"{option} {inner}"
    if not inner.strip():
        return name
    if not _NAMES_SOMETHING.match(name):
        return inner
    return f"{name}({inner})" if style.math else f"{name} {inner}"


def _option(renderer: Renderer, span: Span, style: Style) -> str:
    r"""The text in brackets before an argument, unless it only says how to print that."""
    start = renderer.tokens[span.at].start if span else 0
    if not renderer.next_starts(span, "[") or not _BRACKET_THEN_GROUP.match(renderer.source, start):
        return ""
    raw = renderer.option(span) or ""
    return "" if _ONLY_FOR_PRINT.match(raw) else renderer.aside(raw, style)


def _as_written(renderer: Renderer, span: Span, begin: int) -> str:
    """The command that begins there with its arguments, as typed, where it has several."""
    tokens, mates = renderer.tokens, renderer.layout.mates
    at, found = span.at, 0
    while at < span.end and at in mates and mates[at] < span.end:
        found += mates[at] > at + 1 or found > 0
        at = mates[at] + 1
    if found < _SEVERAL or at - span.at > _LONGEST_WHOLE:
        return ""
    span.at = at
    last = tokens[at - 1]
    return renderer.source[begin : last.start + len(last.text)]
