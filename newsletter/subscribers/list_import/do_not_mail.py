"""Imports a list of people who must not be mailed: they left, or were suppressed elsewhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.database.db import Database
from newsletter.subscribers import address_change, consent_log, opt_out, suppression
from newsletter.subscribers.list_import.import_files import ImportEntry
from newsletter.subscribers.list_import.import_rows import (
    ImportOptions,
    ImportStatus,
    RowReport,
    read_address,
)
from newsletter.subscribers.list_import.importing import chunks, turn


def keep_out(
    database: Database,
    entries: Iterable[ImportEntry],
    plan: ImportOptions,
    standing: str,
    now: datetime,
    report: Callable[[RowReport], None],
) -> Counter[str]:
    """Take a do-not-mail list in, as `left` or `suppressed`; returns how often each status came.

    A person who left can come back by confirming anew, and only by that; a suppressed one cannot.
    A repeated import changes nothing. A reader who left is let go at a newer address of theirs,
    too. A suppressed address may just be dead, so a reader who moved away from it reads on, and the
    line says where.
    """
    counts: Counter[str] = Counter()
    status = ImportStatus(standing)
    for chunk in chunks(iter(entries)):
        looked_at = [(entry, read_address(entry, plan)) for entry in chunk]
        with turn(database) as session:
            addresses = [row for _, row in looked_at if isinstance(row, str)]
            notes = _keep_out(session, addresses, status, now)
        for entry, row in looked_at:
            row_report = (
                RowReport(entry.line, entry.cells["email"], status, notes.get(row, ""))
                if isinstance(row, str)
                else row
            )
            counts[row_report.status] += 1
            report(row_report)
    return counts


def _keep_out(
    session: Session, addresses: Sequence[str], status: ImportStatus, now: datetime
) -> dict[str, str]:
    """Do so for some addresses; returns a note for each reader who moved."""
    moved = {
        address: ", ".join(reader.email for reader in readers)
        for address, readers in address_change.readers_moved_from(session, addresses).items()
    }
    if status is ImportStatus.SUPPRESSED:
        suppression.suppress_all(session, addresses, suppression.BY_OPERATOR, now)
        return {
            address: f"moved to {to} and reads on; list that as well where it is the person"
            for address, to in moved.items()
        }
    here = address_change.lock_addresses_linked(session, addresses)
    evidence = consent_log.proof_of_consent("a list of people who said no")
    for subscriber in here:
        opt_out.unsubscribe(session, subscriber, None, evidence, now)
    strangers = set(addresses) - {subscriber.email for subscriber in here}
    suppression.suppress_all(session, sorted(strangers), suppression.LEFT, now)
    return {address: f"as {to}, where they moved" for address, to in moved.items()}
