"""Quoted-printable (RFC 2045, 6.7), whose last line has room for a soft break."""

import re
from binascii import a2b_qp, b2a_qp

SOFT_BREAK = b"=\r\n"
LINE_ROOM = 75  # bytes of a line beside the "=" of a soft break
_AS_IT_IS = re.compile(r"[!-\-/-<>-~][!-<>-~]{0,74}")  # a word of a line at most
_ON_TWO_LINES = re.compile(r"[!-\-/-<>-~][!-<>-~]{74}[!-\-/-<>-~][!-<>-~]{1,72}")
# b2a_qp does not count that a space at the end of a line takes three characters.
_SPACE_BEYOND = re.compile(rb"(?m)^(.{74,75})=(20|09)$")
_DOTS_AT_START = re.compile(rb"(?m)^\.+")


def encode_quoted_printable(text: str) -> bytes:
    """The text with CRLF and no line over 76 characters, also with a soft break after it.

    No line begins with a dot, so that SMTP's dot-stuffing (RFC 5321, 4.5.2) has nothing to do.
    """
    if _AS_IT_IS.fullmatch(text):
        return text.encode()
    if _ON_TWO_LINES.fullmatch(text):
        return text[:LINE_ROOM].encode() + SOFT_BREAK + text[LINE_ROOM:].encode()
    return _with_room(_encoded(text))


def decode_quoted_printable(encoded: bytes) -> str:
    """The text with plain line breaks."""
    return a2b_qp(encoded).decode().replace("\r\n", "\n")


def _encoded(text: str) -> bytes:
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    encoded = b2a_qp(plain.encode("utf-8", "replace"), istext=True)
    if b"=20" in encoded or b"=09" in encoded:
        encoded = _SPACE_BEYOND.sub(rb"\1=\n=\2", encoded)
    if b"\n." in encoded or encoded[:1] == b".":
        encoded = _DOTS_AT_START.sub(lambda dots: b"=2E=\n" * len(dots[0]), encoded)
    return encoded.replace(b"\n", b"\r\n")


def _with_room(encoded: bytes) -> bytes:
    """Break a last line that is so full that no soft break could follow it."""
    if len(encoded) - encoded.rfind(b"\n") - 1 <= LINE_ROOM:
        return encoded
    if encoded[-3:-2] == b"=":
        return encoded[:-3] + SOFT_BREAK + encoded[-3:]
    return b"%b=\r\n=%02X" % (encoded[:-1], encoded[-1])
