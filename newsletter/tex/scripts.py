"""Sub- and superscripts in plain text: Unicode's own where all are there, else ^ and _."""
# ruff: noqa: RUF001 - formulas need their own signs

from __future__ import annotations

import re

_UP = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδφχ *∗⋆†‡′″°",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵠᵡ ***†‡′″°",
        strict=True,
    )
)
_DOWN = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ ",
        strict=True,
    )
)
# Signs that stand high by themselves.
RAISED_ALREADY = {
    "′": "′", "″": "″", "‴": "‴", "′′": "″", "′′′": "‴", "°": "°", "∘": "°",
}  # fmt: skip
# Signs that mean something else when they are raised.
_RAISED = {"⊤": "T"}
# A word keeps its letters: raised or lowered one by one they are hard to read, and to search for.
_WORD = re.compile(r"[A-Za-z]{3}|[A-Z]{2}")
_ONE_THING = re.compile(r"[A-Za-z0-9Α-Ωα-ω.]+\Z|.\Z|\([^()]*\)\Z")


def raised(script: str) -> str:
    """The superscript as plain text: ², ^max or ^(a/b); nothing for nothing."""
    return RAISED_ALREADY.get(script) or _shifted(_RAISED.get(script, script), _UP, "^")


def lowered(script: str) -> str:
    """The subscript as plain text: ₂, _max or _(i,j); nothing for nothing."""
    return _shifted(script, _DOWN, "_")


def _shifted(script: str, table: dict[str, str], mark: str) -> str:
    script = script.strip()
    if all(character in table for character in script) and not _WORD.search(script):
        return "".join([table[character] for character in script])
    return mark + script if _ONE_THING.match(script) else f"{mark}({script})"
