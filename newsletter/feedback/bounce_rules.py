"""Decides when bounces make an address dead, and when they are about its domain.

- A mailbox that does not exist (SendGrid's *Invalid Address*, 5.1.1 and the like) is suppressed at
  once.
- Any other bounce counts. Bounces of three issues over a week, with no delivery since the first of
  them, suppress.
- A block never suppresses. Twenty mails blocked by one domain within an hour, and three in ten of
  its mails, are a wave: the domain is paused, and its readers stay as they are.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from newsletter.models import (
    FAILING,
    DeliveryRow,
    DeliveryState,
    EventType,
    FeedbackRow,
    SubscriberRow,
)

BOUNCES = 3  # of different issues
SPAN = timedelta(days=7)  # between the first and the last of them
MEMORY = timedelta(days=60)  # older bounces are forgotten

WAVE = 20  # mails
WAVE_SHARE = 0.3
WAVE_WINDOW = timedelta(hours=1)


def bounced_too_often(session: Session, subscriber_ids: Collection[int], now: datetime) -> set[int]:
    """The subscribers of these whose single bounces add up to a dead mailbox."""
    whose, later = FeedbackRow.subscriber_id, aliased(FeedbackRow)
    is_heard_of_since = exists().where(
        later.subscriber_id == whose,
        later.kind == EventType.DELIVERED,
        later.at > FeedbackRow.at,
    )
    bounces = session.execute(
        select(whose, func.min(FeedbackRow.at), func.max(FeedbackRow.at))
        .where(whose.in_(subscriber_ids), FeedbackRow.kind == EventType.BOUNCE)
        .where(FeedbackRow.at >= now - MEMORY, ~is_heard_of_since)
        .group_by(whose)
        .having(func.count(FeedbackRow.issue_id.distinct()) >= BOUNCES)
    )
    return {number for number, first, last in bounces if number and last - first >= SPAN}


def is_block_spike(session: Session, domain: str, now: datetime) -> tuple[int, int] | None:
    """How many mails the domain blocked within the hour, and of how many; None below a wave."""
    recent = (FeedbackRow.domain == domain, FeedbackRow.at > now - WAVE_WINDOW)

    def readers(*kinds: EventType) -> int:
        return (
            session.scalar(
                select(func.count(FeedbackRow.reference.distinct())).where(
                    *recent, FeedbackRow.kind.in_(kinds)
                )
            )
            or 0
        )

    blocked = readers(EventType.BLOCKED)
    if blocked < WAVE:
        return None
    of = readers(EventType.DELIVERED, *FAILING)
    if not readers(EventType.DELIVERED):
        # Bounces by mail tell of failures only; what left is in the ledger.
        of = max(of, _left_for(session, domain, now))
    return (blocked, of) if blocked >= WAVE_SHARE * of else None


def _left_for(session: Session, domain: str, now: datetime) -> int:
    """How many mails left for a domain, of the issues that it blocked within the hour."""
    issues = select(FeedbackRow.issue_id).where(
        FeedbackRow.domain == domain,
        FeedbackRow.kind == EventType.BLOCKED,
        FeedbackRow.at > now - WAVE_WINDOW,
    )
    final_states = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN)
    return (
        session.scalar(
            select(func.count())
            .select_from(DeliveryRow)
            .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
            .where(
                DeliveryRow.issue_id.in_(issues),
                DeliveryRow.state.in_(final_states),
                SubscriberRow.email.endswith(f"@{domain}", autoescape=True),
            )
        )
        or 0
    )
