"""One vocabulary for what is said of a mail after it left."""

from dataclasses import dataclass, field
from datetime import datetime

from newsletter.models import EventType


@dataclass(frozen=True)
class Event:
    """News of one mail that left.

    `reference` is ours, and it alone identifies the delivery. Only a trusted source (a signed
    webhook) sets `address`; a mail could come from anybody. `subscriber_id` is the reader whose
    signed unsubscribe link came back with the mail; it helps where the reference is forgotten
    already. `suppress` is the reason, if the address must not be mailed again.
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


@dataclass
class WebhookBody:
    """The contents of a body that was posted: events, and items that are none."""

    events: list[Event] = field(default_factory=list)
    odd: list[tuple[str, str]] = field(default_factory=list)  # why, and the event itself
