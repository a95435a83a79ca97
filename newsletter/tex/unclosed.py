"""How far a brace reaches that an author never closed, as in $10^{-3 m$."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

import re

from newsletter.tex.dollars import holds_formula
from newsletter.tex.names import BLACKBOARD_FONTS, FORMULA_FONTS, FRACTIONS, PROSE_FONTS, names
from newsletter.tex.symbols import MATH_ACCENTS

# Characters of a source that are looked at, before a brace and behind it.
NEAR, FAR = 40, 500
_OWNER = re.compile(r"(?:\\([A-Za-z]+)\s*|([_^]))\Z")
_WORD = re.compile(r"[^\s{}$]*[^\s{}$.,;:)]")
_LETTER = re.compile(r"\s*(?:[A-Za-z]|\\[A-Za-z]+)(?![A-Za-z])")
_NUMBER = re.compile(r"\s*[-+−]?\d+(?:\.\d+)?(?=[\s)\]\\]|\Z)")
_LIMIT = re.compile(r"(?:[^{}^]+=[^{}^]+|\d+)(?=\^)")
_SIDE = re.compile(
    r"\s*\S[^{}]*?(?=\s(?:[=<>≤≥≈∼]|\\(?:leq?|geq?|approx|sim|simeq|in|to|equiv|ll|gg)(?![A-Za-z])))"
)
_OF_A_LETTER = frozenset(
    [*BLACKBOARD_FONTS, *MATH_ACCENTS, *names("mathcal mathscr mathfrak mathbf bm")]
)
_HELD = {
    "_": (_NUMBER, _LIMIT, _SIDE),
    "^": (_NUMBER, _SIDE),
    **dict.fromkeys(_OF_A_LETTER, (_LETTER, _SIDE)),
}
_OF_TWO = frozenset([*FRACTIONS, *names("binom dbinom tbinom stackrel overset underset accentset")])
_WITH_ARGUMENT = frozenset(
    [*FORMULA_FONTS, *PROSE_FONTS, *_OF_A_LETTER, *_OF_TWO, "sqrt", "_", "^"]
)
_LAST_GROUP = re.compile(r"\{[^{}]*\}\s*\Z")
_BRACKETS = {")": "(", "]": "["}


def reach(before: str, rest: str) -> int:
    """How many characters the brace holds: a word of prose, or what belongs together in a formula.

    Args:
        before: what stands before the brace.
        rest: what stands behind it, up to the end of its formula or of the text.
    """
    if "$" in rest or not holds_formula(rest, ""):
        found = _WORD.match(rest)
        return found.end() if found else 0
    owner = _owner(before)
    for pattern in _HELD.get(owner, (_SIDE,)):
        found = pattern.match(rest)
        if found:
            return _up_to_bracket(found[0])
    group = _LAST_GROUP.search(rest) if owner in _OF_TWO else None
    if group and group.start() and _owner(rest[: group.start()]) not in _WITH_ARGUMENT:
        return group.start()
    return _up_to_bracket(rest)


def _owner(before: str) -> str:
    """The command or the sign whose argument begins here, if any."""
    found = _OWNER.search(before)
    return (found[1] or found[2]) if found else ""


def _up_to_bracket(rest: str) -> int:
    """Where a bracket closes that was opened before, or the end."""
    inside = dict.fromkeys("([", 0)
    for at, sign in enumerate(rest):
        if sign in inside:
            inside[sign] += 1
        elif sign in _BRACKETS:
            inside[_BRACKETS[sign]] -= 1
            if inside[_BRACKETS[sign]] < 0:
                return at
    return len(rest)
