"""What comes first for whom a worker has just claimed: ranked once a reader and issue, and kept."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.interests import (
    Profile,
    interest_store,
    pick_papers,
    profile_store,
)
from newsletter.interests.issue_picks import (
    IssuePick,
    IssuePicks,
    KeptInterests,
    join_picks,
    keep_picks,
    kept_interests,
    kept_picks,
)
from newsletter.interests.picks import unwanted_papers
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.recipient import Recipient

_log = logging.getLogger(__name__)


def with_picks(
    session: Session,
    issue_id: int,
    mails: IssueEmails,
    recipients: Sequence[Recipient],
    now: datetime,
    kept: Mapping[int, KeptInterests] | None = None,
) -> list[Recipient]:
    """The same recipients, with what comes first for those who named interests.

    What was chosen once is what a later attempt says as well. Whoever was tried before without
    any gets none now, so that every attempt is the same message. `kept`: what the caller has read.
    """
    mine = {recipient.subscriber_id: recipient for recipient in recipients}
    if kept is None:
        kept = kept_interests(session, issue_id, mine)
    kept = {number: row for number, row in kept.items() if number in mine}
    known = {number: row.picks for number, row in kept.items() if row.chosen is not None}
    untried = {number: reader for number, reader in mine.items() if not reader.attempts}
    new = {number: row for number, row in kept.items() if number in untried and number not in known}
    profiles = profile_store.profiles_from(session, new, now) if new else {}
    chosen = {
        number: None if own is None else choose(mails, untried[number], own)
        for number, own in profiles.items()
    }
    if chosen:
        keep_picks(session, issue_id, chosen, now)
    picks = known | chosen
    return (
        [replace(recipient, picks=picks.get(recipient.subscriber_id)) for recipient in recipients]
        if picks
        else list(recipients)
    )


def previewed(
    session: Session, issue_id: int | None, mails: IssueEmails, recipient: Recipient
) -> Recipient:
    """The recipient with what came first for them in that issue, or would; nothing is kept."""
    number = recipient.subscriber_id
    known = {} if issue_id is None else kept_picks(session, issue_id, [number])
    if number in known:
        return replace(recipient, picks=known[number])
    if not interest_store.rows_of(session, number):
        return recipient
    profile = profile_store.make_profile(session, number)
    return replace(recipient, picks=choose(mails, recipient, profile) if profile else None)


def choose(mails: IssueEmails, recipient: Recipient, profile: Profile) -> IssuePicks | None:
    """The papers that come first for one reader; None, with a line in the log, where that fails.

    Behind their own picks stand the newsletter's, without what they do not want.
    """
    try:
        day, newsletters = mails.day_index(recipient), mails.newsletter_picks(recipient)
        own = tuple(map(IssuePick.of, pick_papers(day, profile)))
        if not newsletters:
            return own
        unwanted = {day.papers[number].id.arxiv_id for number in unwanted_papers(day, profile)}
    except Exception:  # noqa: BLE001 - a ranking that fails costs its picks, never the mail
        _log.exception("no picks for a reader", extra={"subscriber": recipient.subscriber_id})
        return None
    wanted = {paper.id.arxiv_id for paper in day.papers} - unwanted
    return join_picks(own, [pick for pick in newsletters if pick.arxiv_id in wanted])
