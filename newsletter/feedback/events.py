"""One vocabulary for what is said of a mail after it left."""

import re
from dataclasses import dataclass
from datetime import datetime

from newsletter.models import EventType

# The codes of RFC 3463 that say that this mailbox does not exist; other 5.1.x speak of the sender.
_NO_SUCH_MAILBOX = re.compile(r"(?<![\d.])5\.1\.(?:1|2|3|6|10)(?![\d.])")
# Security and policy (RFC 3463, 3.8): about us or about the content, never about one reader.
_POLICY = re.compile(r"(?<![\d.])[45]\.7\.\d+(?![\d.])")


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
