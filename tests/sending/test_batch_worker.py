"""As many mails in hand as may be, all of them answered while the next ones are claimed."""

from collections.abc import Sequence

import pytest

from newsletter.rendering.recipient import Recipient
from newsletter.sending.batch_worker import BatchWorker
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
