"""The picks of the readers just claimed: ranked once a reader and issue, and kept."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
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
from newsletter.models import DeliveryRow, DeliveryState, ProfileRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.recipient import Recipient

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Ranked:
    """A recipient's picks, and the interests that they were ranked by."""

    recipient: Recipient
    kept: KeptInterests
    picks: IssuePicks | None  # None where ranking failed


class RecipientPicks:
    """The picks of an issue's readers."""

    def __init__(self, issue_id: int, mails: IssueEmails) -> None:
        self._issue_id = issue_id
        self._mails = mails
        self._ahead: dict[int, _Ranked] = {}  # by subscriber

    def rank_ahead(
        self,
        coming: Mapping[int, tuple[Recipient, KeptInterests]],
        meanwhile: Callable[[float], None],
    ) -> None:
        """Rank for the readers who will be claimed next, outside of any transaction."""
        before, self._ahead = self._ahead, {}
        for number, (recipient, kept) in coming.items():
            ranked = before.get(number)
            if ranked is None or (ranked.recipient, ranked.kept) != (recipient, kept):
                profile = profile_store.read_profiles({number: kept}).get(number)
                if profile is None:
                    continue
                ranked = _Ranked(recipient, kept, choose(self._mails, recipient, profile))
                meanwhile(0.0)
            self._ahead[number] = ranked

    def with_picks(
        self,
        session: Session,
        recipients: Sequence[Recipient],
        now: datetime,
        kept: Mapping[int, KeptInterests] | None = None,
    ) -> list[Recipient]:
        """The same recipients, with the picks of those who named interests.

        A retry uses the picks of the first attempt, and has none where that had none, so that all
        attempts are the same message. `kept`: the interests, where the caller has read them.
        """
        mine = {recipient.subscriber_id: recipient for recipient in recipients}
        if kept is None:
            kept = kept_interests(session, self._issue_id, mine)
        kept = {number: row for number, row in kept.items() if number in mine}
        picks = {number: row.picks for number, row in kept.items() if row.chosen is not None}
        new = {
            number: row
            for number, row in kept.items()
            if number not in picks and not mine[number].attempts
        }
        chosen = self._choose(session, mine, new, now) if new else {}
        if chosen:
            keep_picks(session, self._issue_id, chosen, now)
        picks |= chosen
        return (
            [
                replace(recipient, picks=picks.get(recipient.subscriber_id))
                for recipient in recipients
            ]
            if picks
            else list(recipients)
        )

    def _choose(
        self,
        session: Session,
        recipients: Mapping[int, Recipient],
        new: Mapping[int, KeptInterests],
        now: datetime,
    ) -> dict[int, IssuePicks | None]:
        """Picks that were ranked ahead; readers who changed something since are ranked now."""
        chosen: dict[int, IssuePicks | None] = {}
        for number, row in new.items():
            ranked = self._ahead.get(number)
            if ranked and (ranked.recipient, ranked.kept) == (recipients[number], row):
                chosen[number] = ranked.picks
        lacking = {number: row for number, row in new.items() if number not in chosen}
        profiles = profile_store.profiles_from(session, lacking, now) if lacking else {}
        for number, own in profiles.items():
            chosen[number] = None if own is None else choose(self._mails, recipients[number], own)
        return chosen


def are_in(session: Session, batch_id: int) -> bool:
    """Whether a reader with interests waits in a batch."""
    waiting = (
        select(ProfileRow.subscriber_id)
        .join(DeliveryRow, DeliveryRow.subscriber_id == ProfileRow.subscriber_id)
        .where(DeliveryRow.batch_id == batch_id, DeliveryRow.state == DeliveryState.PENDING)
    )
    return session.scalar(waiting.limit(1)) is not None


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

    The newsletter's picks follow the reader's own, without the papers that the reader rejects.
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
