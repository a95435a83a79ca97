"""Finds the readers of a batch who wait and may be tried now, in the order of subscribers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from newsletter.config import SendingSettings
from newsletter.interests.issue_picks import KeptInterests
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    InterestRow,
    IssueRow,
    PickRow,
    ProfileRow,
    RateRow,
    SubscriberRow,
    SubscriptionRow,
)
from newsletter.rendering.recipient import Recipient
from newsletter.sending.readers.recipients import READER, build_recipient

# How long a reader's server that said "not now" is left alone, by the attempts so far, the last of
# these for all further ones; the first two are for the passes of a run, which pause a little.
_REST = {
    attempts: timedelta(minutes=minutes)
    for attempts, minutes in {3: 15, 4: 30, 5: 60, 6: 120, 7: 240}.items()
}
RESTS_FROM = min(_REST)  # attempts
SETTLED = "settled by the operator"  # a reason that no server gave
_LOOKED_AT = 4  # times as many rows as wanted, where domains have limits of their own


PendingRow = Row[*tuple[Any, ...]]


def said_of_reader(reason: str | None) -> str:
    """The words of a server about the last mail to a reader who waits."""
    return "" if reason is None or reason == SETTLED else reason


def was_refused(row: PendingRow, began: datetime | None) -> bool:
    """Whether a run before the one that `began` then tried the reader of a delivery in vain.

    Who was told "later" within the run is not among them, until they rest. Nor is whom another
    process was refused for since, which may not have judged that yet.
    """
    is_older = began is None or row.changed_at < began
    return row.attempts >= RESTS_FROM or (is_older and bool(said_of_reader(row.reason)))


NOT_REFUSED = (  # the same of a delivery, turned round, as a run begins
    DeliveryRow.attempts < RESTS_FROM,
    func.coalesce(DeliveryRow.reason, SETTLED) == SETTLED,
)


@dataclass(frozen=True)
class BatchRef:
    """The batch whose lease the caller holds, with what need not be asked for once more."""

    batch_id: int
    issue_id: int
    suppression_key: bytes | None = None
    paused: Mapping[str, str] | None = None  # domains that get nothing now, and why
    rates: Mapping[str, RateRow] | None = None  # buckets that are locked, and of no session
    tried_before: datetime | None = None  # who was tried before need not rest
    began: datetime | None = None  # the run; whom it was refused for it judges at its end
    reads_log: bool = False  # of PostgreSQL, where that is allowed


def rows_looked_at(at_most: int, *, by_domain: bool) -> int:
    """How many to look at for a claim: where domains have limits, some are passed over."""
    return at_most * (_LOOKED_AT if by_domain else 1)


def coming_with_interests(
    session: Session,
    batch: BatchRef,
    limits: SendingSettings,
    now: datetime,
    after: int,
    at_most: int,
) -> dict[int, tuple[Recipient, KeptInterests]]:
    """The readers that a claim would look at now, who named interests and have no picks yet."""
    look_at = rows_looked_at(at_most, by_domain=bool(limits.per_domain))
    rows = _asked(session, _NEXT_UNRANKED, batch, after, look_at, now)
    return {
        row.subscriber_id: (
            build_recipient(row, row.reference, row.had_issue, row.attempts),
            KeptInterests(None, row.lexicon, row.content),
        )
        for row in rows
    }


def next_pending(
    session: Session, batch: BatchRef, after: int, at_most: int, now: datetime
) -> Sequence[PendingRow]:
    """The readers who wait and may be tried now, with their interests and their picks."""
    return _asked(session, _NEXT_WITH_INTERESTS, batch, after, at_most, now)


def _asked(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    batch: BatchRef,
    after: int,
    at_most: int,
    now: datetime,
) -> Sequence[PendingRow]:
    parameters = {"after": after, "at_most": at_most, **awake_parameters(batch, now)}
    # Not by the session, which would look for entities in each row.
    return session.connection().execute(statement, parameters).all()


def awake_parameters(batch: BatchRef, now: datetime) -> dict[str, Any]:
    """The parameters of `AWAKE`."""
    awake = batch.tried_before or datetime.min.replace(tzinfo=now.tzinfo)
    rested = {f"rested_{attempts}": max(now - rest, awake) for attempts, rest in _REST.items()}
    return {"batch": batch.batch_id, **rested}


def _rested() -> list[ColumnElement[bool]]:
    """Conditions that a delivery rested for as long as its number of attempts asks."""
    attempts, longest = DeliveryRow.attempts, max(_REST)
    return [
        and_(
            attempts >= count if count == longest else attempts == count,
            DeliveryRow.changed_at <= bindparam(f"rested_{count}"),
        )
        for count in _REST
    ]


_MAY_BE_TRIED = (
    DeliveryRow.state == DeliveryState.PENDING,
    or_(DeliveryRow.attempts < RESTS_FROM, *_rested()),
)
# The deliveries of a batch that wait and may be tried now.
AWAKE = (DeliveryRow.batch_id == bindparam("batch"), *_MAY_BE_TRIED)
SOMEBODY_WAITS = (  # in a BatchRow; an EXISTS might have PostgreSQL read the whole table
    select(literal(value=True))
    .where(DeliveryRow.batch_id == BatchRow.id, *_MAY_BE_TRIED)
    .limit(1)
    .scalar_subquery()
)

# Made once: building a statement costs more than SQLite takes to run it.
# Who is next is found first: else PostgreSQL joins a batch that is nearly done with everybody.
_CHOSEN = (
    select(
        DeliveryRow.issue_id,
        DeliveryRow.subscriber_id,
        DeliveryRow.reference,
        DeliveryRow.attempts,
        DeliveryRow.reason,
        DeliveryRow.changed_at,
        DeliveryRow.had_issue,
    )
    .where(*AWAKE, DeliveryRow.subscriber_id > bindparam("after"))
    .order_by(DeliveryRow.subscriber_id)
    .limit(bindparam("at_most"))
    .cte("chosen")
)
_NEXT = (
    select(
        _CHOSEN.c.subscriber_id,
        _CHOSEN.c.reference,
        _CHOSEN.c.attempts,
        _CHOSEN.c.reason,
        _CHOSEN.c.changed_at,
        _CHOSEN.c.had_issue,
        *READER,
        SubscriberRow.standing,
        SubscriptionRow.left_at,
        SubscriptionRow.paused_until,
        IssueRow.day,
    )
    .join(IssueRow, IssueRow.id == _CHOSEN.c.issue_id)
    .join(SubscriberRow, SubscriberRow.id == _CHOSEN.c.subscriber_id)
    .outerjoin(  # there is none where somebody took back the move that made it
        SubscriptionRow,
        (SubscriptionRow.subscriber_id == _CHOSEN.c.subscriber_id)
        # Not by the index of newsletters: for each of a hundred it would look at everybody.
        & (SubscriptionRow.newsletter.concat("") == IssueRow.newsletter),
    )
    .order_by(_CHOSEN.c.subscriber_id)
)
_THEIR_PICKS = (PickRow.issue_id == _CHOSEN.c.issue_id) & (
    PickRow.subscriber_id == _CHOSEN.c.subscriber_id
)
_NEXT_WITH_INTERESTS = (
    _NEXT.add_columns(
        PickRow.chosen,
        ProfileRow.lexicon,
        ProfileRow.content,
        exists().where(InterestRow.subscriber_id == _CHOSEN.c.subscriber_id).label("has_interests"),
    )
    .outerjoin(PickRow, _THEIR_PICKS)
    .outerjoin(ProfileRow, ProfileRow.subscriber_id == _CHOSEN.c.subscriber_id)
)
_NEXT_UNRANKED = (
    _NEXT.add_columns(ProfileRow.lexicon, ProfileRow.content)
    .join(ProfileRow, ProfileRow.subscriber_id == _CHOSEN.c.subscriber_id)
    .outerjoin(PickRow, _THEIR_PICKS)
    .where(PickRow.subscriber_id.is_(None), _CHOSEN.c.attempts == 0)
)
