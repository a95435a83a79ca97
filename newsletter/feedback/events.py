"""One vocabulary for what is said of a mail after it left."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_ADDRESS = re.compile(r"[^\s<>@,;:\"'()]+@[^\s<>@,;:\"'()]+")
_LONGEST_DETAIL = 300
# The codes of RFC 3463 that say that this mailbox does not exist; other 5.1.x speak of the sender.
_NO_SUCH_MAILBOX = re.compile(r"(?<![\d.])5\.1\.(?:1|2|3|6|10)(?![\d.])")
# Security and policy (RFC 3463, 3.8): about us or about the content, never about one reader.
_POLICY = re.compile(r"(?<![\d.])[45]\.7\.\d+(?![\d.])")


class EventType(StrEnum):
    ACCEPTED = "accepted"  # the provider has it
    DEFERRED = "deferred"  # it is still trying
    DELIVERED = "delivered"
    BOUNCE = "bounce"  # this mailbox did not take it
    BLOCKED = "blocked"  # the domain does not want us, or this content, now
    DROPPED = "dropped"  # the provider did not even try
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"


FAILING = frozenset({EventType.BOUNCE, EventType.BLOCKED, EventType.DROPPED})
# Somebody who has the mail speaks: it left, whatever we knew.
PROVING = frozenset(EventType) - FAILING


@dataclass(frozen=True)
class Event:
    """What somebody says of one mail.

    `reference` is ours, and the only thing that says whose mail it is. `address` is set only by a
    source whose word on it can be trusted (a signed webhook), never by a mail that anybody can
    write. `suppress` says why the address must not be mailed again, where that follows at once.
    """

    event_id: str  # the same however often it is told
    source: str
    reference: str
    kind: EventType
    at: datetime
    detail: str = ""
    suppress: str | None = None
    address: str | None = None


def says_no_such_mailbox(told: str) -> bool:
    """Whether an enhanced status code (RFC 3463) says that the mailbox does not exist."""
    return bool(_NO_SUCH_MAILBOX.search(told))


def says_policy(told: str) -> bool:
    """Whether an enhanced status code says that it is about us."""
    return bool(_POLICY.search(told))


def without_addresses(told: str) -> str:
    """A server's words, fit to be kept: one line, bounded, and nobody's address in it."""
    # Cut first: what is searched has an end.
    printable = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", told[: 4 * _LONGEST_DETAIL])
    return " ".join(_ADDRESS.sub("<address>", printable).split())[:_LONGEST_DETAIL]
