"""The encoding of a list: Unicode where that shows, else western where it looks like that.

As Windows' western encoding (cp1252) nearly any bytes are text: a Chinese list's words for a state
are some signs and letters there, and we would ignore a column of such a name. So where a list does
not look western, the operator must name its encoding, and gets some suggested.
"""

import codecs
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from newsletter import undeclared_encoding
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.subscribers.list_import import (
    column_kinds,
    column_names,
    known_columns,
    opt_out_words,
)
from newsletter.subscribers.list_import.column_kinds import ColumnKind
from newsletter.undeclared_encoding import has_shifts

_BLOCK = 1 << 20


@dataclass(frozen=True)
class FileSurvey:
    """The result of one pass over a whole file."""

    encoding: str
    lines: int
    digest: str
    guessed: bool = False  # the encoding, since nothing in the file shows it


def survey_file(file: Path, encoding: str | None) -> FileSurvey:
    """Read the file: Unicode in a form of it that shows, else Windows' cp1252 where it looks so.

    Raises:
        NewsletterError: it cannot be read.
        WrongUseError: the encoding is unknown, or must be named.
    """
    seen = hashlib.sha256()
    lines = 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_shifts = True, False
    head = b""
    try:
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK):
                head = head or block[:4096]
                seen.update(block)
                lines += max(block.count(b"\n"), block.count(b"\r"))
                is_utf8 = is_utf8 and _decodes(decoder, block)
                has_shifts |= undeclared_encoding.has_shifts(block)
    except OSError as error:
        raise NewsletterError(f"{file} cannot be read: {error.strerror}") from error
    shown = (
        _check_encoding(encoding)
        if encoding
        else undeclared_encoding.encoding_by_mark(head)
        or ("utf-8" if is_utf8 and not has_shifts else None)
    )
    if shown is None:
        _check_western(file)
    return FileSurvey(
        shown or undeclared_encoding.WESTERN, lines, seen.hexdigest(), guessed=shown is None
    )


def _check_western(file: Path) -> None:
    """Nothing shows its encoding: whether it may be read as western.

    Raises:
        WrongUseError: it looks like nothing western, and would be read wrongly in silence.
    """
    with file.open(encoding=undeclared_encoding.WESTERN, errors="replace") as stream:
        found = undeclared_encoding.oddities(stream)
    if found.is_western:
        return
    with file.open("rb") as raw:
        likely = suggestions(raw)
    named = f"; it may be {' or '.join(likely)}" if likely else ""
    raise WrongUseError(
        f"{file} is neither Unicode nor western text (line {found.line} would be"
        f" {found.first!r}): name its encoding (--encoding){named}, or save it as UTF-8"
    )


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _check_encoding(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise WrongUseError(f"there is no encoding {encoding!r}; try utf-8 or gb18030") from None


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
    word = opt_out_words.status_word(column_names.plain_words(cell.casefold()))
    kind = column_kinds.column_kind(cell)
    return word is not None or kind is not ColumnKind.OTHER or known_columns.is_known_column(cell)
