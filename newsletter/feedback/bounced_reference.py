"""Where a mail that came back bears the reference of our mail.

That is the Message-ID of the mail that left. Servers give it back in a returned mail, as headers or
whole, attached, encoded or quoted; some only name it in a header of their own.
"""

import base64
import binascii
import quopri
from collections.abc import Iterator, Sequence
from email.message import Message

from newsletter.feedback.charsets import text_in
from newsletter.lazy_pattern import lazy_pattern

_REFERENCE = r"(?:[0-9a-f]{32}|[0-9a-f]{24})"
_VERP = lazy_pattern(rf"\+({_REFERENCE})@")
_ENVELOPE = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Failed-Recipients")
_NAMES = ("X-Original-Message-ID", "Original-Message-ID", "In-Reply-To", "References")
_ID = lazy_pattern(rf"<({_REFERENCE})@")
_RETURNED_ID = lazy_pattern(
    rf"(?im)^[> \t]{{0,20}}(?:X-)?(?:Original-)?Message-ID:\s*<({_REFERENCE})@"
)
_RETURNED_UNSUBSCRIBE = lazy_pattern(
    r"(?im)^[> \t]{0,20}List-Unsubscribe:\s*(.{1,600}(?:\n[> \t]{1,20}.{1,600})?)"
)
_LONGEST = 64 * 1024  # of a part, where the headers of our mail must stand
_NOT_MAIL = ("image", "audio", "video")


def find_reference(message: Message, parts: Sequence[Message]) -> str | None:
    """The reference in the address it came back to, in what was returned, or in what it answers."""
    for name in _ENVELOPE:
        for value in message.get_all(name, []):
            if match := _VERP.search(str(value)):
                return match[1]
    for part in parts[1:]:
        if reference := _of_part(part):
            return reference
    for part in parts:
        for name in _NAMES:
            for value in part.get_all(name, []):
                if match := _ID.search(str(value)):
                    return match[1]
    match = _RETURNED_ID.search(text_of(message))
    return match[1] if match else None


def find_list_unsubscribe(parts: Sequence[Message]) -> Iterator[str]:
    """The header in what was returned; its links are signed, and each reader's own."""
    for part in parts[1:]:
        yield str(part.get("List-Unsubscribe", ""))
        for text in _texts(part):
            yield from (match[1] for match in _RETURNED_UNSUBSCRIBE.finditer(text))


def holds_returned_mail(parts: Sequence[Message]) -> bool:
    """Whether a mail of ours is attached, as a mail or as a file, or stands in the text."""
    attached = any(part.get_content_type() == "message/rfc822" for part in parts)
    return attached or any(
        _RETURNED_ID.search(text_in(part, _LONGEST))
        for part in parts
        if not part.is_multipart() and part.get_content_maintype() not in _NOT_MAIL
    )


def text_of(part: Message) -> str:
    """The text of a part that is text, whatever its encoding."""
    if part.get_content_maintype() != "text":
        return ""
    return text_in(part, _LONGEST)


def _of_part(part: Message) -> str | None:
    for text in _texts(part):
        if match := _RETURNED_ID.search(text):
            return match[1]
    return None


def _texts(part: Message) -> Iterator[str]:
    yield f"Message-ID: {part.get('Message-ID', '')}"
    if part.is_multipart():
        # The standard parser reads an encoded mail within a mail as one without headers.
        inner = part.get_payload(0)
        encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
        if isinstance(inner, Message) and encoding in {"base64", "quoted-printable"}:
            yield _decode(inner.as_bytes()[: 2 * _LONGEST], encoding)
    elif part.get_content_maintype() not in _NOT_MAIL:
        yield text_in(part, _LONGEST)


def _decode(raw: bytes, encoding: str) -> str:
    if encoding == "quoted-printable":
        return quopri.decodestring(raw).decode("utf-8", "replace")
    clean = b"".join(raw.split())
    try:
        return base64.b64decode(clean[: len(clean) // 4 * 4]).decode("utf-8", "replace")
    except binascii.Error:
        return ""
