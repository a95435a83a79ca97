"""Lets go of the batches of this machine's dead workers, by their marks, as soon as anybody looks.

Later their leases run out, and another machine, which has no marks of theirs, can only call
uncertain all that they had claimed.
"""

from sqlalchemy import select

from newsletter.models import BatchRow, IssueRow
from newsletter.sending.records import journal, leases, ledger
from newsletter.sending.restore_guard import restored
from newsletter.services import Services


def release_batches(services: Services) -> list[int]:
    """Let go of the open batches of workers that died here, except of issues that are held; which.

    Only those mails are uncertain of which a byte had left.
    """
    if services.journals is None:
        return []
    owner = journal.Owner.this_process()
    with services.database.read() as session:
        owned = session.scalars(
            select(BatchRow).where(BatchRow.finished.is_(False), BatchRow.owner.is_not(None))
        ).all()
        dead = [batch for batch in owned if journal.has_died(services.journals, batch.owner or "")]
        issues = {batch.issue_id: session.get_one(IssueRow, batch.issue_id) for batch in dead}
    free = {
        number
        for number, issue in issues.items()
        if restored.restored_reason(services.database, services.memory, issue) is None
    }
    released = []
    for batch in dead:
        if batch.issue_id not in free:
            continue
        leasing = leases.lease_if_free(
            services.database, batch.id, owner, services.clock, services.journals
        )
        with leasing as session:
            if session is not None:  # else somebody was first
                ledger.release_batch(session, batch.id, owner)
                released.append(batch.id)
    return released
