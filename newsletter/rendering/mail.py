"""A mail as it leaves: one content for many readers, each reader's few values spliced in."""

import hashlib
import secrets
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.header import Header
from functools import cached_property
from html import escape

_PERSONAL = ("recipient", "unsubscribe", "since")


@dataclass(frozen=True)
class Blanks:
    """Placeholders for a reader's values, one set for each part.

    Letters and digits only, so that no encoder touches them, and new ones for each content, so
    that no text from outside can hold one.
    """

    html: Mapping[str, str]
    text: Mapping[str, str]

    @classmethod
    def fresh(cls) -> "Blanks":
        nonce = secrets.token_hex(6)
        return cls(
            html={name: f"B{nonce}h{name}B" for name in _PERSONAL},
            text={name: f"B{nonce}t{name}B" for name in _PERSONAL},
        )

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """What goes where each placeholder stands."""
        in_html = {blank: escape(values.get(name, "")) for name, blank in self.html.items()}
        in_text = {blank: values.get(name, "") for name, blank in self.text.items()}
        return in_html | in_text


@dataclass(frozen=True)
class Content:
    """Subject and both parts, with blanks where a reader's values go."""

    subject: str
    html: str
    text: str
    blanks: Blanks = field(default_factory=Blanks.fresh)

    @cached_property
    def _parts(self) -> tuple["_Encoded", "_Encoded"]:
        return _Encoded(self.text, self.blanks.text), _Encoded(self.html, self.blanks.html)

    @cached_property
    def _boundary(self) -> str:
        # The same issue gives the same bytes; blanks differ from process to process.
        stable = self.subject + "".join(part.fixed_text for part in self._parts)
        return f"=_{hashlib.sha256(stable.encode()).hexdigest()[:32]}"

    def body(self, values: Mapping[str, str]) -> tuple[str, bytes]:
        """The Content-Type header and the body of the finished multipart/alternative message."""
        filled = {blank: _quoted(text) for blank, text in self.blanks.filled(values).items()}
        lines = []
        for subtype, part in zip(("plain", "html"), self._parts, strict=True):
            lines += [
                f"--{self._boundary}\r\n".encode(),
                f'Content-Type: text/{subtype}; charset="utf-8"\r\n'.encode(),
                b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                part.filled(filled),
                b"\r\n",
            ]
        lines.append(f"--{self._boundary}--\r\n".encode())
        return f'multipart/alternative; boundary="{self._boundary}"', b"".join(lines)


@dataclass(frozen=True)
class Mail:
    """One mail to one reader; `stream` says of which issue or of what kind it is."""

    recipient: str
    reference: str  # opaque, minted before any call; also the Message-ID
    stream: str
    sender: tuple[str, str]  # name, address
    headers: tuple[tuple[str, str], ...]
    content: Content
    values: Mapping[str, str]

    @property
    def message_id(self) -> str:
        return f"<{self.reference}@{self.sender[1].rpartition('@')[2]}>"

    @property
    def html(self) -> str:
        return _fill(self.content.html, self.content.blanks.filled(self.values))

    @property
    def text(self) -> str:
        return _fill(self.content.text, self.content.blanks.filled(self.values))

    def as_bytes(self) -> bytes:
        """The message as it goes over the wire (RFC 5322), lines ended by CRLF."""
        content_type, body = self.content.body(self.values)
        headers = [
            ("From", mailbox(*self.sender)),
            ("To", self.recipient),
            ("Subject", unstructured("Subject", self.content.subject)),
            ("Message-ID", self.message_id),
            *self.headers,
            ("MIME-Version", "1.0"),
            ("Content-Type", content_type),
        ]
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return head.encode("ascii") + b"\r\n" + body


class _Encoded:
    """A part in quoted-printable, cut where values go.

    A value stands on lines of its own between soft line breaks (RFC 2045, 6.7), so that no line
    grows too long whatever the value.
    """

    def __init__(self, text: str, blanks: Mapping[str, str]) -> None:
        self._blanks: list[str | None] = []
        self._pieces: list[bytes] = []
        texts: list[str] = []
        rest = text.replace("\r\n", "\n")
        while rest:
            places = [(rest.find(blank), blank) for blank in blanks.values() if blank in rest]
            at, blank = min(places) if places else (len(rest), None)
            texts.append(rest[:at])
            self._pieces.append(_quoted(rest[:at]))
            self._blanks.append(blank)
            rest = rest[at + len(blank or "") :]
        self.fixed_text = "".join(texts)

    def filled(self, values: Mapping[str, bytes]) -> bytes:
        out = []
        for piece, blank in zip(self._pieces, self._blanks, strict=True):
            out.append(piece)
            if blank is not None:
                out += [b"=\r\n", values[blank], b"=\r\n"]
        return b"".join(out)


def mailbox(name: str, address: str) -> str:
    """A display name and an address (RFC 5322, 3.4), encoded where it is not ASCII."""
    if not name:
        return address
    if name.isascii():
        quoted = name.replace("\\", r"\\").replace('"', r"\"")
        return f'"{quoted}" <{address}>'
    # On a line of its own: an encoded line may not be longer than 76 (RFC 2047, 2).
    return f"{unstructured('From', name)}\r\n <{address}>"


def unstructured(name: str, value: str) -> str:
    """A header's text, encoded where it is not ASCII, folded at 76 columns."""
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(value, charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _quoted(text: str) -> bytes:
    return b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")


def _fill(text: str, values: Mapping[str, str]) -> str:
    for blank, value in values.items():
        text = text.replace(blank, value)
    return text
