"""Strangers' words made fit for a database, a ledger, a terminal and a spreadsheet."""

import json
import re
from ast import literal_eval
from datetime import date
from unicodedata import combining, normalize

from newsletter.lazy_pattern import lazy_pattern

# Small letters with a stroke, without a dot, or joined, that Unicode does not take apart.
NO_DECOMPOSITION = str.maketrans(
    dict(zip("øłđðħŧı", "olddhti", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"}
)
_MARKS = re.compile("[\u0300-\u036f]+")
_ADDRESS = re.compile(r"<?[^\s<>@,;:\"'()]+@[^\s<>@,;:\"'()]+>?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_OCTETS = re.compile(r"""\bb(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
_WORD = re.compile(r"\w+")
# Control characters beyond ASCII, marks that turn the direction of what follows (UAX 9), and what
# takes room or not without being seen. The joiners U+200C and U+200D stay: some scripts need them.
_INVISIBLE = lazy_pattern(
    "[\u0080-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Line breaks that HTML does not know as white space.
_LINE_BREAK = lazy_pattern("[\x0b\x1c-\x1e\x85\u2028\u2029]")
_LONGEST_BRIEF = 300  # characters
# What makes a spreadsheet compute, also in full width (it is folded), after blanks, tabs and CR.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_TEXT_CELL = "'"  # spreadsheets show what follows as text


def without_accents(text: str) -> str:
    """Taken apart (NFKD), and without the marks that combine with a letter."""
    return "".join(char for char in normalize("NFKD", text) if not combining(char))


def plain_letters(text: str) -> str:
    """With plain letters for Latin, Greek and Cyrillic ones with marks: é, ø and ł are e, o and l.

    Marks of other scripts make other letters and stay.
    """
    if text.isascii():
        return text
    apart = normalize("NFD", text.translate(NO_DECOMPOSITION))
    return normalize("NFC", _MARKS.sub("", apart))


def one_line(text: str | None) -> str:
    r"""Without line breaks, runs of spaces, control characters, and halves of characters.

    The last come from JSON (`\ud800`) and can neither be kept nor sent.
    """
    return " ".join(_UNPRINTABLE.sub(" ", text or "").split())


def visible(text: str) -> str:
    """Without what nobody sees, or what turns others round; a break of any kind parts words."""
    return _INVISIBLE.sub("", _LINE_BREAK.sub(" ", text))


def escape_invisible(text: str) -> str:
    r"""JSON that says the same and has `\u202e` for what nobody sees."""
    return _INVISIBLE.sub(lambda found: json.dumps(found[0])[1:-1], text)


def brief(words: object) -> str:
    """A server's or an exception's words, in one line, short, and all of it to be seen."""
    text = _decoded(words) if isinstance(words, bytes) else str(words)
    if isinstance(words, BaseException):  # imaplib and its like print a server's octets as Python's
        text = _OCTETS.sub(lambda found: _decoded(literal_eval(found[0])), text)
    printable = text if text.isprintable() else re.sub(r"[\x00-\x1f\x7f]", " ", text)
    return " ".join(visible(printable).split())[:_LONGEST_BRIEF] or type(words).__name__


def _decoded(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def stands_in_order(part: str, whole: str) -> bool:
    """Whether all words of the part stand in the whole, in this order, in capitals or not."""
    words = iter(_WORD.findall(whole.lower()))
    return all(word in words for word in _WORD.findall(part.lower()))


def counted(number: int, one: str, many: str = "") -> str:
    """`1 paper`, `2 papers`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def without_addresses(words: str) -> str:
    """A server's words, fit to be kept: one line, bounded, and nobody's address in it."""
    # Cut first: what is searched has an end.
    printable = visible(_UNPRINTABLE.sub(" ", words[: 4 * _LONGEST_BRIEF]))
    return " ".join(_ADDRESS.sub("<address>", printable).split())[:_LONGEST_BRIEF]


def short_day(day: date) -> str:
    """`Fri 11 Jul 2025`: a program that sets no locale has English names."""
    return f"{day:%a} {day.day} {day:%b} {day.year}"


def escape_cell(cell: str) -> str:
    """The cell as text for any spreadsheet."""
    starts = cell.lstrip()[:1]
    is_risky = starts in _FORMULA if starts else False
    return f"{_TEXT_CELL}{cell}" if is_risky or cell[:1] in {_TEXT_CELL, "\t", "\r", "\n"} else cell


def unescape_cell(cell: str) -> str:
    """The cell that `escape_cell` was given."""
    return cell[1:] if cell.startswith(_TEXT_CELL) and escape_cell(cell[1:]) == cell else cell
