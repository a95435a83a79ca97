"""How the pieces of a formula stand together: who wants room beside it, and who does not."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.tex.output_formats import OutputFormat


class Role(Enum):
    ORDINARY = auto()
    RELATION = auto()
    OPERATOR = auto()
    FUNCTION = auto()
    OPENING = auto()
    CLOSING = auto()
    PUNCTUATION = auto()
    SCRIPT = auto()
    FRACTION = auto()
    SIGN = auto()  # a relation or operator with nothing on one side, such as the minus in -1
    SPACE = auto()
    ROOM = auto()  # a space that the author asked for with ~ or a command
    EATEN_SPACE = auto()  # one that only ended a command's name


class MathPart(NamedTuple):
    role: Role
    text: str


_ATOM = re.compile(
    r"(?P<and>(?<![=<>&(\[,+*-])&&?(?![=<>&)\],+*-]))|(?P<space>\s+|&)"
    r"|(?P<letters>[A-Za-z]+)|(?P<number>\d(?:[\d.,]*\d)?)"
    r"|(?P<relation>-{1,2}>|[<>=:]*[<>=][<>=:]*)|(?P<hyphen>(?<=[A-Za-z]{2})-(?=[A-Za-z]{2})|(?<=[A-Za-z])-(?=[A-Za-z]{3}))"
    r"|(?P<minus>-)|(?P<operator>[+*])|(?P<opening>[(\[])|(?P<closing>[)\]])"
    r"|(?P<punctuation>[,;:])|(?P<prime>'+)|(?P<other>[\s\S])"
)
_ROLES = {
    "space": Role.SPACE, "relation": Role.RELATION, "minus": Role.OPERATOR,
    "operator": Role.OPERATOR, "opening": Role.OPENING, "closing": Role.CLOSING,
    "punctuation": Role.PUNCTUATION,
}  # fmt: skip
_SPELLED = {"->": "→", "-->": "→", "'": "′", "''": "″", "'''": "‴"}
_LONGEST_VARIABLE = 2
_BEGINS = {None, Role.OPENING, Role.RELATION, Role.OPERATOR, Role.PUNCTUATION, Role.SIGN}
_FACTORS = {Role.ORDINARY, Role.FRACTION, Role.CLOSING, Role.SCRIPT}
_FACTOR_FOLLOWS = (
    [Role.ORDINARY], [Role.FRACTION], [Role.OPENING], [Role.FUNCTION], [Role.SCRIPT],
)  # fmt: skip
# From no space at all to one that must stay.
_SPACES = [None, Role.EATEN_SPACE, Role.SPACE, Role.ROOM]
_ROOMY = {Role.RELATION, Role.OPERATOR}
_ENDS_IN_WORD = re.compile(r"[A-Za-z]{2,}(?:</\w+>)*\Z")
_STARTS_AS_WORD = re.compile(r"(?:<\w+>)*[A-Za-z0-9]")


def signed(number: str) -> str:
    """With the sign of minus for a hyphen."""
    return number.replace("-", "−")


def split_formula(
    text: str, output: OutputFormat, *, upright: bool, columns: bool
) -> Iterator[MathPart]:
    """The pieces of plain characters inside a formula; in one with columns, & parts them."""
    for match in _ATOM.finditer(text):
        kind, atom = match.lastgroup or "other", match[0]
        if kind == "letters":
            slanted = not upright and len(atom) <= _LONGEST_VARIABLE
            yield MathPart(Role.ORDINARY, output.emphasis(atom) if slanted else atom)
        elif kind == "and":
            yield (
                MathPart(Role.SPACE, " ")
                if columns
                else MathPart(Role.RELATION, output.words(atom))
            )
        elif kind == "minus":
            yield MathPart(Role.OPERATOR, "−")
        else:
            role = _ROLES.get(kind, Role.ORDINARY)
            yield MathPart(role, output.words(_SPELLED.get(atom, atom)))


def join_formula(pieces: list[MathPart], *, tight: bool) -> str:
    """The formula as one string; `tight` is for scripts, where relations get no room."""
    solid, spaces = _without_spaces(pieces)
    roles = _roles(solid)
    out: list[str] = [" "] if spaces[0] is Role.ROOM else []
    before: Role | None = None
    for at, piece in enumerate(solid):
        role = roles[at]
        if at and _gap(before, role, at, solid, spaces, tight=tight):
            out.append(" ")
        out.append(f"({piece.text})" if _needs_brackets(at, roles) else piece.text)
        if role is not Role.SCRIPT or before is None:
            before = role
    if solid and spaces[-1] is Role.ROOM:
        out.append(" ")
    return "".join(out)


def _without_spaces(parts: list[MathPart]) -> tuple[list[MathPart], list[Role | None]]:
    """The solid pieces, and for each what kind of space the author left in front of it."""
    solid: list[MathPart] = []
    spaces: list[Role | None] = []
    pending: Role | None = None
    for part in parts:
        if part.role in _SPACES:
            pending = max(pending, part.role, key=_SPACES.index)
        elif part.text:
            if solid and part.role is solid[-1].role is Role.RELATION:
                solid[-1] = MathPart(Role.RELATION, solid[-1].text + part.text)
            else:
                solid.append(part)
                spaces.append(pending)
            pending = None
    spaces.append(pending)
    return solid, spaces


def _roles(solid: list[MathPart]) -> list[Role]:
    """Each piece's role, where a relation or operator without two sides is a mere sign."""
    roles: list[Role] = []
    before: Role | None = None
    for at, piece in enumerate(solid):
        role = piece.role
        if role in _ROOMY and (before in _BEGINS or _is_last(at, solid)):
            role = Role.SIGN
        roles.append(role)
        if role is not Role.SCRIPT:
            before = role
    return roles


def _needs_brackets(at: int, roles: list[Role]) -> bool:
    """Whether a fraction would swallow its neighbour: (1/2)x is not 1/2x."""
    if roles[at] is not Role.FRACTION:
        return False
    return bool(at and roles[at - 1] in _FACTORS) or roles[at + 1 : at + 2] in _FACTOR_FOLLOWS


def _is_last(at: int, solid: list[MathPart]) -> bool:
    rest = solid[at + 1 : at + 3]
    return all(piece.role is Role.SCRIPT for piece in rest) or rest[0].role is Role.CLOSING


def _gap(  # noqa: PLR0911 - a table of cases reads best as one
    before: Role | None,
    role: Role,
    at: int,
    solid: list[MathPart],
    spaces: list[Role | None],
    *,
    tight: bool,
) -> bool:
    """Whether there is room between the piece at `at` and the one before it."""
    if role is Role.SCRIPT:
        return False
    if role in _ROOMY or before in _ROOMY:
        if tight:
            return role is Role.OPERATOR and spaces[at] is Role.SPACE and spaces[at + 1] is None
        return _has_room(before, role, at, solid, spaces)
    if before is Role.FUNCTION:
        return role in {Role.ORDINARY, Role.FRACTION, Role.FUNCTION, Role.SIGN}
    if before is Role.SIGN or before is Role.OPENING or role is Role.CLOSING:
        return spaces[at] is Role.SPACE and solid[at - 1].role is Role.RELATION and not tight
    if role is Role.FUNCTION:
        return before in {Role.ORDINARY, Role.FRACTION, Role.CLOSING, Role.PUNCTUATION}
    if spaces[at] is Role.ROOM:
        return True
    if spaces[at] is None or (tight and before is Role.PUNCTUATION):
        return False
    if before is Role.PUNCTUATION or role is Role.SIGN:
        return True
    return _keeps_space(solid[at - 1].text, solid[at].text, spaces[at])


def _has_room(
    before: Role | None, role: Role, at: int, solid: list[MathPart], spaces: list[Role | None]
) -> bool:
    if Role.RELATION in {before, role}:
        return True
    sign = at if role is Role.OPERATOR else at - 1
    while sign and solid[sign].role is Role.SCRIPT:
        sign -= 1
    return any(space is not None for space in spaces[sign : sign + 2])


def _keeps_space(left: str, right: str, space: Role | None) -> bool:
    if _ENDS_IN_WORD.search(left) and _STARTS_AS_WORD.match(right):
        return True
    return space is Role.SPACE and not right.startswith(("(", "["))
