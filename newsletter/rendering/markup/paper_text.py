"""arXiv's words on a paper, as text and as HTML that a reader can read."""

import re
from functools import lru_cache
from html import escape
from string import ascii_letters, digits

from newsletter import tex
from newsletter.lazy_pattern import lazy_pattern
from newsletter.text import visible

EXCERPT_CHARACTERS = 280

_PLAIN_SIGNS = (ascii_letters + digits + " ,:;.()?!-'\"/+@").encode()
# As some authors write bold, slanted and code words. No mark beside a "$" or a letter: a
# C*-algebra is none, nor is TeX's `quoted'.
_MARKDOWN = lazy_pattern(
    r"(?<![\w*$\\^{])\*\*(?=[^\s*])([^*$]{1,300}?)(?<=[^\s*])\*\*(?![\w*])"
    r"|(?<![\w*$\\^{])\*(?=[A-Za-z])([^*$]{1,80}?)(?<=[A-Za-z.])\*(?![\w*-])"
    r"|(?<![\w`])`([^`'$\s](?:[^`'$]{0,78}[^`'$\s])?)`(?![\w`'])"
)
_CATEGORY = lazy_pattern(r"[a-z][a-z-]+(?:\.[A-Za-z-]+)?")


def is_category(name: str) -> bool:
    """Whether it is arXiv's: authors' ACM and MSC classes, as H.5.5 and 68T10, stand among them."""
    return bool(_CATEGORY.fullmatch(name))


def _readable(source: str) -> str:
    """The same without the marks of Markdown, which arXiv shows as they were typed."""
    seen = visible(source)
    if "*" not in seen and "`" not in seen:
        return seen
    return _MARKDOWN.sub(lambda found: found[found.lastindex or 0], seen)


@lru_cache(maxsize=4096)
def plain(source: str) -> str:
    """TeX as one line of plain text."""
    return source if is_plain(source) else " ".join(tex.to_text(_readable(source)).split())


def is_plain(source: str) -> bool:
    """Whether it is plain text already, as most titles are; quickly, since those are many."""
    return (
        source.isascii()
        and not source.encode().translate(None, _PLAIN_SIGNS)
        and "--" not in source
        and "  " not in source
        and source[:1].isalnum()
        and source[-1:] != " "
    )


@lru_cache(maxsize=4096)
def markup(source: str, characters: int, *, linked: bool = True) -> str:
    """TeX as HTML; beyond so many characters the plain text, cut."""
    if len(source) > characters:
        return escape(shortened(plain(source), characters), quote=False)
    html = tex.to_html(_readable(source))
    return html if linked else re.sub(r"</?a\b[^>]*>", "", html)


def shortened(text: str, characters: int) -> str:
    """Cut at a word, with an ellipsis where something is left out."""
    if len(text) <= characters:
        return text
    space = text.rfind(" ", characters // 2, characters - 1)
    if space < 0:
        return text[: characters - 1].rstrip(" ,;:.") + "…"
    return text[:space].rstrip(" ,;:.") + " …"
