"""Words of mail servers in whatever encoding they come, declared or not.

Old servers write their own language in its own encoding and say nothing of it, or say less than is
true ("gb2312" for its successors). So what is no UTF-8 is read as it is declared, else in the
encoding in which it says something of a refusal.
"""

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from newsletter.transports.refusals import has_known_words

_SHIFTS = re.compile(rb"\x1b[$(]")  # ISO 2022: all of it looks like ASCII
_WIDER = {  # what is written under the name of an older set
    **dict.fromkeys(("gb2312", "gbk", "gb-2312", "x-gbk", "cp936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("big5", "x-big5", "cp950"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601"), "cp949"),
    **dict.fromkeys(("iso-2022-jp", "iso2022-jp"), "iso2022_jp_ext"),
    **dict.fromkeys(("iso-8859-1", "latin-1", "us-ascii", "ascii"), "cp1252"),
}
_UNDECLARED = (
    *("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "koi8_r", "cp1251", "iso8859_5"),
    *("cp866", "iso8859_2", "cp1250"),
)
_NOTHING_SAID = {"us-ascii", "ascii", "unknown-8bit", "utf-8", "utf8", ""}


def decoded(raw: bytes, declared: str | None = None) -> str:
    """These bytes as text; `declared`: the encoding that they are said to have, if any."""
    if _SHIFTS.search(raw):
        return raw.decode("iso2022_kr" if b"\x1b$)C" in raw else "iso2022_jp_ext", "replace")
    try:
        is_wide = (declared or "").lower().startswith(("utf-16", "utf-32", "utf-7", "hz"))
        return raw.decode(declared or "utf-8") if is_wide else raw.decode()
    except (LookupError, UnicodeError):
        readings = list(_readings(raw, (declared or "").strip().lower()))
    return next(filter(_is_understood, readings), readings[0])


def text_in(part: Message, longest: int | None = None) -> str:
    """The text of a part, its transfer encoding undone; of a long one, the beginning."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return decoded(payload[:longest], str(part.get_param("charset", "") or ""))


def header_text(value: object) -> str:
    """A header's value in plain characters, its encoded words read."""
    try:
        chunks = decode_header(value)  # type: ignore[arg-type]  # a string, or a Header
    except (HeaderParseError, ValueError):
        return str(value)
    return "".join(
        decoded(chunk, charset) if isinstance(chunk, bytes) else _unescaped(chunk)
        for chunk, charset in chunks
    )


def _unescaped(text: str) -> str:
    """Of a header that is not ASCII, as the standard parser keeps it."""
    try:
        return decoded(text.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return text


def _is_understood(text: str) -> bool:
    """Whether a line that depends on the encoding says something."""
    lines = (line for line in text.splitlines() if not line.isascii())
    return has_known_words("\n".join(lines))


def _readings(raw: bytes, declared: str) -> Iterator[str]:
    """Possible readings of the bytes, the likeliest first; at least one."""
    first = "cp1252" if declared in _NOTHING_SAID else _WIDER.get(declared, declared)
    for name in (first, *_UNDECLARED):
        try:
            yield raw.decode(name)
        except (LookupError, UnicodeError):
            continue
    yield raw.decode("latin-1")
