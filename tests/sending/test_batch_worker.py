"""As many mails in hand as may be, all of them answered while the next ones are claimed."""

import os
import sys
from collections.abc import Iterator, Sequence

import pytest

from newsletter.rendering.message import Message
from newsletter.rendering.recipient import Recipient
from newsletter.sending.batch_worker import BatchWorker
from newsletter.transports.base import SendResult
from newsletter.transports.memory import Memory
from tests.sending.frozen_issue import READERS, Run, smtp
from tests.transports.smtp_standins import OddSmtp


@pytest.mark.on_both_databases
@pytest.mark.parametrize("at_once", [1, 8])
def test_answers_that_come_while_mails_are_claimed_make_room_for_others(
    run: Run, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    claim = BatchWorker._claim

    def slow_claim(worker: BatchWorker) -> Sequence[Recipient]:
        while len(worker._answered) < len(worker._out):
            worker.meanwhile(0.01)
        return claim(worker)

    monkeypatch.setattr(BatchWorker, "_claim", slow_claim)
    with OddSmtp() as server:
        transport = smtp(server, 3)
        transport.at_once = at_once
        assert run.by(transport).account.sent == READERS
        assert len(server.contents) == READERS


class Scheduled(Memory):
    """Looks how the system schedules the thread that sends."""

    def __init__(self) -> None:
        super().__init__()
        self.policies: set[int] = set()

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        self.policies.add(os.sched_getscheduler(0))
        yield from super().send(mails)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such policy")
def test_an_issue_is_sent_with_throughput_first_and_what_comes_after_it_is_not(run: Run) -> None:
    transport = Scheduled()
    assert run.by(transport).account.sent == READERS
    assert transport.policies == {os.SCHED_BATCH}
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
