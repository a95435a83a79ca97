"""Header fields as they stand on the wire (RFC 5322, RFC 2047), encoded and folded by hand.

The email package turns a `List-Unsubscribe` of 78 characters or more into an encoded word, which
mail programs do not read.
"""

from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from newsletter.config import SiteSettings
from newsletter.rendering.issue_content import IssueContent
from newsletter.subscribers.signed_links import SignedLinks

Headers = tuple[tuple[str, str], ...]

_COLUMNS = 76
_SAFE_IN_MAILTO = "@+-._~"


def field(name: str, value: str) -> str:
    """The field with its CRLF, a list of addresses or URIs folded between its members.

    Raises:
        ValueError: a line break or anything but ASCII is in the value.
    """
    if not value.isascii() or "\n" in value or "\r" in value:
        raise ValueError(f"{name}: {value!r} cannot stand in a header")
    if len(name) + len(value) + 2 > _COLUMNS and ", " in value:
        value = value.replace(", ", ",\r\n ")
    return f"{name}: {value}\r\n"


def recipient(address: str) -> str:
    """The To field; an address beyond ASCII stands there in UTF-8 (RFC 6532), never encoded.

    Raises:
        ValueError: no address can be so.
    """
    if address.isascii():
        return field("To", address)
    if not address.isprintable():
        raise ValueError(f"To: {address!r} cannot stand in a header")
    return f"To: {address}\r\n"


@lru_cache(maxsize=256)
def subject(value: str) -> str:
    """The field of a subject, in encoded words where it is not ASCII."""
    return f"Subject: {_unstructured('Subject', value)}\r\n"


@lru_cache(maxsize=256)
def sender(name: str, address: str) -> str:
    """The From field: a display name, encoded where it is not ASCII, and an address."""
    if not name:
        return field("From", address)
    if name.isascii():
        quoted = name.replace("\\", r"\\").replace('"', r"\"")
        return field("From", f'"{quoted}" <{address}>')
    # The address on a line of its own: an encoded line may not be longer than 76 (RFC 2047, 2).
    return f"From: {_unstructured('From', name)}\r\n <{address}>\r\n"


def mailto(address: str, subject: str) -> str:
    """A link that writes a mail (RFC 6068)."""
    return f"mailto:{quote(address, _SAFE_IN_MAILTO)}?subject={quote(subject, _SAFE_IN_MAILTO)}"


def _unstructured(name: str, value: str) -> str:
    clean = " ".join(value.encode("utf-8", "replace").decode().split())
    charset = "us-ascii" if clean.isascii() else "utf-8"
    return Header(clean, charset, maxlinelen=_COLUMNS, header_name=name).encode(linesep="\r\n")


def issue_headers(content: IssueContent, site: SiteSettings, links: SignedLinks) -> Headers:
    """The headers by which all copies of an issue tell mail programs the same."""
    archive = ("List-Archive", f"<{links.archive(content.slug)}>")
    return (
        # The moment of freezing, so that a repeated attempt is the same message.
        ("Date", format_datetime(content.frozen_at)),
        ("List-Id", f"<{content.slug}.{site.sender_domain}>"),
        *([archive] if site.url else []),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("Feedback-ID", f"{content.day}:{content.slug}:issue:newsletter"),
    )


def ways_out(site: SiteSettings, unsubscribe: str) -> Headers:
    """One click and a mail; neither leads anywhere where there are no pages of ours."""
    if not site.url:
        return ()
    by_mail = mailto(site.feedback_address, unsubscribe.rpartition("/")[2])
    return (
        ("List-Unsubscribe", f"<{unsubscribe}>, <{by_mail}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
