"""A mail of an issue has a recipient: all that sending knows of it before it is rendered."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.interests.issue_picks import IssuePicks


@dataclass(frozen=True)
class Recipient:
    """One reader of one issue, and how they want it."""

    subscriber_id: int
    email: str
    detail: str
    language: str
    since: date
    reference: str
    left_out: str = ""  # sections that they do not want, as `cross replace`
    subscribed_at: datetime | None = None  # what was announced before is not for them
    attempts: int = 0  # at a mail of this issue, that came to nothing
    last_words: str = ""  # that were said of the last of them
    refused_at: datetime | None = None  # in vain, by a run before this one
    picks: "IssuePicks | None" = None  # what comes first; None without interests of their own
    had_issue: int | None = None  # the mail holds all that were frozen after this one
    only_picks: bool = False  # no mail where nothing comes first
    quiet_issues: int = 0  # of the last month, that were left out for that
    moves: int = 0  # away from this address: links of before have ended


def campaign_name(slug: str, day: date) -> str:
    """The name that all mails of an issue have in common, for whoever counts them."""
    return f"{slug}-{day}"
