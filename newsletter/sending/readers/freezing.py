"""Writes the audience of an issue down once: a delivery each, with its reference, in batches.

Each slice is a transaction of its own. So visitors who sign up or leave meanwhile wait for a moment
only, and the first mails leave before the last recipient is written. The issue says how far it is,
so that any process goes on where another was killed.
"""

import secrets
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from newsletter import delivery_counters
from newsletter.database import db
from newsletter.database.db import Database, is_sqlite
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    IssueState,
    Rhythm,
    SubscriptionRow,
)
from newsletter.reader_locks import hold_readers
from newsletter.sending.readers.audience import Audience, to_come
from newsletter.subscribers import rhythm
from newsletter.transports.base import Transport

BATCH_SIZE = 1000
SLICE = 3  # batches; half a second on a very busy machine
_PER_CONNECTION = 120  # mails of a batch; at its end each connection waits a round trip or two
_LET_IN_S = 0.01  # SQLite's waiting writers look every other ms; PostgreSQL's have their turn


def many_connections(transport: Transport) -> int:
    """How many mails a batch has room for, so that connections beside one another are busy."""
    return _PER_CONNECTION * (transport.connections or 0)


def freeze_audience(
    session: Session,
    issue: IssueRow,
    subscribed_by: datetime | None = None,
    *,
    together: int = 1,
) -> list[int]:
    """Begin to write down the audience of this issue: all confirmed readers of its moment, once.

    With `subscribed_by` only those who subscribed by then, so that a reader gets no day from before
    their time. A reader of a weekly mail is in it on their weekday; the mail holds all they lack.

    The database writes the rows and their references by itself, so that a million subscribers take
    seconds and little memory. Returns the batches of the first slice; each has room for so many
    `together`.
    """
    issue.frozen_up_to, issue.subscribed_by = 0, subscribed_by
    return _freeze_slice(session, issue, max(BATCH_SIZE, together))


def freeze_on(
    database: Database,
    issue_id: int,
    for_s: float,
    stopping: Callable[[], bool],
    hand_over: Callable[[Session, Sequence[int]], None] | None = None,
    *,
    together: int = 1,
) -> bool:
    """Write down further slices for so long, one at least; whether that was the last.

    A batch has room for those that are on their way `together`.

    `hand_over` is told the batches of each in its own transaction.
    """
    with database.read() as session:
        is_whole = session.get_one(IssueRow, issue_id).frozen_up_to is None
    ends_s = time.monotonic() + for_s
    while not is_whole:
        with database.concurrent.begin() as session:
            issue = session.get_one(IssueRow, issue_id)
            batches = _freeze_slice(session, issue, max(BATCH_SIZE, together))
            if hand_over is not None:
                hand_over(session, batches)
            is_whole = issue.frozen_up_to is None
        if stopping() or time.monotonic() >= ends_s:
            break
        if not is_whole and is_sqlite(database.engine):
            time.sleep(_LET_IN_S)
    return is_whole


def freeze_subscriber(session: Session, subscriber_id: int) -> None:
    """Write down a reader who is about to get another number, in issues that still lack them."""
    chosen = select(IssueRow).where(IssueRow.frozen_up_to < subscriber_id).order_by(IssueRow.id)
    for issue in session.scalars(chosen).all():
        only = to_come(issue).where(SubscriptionRow.subscriber_id == subscriber_id)
        if session.scalar(only) is not None:
            _write_down(session, issue, only, 1, 1)


def _freeze_slice(session: Session, issue: IssueRow, size: int) -> list[int]:
    """The next recipients in the order of their numbers; returns their batches."""
    db.take_turn(session, f"freezing {issue.newsletter}")
    db.look_up_by_keys(session)
    session.flush()
    session.refresh(issue)  # another process may have been quicker
    if issue.frozen_up_to is None:
        return []
    at_most = size * max(1, BATCH_SIZE * SLICE // size)
    number = SubscriptionRow.subscriber_id
    in_order = to_come(issue).with_only_columns(number).order_by(number).limit(at_most)
    found = session.connection().scalars(in_order).all()
    is_held = hold_readers(session, found)  # nobody leaves, or chooses another rhythm, half-way
    batches = []
    if found:
        others_may_come = [number.in_(found)] if is_held else []
        chosen = to_come(issue).where(number <= found[-1], *others_may_come)
        batches = _write_down(session, issue, chosen, len(found), size)
    session.refresh(issue, with_for_update={"key_share": True})
    issue.frozen_up_to = found[-1] if len(found) == at_most else None
    if issue.frozen_up_to is None and not delivery_counters.is_open(session, issue.id):
        issue.state = IssueState.DONE
    session.flush()
    return batches


def _write_down(
    session: Session, issue: IssueRow, chosen: Audience, number: int, size: int
) -> list[int]:
    """A delivery for each of the `number` chosen, in new batches of the size given."""
    rows = [BatchRow(issue_id=issue.id) for _ in range(0, number, size)]
    session.add_all(rows)
    session.flush()
    batches = [row.id for row in rows]
    _room_for_an_index(session)
    deliveries = _deliveries(session, issue, chosen, batches, size)
    columns = [column.name for column in deliveries.selected_columns]
    session.execute(insert(DeliveryRow).from_select(columns, deliveries, include_defaults=False))
    _count(session, batches)
    _write_down_had(session, issue, batches)
    return batches


def _write_down_had(session: Session, issue: IssueRow, batches: Collection[int]) -> None:
    """Note that readers of several days in one mail had this issue; now daily, they get each."""
    table = SubscriptionRow
    next_days = {
        kind: rhythm.next_weekday(issue.day, kind.weekday)
        for kind in Rhythm
        if kind.weekday is not None
    }
    several = select(DeliveryRow.subscriber_id).where(
        DeliveryRow.batch_id.in_(batches), DeliveryRow.had_issue.is_not(None)
    )
    had = session.scalars(several).all()
    if not had:
        return
    session.execute(
        update(table)
        .where(
            table.newsletter == issue.newsletter,
            table.subscriber_id.between(min(had), max(had)),  # or all of the newsletter are read
            table.subscriber_id.in_(had),
        )
        .values(
            had_issue=case((table.rhythm.in_(next_days), issue.id), else_=null()),
            next_day=case(next_days, value=table.rhythm, else_=null()),
        )
        .execution_options(synchronize_session=False)
    )


def _deliveries(
    session: Session, issue: IssueRow, chosen: Audience, batches: Sequence[int], size: int
) -> Select[*tuple[Any, ...]]:
    place = func.row_number().over(order_by=SubscriptionRow.subscriber_id) - 1
    recipients = chosen.add_columns(place.label("place")).subquery()
    paused = and_(recipients.c.paused_until.is_not(None), recipients.c.paused_until >= issue.day)
    until = cast(recipients.c.paused_until, String(10))
    by_place = dict(enumerate(batches))
    return select(
        literal(issue.id).label("issue_id"),
        recipients.c.subscriber_id,
        case(by_place, value=recipients.c.place // size, else_=batches[-1]).label("batch_id"),
        _reference(session).label("reference"),
        case((paused, DeliveryState.SKIPPED), else_=DeliveryState.PENDING).label("state"),
        case((paused, literal("paused until ").concat(until)), else_=null()).label("reason"),
        literal(0).label("attempts"),
        literal(issue.frozen_at, DeliveryRow.changed_at.type).label("changed_at"),
        recipients.c.had_issue,
    )


def _reference(session: Session) -> ColumnElement[str]:
    """90 random bits or more, minted by the database for each row, behind 32 of the statement's.

    So a statement's rows lie side by side in the index. A million scattered ones would rewrite it
    many times over.
    """
    together = literal(secrets.token_hex(4))
    if is_sqlite(session.get_bind()):
        return together.concat(func.lower(func.hex(func.randomblob(12))))
    return together.concat(
        func.substr(func.replace(cast(func.gen_random_uuid(), String), "-", ""), 9)
    )


def _count(session: Session, batches: Collection[int]) -> None:
    def number(state: DeliveryState) -> ColumnElement[int]:
        return (
            select(func.count())
            .where(DeliveryRow.batch_id == BatchRow.id, DeliveryRow.state == state)
            .scalar_subquery()
        )

    pending, skipped = number(DeliveryState.PENDING), number(DeliveryState.SKIPPED)
    session.execute(
        update(BatchRow)
        .where(BatchRow.id.in_(batches))
        .values(pending=pending, skipped=skipped)
        .execution_options(synchronize_session=False)
    )


def _room_for_an_index(session: Session) -> None:
    """References are random: with SQLite's usual 2 MB, a million of them would thrash the disk."""
    if is_sqlite(session.get_bind()):
        session.execute(text("PRAGMA cache_size = -131072"))
