"""Saves a subscriber's own choices: newsletters, how much of each, language, a pause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from newsletter import notice_queue
from newsletter.models import SubscriberRow
from newsletter.notice_queue import Notice
from newsletter.subscribers import consent_log, lifecycle, opt_out, rhythm
from newsletter.subscribers.consent_log import ConsentAction, ConsentEvidence


@dataclass(frozen=True)
class PreferenceChanges:
    """Everything on the page; `paused_until` is the last day without mail."""

    details: Mapping[str, str]  # of the newsletters they want
    language: str
    paused_until: date | None
    left_out: Mapping[str, str] = field(default_factory=dict)  # newsletter -> `cross replace`
    rhythms: Mapping[str, str] = field(default_factory=dict)  # of those that change it


def change_preferences(
    session: Session,
    subscriber: SubscriberRow,
    choice: PreferenceChanges,
    offered: Mapping[str, str],
    evidence: ConsentEvidence,
    now: datetime,
) -> None:
    """Save the choices. Newsletters that are no longer `offered` stay as they are."""
    before = lifecycle.active_subscriptions(session, subscriber).keys()
    subscriber.language = choice.language
    for slug, detail in choice.details.items():
        row = lifecycle.subscribe(session, subscriber, slug, detail, now)
        row.detail, row.paused_until = detail, choice.paused_until
        rhythm.begin_again(session, row, now)
        rhythm.choose_rhythm(session, row, choice.rhythms.get(slug, row.rhythm))
        row.left_out = choice.left_out.get(slug, "")
    session.flush()
    given_up = [slug for slug in offered if slug not in choice.details]
    opt_out.unsubscribe(session, subscriber, given_up, evidence, now)
    after = lifecycle.active_subscriptions(session, subscriber).keys()
    if after - before:
        consent_log.record_consent(
            session, subscriber, ConsentAction.CHANGED, sorted(after), evidence, now
        )
        added = Notice("confirmed", subscriber, sorted(after - before), evidence.way)
        notice_queue.enqueue_notice(session, added, now)


def pause(
    session: Session, subscriber: SubscriberRow, newsletter: str | None, until: date | None
) -> list[str]:
    """No mail of that newsletter, or of any, up to and with a day; None ends a pause.

    Returns of which newsletters.
    """
    active = lifecycle.active_subscriptions(session, subscriber)
    chosen = {slug: row for slug, row in active.items() if newsletter in (None, slug)}
    for row in chosen.values():
        row.paused_until = until
    return list(chosen)


def paused_until(session: Session, subscriber: SubscriberRow, today: date) -> date | None:
    """The last day of a pause that is not over."""
    days = [
        subscription.paused_until
        for subscription in lifecycle.active_subscriptions(session, subscriber).values()
    ]
    return max((day for day in days if day and day >= today), default=None)
