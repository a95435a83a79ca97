"""Addresses in abstracts: where one ends, what it was before TeX, and whether it may be linked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# An address as authors write it; `\_` and its like belong to it.
ADDRESS = r"[hH][tT][tT][pP][sS]?://(?:[!#%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]|\\[_%#&~\-])+"
_ADDRESS = re.compile(ADDRESS)
_ESCAPED = re.compile(r"\\([#_%&~^${}\-])(?:\{\})?|\\(?:textasciitilde|string)\s?(?:\{\})?|\s+")
_SAFE = re.compile(r"https?://[\w\[][^\s<>\"\\{}|^`\x00-\x20\x7f]*\Z", re.IGNORECASE)
_GLUED = ".,;:!?'*"
_BRACKETS = {")": "(", "]": "["}


def split_address(address: str) -> tuple[str, str]:
    """The address, and the punctuation of the sentence that was glued to its end."""
    # Each closing bracket is counted once, so a megabyte of them stays cheap.
    surplus = {
        closing: address.count(closing) - address.count(opening)
        for closing, opening in _BRACKETS.items()
    }
    end = len(address)
    while end:
        last = address[end - 1]
        if last in _BRACKETS and surplus[last] > 0:
            surplus[last] -= 1
        elif last not in _GLUED:
            break
        end -= 1
    return address[:end], address[end:]


def clean_address(address: str) -> str:
    """The address without TeX's escapes and line breaks."""
    address = _ESCAPED.sub(_unescaped, address.strip())
    return address.replace(" ", "") if address.lower().startswith("http") else address


def _unescaped(found: re.Match[str]) -> str:
    if found[0].isspace():
        return " "
    return found[1] or ("~" if "tilde" in found[0] else "")


def is_linkable(address: str) -> bool:
    """Whether the address is http or https and has nothing in it that could end an attribute."""
    return _SAFE.match(address) is not None


def text_and_addresses(prose: str) -> Iterator[tuple[str, str]]:
    """The prose in order, as pairs of what stands before an address and the address itself."""
    at = 0
    for match in _ADDRESS.finditer(prose):
        address, _ = split_address(match[0])
        if is_linkable(address):
            yield prose[at : match.start()], address
            at = match.start() + len(address)
    yield prose[at:], ""
