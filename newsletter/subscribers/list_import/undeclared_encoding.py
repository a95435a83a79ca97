"""A list whose bytes are not Unicode, and of which nothing says what they are.

As Windows' western encoding (cp1252) nearly any bytes are text: a Chinese list's words for a state
are some signs and letters there, and a column of such a name says nothing to us. So it is taken for
western only where what comes of it looks like words of western languages; else the operator must
name it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newsletter.subscribers.list_import import import_files, refusal_columns, refusal_words
from newsletter.subscribers.list_import.refusal_columns import ColumnKind

WESTERN = "cp1252"
_SAMPLE = 1 << 14  # bytes that a suggestion goes by, in so many lines at most
_TELLING = 200
_SUGGESTED = 3
_CELL = re.compile(r"[^,;|\t\"\r\n]+")
_SHARE = 0.2  # of the words beyond ASCII that may be odd: names of elsewhere, slips
_WORD = re.compile(r"[^\s,;|\t\"'()<>/@]*[^\x00-\x7f][^\s,;|\t\"()<>/@]*")
_QUOTES_AROUND = "«»‹›„“”‘’‚…–—•·¡¿"  # noqa: RUF001 - signs of cp1252
# What belongs to no word, or only to another encoding's: signs, controls, what could not be read.
_ODD = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]"
    r"|[^\W\d_][¤¥¢£§¦¨©«¬¯°±²³µ¶¸¹»¼½¾¿¡×÷†‡‰‹›ƒˆ˜„‚“”€][^\W\d_]"  # noqa: RUF001 - signs of cp1252
    r"|[¤¦¨¬¯±µ¶¸¹¼½¾×÷†‡‰ƒˆ˜¢¥][^\W\d_]|[^\W\d_][¤¦¨¬¯±µ¶¸¹¼½¾×÷†‡‰ƒˆ˜¢¥¿¡]"  # noqa: RUF001 - signs of cp1252
    r"|[^\W\d_]{3,}[²³]"
    r"|[a-zà-öø-ÿšžœ][À-ÖØ-ÞŠŽŒŸ]"  # no word goes on with a capital beyond ASCII
    r"|[^\x00-\x7f\W\d_]{3}|[^\x00-\x7f\w\s’·–—…°º«»]{2}"
    r"|^[^\x00-\x7f]{2,}$"
)
_CANDIDATES = (
    *("gb18030", "big5", "cp932", "euc_jp", "cp949", "koi8_r", "cp1251", "cp866", "cp1253"),
    *("cp1255", "cp1256", "cp1250", "cp1254", "mac_roman", "cp850", "cp874"),
)
_SHIFTS = re.compile(rb"\x1b[$(]")  # ISO 2022, all of which looks like ASCII


@dataclass
class Oddities:
    """How much of a text is no western word."""

    words: int = 0
    odd: int = 0
    first: str = ""
    line: int = 0  # of the first

    @property
    def is_western(self) -> bool:
        """Whether it may pass for that: the names of columns must, and nearly all else."""
        return self.odd <= self.words * _SHARE and self.line != 1


def oddities(lines: Iterable[str]) -> Oddities:
    """What in the lines, read as western, is beyond ASCII, and looks like nothing western."""
    found = Oddities()
    for number, line in enumerate(lines, 1):
        if line.isascii() and "\0" not in line and "\x1b" not in line:
            continue
        for word in _words(line):
            found.words += 1
            if _ODD.search(word):
                found.odd += 1
                if not found.first:
                    found.first, found.line = word[:20], number
    return found


def _words(line: str) -> Iterator[str]:
    for word in _WORD.findall(line) or [line]:
        if bare := word.strip(_QUOTES_AROUND):
            yield bare


def has_shifts(block: bytes) -> bool:
    """Whether it switches between sets of characters, as mail in Japanese did."""
    return _SHIFTS.search(block) is not None


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
    word = refusal_words.status_word(refusal_columns.plain_words(cell.casefold()))
    kind = refusal_columns.column_kind(cell)
    return word is not None or kind is not ColumnKind.OTHER or import_files.is_known_column(cell)
