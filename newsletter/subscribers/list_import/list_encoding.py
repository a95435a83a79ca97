"""The encoding of a list: Unicode where that shows, else western where it looks like that."""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from newsletter import undeclared_encoding
from newsletter.errors import NewsletterError, WrongUseError
from newsletter.subscribers.list_import.likely_encodings import suggestions

_BLOCK = 1 << 20


@dataclass(frozen=True)
class FileSurvey:
    """What one look over a whole file tells."""

    encoding: str
    lines: int
    digest: str
    guessed: bool = False  # the encoding, since nothing in the file shows it


def survey_file(file: Path, encoding: str | None) -> FileSurvey:
    """Read the file: Unicode in a form of it that shows, else Windows' cp1252 where it looks so.

    Raises:
        NewsletterError: it cannot be read.
        WrongUseError: there is no such encoding, or none is named and it must be.
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
