"""A mail as it leaves: one content for many readers, each reader's few values spliced in."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property, lru_cache
from html import escape

from newsletter.rendering import headers
from newsletter.rendering.transfer_encodings.base64_template import Base64Sequence, Base64Template
from newsletter.rendering.transfer_encodings.qp_template import (
    Fragment,
    Octets,
    QpSequence,
    QpTemplate,
    TextFragment,
)
from newsletter.rendering.translations import translations

QUOTED_PRINTABLE, BASE64 = "quoted-printable", "base64"
_PERSONAL = ("recipient", "unsubscribe", "preferences", "since", "tune")


@dataclass(frozen=True)
class Placeholders:
    """Placeholders for a reader's values, one set for each part.

    Letters and digits only, so that no encoder touches them, and new ones for each content, so
    that no text from outside can hold one.
    """

    html: Mapping[str, str]
    text: Mapping[str, str]

    @classmethod
    def fresh(cls) -> "Placeholders":
        nonce = secrets.token_hex(6)
        return cls(
            html={name: f"B{nonce}h{name}B" for name in _PERSONAL},
            text={name: f"B{nonce}t{name}B" for name in _PERSONAL},
        )

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values, each where its placeholder stands."""
        in_html = {blank: escape(values.get(name, "")) for name, blank in self.html.items()}
        in_text = {blank: values.get(name, "") for name, blank in self.text.items()}
        return in_html | in_text


_Part = QpTemplate | QpSequence | Base64Template | Base64Sequence


@dataclass(frozen=True)
class MessageContent:
    """Subject and both parts, with blanks where a reader's values go."""

    subject: str
    html_fragments: Sequence[Fragment] = field(repr=False)  # each ends its line
    text_fragments: Sequence[Fragment] = field(repr=False)
    placeholders: Placeholders = field(default_factory=Placeholders.fresh)
    html_encoding: str = QUOTED_PRINTABLE
    is_shared: bool = True  # by many readers; else one mail is all that is made of it
    seed: str = ""  # what tells this content from all others, where that is known in a few words

    @classmethod
    def of(
        cls, subject: str, html: str, text: str, placeholders: Placeholders | None = None
    ) -> "MessageContent":
        """From two parts that are whole."""
        blanks = placeholders or Placeholders.fresh()
        return cls(subject, [TextFragment(html)], [TextFragment(text)], blanks)

    @cached_property
    def html(self) -> str:
        return "".join(fragment.text for fragment in self.html_fragments)

    @cached_property
    def text(self) -> str:
        return "".join(fragment.text for fragment in self.text_fragments)

    @cached_property
    def _shared_parts(self) -> tuple[_Part, _Part]:
        return self._parts()

    def _parts(self) -> tuple[_Part, _Part]:
        html, text = self.placeholders.html.values(), self.placeholders.text.values()
        return (
            self._part(QUOTED_PRINTABLE, self.text_fragments, text),
            self._part(self.html_encoding, self.html_fragments, html),
        )

    def _part(self, encoding: str, fragments: Sequence[Fragment], blanks: Iterable[str]) -> _Part:
        if self.is_shared:
            template = Base64Template if encoding == BASE64 else QpTemplate
            return template.of(fragments, blanks)
        sequence = Base64Sequence if encoding == BASE64 else QpSequence
        return sequence(fragments, tuple(blanks))

    @cached_property
    def boundary(self) -> str:
        # The same issue gives the same bytes; blanks differ from process to process. No
        # quoted-printable text holds "=_".
        stable = hashlib.sha256((self.seed or self.subject).encode("utf-8", "replace"))
        if not self.seed:
            for part in self._shared_parts:
                stable.update(b"".join(part.fixed))
        return f"=_{stable.hexdigest()[:32]}"

    def body(self, values: Mapping[str, str]) -> list[Octets]:
        """The finished multipart/alternative body, in pieces."""
        filled = self.placeholders.filled(values)
        text, html = self._shared_parts if self.is_shared else self._parts()
        line = f"--{self.boundary}"
        return [
            f"{line}\r\n{_part_head('plain', QUOTED_PRINTABLE)}".encode(),
            *text.filled(filled),
            f"\r\n{line}\r\n{_part_head('html', self.html_encoding)}".encode(),
            *html.filled(filled),
            f"\r\n{line}--\r\n".encode(),
        ]


@lru_cache(maxsize=4)
def _part_head(subtype: str, encoding: str) -> str:
    return (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )


@dataclass(frozen=True)
class Message:
    """One mail to one reader; `campaign` says of which issue or of what kind it is."""

    recipient: str
    reference: str  # opaque, minted before any call; also the Message-ID
    campaign: str
    sender: tuple[str, str]  # name, address
    headers: tuple[tuple[str, str], ...]
    content: MessageContent
    values: Mapping[str, str]
    bounces_to: str = ""  # where it is not the sender

    @property
    def envelope_sender(self) -> str:
        """MAIL FROM (RFC 5321): the address that a bounce comes back to."""
        return self.bounces_to or self.sender[1]

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only servers with RFC 6531 can carry it: an address of it is not ASCII."""
        return not (self.recipient.isascii() and self.envelope_sender.isascii())

    @property
    def message_id(self) -> str:
        return f"<{self.reference}@{self.sender[1].rpartition('@')[2]}>"

    @property
    def html(self) -> str:
        return _fill(self.content.html, self.content.placeholders.filled(self.values))

    @property
    def text(self) -> str:
        return _fill(self.content.text, self.content.placeholders.filled(self.values))

    def pieces(self) -> list[Octets]:
        """The message as it goes over the wire (RFC 5322): large shared pieces, small own ones.

        Lines end in CRLF, none is over 998 octets, and none begins with a dot.
        """
        head = [
            headers.sender(*self.sender),
            headers.recipient(self.recipient),
            headers.subject(self.content.subject),
            headers.field("Message-ID", self.message_id),
            *[headers.field(*header) for header in self.headers],
            "MIME-Version: 1.0\r\n",
            f'Content-Type: multipart/alternative; boundary="{self.content.boundary}"\r\n\r\n',
        ]
        return ["".join(head).encode(), *self.content.body(self.values)]

    def as_bytes(self) -> bytes:
        """The same in one piece."""
        return b"".join(self.pieces())


def _fill(text: str, values: Mapping[str, str]) -> str:
    pattern = re.compile("|".join(map(re.escape, values)))
    return pattern.sub(lambda blank: values[blank[0]], text)


# A mail that is only a test: the issue's own, but nobody takes it for the issue.


def mark_as_test(mail: Message, language: str, now: datetime) -> Message:
    """The same mail, marked in its subject and dated now, so that it is found in an inbox."""
    say = translations(language).gettext
    subject = say("Test: %(subject)s") % {"subject": mail.content.subject}
    headers = tuple(
        (name, format_datetime(now) if name == "Date" else value) for name, value in mail.headers
    )
    content = replace(mail.content, subject=subject)
    return replace(mail, campaign=f"test-{mail.campaign}", headers=headers, content=content)
