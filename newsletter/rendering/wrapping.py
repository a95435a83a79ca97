"""Plain text in lines of at most so many columns, as displayed: a Chinese character takes two."""

from collections.abc import Sequence

from newsletter.lazy_pattern import lazy_pattern

TEXT_COLUMNS = 72

_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# What must not open a line hangs on to the character before it, what must not end one to the next.
_CLOSING = r"，。、；：？！）》」』】〉”’…"
_OPENING = r"（《「『【〈“‘"
_UNIT = lazy_pattern(
    rf"[a-z]+://[^\s{_WIDE}{_OPENING}{_CLOSING}]+[{_CLOSING}]*"
    # A dot between facts ends its line, but never hangs on to an address.
    rf"|[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}{_CLOSING}]+)[{_CLOSING}]*(?: ·(?= ))?"
    rf"|[{_OPENING}{_CLOSING}]+"
)
_BETWEEN = "\n\0\n"
_TIDY = lazy_pattern("[\0\n -~“”‘’…]*(?<! )")
_LINE = lazy_pattern(rf"(?m)(.{{1,{TEXT_COLUMNS}}}|\S+)(?: |$)")  # or one long word
_WORDS_ONLY = lazy_pattern("[\x00-\x7f“”‘’…]*")


def wrap_text(text: str, indent: int = 0) -> str:
    """Break lines between words, or between Chinese characters; a line break stays one.

    A word that is longer than a line, such as a link, stays whole on a line of its own.
    """
    margin = " " * indent
    lines = [line for paragraph in text.split("\n") for line in _lines(paragraph, indent)]
    return "\n".join(f"{margin}{line}".rstrip() for line in lines)


def wrap_items(texts: Sequence[str]) -> list[str]:
    """Each as an item of a list, in lines like those of `wrap_text`."""
    joined = _BETWEEN.join(f"* {text}" for text in texts)
    is_tidy = _TIDY.fullmatch(joined) and "  " not in joined and " \n" not in joined
    has_empty_lines = "\n\n" in f"{joined}\n"
    if is_tidy and not has_empty_lines and joined.count("\0") == len(texts) - 1:
        return "\n".join(_LINE.findall(joined)).split(_BETWEEN)
    return [wrap_text(f"* {text}") for text in texts]


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
    end = 0
    for unit in _UNIT.finditer(paragraph):
        space = " " if unit.start() > end and lines[-1] else ""
        width = len(unit[0]) if unit[0].isascii() else _columns(unit[0])
        if lines[-1] and used + len(space) + width > TEXT_COLUMNS:
            lines.append("")
            used, space = indent, ""
        lines[-1] += space + unit[0]
        used += len(space) + width
        end = unit.end()
    return lines


def _columns(text: str) -> int:
    from wcwidth import wcswidth  # 0.1 s, and only what is not English needs it

    return max(wcswidth(text), len(text))
