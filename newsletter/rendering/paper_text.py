"""What arXiv says of a paper, as text and as HTML that a reader can read."""

import re
from functools import lru_cache
from html import escape

from newsletter import tex


@lru_cache(maxsize=4096)
def plain(source: str) -> str:
    """TeX as one line of plain text."""
    return " ".join(tex.to_text(source).split())


@lru_cache(maxsize=4096)
def markup(source: str, characters: int, *, linked: bool = True) -> str:
    """TeX as HTML; beyond so many characters the plain text, cut."""
    if len(source) > characters:
        return escape(shortened(plain(source), characters), quote=False)
    html = tex.to_html(source)
    return html if linked else re.sub(r"</?a\b[^>]*>", "", html)


def shortened(text: str, characters: int) -> str:
    """Cut at a word, with an ellipsis where something is left out."""
    if len(text) <= characters:
        return text
    cut = text[: characters - 1]
    whole = cut.rpartition(" ")[0] if " " in cut[characters // 2 :] else cut
    return whole.rstrip(" ,;:.") + (" …" if whole is not cut else "…")
