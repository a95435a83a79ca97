"""The raw bytes of a mail against the standards, as no lenient parser would tell.

Python's own parser repairs what it reads: a header mangled on the wire looks whole again to it. So
nothing is parsed here that is not first looked at as bytes.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections import Counter
from collections.abc import Iterator
from email.header import decode_header
from email.utils import parseaddr, parsedate_to_datetime
from quopri import decodestring

LONGEST_LINE = 998  # octets without the CRLF (RFC 5322, 2.1.1)
LONGEST_ENCODED_LINE = 76  # RFC 2045, 6.7 and 6.8
LONGEST_ENCODED_WORD = 75  # RFC 2047, 2
LONGEST_BOUNDARY = 70  # RFC 2046, 5.1.1

_NEEDED = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")
_ENCODED_WORD = re.compile(r"=\?[A-Za-z0-9-]+\?[BbQq]\?[!->@-~]+\?=")
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]+)"?')
_TO = re.compile(rb"(?m)^To: .*$")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-F]{2}|\r\n|$)")
_LIST_URLS = re.compile(r"<[a-z]+:[!-;=?-~]+>(, ?<[a-z]+:[!-;=?-~]+>)*")


def find_wire_faults(raw: bytes) -> Iterator[str]:
    """Everything that is wrong with a mail of two parts, plain text and HTML, one line each."""
    if b"\0" in raw:
        yield "holds a NUL"
    if not raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r"):
        yield "holds a CR or LF that is no line end"
    longest = max(map(len, raw.split(b"\r\n")))
    if longest > LONGEST_LINE:
        yield f"a line of {longest} octets; {LONGEST_LINE} is the most (RFC 5322, 2.1.1)"
    head, blank, body = raw.partition(b"\r\n\r\n")
    if not blank:
        yield "has no body"
    yield from _raw_faults(head)
    headers = _headers(head)
    yield from _header_faults(headers)
    by_name = {name.lower(): value for name, value in headers}
    yield from _list_faults(by_name)
    yield from _body_faults(by_name.get("content-type", ""), body)


def _raw_faults(head: bytes) -> Iterator[str]:
    """Only an address in To may be beyond ASCII, and then in UTF-8 (RFC 6532)."""
    if not _TO.sub(b"", head).isascii():
        yield "raw 8-bit characters in a header (RFC 5322, 2.2)"
    try:
        head.decode()
    except UnicodeDecodeError:
        yield "characters in a header that are not UTF-8 (RFC 6532)"


def parts_of(raw: bytes) -> list[tuple[dict[str, str], bytes]]:
    """Headers and encoded body of each part; none where the boundary cannot be found."""
    head, _, body = raw.partition(b"\r\n\r\n")
    by_name = {name.lower(): value for name, value in _headers(head)}
    boundary = _BOUNDARY.search(by_name.get("content-type", ""))
    return _cut(boundary[1], body) if boundary else []


def _headers(head: bytes) -> list[tuple[str, str]]:
    """Names and values, unfolded and otherwise as they stand."""
    text = head.decode("utf-8", "replace")
    unfolded = re.sub(r"\r\n(?=[ \t])", "", text)
    pairs = (line.partition(":") for line in unfolded.split("\r\n"))
    return [(name, value.strip()) for name, _, value in pairs]


def _header_faults(headers: list[tuple[str, str]]) -> Iterator[str]:
    counts = Counter(name.lower() for name, _ in headers)
    yield from (f"{name} stands {n} times" for name, n in counts.items() if n > 1)
    yield from (f"{name} is missing" for name in _NEEDED if name not in counts)
    for name, value in headers:
        if not re.fullmatch(r"[!-9;-~]+", name):
            yield f"{name[:40]!r} is no header name"
        yield from (f"{name}: {fault}" for fault in _encoding_faults(value))
    by_name = {name.lower(): value for name, value in headers}
    if by_name.get("mime-version", "1.0") != "1.0":
        yield "MIME-Version is not 1.0"
    yield from _identity_faults(by_name)


def _identity_faults(by_name: dict[str, str]) -> Iterator[str]:
    domain = parseaddr(by_name.get("from", ""))[1].rpartition("@")[2]
    message_id = by_name.get("message-id", "")
    if not re.fullmatch(r"<[!-;=?A-~]+@[!-;=?A-~]+>", message_id):
        yield f"Message-ID {message_id[:80]!r} is none"
    elif message_id[:-1].rpartition("@")[2] != domain:
        yield f"Message-ID {message_id} is not on the sender's domain {domain}"
    try:
        parsedate_to_datetime(by_name.get("date", ""))
    except ValueError:
        yield "Date is none"


def _encoding_faults(value: str) -> Iterator[str]:
    """Encoded words that a mail program could not read (RFC 2047)."""
    for word in re.split(r"[ \t]+", value):
        if "=?" not in word:
            continue
        if not _ENCODED_WORD.fullmatch(word):
            yield f"{word[:40]!r} is no encoded word"
        elif len(word) > LONGEST_ENCODED_WORD:
            yield f"an encoded word of {len(word)} characters; {LONGEST_ENCODED_WORD} is the most"
        else:
            yield from _undecodable(word)


def _undecodable(word: str) -> Iterator[str]:
    try:
        for content, charset in decode_header(word):
            if isinstance(content, bytes):
                content.decode(charset or "ascii")
    except (LookupError, ValueError, Base64Error):
        yield f"{word[:40]!r} does not decode by itself"


def _list_faults(by_name: dict[str, str]) -> Iterator[str]:
    """Headers of lists that mail programs read literally (RFC 2369, 2919, 8058)."""
    for name in ("list-unsubscribe", "list-archive", "list-post", "list-help"):
        if name in by_name and not _LIST_URLS.fullmatch(by_name[name]):
            yield f"{name} is not addresses in angle brackets: {by_name[name][:80]!r}"
    if "list-id" in by_name and not re.search(r"<[!-;=?-~]+\.[!-;=?-~]+>$", by_name["list-id"]):
        yield f"list-id is none: {by_name['list-id'][:80]!r}"
    if "list-unsubscribe-post" in by_name:
        if by_name["list-unsubscribe-post"] != "List-Unsubscribe=One-Click":
            yield "list-unsubscribe-post is not List-Unsubscribe=One-Click (RFC 8058)"
        if not re.search(r"<https?:", by_name.get("list-unsubscribe", "")):
            yield "list-unsubscribe-post without a web address in list-unsubscribe (RFC 8058)"


def _body_faults(content_type: str, body: bytes) -> Iterator[str]:
    boundary = _BOUNDARY.search(content_type)
    if not content_type.startswith("multipart/alternative") or boundary is None:
        yield f"Content-Type {content_type[:80]!r} is no multipart/alternative with a boundary"
        return
    if len(boundary[1]) > LONGEST_BOUNDARY:
        yield f"a boundary of {len(boundary[1])} characters; {LONGEST_BOUNDARY} is the most"
    if not body.endswith(f"\r\n--{boundary[1]}--\r\n".encode()):
        yield "does not end with its closing boundary"
    parts_of = _cut(boundary[1], body)
    kinds = [headers.get("content-type", "").partition(";")[0] for headers, _ in parts_of]
    if kinds != ["text/plain", "text/html"]:
        yield f"its parts are {kinds}, not plain text and then HTML"
    for kind, (headers, content) in zip(kinds, parts_of, strict=True):
        yield from (f"{kind}: {fault}" for fault in _part_faults(headers, content))


def _cut(boundary: str, body: bytes) -> list[tuple[dict[str, str], bytes]]:
    """The parts between the boundaries, whose line end before belongs to them (RFC 2046, 5.1.1)."""
    parts_of = (b"\r\n" + body).split(f"\r\n--{boundary}".encode())[1:-1]
    cut = []
    for part in parts_of:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        cut.append(({name.lower(): value for name, value in _headers(head)}, content))
    return cut


def _part_faults(headers: dict[str, str], content: bytes) -> Iterator[str]:
    if not re.search(r'charset="?utf-8"?', headers.get("content-type", ""), re.IGNORECASE):
        yield "does not say that it is UTF-8"
    encoding = headers.get("content-transfer-encoding", "").lower()
    if encoding == "base64":
        yield from _base64_faults(content)
    elif encoding == "quoted-printable":
        yield from _quoted_faults(content)
    else:
        yield "is neither quoted-printable nor base64"


def _quoted_faults(content: bytes) -> Iterator[str]:
    lines = content.split(b"\r\n")
    longest = max(map(len, lines))
    if longest > LONGEST_ENCODED_LINE:
        yield f"a quoted-printable line of {longest}; {LONGEST_ENCODED_LINE} is the most"
    if any(line.endswith((b" ", b"\t")) for line in lines):
        yield "a quoted-printable line ends with a space, which servers take off"
    if not re.fullmatch(rb"[\t\r\n -~]*", content):
        yield "characters that quoted-printable has to encode"
    bad = _BAD_ESCAPE.search(content)
    if bad:
        yield f"bad quoted-printable: {content[bad.start() : bad.start() + 3]!r}"
    yield from _text_faults(decodestring(content))


def _base64_faults(content: bytes) -> Iterator[str]:
    longest = max(map(len, content.split(b"\r\n")))
    if longest > LONGEST_ENCODED_LINE:
        yield f"a base64 line of {longest}; {LONGEST_ENCODED_LINE} is the most"
    try:
        # Strict: nothing beyond the alphabet, and no padding but at the end.
        decoded = a2b_base64(content.replace(b"\r\n", b""), strict_mode=True)
    except Base64Error as error:
        yield f"bad base64: {error}"
    else:
        yield from _text_faults(decoded)


def _text_faults(decoded: bytes) -> Iterator[str]:
    try:
        decoded.decode()
    except UnicodeDecodeError:
        yield "does not decode to UTF-8"
