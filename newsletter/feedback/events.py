"""One vocabulary for what is said of a mail after it left."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.models import EventType


@dataclass(frozen=True)
class Event:
    """What somebody says of one mail.

    `reference` is ours, and the only thing that says whose mail it is. `address` is set only by a
    source whose word on it can be trusted (a signed webhook), never by a mail that anybody can
    write. `subscriber_id` is whose signed unsubscribe link came back with the mail, which tells
    where the reference is forgotten already. `suppress` says why the address must not be mailed
    again, where that follows at once.
    """

    event_id: str  # the same however often it is told
    source: str
    reference: str
    kind: EventType
    at: datetime
    detail: str = ""
    suppress: str | None = None
    address: str | None = None
    subscriber_id: int | None = None
