"""TeX of titles, abstracts, comments and names, as a reader wants to see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.tex.definitions import with_own_commands
from newsletter.tex.macros import undoubled
from newsletter.tex.output_formats import HTML, PLAIN
from newsletter.tex.renderer import TexRenderer
from newsletter.tex.tokens import tidied

if TYPE_CHECKING:
    from newsletter.tex.output_formats import OutputFormat

_FORMULA = re.compile(r"\$[^$]+\$")
_ABOUT = re.compile(r"(?<=\s)~=(?=\s)")
# T $_{max}$: a space that the page has no room for either.
_PARTED_SCRIPT = re.compile(r"(?<=(?<!\w)[A-Z]) (?=\$_)")
_SCRIPT_ALONE = re.compile(r"(?<!\S)\$_\{([A-Za-z]{2,})\}\$")
_TEX = re.compile(r"[\\${}^_~]")
# What a program for Markdown made of $p$.
_ESCAPED_FORMULA = re.compile(r"\\\$([A-Za-z][\w^{}]{0,20})\\\$(?!\w)")
# What is left of \\href{address}{address} where its name was lost, as on arXiv's own pages.
_SAID_TWICE = re.compile(
    r"(?<![{\\w])(?P<scheme>https?://|this )(?P<rest>https? URL|[^\s{}]+)"
    r"\}\{(?:(?P=scheme)|https?://)?(?P=rest)\}?(?![^\s.,;:)])"
)


def to_text(source: str) -> str:
    """The source as plain Unicode; a paragraph break is one line break.

    Never raises, and loses no word: a command that nobody but its author knows leaves its name or
    what it is wrapped around; with several arguments it stays as it was, whole.
    """
    return _rendered(source, PLAIN)


def to_html(source: str) -> str:
    """The source as an HTML fragment of sub, sup, em, strong, code, br and links, safe to insert.

    Everything else is escaped, and links go nowhere but to http and https. Never raises.
    """
    return _rendered(source, HTML)


def _rendered(source: str, output: OutputFormat) -> str:
    clean = tidied(source)
    if "\\\\" in clean:
        clean = undoubled(clean)
    if "def" in clean or "command" in clean or "\\let" in clean:
        clean = with_own_commands(clean)
    if "~=" in clean:
        clean = _FORMULA.sub(lambda found: _ABOUT.sub(r"\\approx ", found[0]), clean)
    if "$_" in clean:
        clean = _PARTED_SCRIPT.sub("", clean)
        clean = _SCRIPT_ALONE.sub(r"\1", clean) if output is PLAIN else clean
    if "\\$" in clean:
        clean = _ESCAPED_FORMULA.sub(r"$\1$", clean)
    if "}{" in clean:
        clean = _SAID_TWICE.sub(r"\g<scheme>\g<rest>", clean)
    if not _TEX.search(clean):
        return output.finished(output.prose(clean))
    return output.finished(TexRenderer(clean, output).whole())
