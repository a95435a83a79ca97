"""What a dead worker leaves behind, and who believes it."""

import mmap
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import delivery_counters
from newsletter.config import SendingSettings
from newsletter.database.db import Database
from newsletter.models import BatchRow, DeliveryRow
from newsletter.sending.claiming import claim, pending
from newsletter.sending.records import journal, leases
from newsletter.sending.records.journal import Journal, Mark, Owner
from tests.conftest import NOW, Cli

OWNER = Owner("here", 4_194_305, "0a0b0c0d")  # a process number that no process has
NEXT = Owner("here", 1, "11223344")


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path, OWNER.name)
    made.open(7, 5)
    made.claim(["a" * 24, "b" * 24, "c" * 32])
    yield made
    made.close()


def test_marks_are_read_back_by_who_takes_over(written: Journal, tmp_path: Path) -> None:
    assert written.mark("a" * 24, Mark.BEGUN)
    assert written.mark("c" * 32, Mark.BEGUN)
    assert written.mark("c" * 32, Mark.ACCEPTED)
    assert journal.take_over(tmp_path, OWNER.name, 7) == {
        "a" * 24: Mark.BEGUN,
        "b" * 24: Mark.CLAIMED,
        "c" * 32: Mark.ACCEPTED,
    }


def test_a_worker_that_only_stalled_hears_that_it_was_taken_over(
    written: Journal, tmp_path: Path
) -> None:
    assert journal.take_over(tmp_path, OWNER.name, 7) is not None
    assert not written.mark("b" * 24, Mark.BEGUN)


@pytest.mark.usefixtures("written")
def test_marks_of_another_boot_or_worker_are_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert journal.take_over(tmp_path, "here:9:0a0b0c0d", 7) is None
    assert journal.take_over(tmp_path, "here:9:ffffffff", 7) is None
    monkeypatch.setattr(journal, "boot_id", lambda: "after the power cut")
    assert journal.take_over(tmp_path, OWNER.name, 7) is None


@pytest.mark.usefixtures("written")
def test_a_batch_that_was_not_begun_has_nothing_on_the_wire(tmp_path: Path) -> None:
    assert journal.take_over(tmp_path, OWNER.name, 8) == {}


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    journal.journal_file(tmp_path, OWNER.name).touch()
    assert journal.take_over(tmp_path, OWNER.name, 7) is None
    with pytest.raises(ValueError, match="empty"), (tmp_path / "x").open("w+b") as stream:
        mmap.mmap(stream.fileno(), 0)


@pytest.fixture
def batch_id(cli: Cli, database: Database, readers: list[str]) -> int:
    """A batch of an issue, all of it pending again."""
    assert readers
    cli("run")
    with database.write.begin() as session:
        batch = session.scalars(select(BatchRow)).one()
        for row in session.scalars(select(DeliveryRow)):
            row.state = "pending"
        batch.finished, batch.pending, batch.sent = False, batch.sent, 0
        return batch.id


@pytest.mark.parametrize("believed", [True, False])
def test_a_dead_workers_mails_go_where_they_belong(
    database: Database,
    batch_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    believed: bool,  # noqa: FBT001 - both columns of one table
) -> None:
    worker = Journal(tmp_path, OWNER.name)
    worker.open(batch_id, 12)
    with database.write.begin() as session:
        batch = session.get_one(BatchRow, batch_id)
        assert leases.lease_batch(session, batch, OWNER, NOW, tmp_path)
        share = pending.BatchRef(batch_id, batch.issue_id)
        claimed = claim.claim_deliveries(session, share, SendingSettings(), NOW, 0, 4).recipients
    marks = [Mark.BEGUN, Mark.ACCEPTED, Mark.NOT_TAKEN]  # and nothing of the fourth
    worker.claim([each.reference for each in claimed])
    for each, mark in zip(claimed, marks, strict=False):
        worker.mark(each.reference, mark)
    with database.write.begin() as session:
        batch = session.get_one(BatchRow, batch_id)
        assert not leases.lease_batch(session, batch, NEXT, NOW, tmp_path)
        worker.close()  # which a killed process does as well
        assert not leases.lease_batch(session, batch, NEXT, NOW, tmp_path / "elsewhere")
        if not believed:
            monkeypatch.setattr(journal, "boot_id", lambda: "after the power cut")
        assert leases.lease_batch(session, batch, NEXT, NOW, tmp_path)
    with database.read() as session:
        counted = delivery_counters.of_issue(session, share.issue_id)
        assert counted == delivery_counters.scanned(session, share.issue_id)
        states = {row.reference: row.state for row in session.scalars(select(DeliveryRow))}
    found = [states[each.reference] for each in claimed]
    honest = ["uncertain", "sent", "pending", "pending"]
    assert found == (honest if believed else ["uncertain"] * 4)
