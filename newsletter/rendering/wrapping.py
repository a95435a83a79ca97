"""Plain text in lines of at most so many columns, as displayed: a Chinese character takes two."""

from collections.abc import Iterator
from functools import lru_cache

from newsletter.lazy_pattern import lazy_pattern

TEXT_COLUMNS = 72

_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# What must not open a line hangs on to the character before it, what must not end one to the next.
_CLOSING = r"，。、；：？！）》」』】〉”’…"
_OPENING = r"（《「『【〈“‘"
# No line breaks at these spaces, French ones before a colon, nor at an apostrophe within a word.
_UNBROKEN = r"\u00a0\u202f"
_GAP = lazy_pattern(rf"[^\S{_UNBROKEN}]+")
_LATIN = rf"[^\W{_WIDE}]"
_WORD = rf"(?:[^\s{_WIDE}{_OPENING}{_CLOSING}]+|[{_UNBROKEN}]|(?<={_LATIN})[’‘](?={_LATIN}))+"
_UNIT = lazy_pattern(
    rf"[a-z]+://[^\s{_WIDE}{_OPENING}{_CLOSING}]+[{_CLOSING}]*"
    # A dot between facts ends its line, but never hangs on to an address.
    rf"|[{_OPENING}]*(?:[{_WIDE}]|{_WORD})[{_CLOSING}]*(?: ·(?= ))?"
    rf"|[{_OPENING}{_CLOSING}]+"
)
_WORDS_ONLY = lazy_pattern("[\x00-\x7f“”‘’…]*")


def wrap_text(text: str, indent: int = 0) -> str:
    """Break lines between words, or between Chinese characters; a line break stays one.

    A word that is longer than a line, such as a link, stays whole on a line of its own.
    """
    margin = " " * indent
    lines = [line for paragraph in text.split("\n") for line in _lines(paragraph, indent)]
    return "\n".join(f"{margin}{line}".rstrip() for line in lines)


def _lines(paragraph: str, indent: int) -> list[str]:
    return (
        _lines_of_words(paragraph, indent)
        if _WORDS_ONLY.fullmatch(paragraph)
        else _lines_of_units(paragraph, indent)
    )


def _lines_of_words(paragraph: str, indent: int) -> list[str]:
    """The same where lines break at spaces alone; ten times as fast."""
    lines = []
    room = TEXT_COLUMNS - indent
    rest = " ".join(paragraph.split())
    while len(rest) > room:
        end = rest.rfind(" ", 0, room + 1)
        end = end if end >= 0 else rest.find(" ", room)
        if end < 0:
            break
        lines.append(rest[:end])
        rest = rest[end + 1 :]
    return [*lines, rest]


def _lines_of_units(paragraph: str, indent: int) -> list[str]:
    lines = [""]
    used = indent
    for unit, is_apart in _units(paragraph):
        space = " " if is_apart and lines[-1] else ""
        width = len(unit) if unit.isascii() else columns(unit)
        if lines[-1] and used + len(space) + width > TEXT_COLUMNS:
            lines.append("")
            used, space = indent, ""
        lines[-1] += space + unit
        used += len(space) + width
    return lines


def _units(paragraph: str) -> Iterator[tuple[str, bool]]:
    """The pieces that stay together on a line, and whether a space is before each."""
    if " ·" in paragraph:
        end = 0
        for unit in _UNIT.finditer(paragraph):
            yield unit[0], unit.start() > end
            end = unit.end()
        return
    for word in filter(None, _GAP.split(paragraph)):
        if word.isascii():
            yield word, True
        else:
            for number, unit in enumerate(_UNIT.findall(word)):
                yield unit, not number


@lru_cache(maxsize=4096)  # mostly of single characters
def columns(text: str) -> int:
    """That it takes as displayed."""
    from wcwidth import wcswidth  # 0.1 s, and only what is not English needs it

    return max(wcswidth(text), len(text))
