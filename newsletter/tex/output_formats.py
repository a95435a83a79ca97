"""The two formats of output: plain Unicode, and a small, safe HTML."""

from __future__ import annotations

import re
from html import escape
from typing import Protocol

from newsletter.tex.links import text_and_addresses

_SPACES = re.compile(r" {2,}")
_AROUND_BREAK = re.compile(r" *\n[ \n]*")
_TAGS = re.compile(r"<[^>]*>")


class OutputFormat(Protocol):
    """How plain text or HTML sets words and the few distinctions that matter."""

    def words(self, raw: str) -> str: ...
    def prose(self, raw: str) -> str: ...
    def link(self, address: str, label: str) -> str: ...
    def raised(self, inner: str) -> str: ...
    def lowered(self, inner: str) -> str: ...
    def emphasis(self, inner: str) -> str: ...
    def strong(self, inner: str) -> str: ...
    def code(self, inner: str) -> str: ...
    def bare(self, marked: str) -> str: ...
    def finished(self, marked: str) -> str: ...


class PlainFormat:
    """Plain Unicode: scripts where they exist, links in brackets, no emphasis."""

    def words(self, raw: str) -> str:
        return raw

    def prose(self, raw: str) -> str:
        return raw

    def link(self, address: str, label: str) -> str:
        if not label or _same(address, label):
            return address
        return f"{label} ({address})"

    def raised(self, inner: str) -> str:
        return raised(inner)

    def lowered(self, inner: str) -> str:
        return lowered(inner)

    def emphasis(self, inner: str) -> str:
        return inner

    def strong(self, inner: str) -> str:
        return inner

    def code(self, inner: str) -> str:
        return inner

    def bare(self, marked: str) -> str:
        return marked

    def finished(self, marked: str) -> str:
        return _AROUND_BREAK.sub("\n", _SPACES.sub(" ", marked)).strip(" \n")


class HtmlFormat:
    """HTML of sub, sup, em, strong, code, br and links; everything else is escaped."""

    def words(self, raw: str) -> str:
        return escape(raw, quote=False)

    def prose(self, raw: str) -> str:
        if "://" not in raw:
            return escape(raw, quote=False)
        return "".join(
            [
                escape(before, quote=False) + (self.link(address, "") if address else "")
                for before, address in text_and_addresses(raw)
            ]
        )

    def link(self, address: str, label: str) -> str:
        shown = label or escape(address, quote=False)
        return f'<a href="{escape(address)}">{shown}</a>'

    def raised(self, inner: str) -> str:
        if inner in RAISED_ALREADY:
            return RAISED_ALREADY[inner]
        return f"<sup>{inner}</sup>" if inner else ""

    def lowered(self, inner: str) -> str:
        return f"<sub>{inner}</sub>" if inner else ""

    def emphasis(self, inner: str) -> str:
        return f"<em>{inner}</em>" if inner.strip() else inner

    def strong(self, inner: str) -> str:
        return f"<strong>{inner}</strong>" if inner.strip() else inner

    def code(self, inner: str) -> str:
        return f"<code>{inner}</code>" if inner.strip() else inner

    def bare(self, marked: str) -> str:
        return _TAGS.sub("", marked)

    def finished(self, marked: str) -> str:
        whole = PLAIN.finished(marked)
        for seam in ("</em><em>", "</strong><strong>"):
            whole = whole.replace(seam, "")
        return whole.replace("\n", "<br>")


def _same(address: str, label: str) -> bool:
    """Whether the label only says the address again."""
    return _naked(address) == _naked(label)


def _naked(address: str) -> str:
    return address.lower().removeprefix("https://").removeprefix("http://").rstrip("/")


PLAIN = PlainFormat()
HTML = HtmlFormat()


# Sub- and superscripts in plain text: Unicode's own where all are there, else ^ and _.

# ruff: noqa: RUF001 - formulas need their own signs


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
# Signs that say the same wherever they stand: those between the numbers of notes, ® and its like.
_ANYWHERE = frozenset(",.;:®©™℠")
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
    if script in _ANYWHERE:
        return script
    if all(character in table for character in script) and not _WORD.search(script):
        return "".join([table[character] for character in script])
    return mark + script if _ONE_THING.match(script) else f"{mark}({script})"
