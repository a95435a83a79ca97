"""Issues that are not sent by themselves, and providers in trouble."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.exc import OperationalError

from newsletter import bootstrap, delivery_counters
from newsletter.config import Settings
from newsletter.daily_run import daily
from newsletter.database.db import Database
from newsletter.errors import NewsletterError
from newsletter.models import DeliveryRow, IssueRow
from newsletter.rendering.issue_email import IssueEmails
from newsletter.rendering.message import Message
from newsletter.sending.context import NO_OVERRIDE, Override
from newsletter.sending.limits import pauses
from newsletter.sending.records import ledger
from newsletter.sending.reports import totals
from newsletter.sending.reports.totals import IssueSendResult
from newsletter.sending.restore_guard.machine_memory import IssueDays, MachineMemory
from newsletter.sending.sender import send_issue
from newsletter.transports.base import SendResult, SendStatus, Transport, TransportDownError
from newsletter.transports.memory import Memory
from tests.conftest import Cli, Prepare

pytestmark = pytest.mark.on_both_databases

HOUR = timedelta(hours=1)


class Moody(Transport):
    """Says what it is told to, then takes everything."""

    at_once = 4

    def __init__(self, *first: SendResult | Exception) -> None:
        self.first = list(first)
        self.memory = Memory()

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        for mail in mails:
            said = self.first.pop(0) if self.first else None
            if isinstance(said, Exception):
                raise said
            if said is not None:
                yield mail, said
            else:
                yield from self.memory.send([mail])

    def close(self) -> None:
        """Nothing is open."""


class Never(Moody):
    """Has no room for one reader, and takes all other mails."""

    refused = 0

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        for mail in mails:
            if mail.recipient.startswith("reader00"):
                self.refused += 1
                yield mail, replace(LATER, of_reader=True)
            else:
                yield from self.memory.send([mail])


Send = Callable[..., IssueSendResult]


@pytest.fixture
def issue_id(
    cli: Cli, settings: Settings, database: Database, readers: list[str], prepared: Prepare
) -> int:
    """Frozen for twelve readers; the transport was down."""
    assert readers

    def run_without_transport() -> None:
        (settings.folder / "outbox").write_text("a file where a folder should be")
        assert cli("run").code == 1
        (settings.folder / "outbox").unlink()

    prepared("twelve readers, whose issue could not leave", run_without_transport)
    with database.read() as session:
        return session.scalars(select(IssueRow.id)).one()


@pytest.fixture
def send(settings: Settings, issue_id: int) -> Iterator[Send]:
    """Send by that transport, without waiting."""

    def with_transport(
        transport: Moody, after: timedelta = timedelta(), forced: Override = NO_OVERRIDE
    ) -> IssueSendResult:
        used = replace(parts, transport=transport, clock=lambda: datetime.now(UTC) + after)
        context = daily._send_context(used, lambda _done: None, forced)
        context.sleep = lambda _s: None
        mails = IssueEmails(
            daily.load_frozen_issue(parts, issue_id), parts.site, parts.links, parts.theme
        )
        return send_issue(context, issue_id, mails)

    now = lambda: datetime.now(UTC)  # noqa: E731 - a clock
    with bootstrap.open_services(settings, now, lambda *_: iter(()), lambda: False) as parts:  # type: ignore[arg-type]
        yield with_transport


LATER = SendResult(SendStatus.TRY_LATER, "HTTP 503 away for lunch")


def test_an_outage_costs_nobody_an_attempt_and_the_next_run_goes_on(
    send: Send, database: Database
) -> None:
    down = send(Moody(*[LATER] * 1000))
    assert (down.account.sent, down.account.pending) == (0, 12)
    assert "HTTP 503 away for lunch; nobody lost an attempt" in (down.trouble or "")
    with database.read() as session:
        assert {row.attempts for row in session.scalars(select(DeliveryRow))} == {0}
    moody = Moody()
    assert "sending is paused until" in (send(moody).trouble or "")
    assert moody.memory.sent == []
    assert send(moody, after=HOUR).account.sent == 12


def test_a_revoked_key_marks_nobody(send: Send) -> None:
    down = send(Moody(TransportDownError("401 revoked")))
    assert (down.account.pending, down.trouble) == (12, "401 revoked")
    assert send(Moody()).account.sent == 12


def test_one_greylisted_reader_comes_again_and_the_others_do_not_wait(send: Send) -> None:
    moody = Moody(replace(LATER, of_reader=True))
    assert send(moody).account.sent == 12
    assert len(moody.memory.sent) == 12


@pytest.mark.slow
def test_who_types_send_has_those_tried_that_rest_and_uses_up_no_attempt_of_theirs(
    send: Send, database: Database
) -> None:
    never = Never()
    send(never)
    for times in range(4):
        send(never)  # a run lets that reader rest
        assert never.refused == 3 + times
        send(never, forced=Override(waiting=True))
        assert never.refused == 4 + times
    with database.read() as session:
        assert {row.attempts for row in session.scalars(select(DeliveryRow))} == {1, 3}
    assert send(Moody(), forced=Override(waiting=True)).account.sent == 12


def given_up(database: Database) -> str:
    with database.read() as session:
        failed = session.scalars(select(DeliveryRow).where(DeliveryRow.state == "failed")).one()
        return failed.reason or ""


def test_a_reader_s_server_that_says_later_is_asked_until_the_issue_is_old_news(
    send: Send, database: Database
) -> None:
    never = Never()
    results = [send(never, after=hour * HOUR) for hour in (0, 25, 50, 71, 73)]
    assert {(result.account.sent, result.account.pending) for result in results[:-1]} == {(11, 1)}
    assert results[0].trouble == f"1 wait for a later run: {LATER.detail}"
    assert (results[-1].account.failed, results[-1].account.sent) == (1, 11)
    assert len(never.memory.sent) == 11
    assert "given up as old news: HTTP 503" in given_up(database)


def test_who_sends_old_issues_asks_such_a_server_for_days_but_not_for_ever(
    send: Send, database: Database
) -> None:
    never, late = Never(), Override(late=True)
    send(never)
    with database.write.begin() as session:
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.state == "pending")
            .values(attempts=ledger.MOST_ATTEMPTS - 1)
        )
    result = send(never, after=110 * HOUR, forced=late)
    assert (result.account.failed, result.account.sent) == (1, 11)
    assert f"given up after {ledger.MOST_ATTEMPTS} attempts: HTTP 503" in given_up(database)


@pytest.mark.usefixtures("issue_id")
def test_old_news_is_held_until_the_operator_lets_it_go(
    cli: Cli, database: Database, settings: Settings
) -> None:
    with database.write.begin() as session:
        session.scalars(select(IssueRow)).one().frozen_at -= 100 * HOUR
    for command in ("run", "send"):
        said = cli(command)
        assert said.code == 1
        assert "was frozen 100 hours ago" in said.err
        assert "`newsletter send audio --day 2025-07-11 --late` sends it" in said.err
    assert "was frozen 100 hours ago" in cli("check").out
    assert not (settings.folder / "outbox").exists()
    assert "12 sent" in cli("send", "--late").out


@pytest.mark.usefixtures("issue_id")
def test_an_issue_from_the_future_means_a_wrong_clock(cli: Cli, database: Database) -> None:
    with database.write.begin() as session:
        session.scalars(select(IssueRow)).one().frozen_at += 30 * HOUR
    said = cli("run")
    assert said.code == 1
    assert "still to come: set this machine's clock" in said.err


def test_a_restored_database_sends_nothing_twice(
    cli: Cli, settings: Settings, database: Database, issue_id: int, dialect: str
) -> None:
    if dialect != "sqlite":
        pytest.skip("a backup is a copy of SQLite's file here")
    database.dispose()
    copy = settings.folder / "backup.db"
    shutil.copy(settings.folder / "newsletter.db", copy)
    assert "12 sent" in cli("send").out
    database.dispose()
    for each in settings.folder.glob("newsletter.db*"):
        each.unlink()
    shutil.copy(copy, settings.folder / "newsletter.db")
    for mail in (settings.folder / "outbox").iterdir():
        mail.unlink()
    said = cli("run")
    assert said.code == 1
    assert "has taken up 24 mails of it, the database knows of 12" in said.err
    said = cli("send", "--restored")
    assert "12 are uncertain now" in said.err
    assert "0 sent + 0 skipped + 0 failed + 12 uncertain" in said.out
    assert list((settings.folder / "outbox").glob("*.eml")) == []
    assert cli("send", "--restored").code == 2
    with database.read() as session:
        assert delivery_counters.of_issue(session, issue_id) == delivery_counters.scanned(
            session, issue_id
        )
    assert "12 settled as sent" in cli("deliveries", "settle", "--as", "sent").out


@pytest.fixture
def folder_copy(
    settings: Settings, database: Database, issue_id: int, dialect: str
) -> Callable[[], None]:
    """Copied with database and marks before anybody was sent to; what brings it back."""
    if dialect != "sqlite":
        pytest.skip("a backup is a copy of SQLite's file here")
    assert issue_id
    database.dispose()
    copy = settings.folder / "copy"
    copy.mkdir()
    shutil.copy(settings.folder / "newsletter.db", copy)
    shutil.copytree(settings.folder / ".sending", copy / ".sending")

    def restore() -> None:
        database.dispose()
        for each in settings.folder.glob("newsletter.db*"):
            each.unlink()
        shutil.rmtree(settings.folder / ".sending")
        shutil.copy(copy / "newsletter.db", settings.folder)
        shutil.copytree(copy / ".sending", settings.folder / ".sending")

    return restore


def test_a_restored_folder_with_its_marks_sends_nothing_twice(
    cli: Cli, settings: Settings, folder_copy: Callable[[], None]
) -> None:
    assert "12 sent" in cli("send").out
    folder_copy()
    shutil.rmtree(settings.folder / "outbox")
    said = cli("run")
    assert said.code == 1
    assert "has taken up 24 mails of it, the database knows of 12" in said.err
    assert not (settings.folder / "outbox").exists()
    assert "12 are uncertain now" in cli("send", "--restored").err


def test_a_folder_on_another_machine_is_held_until_the_operator_says_what_it_is(
    cli: Cli,
    settings: Settings,
    folder_copy: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "12 sent" in cli("send").out
    folder_copy()
    shutil.rmtree(settings.folder / "outbox")
    monkeypatch.setenv("NEWSLETTER_STATE_DIR", str(settings.folder / "another"))
    said = cli("run")
    assert said.code == 1
    assert "but not by this machine" in said.err
    assert "the database is a copy, and more may have been sent since" in said.err
    assert not (settings.folder / "outbox").exists()
    assert "the database is a copy" in cli("check").out
    said = cli("send", "--restored")
    assert "12 are uncertain now" in said.err
    assert "0 sent + 0 skipped + 0 failed + 12 uncertain" in said.out


@pytest.mark.usefixtures("folder_copy")
def test_a_folder_that_was_moved_goes_on_where_the_operator_says_so(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_STATE_DIR", str(settings.folder / "another"))
    assert cli("run").code == 1
    assert "12 sent" in cli("send", "--moved").out
    assert "nothing to do" in cli("run").out


def test_what_this_machine_sent_since_is_not_talked_away(
    cli: Cli, folder_copy: Callable[[], None]
) -> None:
    cli("send")
    folder_copy()
    said = cli("send", "--moved")
    assert said.code == 2
    assert "--restored is for that" in said.err


@pytest.mark.usefixtures("issue_id")
def test_marks_lie_where_the_operator_says(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings.folder / "state here"
    monkeypatch.setenv("NEWSLETTER_SENDING__STATE_DIR", str(chosen))
    assert "12 sent" in cli("send", "--moved").out
    assert list(chosen.glob("*/*.fence"))


def test_who_claims_meanwhile_does_not_look_like_a_restored_database(
    send: Send, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims_of = MachineMemory.claims_of

    def just_after_a_claim(memory: MachineMemory, issue: IssueDays) -> int:
        monkeypatch.setattr(MachineMemory, "claims_of", claims_of)
        with database.write.begin() as session:
            claims = session.scalars(select(IssueRow)).one().claims + 1
            session.execute(update(IssueRow).values(claims=claims))
        memory.remember(issue, claims)
        return claims_of(memory, issue)

    monkeypatch.setattr(MachineMemory, "claims_of", just_after_a_claim)
    assert send(Moody()).account.sent == 12


def test_a_full_disk_stops_the_sending_before_the_next_mail(
    send: Send, database: Database, issue_id: int
) -> None:
    """Recording fails from the first recording of a sent mail on."""
    moody = Moody()
    moody.at_once = 1

    def full(*given: object) -> None:
        if moody.memory.sent and "UPDATE delivery" in str(given[2]):
            raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    event.listen(Engine, "before_cursor_execute", full)
    try:
        with pytest.raises(NewsletterError, match=r"disk is full.*sending stopped"):
            send(moody)
    finally:
        event.remove(Engine, "before_cursor_execute", full)
    assert len(moody.memory.sent) == 1
    again = send(moody)  # the same process still holds the lease: its marks tell what was sent
    assert again.account.sent == 12
    assert len(moody.memory.sent) == 12
    with database.read() as session:
        assert totals.delivery_totals(session, issue_id).balances


class OverQuota(Moody):
    """Takes some mails of a day, and refuses the others in words about us."""

    def send(self, mails: Sequence[Message]) -> Iterator[tuple[Message, SendResult]]:
        for mail in mails:
            if len(self.memory.sent) < 4:
                yield from self.memory.send([mail])
            else:
                said = "550 5.4.5 Daily user sending quota exceeded"
                yield mail, SendResult(SendStatus.REJECTED, said, of_sender=True)


def test_whom_only_a_quota_met_is_not_given_up_when_the_issue_is_old_news(
    send: Send, database: Database
) -> None:
    limited = OverQuota()
    assert send(limited).account.pending == 8
    with database.write.begin() as session:  # another issue was taken
        pauses.resume_sending(session, datetime.now(UTC) + 90 * HOUR)
    result = send(limited, after=100 * HOUR)
    assert (result.account.failed, result.account.pending) == (0, 8)
    assert "`newsletter send audio --day 2025-07-11 --late` sends it" in (result.trouble or "")
