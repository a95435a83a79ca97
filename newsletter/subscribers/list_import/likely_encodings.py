"""A list whose bytes are not Unicode, and of which nothing says what they are.

As Windows' western encoding (cp1252) nearly any bytes are text: a Chinese list's words for a state
are some signs and letters there, and a column of such a name says nothing to us. So it is taken for
western only where what comes of it looks like words of western languages; else the operator must
name it.
"""

import re
from collections.abc import Iterable

from newsletter.subscribers.list_import import (
    column_names,
    import_files,
    refusal_columns,
    refusal_words,
)
from newsletter.subscribers.list_import.refusal_columns import ColumnKind
from newsletter.undeclared_encoding import has_shifts

_SAMPLE = 1 << 14  # bytes that a suggestion goes by, in so many lines at most
_TELLING = 200
_SUGGESTED = 3
_CELL = re.compile(r"[^,;|\t\"\r\n]+")
_CANDIDATES = (
    *("gb18030", "big5", "cp932", "euc_jp", "cp949", "koi8_r", "cp1251", "cp866", "cp1253"),
    *("cp1255", "cp1256", "cp1250", "cp1254", "mac_roman", "cp850", "cp874"),
)


def suggestions(lines: Iterable[bytes]) -> list[str]:
    """Encodings that it may be, the likeliest first; there may be none."""
    from charset_normalizer import from_bytes

    telling = [line for line in lines if not line.isascii() or has_shifts(line)][:_TELLING]
    sample = b"".join(telling)[:_SAMPLE]
    if has_shifts(sample):
        return ["iso2022_kr" if b"\x1b$)C" in sample else "iso2022_jp"]
    likely = [match.encoding for match in from_bytes(sample, cp_isolation=list(_CANDIDATES))]
    known = {name: _known_cells(sample, name) for name in dict.fromkeys([*likely, *_CANDIDATES])}
    told = {name: count for name, count in known.items() if count or name in likely}
    return sorted(told, key=told.__getitem__, reverse=True)[:_SUGGESTED]


def _known_cells(sample: bytes, encoding: str) -> int:
    """How many cells say something to us in that encoding."""
    try:
        cells = _CELL.findall(sample.decode(encoding))
    except UnicodeDecodeError:  # the sample may end amid a character
        cells = _CELL.findall(sample.decode(encoding, "ignore")) if len(sample) == _SAMPLE else []
    return sum(not cell.isascii() and _is_known(cell.strip()) for cell in set(cells))


def _is_known(cell: str) -> bool:
    word = refusal_words.status_word(column_names.plain_words(cell.casefold()))
    kind = refusal_columns.column_kind(cell)
    return word is not None or kind is not ColumnKind.OTHER or import_files.is_known_column(cell)
