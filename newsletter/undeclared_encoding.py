"""A file whose encoding nothing states: Unicode where that shows, western where it looks so.

As Windows' western encoding (cp1252) nearly any bytes are text: what was written in Shift-JIS is
some signs and letters there. So a file is taken for western only where what comes of it looks like
words of western languages.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WESTERN = "cp1252"
_BOMS = (  # that of UTF-32 begins like one of UTF-16
    *((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32")),
    *((codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16")),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
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
_SHIFTS = re.compile(rb"\x1b[$(]")  # ISO 2022, all of which looks like ASCII


def encoding_by_mark(head: bytes) -> str | None:
    """The encoding that the first bytes give away."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        every_other = head[start::2]
        if len(every_other) > 3 and every_other.count(0) * 2 > len(every_other):  # noqa: PLR2004
            return name
    return None


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
    """The words beyond ASCII in the lines, read as western, that look like nothing western."""
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
