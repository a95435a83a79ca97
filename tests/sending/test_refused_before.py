"""Who was refused by a run before: an end for them, and no trouble for anybody else."""

import shlex
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from newsletter import machine_clock
from newsletter.database.db import Database
from newsletter.models import DeliveryRow, DeliveryState, IssueRow
from newsletter.sending.limits import pauses
from tests.conftest import Cli
from tests.sending.frozen_issue import EMAILS, HOUR, READERS, Run, SmtpByReader, smtp, suppressed
from tests.transports.smtp_standins import CLOSE, OddSmtp

DEAD = "550 5.1.1 no such user"
AGAIN = (
    "deliveries settle audio --day 2025-07-11 --state failed"
    ' --reason "given up as old news" --as resend'
)
HOURS = [1, 5, 24, 48, 71, 73]  # of runs; the issue is old news after 72


def refusing(emails: set[str], words: str) -> Callable[[str], str | None]:
    return lambda email: words if email in emails else None


def is_paused(database: Database) -> bool:
    with database.read() as session:
        return pauses.last_trouble(session) is not None


def ends(run: Run, database: Database, judge: Callable[[str], str | None]) -> list[int]:
    """Runs until nobody waits; how many each run asked. The provider is never paused."""
    asked = []
    for hours in HOURS:
        with SmtpByReader(judge) as server:
            result = run.by(smtp(server), after=hours * HOUR)
        asked.append(len(server.asked))
        assert not is_paused(database)
        if not result.account.pending:
            return asked
    raise AssertionError(f"somebody waits after {HOURS[-1]} hours: {asked}")


@pytest.mark.parametrize(
    "words",
    [
        DEAD,
        "550 mailbox unavailable",
        pytest.param("550 5.7.1 blocked by recipient policy", marks=pytest.mark.slow),
    ],
)
def test_who_was_refused_too_often_ends_within_three_days_and_never_stops_the_others(
    run: Run, database: Database, words: str
) -> None:
    dead = set(EMAILS[::3])
    with SmtpByReader(refusing(dead, words)) as server:
        result = run.by(smtp(server))
    assert (result.account.sent, result.account.pending) == (READERS - len(dead), len(dead))
    ends(run, database, refusing(dead, words))
    with database.read() as session:
        failed = session.scalars(
            select(DeliveryRow.reason).where(DeliveryRow.state == DeliveryState.FAILED)
        ).all()
    assert len(failed) == len(dead)
    assert all(words in (reason or "") for reason in failed)
    assert suppressed(database) == 0


def test_dead_readers_with_whom_a_list_ends_are_failed_within_three_days(
    run: Run, database: Database
) -> None:
    dead = set(EMAILS[-8:])
    with SmtpByReader(refusing(dead, DEAD)) as server:
        assert run.by(smtp(server)).account.pending == len(dead)
    assert ends(run, database, refusing(dead, DEAD))


def test_beside_dead_readers_who_waited_for_a_greylist_get_theirs_in_the_next_run(run: Run) -> None:
    dead, later = set(EMAILS[::3]), set(EMAILS[1::6])

    def judge(email: str) -> str | None:
        return DEAD if email in dead else "450 4.2.0 greylisted" if email in later else None

    with SmtpByReader(judge) as server:
        assert run.by(smtp(server)).account.pending == len(dead | later)
    with SmtpByReader(refusing(dead, DEAD)) as server:
        assert run.by(smtp(server), after=HOUR).account.sent == READERS - len(dead)


@pytest.mark.parametrize("words", ["421 4.3.2 not now", CLOSE])
def test_where_only_a_domain_that_hangs_up_is_left_it_is_paused_and_not_the_provider(
    run: Run, database: Database, words: str
) -> None:
    shut = {email for email in EMAILS if email.endswith(("@d1.example", "@d2.example"))}
    for hours in (0, 3, 6):
        with SmtpByReader(refusing(shut, words)) as server:
            result = run.by(smtp(server), after=hours * HOUR)
        assert (result.account.sent, result.account.failed) == (READERS - len(shut), 0)
        assert not is_paused(database)
    with OddSmtp() as server:
        assert run.by(smtp(server), after=12 * HOUR).is_done


@pytest.mark.parametrize("words", ["451 4.7.1 later", "421 4.7.1 later", "250 ok"])
def test_one_reader_at_whose_content_the_server_stops_costs_nobody_else(
    run: Run, database: Database, words: str
) -> None:
    with SmtpByReader(lambda _: None) as server:
        replies = server.next_reply
        server.next_reply = lambda when: (  # type: ignore[method-assign]
            words if when == "DATA" and server.asked[-1] == EMAILS[3] else replies(when)
        )
        result = run.by(smtp(server))
    assert (result.account.sent, result.account.pending) == (READERS - 1, 1)
    assert not is_paused(database)


def test_while_the_provider_refuses_all_no_attempt_of_who_waits_is_counted(
    run: Run, database: Database
) -> None:
    """Nobody else is left who could tell, since all were asked."""
    for hours in (0, *HOURS[:-2]):
        with SmtpByReader(lambda email: None if email in EMAILS[:4] else DEAD) as server:
            result = run.by(smtp(server), after=hours * HOUR)
    assert (result.account.sent, result.account.failed) == (4, 0)
    assert is_paused(database)
    with OddSmtp() as server:
        assert run.by(smtp(server), after=53 * HOUR).is_done


def test_when_an_issue_is_old_news_who_was_refused_it_has_failed_and_the_issue_is_done(
    run: Run,
) -> None:
    dead = set(EMAILS[::3])
    with SmtpByReader(refusing(dead, DEAD)) as server:
        run.by(smtp(server))
        result = run.by(smtp(server), after=80 * HOUR)
        assert not result.is_done
        assert run.by(smtp(server), after=81 * HOUR).is_done
    assert (result.account.sent, result.account.failed) == (READERS - len(dead), len(dead))


def test_an_old_issue_that_was_stopped_by_the_provider_is_held_and_nobody_has_failed(
    run: Run,
) -> None:
    with SmtpByReader(lambda _: "550 5.4.5 quota exceeded") as server:
        run.by(smtp(server))
        result = run.by(smtp(server), after=80 * HOUR)
    assert "--late" in str(result.trouble)
    assert (result.account.pending, result.account.failed) == (READERS, 0)


def test_the_operator_ends_who_waits_by_what_a_server_said(
    run: Run, database: Database, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = set(EMAILS[::3])
    with SmtpByReader(refusing(dead, DEAD)) as server:
        run.by(smtp(server))
    monkeypatch.setattr(machine_clock, "utc_now", lambda: datetime.now(UTC))
    chosen = ("deliveries", "settle", "--state", "pending", "--reason", "no such user")
    assert "who waits can only be given up" in cli(*chosen, "--as", "sent").err
    assert "20 would be settled" in cli(*chosen, "--as", "failed", "--dry-run").out
    assert "20 settled as failed" in cli(*chosen, "--as", "failed").out
    with database.read() as session:
        assert session.scalars(select(IssueRow.state)).one() == "done"


@pytest.mark.parametrize(
    "emails",
    [
        [
            *(f"m{number:02}@mail.example" for number in range(15)),
            *(f"s{number:02}@d{number % 6}.example" for number in range(9)),
            *(f"t{number:02}@mail.example" for number in range(25)),
        ]
    ],
)
def test_living_readers_of_a_domain_whose_dead_ones_come_first_get_theirs_within_the_hour(
    run: Run, emails: list[str]
) -> None:
    dead = set(emails[:15])
    with SmtpByReader(refusing(dead, DEAD)) as server:
        first = run.by(smtp(server))
        second = run.by(smtp(server), after=HOUR)
    assert "mail.example is paused" in str(first.trouble)
    assert second.account.sent == len(emails) - len(dead)
    assert second.account.failed == 0


class IllAfterTwenty(SmtpByReader):
    """Takes twenty mails, and then says these words instead of a "250"."""

    def __init__(self, judge: Callable[[str], str | None], when: str, words: str) -> None:
        super().__init__(judge)
        self._when, self._words = when, words

    def next_reply(self, when: str) -> str:
        is_ill = when == self._when and self.taken.total() >= 20
        reply = super().next_reply(when)
        return self._words if is_ill and reply.startswith("250") else reply


@pytest.mark.parametrize("full", [set[str](), {EMAILS[5]}, set(EMAILS[2:19:3])])
@pytest.mark.parametrize(
    ("when", "words"),
    [
        (".", "550 5.4.5 Daily user sending limit exceeded"),
        pytest.param("RCPT", "550 5.1.1 no such user", marks=pytest.mark.slow),
        (".", "451 4.3.0 local error"),
    ],
)
def test_full_mailboxes_hold_nobody_up_once_a_provider_is_well_and_are_not_named_before(
    run: Run, full: set[str], when: str, words: str
) -> None:
    """Each run of the trouble asks them first, as those who were told "later" longest ago."""

    def judge(email: str) -> str | None:
        return "452 4.2.2 mailbox full" if email in full else None

    with IllAfterTwenty(judge, when, words) as server:
        for hours in (0, 1, 2, 4, 8):
            result = run.by(smtp(server), after=hours * HOUR)
            assert words in str(result.trouble)
    with SmtpByReader(judge) as well:
        result = run.by(smtp(well), after=12 * HOUR)
    assert (result.account.sent, result.account.pending) == (READERS - len(full), len(full))


def test_of_a_server_that_also_loses_answers_no_refusal_suppresses(
    run: Run, database: Database
) -> None:
    lost = {EMAILS[number] for number in (1, 4, 6, 8, 15, 17)}  # of six domains
    dead = {EMAILS[2], EMAILS[9]}
    with SmtpByReader(refusing(dead, DEAD)) as server:
        replies = server.next_reply
        server.next_reply = lambda when: (  # type: ignore[method-assign]
            CLOSE if when == "." and server.asked[-1] in lost else replies(when)
        )
        result = run.by(smtp(server))
    assert dead < set(server.asked)
    assert result.account.uncertain >= 5
    assert (result.account.failed, suppressed(database)) == (0, 0)


@pytest.mark.parametrize("words", ["550 5.4.5 Daily user sending limit exceeded", DEAD, CLOSE])
def test_a_provider_that_is_ill_once_the_others_have_theirs_fails_nobody_who_waits(
    run: Run, words: str
) -> None:
    later = {EMAILS[0], EMAILS[1], EMAILS[2], EMAILS[10]}
    with SmtpByReader(refusing(later, "450 4.2.0 greylisted")) as server:
        assert run.by(smtp(server)).account.pending == len(later)
    for hours in HOURS[:-2]:
        with SmtpByReader(lambda _: words) as server:
            assert run.by(smtp(server), after=hours * HOUR).account.failed == 0
    with OddSmtp() as server:
        assert run.by(smtp(server), after=53 * HOUR).account.sent == READERS


def test_a_run_names_the_domain_whose_readers_it_gives_up_and_is_not_done(
    run: Run, cli: Cli, database: Database
) -> None:
    """One domain says "later" until the issue is old news, and one reader of another."""
    few, many = EMAILS[1], "@d0.example"

    def judge(email: str) -> str | None:
        later = email.endswith(many) or email == few
        return f"450 4.2.0 <{email}>: try again later" if later else None

    with SmtpByReader(judge) as server:
        for hour in (0, 9):
            waits = run.by(smtp(server), after=hour * HOUR).account.pending
    assert waits == 11
    with database.write.begin() as session:
        session.scalars(select(IssueRow)).one().frozen_at -= 73 * HOUR
        session.execute(update(DeliveryRow).values(changed_at=datetime.now(UTC) - HOUR))
    said = cli("run")
    assert said.code == 1
    assert (
        "11 readers whose servers refused it until now will not get it: 10 of d0.example (450"
        " 4.2.0 <address>: try again later), 1 of d1.example (450 4.2.0"
    ) in said.err
    assert "49 sent + 0 skipped + 11 failed" in said.out
    assert cli("run").code == 0
    assert f"`newsletter {AGAIN}" in said.err
    assert cli(*shlex.split(AGAIN)).code == 0
    assert "60 sent" in cli("send", "audio", "--day", "2025-07-11", "--late").out
