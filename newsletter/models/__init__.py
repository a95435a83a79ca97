"""The tables. All times are UTC and aware; a comment where a column's name does not say enough."""

from newsletter.models.base import Base, UtcDateTime
from newsletter.models.deliveries import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    DomainPauseRow,
    FeedbackRow,
    QuarantineRow,
    RateRow,
)
from newsletter.models.issues import IssueEntryRow, IssueRow, IssueState
from newsletter.models.papers import (
    AnnouncementRow,
    ListingRow,
    PaperRow,
    SummaryFailure,
    SummaryFailureRow,
    SummaryRow,
)
from newsletter.models.subscribers import (
    AddressChangeRow,
    ConsentRow,
    FormLimitRow,
    ImportRow,
    KeyRow,
    OutboxRow,
    SentOutboxRow,
    SignupRow,
    Standing,
    SubscriberRow,
    SubscriptionRow,
    SuppressionRow,
)

__all__ = [
    "AddressChangeRow",
    "AnnouncementRow",
    "Base",
    "BatchRow",
    "ConsentRow",
    "DeliveryRow",
    "DeliveryState",
    "DomainPauseRow",
    "FeedbackRow",
    "FormLimitRow",
    "ImportRow",
    "IssueEntryRow",
    "IssueRow",
    "IssueState",
    "KeyRow",
    "ListingRow",
    "OutboxRow",
    "PaperRow",
    "QuarantineRow",
    "RateRow",
    "SentOutboxRow",
    "SignupRow",
    "Standing",
    "SubscriberRow",
    "SubscriptionRow",
    "SummaryFailure",
    "SummaryFailureRow",
    "SummaryRow",
    "SuppressionRow",
    "UtcDateTime",
]
