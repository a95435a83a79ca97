"""The log of what subscribers agreed to and ended; they can see their own part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter import notice_queue
from newsletter.config import NoticeKind
from newsletter.models import ConsentRow, SubscriberRow
from newsletter.notice_queue import Notice


class ConsentAction(StrEnum):
    ASKED = "asked"  # by the form, which anybody can send, or by the operator
    CONFIRMED = "confirmed"
    CHANGED = "changed"  # preferences
    MOVED = "moved"  # to another address
    LEFT = "left"
    CAME_BACK = "came back"  # by the button right after leaving
    UNSUPPRESSED = "unsuppressed"  # by the operator, who says why the address may be mailed again


class Channel(StrEnum):
    """How it came to us."""

    PAGE = "page"
    ONE_CLICK = "one-click"  # a button of their mail program (RFC 8058)
    MAIL = "mail"  # to the address in List-Unsubscribe
    PROVIDER = "provider"  # their word to whoever carries or keeps their mail
    COMPLAINT = "complaint"
    OPERATOR = "operator"
    API = "api"  # a program that bears a token of the operator's


# What those that [notify] names hear of; changes and moves say more than an entry does.
_TOLD: Mapping[ConsentAction, NoticeKind] = {
    ConsentAction.CONFIRMED: "confirmed",
    ConsentAction.LEFT: "left",
    ConsentAction.CAME_BACK: "came_back",
}


@dataclass(frozen=True)
class ConsentEvidence:
    """The way, the words they read when they acted, and a keyed hash of their network.

    A dispute needs to know that two acts came from one network, and no more. So their machine's
    address is left out, and the hash leads back to no person.
    """

    way: Channel
    wording: str
    network: str | None = None
    doubt: str | None = None  # what looked like a machine, not like a person

    def to_others(self) -> "ConsentEvidence":
        """The same for another person's history that the act concerns, without its origin."""
        return replace(self, network=None, doubt=None)


def proof_of_consent(consent: str, way: Channel = Channel.OPERATOR) -> ConsentEvidence:
    """The evidence that the operator, or a program of theirs, names in their own words."""
    whose = "the operator's proof" if way is Channel.OPERATOR else "a program's word"
    return ConsentEvidence(way, f"{whose}: {consent}")


def record_consent(
    session: Session,
    subscriber: SubscriberRow,
    act: ConsentAction,
    newsletters: Sequence[str],
    evidence: ConsentEvidence,
    now: datetime,
) -> None:
    """Write an act down, and tell the targets of [notify]."""
    session.add(ConsentRow(**consent_row(subscriber.id, act, newsletters, evidence, now)))
    if act in _TOLD:
        notice = Notice(_TOLD[act], subscriber, newsletters, evidence.way, evidence.doubt)
        notice_queue.enqueue_notice(session, notice, now)


def consent_row(
    subscriber_id: int,
    act: ConsentAction,
    newsletters: Sequence[str],
    evidence: ConsentEvidence,
    now: datetime,
) -> dict[str, Any]:
    """A row of the history, for many at once."""
    return {
        "subscriber_id": subscriber_id,
        "at": now,
        "act": act,
        "newsletters": list(newsletters),
        "way": evidence.way,
        "wording": evidence.wording,
        "network": evidence.network,
        "doubt": evidence.doubt,
    }


def consent_history(session: Session, subscriber_id: int) -> Sequence[ConsentRow]:
    """Everything of one subscriber, oldest first."""
    return session.scalars(
        select(ConsentRow).where(ConsentRow.subscriber_id == subscriber_id).order_by(ConsentRow.id)
    ).all()


def delete_history(session: Session, subscriber_id: int) -> None:
    session.execute(delete(ConsentRow).where(ConsentRow.subscriber_id == subscriber_id))
