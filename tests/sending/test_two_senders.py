"""Two senders of one issue at once, on one machine: each says at its end what became of all."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

from sqlalchemy import select

from newsletter import bootstrap, delivery_counters
from newsletter.database.db import Database
from newsletter.models import BatchRow, DeliveryRow, DeliveryState
from newsletter.sending.records.journal import Journal
from newsletter.sending.reports.totals import IssueSendResult
from tests.sending.frozen_issue import EMAILS, HOUR, READERS, Run, SmtpByReader, smtp

LAST = EMAILS[-1]
MINUTE = timedelta(minutes=1)
WITHIN_S = 30


class Waits(list[float]):
    """Tells that somebody waits, and lets the other have the processor until that one is done."""

    def __init__(self, is_over: Event) -> None:
        super().__init__()
        self.began, self._is_over = Event(), is_over

    def append(self, wait_s: float) -> None:
        super().append(wait_s)
        self.began.set()
        self._is_over.wait(0.02)


def is_given_back(database: Database) -> bool:
    """Whether mails of the issue were sent, and nobody works on its batch now."""
    with database.read() as session:
        batch = session.scalars(select(BatchRow)).one()
        return batch.owner is None and batch.sent > 0


def send_beside(run: Run, database: Database, words: str) -> list[IssueSendResult]:
    """Send by two: what one gives back, since it refuses nobody for sure, the other asks again.

    The last reader is refused with `words` by whoever asks.
    """
    one_is_done, other_asks = Event(), Event()
    waits, others_wait = Waits(one_is_done), Waits(one_is_done)
    run.waited = waits
    others: list[Future[IssueSendResult]] = []

    def refuse_once_more(email: str) -> str:
        assert email == LAST
        other_asks.set()
        waits.began.wait(WITHIN_S)
        return words

    def send_rest() -> IssueSendResult:
        now = lambda: datetime.now(UTC)  # noqa: E731 - a clock
        with (
            bootstrap.open_services(run.settings, now, lambda *_: iter(()), lambda: False) as parts,  # type: ignore[arg-type]
            SmtpByReader(refuse_once_more) as server,
        ):
            result = Run(run.settings, run.issue_id, parts, others_wait).by(smtp(server))
            one_is_done.set()
            return result

    def judge(email: str) -> str | None:
        if not others:
            others.append(beside.submit(send_rest))
            others_wait.began.wait(WITHIN_S)
        return words if email == LAST else None

    def waits_for_the_other() -> bool:
        if is_given_back(database):
            other_asks.wait(WITHIN_S)
        return False

    with ThreadPoolExecutor(1) as beside:
        with SmtpByReader(judge) as server:
            result = run.by(smtp(server), stopping=waits_for_the_other)
        waits.began.set()
        one_is_done.set()
        assert other_asks.is_set()
        return [result, others[0].result(WITHIN_S)]


def test_a_sender_waits_for_what_another_has_in_hand_of_a_batch_that_it_gave_back(
    run: Run, database: Database
) -> None:
    for result in send_beside(run, database, "550 5.1.1 no such user"):
        assert (result.account.sent, result.account.failed) == (READERS - 1, 1)
        assert (result.is_done, result.trouble) == (True, None)


def test_both_senders_say_why_somebody_waits(run: Run, database: Database) -> None:
    words = "550 5.7.1 blocked"
    for result in send_beside(run, database, words):
        assert (result.account.sent, result.account.pending) == (READERS - 1, 1)
        assert (result.is_done, result.trouble) == (False, f"1 wait for a later run: {words}")
    with SmtpByReader(lambda _email: None) as server:
        assert run.by(smtp(server), after=HOUR).is_done


def test_a_sender_says_what_is_left_where_another_was_killed_before_it_could_send_it(
    run: Run, database: Database
) -> None:
    was_killed = False

    def kill_another() -> bool:
        nonlocal was_killed
        if was_killed or not is_given_back(database):
            return False
        was_killed = True
        with database.write.begin() as session:
            batch = session.scalars(select(BatchRow)).one()
            assert run.parts.journals is not None
            killed = Journal(run.parts.journals, "gone:1")
            killed.open(batch.id, 1)
            killed.close()
            batch.owner, batch.leased_until = "gone:1", datetime.now(UTC) + MINUTE
            waiting = DeliveryRow.state == DeliveryState.PENDING
            row = session.scalars(select(DeliveryRow).where(waiting)).one()
            row.state, row.reason = DeliveryState.SENDING, None
            delivery_counters.count_change(session, batch.id, DeliveryState.PENDING, row.state, 1)
        return False

    with SmtpByReader(lambda email: "550 5.1.1 none" if email == LAST else None) as server:
        result = run.by(smtp(server), stopping=kill_another)
    assert (result.account.pending, result.is_done) == (1, False)
    assert result.trouble == "1 mail still to go, by another process or the next run"
    with SmtpByReader(lambda _email: None) as server:
        assert run.by(smtp(server), after=HOUR).is_done
