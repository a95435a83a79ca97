"""A worker that slept for longer than its lease (a stopped process, a laptop's lid).

Another one has its batch then, and what was on the wire is uncertain. The answers come all the
same, and are believed.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from threading import Lock

import pytest
from sqlalchemy import select

from newsletter.database import server_clock
from newsletter.database.db import Database
from newsletter.models import BatchRow
from newsletter.sending import batch_worker
from newsletter.sending.records import journal, leases
from newsletter.transports.base import Transport
from newsletter.transports.sendgrid.transport import SendGrid
from tests.conftest import Cli
from tests.sending.frozen_issue import HOUR, READERS, Run, SmtpByReader, smtp
from tests.transports.http_standin import Answer, HttpStandIn, Request

OTHER = journal.Owner("elsewhere", 7, "0a0b0c0d")
ASLEEP_AT = 12  # mails that were taken before


Taken = Callable[[], Counter[str]]


class Sleep:
    """While a mail is on the wire, once: time goes by, and another worker takes the batch over."""

    def __init__(self, run: Run, database: Database, meanwhile: Callable[[], object]) -> None:
        self._run, self._database, self._meanwhile = run, database, meanwhile
        self._one_at_a_time = Lock()
        self.slept_s = 0.0

    def running_s(self) -> float:
        return server_clock.running_s() + self.slept_s

    def fall_asleep(self) -> None:
        with self._one_at_a_time:
            if not self.slept_s:
                self._lose_lease()
                self.slept_s = HOUR.total_seconds()

    def _lose_lease(self) -> None:
        later = datetime.now(UTC) + HOUR
        memory = self._run.parts.memory
        assert memory is not None
        with self._database.write.begin() as session:
            batch = session.scalars(select(BatchRow)).one()
            assert leases.lease_batch(session, batch, OTHER, later, memory.journals)
        self._meanwhile()


class SleepySmtp(SmtpByReader):
    def __init__(self, sleep: Sleep) -> None:
        super().__init__(lambda _email: None)
        self._sleep = sleep

    def next_reply(self, when: str) -> str:
        if when == "." and len(self.contents) >= ASLEEP_AT:
            self._sleep.fall_asleep()
        return super().next_reply(when)


@contextmanager
def by_smtp(sleep: Sleep) -> Iterator[tuple[Callable[[], Transport], Taken]]:
    with SleepySmtp(sleep) as server:
        yield lambda: smtp(server), lambda: server.taken


@contextmanager
def by_sendgrid(sleep: Sleep) -> Iterator[tuple[Callable[[], Transport], Taken]]:
    def addresses(request: Request) -> list[str]:
        return [person["to"][0]["email"] for person in request.body["personalizations"]]

    def taken() -> Counter[str]:
        return Counter(email for request in server.requests for email in addresses(request))

    def answer(_request: Request) -> Answer:
        if taken().total() > ASLEEP_AT:
            sleep.fall_asleep()
        return Answer(202)

    with HttpStandIn(answer) as server:
        yield lambda: SendGrid("SG.key", server.url, 30), taken


Carried = Callable[[Sleep], AbstractContextManager[tuple[Callable[[], Transport], Taken]]]


@pytest.mark.parametrize("carried", [by_smtp, by_sendgrid])
@pytest.mark.parametrize("settled", ["", "resend"])
def test_answers_that_come_after_the_lease_was_lost_still_count(
    run: Run,
    database: Database,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    carried: Carried,
    settled: str,
) -> None:
    def settle() -> None:
        if settled:
            assert cli("deliveries", "settle", "--as", settled).code == 0

    sleep = Sleep(run, database, settle)
    monkeypatch.setattr(batch_worker, "running_s", sleep.running_s)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with carried(sleep) as (transport, taken):
        first = run.by(transport()).account
        assert sleep.slept_s
        assert 0 < taken().total() < READERS
        assert (first.sent, first.uncertain) == (taken().total(), 0)
        with database.write.begin() as session:  # the other one leaves without sending any
            batch = session.scalars(select(BatchRow)).one()
            assert batch.owner == OTHER.name
            batch.owner = batch.leased_until = None
        assert run.by(transport()).account.sent == READERS
        assert set(taken().values()) == {1}
        assert taken().total() == READERS
