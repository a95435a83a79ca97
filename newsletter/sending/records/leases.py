"""Takes batches that no living worker has, also from a worker that died."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from newsletter.database.db import Database, is_sqlite
from newsletter.models import BatchRow, DeliveryState
from newsletter.sending.records import delivery_updates, journal
from newsletter.sending.records.delivery_updates import StateChange
from newsletter.sending.records.journal import Mark

_LEASE = timedelta(minutes=5)
_LEASE_AMONG_MACHINES = timedelta(seconds=45)  # nothing else tells that another machine died
_STOPPED = "the sender was stopped while this mail was on its way"
_STATE_BY_MARK = {  # what a dead worker's journal says of a mail
    Mark.NONE: (DeliveryState.PENDING, None),
    Mark.CLAIMED: (DeliveryState.PENDING, None),
    Mark.NOT_TAKEN: (DeliveryState.PENDING, None),
    Mark.ACCEPTED: (DeliveryState.SENT, "accepted, as the stopped sender noted"),
    Mark.BEGUN: (DeliveryState.UNCERTAIN, _STOPPED),
    Mark.UNKNOWN: (DeliveryState.UNCERTAIN, _STOPPED),
}


def lease_length(bind: Engine | Connection) -> timedelta:
    """How long a worker may be silent before another one takes its batch."""
    return _LEASE if is_sqlite(bind) else _LEASE_AMONG_MACHINES


def is_free(session: Session, batch: BatchRow, now: datetime, journals: Path | None) -> bool:
    """Whether no worker has it, or one whose lease is over, or that died on this machine."""
    if batch.owner is None or batch.leased_until is None:
        return True
    # A lease that ends later than any lease can was given by a clock that has been set back.
    longest = 2 * lease_length(session.get_bind())
    is_valid = now <= batch.leased_until <= now + longest
    return not is_valid or journal.has_died(journals, batch.owner)


@contextmanager
def lease_if_free(
    database: Database,
    batch_id: int,
    owner: journal.Owner,
    clock: Callable[[], datetime],
    journals: Path | None,
) -> Iterator[Session | None]:
    """The transaction in which a batch is leased; None where another worker has it.

    Once it is committed, the journal of a dead worker that had the batch is deleted.
    """
    with database.concurrent.begin() as session:
        batch = session.get(BatchRow, batch_id, with_for_update={"skip_locked": True})
        before = None if batch is None else batch.owner
        is_ours = batch is not None and lease_batch(session, batch, owner, clock(), journals)
        yield session if is_ours else None
    if is_ours and before is not None and journals is not None:
        journal.delete_journal(journals, before)


def lease_batch(
    session: Session,
    batch: BatchRow,
    owner: journal.Owner,
    now: datetime,
    journals: Path | None,
) -> bool:
    """Lease a free batch; False where another worker has it.

    The batch of a dead worker is taken over: deliveries that it may have handed over are uncertain,
    those that it surely had not begun are pending again. Where the dead worker was on this machine,
    its journal tells the two apart. What nobody's batch shows as sending, in a copy that came back,
    is uncertain.
    """
    if batch.finished or not is_free(session, batch, now, journals):
        return False
    if batch.owner is not None or batch.sending:
        marks = None
        if journals and batch.owner:
            marks = journal.take_over(journals, batch.owner, batch.id)
        _recover_batch(session, batch, marks, now)
    batch.owner = owner.name
    batch.leased_until = now + lease_length(session.get_bind())
    session.flush()
    return True


def _recover_batch(
    session: Session, batch: BatchRow, marks: Mapping[str, Mark] | None, now: datetime
) -> None:
    """Move what a dead worker had claimed to where it belongs."""
    changes = []
    for delivery in delivery_updates.in_state(session, batch.id, DeliveryState.SENDING):
        mark = Mark.BEGUN if marks is None else marks.get(delivery.reference, Mark.NONE)
        state, reason = _STATE_BY_MARK[mark]
        counted = delivery.attempts + (state is not DeliveryState.PENDING)
        changes.append(StateChange(delivery, state, reason, attempts=counted))
    delivery_updates.apply_changes(session, changes, now)
