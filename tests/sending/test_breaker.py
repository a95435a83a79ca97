"""When the whole provider says no: nobody burned, nobody doubled, and it goes on afterwards."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle, pairwise, repeat
from threading import Event, Semaphore, get_ident

import pytest
from sqlalchemy import select

from newsletter.config import Settings
from newsletter.daily_run import catch_up
from newsletter.database.db import Database
from newsletter.models import (
    BatchRow,
    DeliveryRow,
    DeliveryState,
    IssueRow,
    SubscriberRow,
)
from newsletter.sending.limits import pauses
from newsletter.sending.provider_trouble.doubt import advice_on_many_refused
from newsletter.sending.readers import freezing
from newsletter.sending.reports.totals import IssueSendResult
from newsletter.transports.sendgrid.transport import SendGrid
from newsletter.transports.smtp.transport import Smtp
from tests.conftest import NOW, Cli
from tests.sending.frozen_issue import (
    DOMAINS,
    EMAILS,
    HOUR,
    READERS,
    Run,
    SmtpByReader,
    smtp,
    suppressed,
)
from tests.transports.http_standin import Answer, HttpStandIn, Request, refusal, refusals
from tests.transports.smtp_standins import CLOSE, GOOD_REPLIES, OddSmtp, smtp_settings

NOT_NOW = refusal(429, None, "too many requests")
CONNECTIONS = 3
NO_USER = "550 5.1.1 no such user"


class OutageBehindOne(SmtpByReader):
    """Goes on with the first mail when it may, and tells when it has taken it."""

    def __init__(self, judge: Callable[[str], str | None]) -> None:
        super().__init__(judge)
        self.first_was_taken = Event()

    def next_reply(self, when: str) -> str:
        if when == "DATA":
            self.may_answer.wait()
        reply = super().next_reply(when)
        if when == ".":
            self.first_was_taken.set()
        return reply


def attempts(database: Database) -> set[int]:
    with database.read() as session:
        return set(session.scalars(select(DeliveryRow.attempts)))


REFUSALS = [
    "530 5.7.0 Authentication required",
    "550 5.4.5 Daily user sending limit exceeded",
    "552 over quota",
    "550 account suspended",
    "554 5.7.1 blocked",
    "552 5.3.4 size",
    "550 5.1.1 no such user",
    "550 what is this?",
]


@pytest.mark.slow
@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(("when", "taken"), [("RCPT", 0), (".", 0), (".", 25)])
def test_refused_for_everybody_nobody_is_marked_and_the_run_stops(
    run: Run, database: Database, refusal: str, when: str, taken: int
) -> None:
    with OddSmtp(**{when: [*[GOOD_REPLIES[when]] * taken, refusal]}) as server:
        result = run.by(smtp(server, CONNECTIONS))
        refused = server.said.count(refusal)
    assert (result.account.sent, result.account.pending) == (taken, READERS - taken)
    assert (result.account.failed, suppressed(database)) == (0, 0)
    assert 0 < refused < 25
    assert not result.is_done
    assert refusal in str(result.trouble)
    assert "one mail first" in str(result.trouble)
    with OddSmtp(RCPT=refusal) as server:
        again = run.by(smtp(server, CONNECTIONS), after=HOUR)
        assert server.heard.count("MAIL") == 1
    assert again.account.pending == READERS - taken
    with OddSmtp() as server:
        assert run.by(smtp(server, CONNECTIONS), after=3 * HOUR).account.sent == READERS
        assert len(server.contents) == READERS - taken


LOGIN = {"username": "daily", "password": "the secret"}


@pytest.mark.parametrize(
    ("when", "refusal", "taken"),
    [
        ("MAIL", "550 5.2.2 Submission quota exceeded", 25),
        ("MAIL", "502 5.7.0 Your account is not yet activated", 0),
        ("AUTH", "535 5.7.8 Password changed", 0),
        ("greeting", "554 5.7.1 No SMTP service for you", 0),
    ],
)
def test_a_refused_sender_or_login_pauses_the_provider_and_one_mail_asks_afterwards(
    run: Run, cli: Cli, when: str, refusal: str, taken: int
) -> None:
    def by(server: OddSmtp, after: timedelta) -> IssueSendResult:
        login = LOGIN if when == "AUTH" else {}
        chosen = smtp_settings(server.port, connections=CONNECTIONS, **login)
        return run.by(Smtp(chosen), after)

    with OddSmtp(**{when: [*[GOOD_REPLIES[when]] * taken, refusal]}) as server:
        result = by(server, timedelta())
    assert (result.account.sent, result.account.pending) == (taken, READERS - taken)
    assert refusal in str(result.trouble)
    assert re.search(r"a run after \d\d:\d\d UTC goes on, one mail first", str(result.trouble))
    (said,) = (line for line in cli("check").out.splitlines() if line.startswith("sending "))
    assert refusal in said
    assert "<address>" not in said  # our own: the settings that hold it are named
    assert re.search(r"after \d\d:\d\d UTC `run` tries again with one mail", said)
    assert "nothing could be sent" not in said
    with OddSmtp(**{when: refusal}) as server:
        assert refusal in str(by(server, HOUR).trouble)
        assert server.connections == 1
        assert server.heard.count("MAIL") <= 1
    with OddSmtp() as server:
        assert by(server, 3 * HOUR).account.sent == READERS
        assert len(server.contents) == READERS - taken


def test_check_does_not_say_that_nothing_left_where_something_did(run: Run, cli: Cli) -> None:
    """From the second connection on the server offers no login."""
    with OddSmtp(EHLO=[GOOD_REPLIES["EHLO"], "250 odd.example"]) as server:
        chosen = smtp_settings(server.port, per_connection=25, **LOGIN)
        assert run.by(Smtp(chosen)).account.sent == 25
    (said,) = (line for line in cli("check").out.splitlines() if line.startswith("sending "))
    assert "nothing more could be sent" in said


SEVERAL_WAYS = {
    "DATA": ["421 4.3.0 busy", "451 4.3.0 later", "554 5.5.1 no", CLOSE],
    "RCPT": ["450 4.2.1 later", "550 5.1.1 no such user", "421 bye", "554 no", CLOSE],
}


@pytest.mark.parametrize("when", SEVERAL_WAYS)
@pytest.mark.parametrize("taken", [0, 20])
def test_a_server_that_fails_in_several_ways_marks_nobody_and_all_get_it_later(
    run: Run, database: Database, when: str, taken: int
) -> None:
    with OddSmtp(**{when: [GOOD_REPLIES[when]] * taken + SEVERAL_WAYS[when] * READERS}) as server:
        result = run.by(smtp(server, CONNECTIONS))
        assert server.heard.count("MAIL") - taken < 50
    assert (result.account.sent, result.account.pending) == (taken, READERS - taken)
    assert suppressed(database) == 0
    assert "one mail first" in str(result.trouble)
    with OddSmtp() as server:
        assert run.by(smtp(server, CONNECTIONS), after=3 * HOUR).account.sent == READERS
        assert len(server.contents) == READERS - taken


def test_a_mail_whose_envelope_was_taken_before_an_outage_tells_nothing_of_refusals(
    run: Run, database: Database
) -> None:
    def judge(_email: str) -> str | None:
        if len(server.asked) == 1:
            return None
        if len(server.asked) > 2:  # the first refusal was heard
            server.may_answer.set()
            server.first_was_taken.wait()
        return "550 5.1.1 no such user"

    with OutageBehindOne(judge) as server:
        account = run.by(smtp(server, 2)).account
    assert (account.sent, account.pending) == (1, READERS - 1)
    assert (account.failed, suppressed(database)) == (0, 0)


def test_between_troubles_of_an_ill_server_nobody_is_failed(run: Run, database: Database) -> None:
    gone = "550 5.1.1 no such user"
    ill = ["421 busy", "554 5.5.1 no", "451 later", CLOSE, "554 no", gone, GOOD_REPLIES["RCPT"]]
    with OddSmtp(RCPT=ill * READERS) as server:
        account = run.by(smtp(server)).account
        assert gone in server.said
    assert account.sent > 1
    assert (account.failed, suppressed(database)) == (0, 0)
    assert account.sent + account.pending == READERS
    with OddSmtp() as server:
        assert run.by(smtp(server), after=3 * HOUR).account.sent == READERS


def test_of_a_server_that_was_ill_just_now_no_refusal_is_a_readers(run: Run) -> None:
    taken, later = GOOD_REPLIES["."], "451 4.3.0 later"
    ill = [later, "421 4.3.2 bye", later, taken] * 3
    ill += ["550 what is this?", taken, later, taken] * READERS
    with OddSmtp(**{".": ill}) as server:
        account = run.by(smtp(server)).account
        assert server.said.count("550 what is this?") > 1
    assert account.failed == 0
    assert account.sent + account.pending == READERS


def test_soon_after_a_trouble_of_everybody_no_refusal_is_a_readers(
    run: Run, database: Database
) -> None:
    with database.write.begin() as session:
        pauses.pause_sending(session, "554 odd", None, datetime.now(UTC))
    with SmtpByReader(lambda email: "550 odd" if email == EMAILS[3] else None) as server:
        account = run.by(smtp(server), after=HOUR).account
    assert (account.sent, account.failed, account.pending) == (READERS - 1, 0, 1)


def test_who_waits_keeps_the_words_that_were_said_to_them_and_the_run_tells_of_the_quota(
    run: Run, database: Database
) -> None:
    quota, full = "550 5.4.5 Daily user sending limit exceeded", "450 4.2.1 mailbox busy"

    def judge(email: str) -> str | None:
        if email in EMAILS[2::7]:
            return full
        return None if len(server.asked) < 20 else quota

    with SmtpByReader(judge) as server:
        result = run.by(smtp(server))
        said = {email: full if email in EMAILS[2::7] else quota for email in server.asked}
    assert quota in str(result.trouble)
    assert full not in str(result.trouble)
    with database.read() as session:
        rows = session.execute(
            select(SubscriberRow.email, DeliveryRow.reason)
            .join(SubscriberRow, SubscriberRow.id == DeliveryRow.subscriber_id)
            .where(DeliveryRow.state == DeliveryState.PENDING, DeliveryRow.reason.is_not(None))
        ).all()
    told = {email: reason for email, reason in rows}  # noqa: C416 - a Row is no pair to the type checker
    assert told
    assert told == {email: said[email] for email in told}
    assert {quota, full} == set(told.values())


def test_a_run_that_the_breaker_ended_says_so_in_one_line_and_check_until_it_is_over(
    run: Run, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run.issue_id
    for name, value in {"USE": "smtp", "HOST": "127.0.0.1", "SECURITY": "none"}.items():
        monkeypatch.setenv(f"NEWSLETTER_TRANSPORT__{name}", value)
    with OddSmtp(RCPT="550 5.4.5 Daily user sending limit exceeded") as server:
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__PORT", str(server.port))
        said = cli("send")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "550 5.4.5 Daily user sending limit exceeded" in said.err
    assert "5.4.5 Daily user sending limit exceeded" in cli("check").out
    assert cli("deliveries", "list", "--state", "failed").out.count("@") == 0
    with OddSmtp() as server:
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__PORT", str(server.port))
        assert cli("send").code == 0
    assert "in trouble" not in cli("check").out


@pytest.mark.parametrize("taken", [0, 20])
def test_where_answers_after_the_dot_are_lost_few_are_uncertain(run: Run, taken: int) -> None:
    with OddSmtp(**{".": [*[GOOD_REPLIES["."]] * taken, CLOSE]}) as server:
        result = run.by(smtp(server, CONNECTIONS))
    assert result.account.sent == taken
    assert 0 < result.account.uncertain <= CONNECTIONS + 1
    assert not result.is_done
    with OddSmtp(**{".": CLOSE}) as server:
        again = run.by(smtp(server, CONNECTIONS), after=HOUR)
        assert len(server.contents) == 1
    lost = again.account.uncertain
    assert lost == result.account.uncertain + 1
    with OddSmtp() as server:
        assert run.by(smtp(server), after=3 * HOUR).account.sent == READERS - lost


@pytest.mark.on_both_databases
def test_one_lost_answer_among_good_ones_stops_nothing(run: Run) -> None:
    good = GOOD_REPLIES["."]
    with OddSmtp(**{".": [*[good] * 9, CLOSE, good]}) as server:
        result = run.by(smtp(server, CONNECTIONS))
    assert (result.account.sent, result.account.uncertain) == (READERS - 1, 1)
    assert result.is_done


def test_answers_that_are_lost_again_and_again_end_the_run(run: Run) -> None:
    good = GOOD_REPLIES["."]
    with OddSmtp(**{".": [good, CLOSE] * READERS}) as server:
        result = run.by(smtp(server))
    assert result.account.uncertain < 10
    assert not result.is_done


@pytest.mark.parametrize("answer", [Answer(502), None], ids=["502", "reset"])
@pytest.mark.parametrize("emails", [[f"r{number:03}@d.example" for number in range(160)]])
@pytest.mark.parametrize("taken", [0, 1])
def test_of_a_lost_request_only_its_readers_and_one_probe_are_uncertain(
    run: Run, answer: Answer | None, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    left = [Answer(202)] * taken

    def reply(_request: Request) -> Answer | None:
        return left.pop() if left else answer

    with HttpStandIn(reply) as server:
        result = run.by(SendGrid("key", server.url, 5))
        sizes = [len(request.body["personalizations"]) for request in server.requests]
    assert sizes == ([10, 16, 1] if taken else [10, 1])
    assert result.account.uncertain == sum(sizes[taken:])
    assert not result.is_done


@pytest.mark.parametrize("emails", [[f"r{number:03}@d.example" for number in range(160)]])
def test_where_every_second_answer_is_lost_one_reader_is_asked_with_at_a_time(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    answers = cycle([Answer(202), Answer(502)])
    with HttpStandIn(lambda _request: next(answers)) as server:
        result = run.by(SendGrid("key", server.url, 5))
        sizes = [len(request.body["personalizations"]) for request in server.requests]
    assert sizes[:2] == [10, 16]
    assert set(sizes[2:]) == {1}
    assert result.account.uncertain == 16 + 5
    assert not result.is_done


@pytest.mark.parametrize("emails", [[f"r{number:03}@d.example" for number in range(160)]])
def test_a_run_after_one_that_lost_answers_risks_one_reader_at_a_time(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    answers = cycle([Answer(202), Answer(202), Answer(502)])
    with HttpStandIn(lambda _request: next(answers)) as server:
        first = run.by(SendGrid("key", server.url, 5))
        before = len(server.requests)
        second = run.by(SendGrid("key", server.url, 5), after=HOUR)
        sizes = [len(request.body["personalizations"]) for request in server.requests[before:]]
    assert set(sizes) == {1}
    assert 0 < second.account.uncertain - first.account.uncertain <= 6
    assert not second.is_done


@pytest.mark.parametrize("emails", [[f"r{number:03}@d.example" for number in range(160)]])
@pytest.mark.parametrize(
    ("status", "said", "waits"),
    [(429, {"Retry-After": "3"}, 3), (503, {"Retry-After": "3"}, 3), (503, {}, 2)],
)
def test_a_provider_that_says_not_now_between_is_asked_on_in_requests_as_large(
    run: Run, status: int, said: dict[str, str], waits: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    answers = cycle([Answer(202), Answer(202), replace(NOT_NOW, status=status, headers=said)])
    put_off = set[str]()

    def reply(request: Request) -> Answer:
        first = request.body["personalizations"][0]["to"][0]["email"]
        answer = Answer(202) if first in put_off else next(answers)
        put_off.update([first] if answer.status == status else [])
        return answer

    with HttpStandIn(reply) as server:
        result = run.by(SendGrid("key", server.url, 5))
        sizes = [len(request.body["personalizations"]) for request in server.requests]
    assert result.is_done
    assert result.account.sent == 160
    assert set(sizes) == {10, 16, 6}  # 6 are the last
    assert len(sizes) < 18
    assert sum(run.waited) >= waits * len(put_off) > 0


@pytest.mark.parametrize("emails", [[f"r{number:03}@d.example" for number in range(160)]])
def test_a_provider_that_asks_for_a_long_wait_is_asked_once_and_the_run_says_until_when(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    busy = replace(NOT_NOW, status=503, headers={"Retry-After": "1800"})
    with HttpStandIn(lambda _request: busy) as server:
        result = run.by(SendGrid("key", server.url, 5))
        assert run.by(SendGrid("key", server.url, 5)).account.pending == 160
        assert len(server.requests) == 1
    until = datetime.now(UTC) + timedelta(minutes=30)
    assert re.search(
        f"after ({until:%H:%M}|{until + timedelta(minutes=1):%H:%M}) UTC goes on",
        result.trouble or "",
    )


DEAD = "nobody"
SOME_DEAD = [
    f"{DEAD if number % 5 == 0 else 'r'}{number:03}@d{number % 6}.example" for number in range(160)
]


@pytest.mark.parametrize("emails", [SOME_DEAD])
def test_whom_a_request_is_refused_for_are_no_row_where_its_others_are_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def reply(request: Request) -> Answer:
        people = [part["to"][0]["email"] for part in request.body["personalizations"]]
        dead = [place for place, email in enumerate(people) if email.startswith(DEAD)]
        fields = [f"personalizations.{place}.to.0.email" for place in dead]
        return refusals(400, fields, "no valid address") if dead else Answer(202)

    with HttpStandIn(reply) as server:
        result = run.by(SendGrid("key", server.url, 5))
        sizes = [len(request.body["personalizations"]) for request in server.requests]
    assert result.account.sent == 128
    assert result.account.failed + result.account.pending == 32
    assert sizes.count(1) == 1  # of the last ones: none only asked how the provider does
    assert not result.paused


@pytest.mark.parametrize(
    ("words", "may_be_dead"),
    [
        ("550 5.1.1 user unknown", True),
        ("550 what is this?", True),
        ("550 5.7.26 unauthenticated mail is not accepted", False),
        ("550 5.7.1 message rejected due to policy", False),
    ],
)
def test_words_about_us_are_no_reason_to_remove_readers(
    words: str,
    may_be_dead: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    said = advice_on_many_refused(words)
    assert words in said
    assert ("subscribers remove" in said) == may_be_dead


def test_what_one_process_finds_out_another_hears_with_its_next_claim(
    run: Run, database: Database
) -> None:
    good = GOOD_REPLIES["RCPT"]
    with OddSmtp(RCPT=[*[good] * 5, "550 what is this?"]) as server:
        transport, replies = smtp(server), server.next_reply

        def another_finds_out(when: str) -> str:
            if when == "RCPT" and server.heard.count("RCPT") == 5:
                with database.write.begin() as session:
                    pauses.pause_sending(session, "554 5.7.1 blocked", None, datetime.now(UTC))
            return replies(when)

        server.next_reply = another_finds_out  # type: ignore[method-assign]
        transport.at_once = 4
        result = run.by(transport)
        assert server.heard.count("RCPT") <= 8 + 5  # claimed before, and a few to ask with
    account = result.account
    assert account.sent in {4, 5}  # the fifth may be heard of before a byte of it left
    assert account.sent + account.pending == READERS
    assert not result.is_done
    with database.read() as session:
        assert pauses.troubles(session) == 2


ONE_DOMAIN_FIRST = [f"r{number:02}@later.example" for number in range(30)] + EMAILS


def refusing_later(words: str) -> Callable[[str], str | None]:
    return lambda email: words if email.endswith("@later.example") else None


@pytest.mark.parametrize("emails", [ONE_DOMAIN_FIRST])
def test_a_domain_that_says_later_holds_up_only_itself(run: Run, database: Database) -> None:
    with SmtpByReader(refusing_later("450 4.2.1 not now")) as server:
        result = run.by(smtp(server))
        assert server.taken == Counter(EMAILS)
    assert (result.account.sent, suppressed(database)) == (READERS, 0)


@pytest.mark.on_both_databases
@pytest.mark.parametrize("emails", [ONE_DOMAIN_FIRST])
def test_a_domain_that_blocks_us_is_paused_and_its_readers_wait(
    run: Run, database: Database
) -> None:
    with SmtpByReader(refusing_later("554 5.7.1 blocked")) as server:
        result = run.by(smtp(server))
        assert server.taken == Counter(EMAILS)
    assert (result.account.sent, result.account.pending) == (READERS, 30)
    assert (result.account.failed, suppressed(database)) == (0, 0)
    assert "later.example is paused: it takes nothing: 554 5.7.1 bl" in str(result.trouble)
    assert run.waited == []
    with OddSmtp() as server:
        assert run.by(smtp(server), after=3 * HOUR).account.sent == READERS + 30


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    "words",
    [
        "554 5.7.1 blocked",
        "550 5.4.5 limit",
        "552 5.3.4 size",
        "550 5.1.1 host mx said: 554 Relay denied",
    ],
)
def test_words_about_us_make_nobody_failed_however_few_they_are(
    run: Run, database: Database, words: str
) -> None:
    refused = {EMAILS[4], EMAILS[30], EMAILS[-1]}  # the last one has nobody accepted behind it
    with SmtpByReader(lambda email: words if email in refused else None) as server:
        result = run.by(smtp(server))
        assert server.taken == Counter(set(EMAILS) - refused)
        assert len(server.asked) == READERS  # not again within the run
    assert (result.account.pending, result.account.failed, suppressed(database)) == (3, 0, 0)
    assert result.trouble == f"3 wait for a later run: {words}"
    assert not result.is_done
    with OddSmtp() as server:
        assert run.by(smtp(server), after=HOUR).account.sent == READERS


@pytest.mark.parametrize("emails", [ONE_DOMAIN_FIRST])
def test_a_domain_that_hangs_up_is_paused_while_others_are_accepted(
    run: Run, database: Database
) -> None:
    with SmtpByReader(refusing_later("421 4.7.0 later, closing connection")) as server:
        result = run.by(smtp(server))
        assert server.taken == Counter(EMAILS)
    assert (result.account.sent, attempts(database)) == (READERS, {0, 1})
    assert "later.example is paused" in str(result.trouble)
    with OddSmtp() as server:
        assert run.by(smtp(server), after=3 * HOUR).account.sent == READERS + 30


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezing, "BATCH_SIZE", 20)


@pytest.mark.parametrize("emails", [ONE_DOMAIN_FIRST])
@pytest.mark.parametrize(("words", "troubles"), [("421 4.7.0 bye", 0), ("550 5.7.1 blocked", 1)])
@pytest.mark.usefixtures("small_batches")
@pytest.mark.slow
def test_where_a_whole_batch_is_of_a_domain_that_refuses_another_batch_is_asked(
    run: Run, database: Database, words: str, troubles: int
) -> None:
    with database.write.begin() as session:
        for _ in range(troubles):
            pauses.pause_sending(session, "554 5.7.1 blocked", None, datetime.now(UTC))
    with SmtpByReader(refusing_later(words)) as server:
        result = run.by(smtp(server), after=HOUR)
    assert server.taken == Counter(EMAILS)
    assert (result.account.sent, result.account.failed) == (READERS, 0)


@pytest.mark.usefixtures("small_batches")
def test_a_batch_of_which_all_were_refused_before_is_sent_once_another_batch_is_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider said it of the rest of the batch; nobody there can tell whether it is over."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    coming = chain([Answer(202)], repeat(refusal(429, None, "too many requests")))
    with HttpStandIn(lambda _request: next(coming)) as server:
        first = run.by(SendGrid("key", server.url, 5))
        sizes = [len(request.body["personalizations"]) for request in server.requests]
    assert (first.account.sent, sizes) == (10, [10, 10])  # a batch
    with HttpStandIn(lambda _request: Answer(202)) as server:
        assert run.by(SendGrid("key", server.url, 5), after=HOUR).account.sent == READERS


@pytest.mark.parametrize("words", ["550 5.7.1 client host blocked", "421 4.7.0 bye", "451 later"])
@pytest.mark.parametrize("troubles", [0, 1])
def test_where_most_domains_refuse_the_others_get_theirs_in_the_first_run(
    run: Run, database: Database, words: str, troubles: int
) -> None:
    well = {email for email in EMAILS if email[-9] in "05"}
    if troubles:
        with database.write.begin() as session:
            pauses.pause_sending(session, "554 5.7.1 blocked", None, datetime.now(UTC))
    with SmtpByReader(lambda email: None if email in well else words) as server:
        result = run.by(smtp(server), after=HOUR)
        assert server.taken == Counter(well)
    assert (result.account.pending, result.account.failed) == (READERS - len(well), 0)
    with OddSmtp() as server:
        assert run.by(smtp(server), after=4 * HOUR).account.sent == READERS


def test_after_a_refusal_of_everybody_each_run_asks_domains_that_were_not_asked_yet(
    run: Run,
) -> None:
    asked = set[str]()
    for hours in range(3):
        with SmtpByReader(lambda _: "550 5.4.5 limit exceeded") as server:
            run.by(smtp(server), after=3 * hours * HOUR)
            new = {email.rpartition("@")[2] for email in server.asked} - asked
            assert len(server.asked) <= (5 + 5 if not hours else max(1, len(new)))
            asked |= new
    assert len(asked) == DOMAINS


@pytest.mark.parametrize("emails", [ONE_DOMAIN_FIRST])
@pytest.mark.parametrize("words", ["550 5.1.1 no such user", "550 mailbox unavailable"])
def test_of_a_domain_that_refuses_all_its_readers_nobody_is_failed(
    run: Run, database: Database, words: str
) -> None:
    with SmtpByReader(refusing_later(words)) as server:
        result = run.by(smtp(server))
        assert server.taken == Counter(EMAILS)
    assert (result.account.sent, result.account.failed, suppressed(database)) == (READERS, 0, 0)
    assert "later.example is paused" in str(result.trouble)
    with OddSmtp() as server:
        assert run.by(smtp(server), after=3 * HOUR).is_done


ILL_IN_PART = [f"r{number:03}@d{number % DOMAINS}.example" for number in range(200)]


class OneMachineIll(SmtpByReader):
    """Of the machines behind one address, one knows no user; the third connection leads to it."""

    def __init__(self) -> None:
        super().__init__(self._judge_by_machine)
        self._machines: list[int] = []
        self._taken_elsewhere = Semaphore(0)
        self.refused: list[str] = []

    def _judge_by_machine(self, email: str) -> str | None:
        if get_ident() not in self._machines:
            self._machines.append(get_ident())
        if self._machines.index(get_ident()) != 2:
            self._taken_elsewhere.release()
            return None
        for _ in range(3):  # it is as slow as the others are together
            self._taken_elsewhere.acquire(timeout=1)
        self.refused.append(email)
        return NO_USER


@pytest.mark.parametrize("emails", [ILL_IN_PART[:100]])
def test_whom_one_connection_of_several_refuses_is_neither_failed_nor_suppressed(
    run: Run, database: Database
) -> None:
    with OneMachineIll() as server:
        result = run.by(smtp(server, 4))
    assert 5 <= len(server.refused) <= 30
    assert (result.account.pending, result.account.failed) == (len(server.refused), 0)
    assert suppressed(database) == 0
    assert NO_USER in str(result.trouble)
    with OddSmtp() as server_well:
        assert run.by(smtp(server_well), after=HOUR).is_done


class LosesOfOneDomain(SmtpByReader):
    """Answers no mail to a domain."""

    def next_reply(self, when: str) -> str:
        lost = when == "." and self.asked[-1].endswith("@later.example")
        return CLOSE if lost else super().next_reply(when)


@pytest.mark.parametrize("emails", [ONE_DOMAIN_FIRST])
def test_a_domain_that_answers_no_mail_is_paused_and_the_others_get_theirs(run: Run) -> None:
    with LosesOfOneDomain(lambda _email: None) as server:
        result = run.by(smtp(server, CONNECTIONS))
    assert result.account.sent == READERS
    assert 0 < result.account.uncertain <= 3 * CONNECTIONS
    assert "later.example is paused" in str(result.trouble)


@pytest.mark.on_both_databases
@pytest.mark.parametrize("emails", [ONE_DOMAIN_FIRST])
def test_a_domain_that_answers_no_mail_for_hours_is_asked_with_one_mail_after_longer_pauses(
    run: Run,
) -> None:
    uncertain = list[int]()
    with LosesOfOneDomain(lambda _email: None) as server:
        for hours in range(20):
            result = run.by(smtp(server, CONNECTIONS), after=hours * HOUR)
            uncertain.append(result.account.uncertain)
            assert "later.example is paused" in str(result.trouble)
    lost = [after - before for before, after in pairwise(uncertain)]
    assert {hours: number for hours, number in enumerate(lost, 1) if number} == {2: 1, 6: 1, 14: 1}
    with SmtpByReader(lambda _email: None) as server:
        assert run.by(smtp(server, CONNECTIONS), after=31 * HOUR).is_done
        assert server.taken.total() == 30 - uncertain[-1]


@pytest.mark.parametrize("emails", [ONE_DOMAIN_FIRST])
def test_a_domain_that_was_paused_for_lost_answers_and_takes_mails_again_gets_them_all(
    run: Run,
) -> None:
    with LosesOfOneDomain(lambda _email: None) as server:
        lost = run.by(smtp(server, CONNECTIONS)).account.uncertain
    with SmtpByReader(lambda _email: None) as server:
        result = run.by(smtp(server, CONNECTIONS), after=3 * HOUR)
        assert server.taken.total() == 30 - lost
    assert (result.account.uncertain, result.account.pending) == (lost, 0)


@pytest.mark.parametrize("reader", [EMAILS[3], EMAILS[-1]])
@pytest.mark.parametrize("words", [CLOSE, "421 4.3.0 internal error", "hello?"])
def test_a_reader_at_whom_the_server_hangs_up_is_deferred_and_given_up_and_stops_nobody(
    run: Run, database: Database, reader: str, words: str
) -> None:
    with SmtpByReader(lambda email: words if email == reader else None) as server:
        result = run.by(smtp(server))
        assert (result.account.sent, result.account.pending) == (READERS - 1, 1)
        with database.read() as session:
            assert pauses.last_trouble(session) is None
        for hours in (5, 40, 73):
            result = run.by(smtp(server), after=hours * HOUR)
    assert (result.account.sent, result.account.failed) == (READERS - 1, 1)
    assert suppressed(database) == 0
    assert "1 reader whose servers refused it" in result.given_up


@pytest.mark.parametrize("emails", [ILL_IN_PART])
@pytest.mark.parametrize("words", ["550 5.1.1 no such user", "550 mailbox unavailable"])
def test_where_every_fourth_is_refused_nobody_is_failed_however_often_they_are_asked(
    run: Run, database: Database, words: str
) -> None:
    good = GOOD_REPLIES["RCPT"]
    for hours in range(3):
        with OddSmtp(RCPT=[good, good, words, good] * 200) as server:
            result = run.by(smtp(server), after=8 * hours * HOUR)
    assert result.account.pending > 0
    assert (result.account.failed, suppressed(database)) == (0, 0)
    assert not result.is_done
    with OddSmtp() as server:
        assert run.by(smtp(server), after=24 * HOUR).is_done


@pytest.mark.parametrize("emails", [ILL_IN_PART])
def test_where_each_of_two_runs_sees_too_few_refusals_both_together_fail_nobody(
    run: Run, database: Database
) -> None:
    """Every fifth of a hundred may be dead; of two hundred that is no chance any more."""
    lost = set(ILL_IN_PART[::5])
    with SmtpByReader(lambda email: "550 5.1.1 no such user" if email in lost else None) as server:
        run.by(smtp(server), stopping=lambda: server.taken.total() >= 80)
        assert 0 < suppressed(database) <= 20
        result = run.by(smtp(server))
    assert (result.account.pending, result.account.failed) == (len(lost), 0)
    assert suppressed(database) == 0
    assert not result.is_done


A_SIXTH_AT_ONE = [
    f"r{number:03}@{'big' if number % 6 == 0 else f'd{number % DOMAINS}'}.example"
    for number in range(240)
]


@pytest.mark.parametrize("emails", [A_SIXTH_AT_ONE])
def test_whom_another_process_failed_before_their_domain_was_paused_gets_it_when_that_is_well(
    run: Run, database: Database
) -> None:
    def judge(email: str) -> str | None:
        return "550 5.1.1 no such user" if email.endswith("@big.example") else None

    with SmtpByReader(judge) as server:
        first = run.by(smtp(server), stopping=lambda: server.taken.total() >= 45)
        assert 0 < first.account.failed == suppressed(database) < 12
        second = run.by(smtp(server))
    assert (second.account.sent, second.account.failed) == (200, 0)
    assert suppressed(database) == 0
    with OddSmtp() as well:
        assert run.by(smtp(well), after=3 * HOUR).account.sent == len(A_SIXTH_AT_ONE)


def test_an_outage_that_begins_with_the_last_few_readers_fails_none_of_them(
    run: Run, database: Database
) -> None:
    with SmtpByReader(lambda _: None) as server:
        server._judge = lambda _: (
            "550 5.1.1 no such user" if server.taken.total() >= READERS - 8 else None
        )
        result = run.by(smtp(server))
    assert (result.account.pending, result.account.failed) == (8, 0)
    assert suppressed(database) == 0
    with OddSmtp() as server:
        assert run.by(smtp(server), after=HOUR).is_done


@pytest.mark.parametrize("emails", [ILL_IN_PART])
def test_a_brief_outage_in_part_suppresses_nobody_although_few_of_all_are_refused(
    run: Run, database: Database
) -> None:
    with SmtpByReader(lambda _: None) as server:
        server._judge = lambda _: (
            NO_USER if 70 <= (asked := len(server.asked)) < 130 and asked % 5 < 3 else None
        )
        result = run.by(smtp(server))
    assert (result.account.pending, result.account.failed) == (36, 0)
    assert suppressed(database) == 0


@pytest.mark.parametrize("emails", [ILL_IN_PART])
def test_of_an_old_list_the_dead_tenth_is_suppressed_at_once(run: Run, database: Database) -> None:
    dead = set(ILL_IN_PART[::10])
    with SmtpByReader(lambda email: "550 5.1.1 no such user" if email in dead else None) as server:
        result = run.by(smtp(server))
    assert (result.account.failed, suppressed(database)) == (20, 20)
    assert result.is_done


@pytest.mark.parametrize("words", ["450 4.2.0 Greylisted, see our page", "450 4.2.1 try later"])
def test_who_defers_everybody_at_first_sight_gets_it_within_the_run(run: Run, words: str) -> None:
    seen: set[str] = set()

    def judge(email: str) -> str | None:
        first = email not in seen
        seen.add(email)
        return words if first else None

    with SmtpByReader(judge) as server:
        result = run.by(smtp(server))
        assert server.taken == Counter(EMAILS)
    assert result.is_done


def test_a_greylist_that_never_takes_anybody_fails_nobody(run: Run) -> None:
    for hours in (0, 1, 3, 6, 12, 24, 36, 48):
        with OddSmtp(RCPT="451 4.7.1 greylisted") as server:
            result = run.by(smtp(server), after=hours * HOUR)
        assert (result.account.pending, result.account.failed) == (READERS, 0)
        assert "greylisted" in str(result.trouble)
    with OddSmtp() as server:
        assert run.by(smtp(server), after=50 * HOUR).is_done


def test_after_a_trouble_the_newest_issue_asks_before_who_is_left_of_an_older_one(
    run: Run, database: Database, settings: Settings
) -> None:
    newsletter = settings.newsletters[0]
    with database.read() as session:
        older = [(session.scalars(select(IssueRow.day)).one(),)]
    quota = "550 5.4.5 Daily user sending limit exceeded"
    with SmtpByReader(lambda email: quota if email == EMAILS[-1] else None) as server:
        run.by(smtp(server))
    assert catch_up.part_left_over(run.parts, newsletter, older) == (older, ())
    with database.write.begin() as session:
        pauses.pause_sending(session, quota, None, NOW)
    assert catch_up.part_left_over(run.parts, newsletter, older) == ([], older)


def test_a_greylist_that_does_not_say_so_lets_those_through_who_waited(run: Run) -> None:
    first_asked: dict[str, float] = {}
    later_s = 0.0

    def judge(email: str) -> str | None:
        now_s = later_s + sum(run.waited)
        waits = now_s - first_asked.setdefault(email, now_s) < 15
        return "450 4.7.1 Policy restrictions; try later" if waits else None

    with SmtpByReader(judge) as server:
        assert run.by(smtp(server)).account.sent == 0
        early = Counter(first_asked)
        assert len(early) < READERS
        later_s = 3600.0
        run.by(smtp(server), after=HOUR)
        assert server.taken == Counter(dict.fromkeys(early, 1))
        assert len(first_asked) == READERS
        later_s = 7200.0
        assert run.by(smtp(server), after=2 * HOUR).is_done
        assert server.taken == Counter(EMAILS)


def test_a_wait_that_servers_ask_for_is_kept_where_it_is_short(run: Run) -> None:
    seen: set[str] = set()

    def judge(email: str) -> str | None:
        first = email not in seen
        seen.add(email)
        return "450 4.2.0 Greylisted for 25 seconds" if first else None

    with SmtpByReader(judge) as server:
        assert run.by(smtp(server)).is_done
    assert sum(run.waited) == 25


def test_everybody_deferred_costs_nobody_an_attempt(run: Run, database: Database) -> None:
    with OddSmtp(RCPT="451 4.3.0 no room") as server:
        result = run.by(smtp(server))
        assert server.heard.count("MAIL") < 25
    assert (result.account.pending, attempts(database)) == (READERS, {0})
    assert not result.is_done


@pytest.mark.on_both_databases
def test_dead_addresses_in_a_row_are_told_from_a_broken_table_by_one_other_mail(
    run: Run, database: Database
) -> None:
    def judge(email: str) -> str | None:
        return "550 5.1.1 no such user" if email in dead else None

    dead = set(EMAILS[:12])
    with SmtpByReader(judge) as server:
        result = run.by(smtp(server))
        assert server.taken == Counter(EMAILS[12:])
    assert (result.account.sent, result.account.failed) == (48, 12)
    assert suppressed(database) == 12
    assert result.is_done


def had_issues(database: Database, history: dict[str, dict[DeliveryState, timedelta]]) -> None:
    """As if these readers got the issues of the days before, or did not, so long ago."""
    with database.write.begin() as session:
        frozen = session.scalars(select(IssueRow)).one()
        batch_id = session.scalars(select(BatchRow.id)).first()
        kept = {name: value for name, value in vars(frozen).items() if name in IssueRow.__table__.c}
        issues = {
            state: IssueRow(
                **kept | {"id": None, "day": frozen.day - timedelta(days), "state": "done"}
            )
            for days, state in enumerate((DeliveryState.FAILED, DeliveryState.SENT), 1)
        }
        session.add_all(issues.values())
        session.flush()
        for email, states in history.items():
            reader = session.scalars(select(SubscriberRow.id).filter_by(email=email)).one()
            for state, ago in states.items():
                delivery = DeliveryRow(
                    issue_id=issues[state].id,
                    subscriber_id=reader,
                    batch_id=batch_id,
                    reference=f"{state}{reader}",
                    state=state,
                    changed_at=datetime.now(UTC) - ago,
                )
                session.add(delivery)


def test_many_who_took_mails_before_wait_for_as_long_as_a_server_has_lost_them(
    run: Run, database: Database
) -> None:
    lost = set(EMAILS[::3])
    had_issues(database, {email: {DeliveryState.SENT: 24 * HOUR} for email in EMAILS})
    for hours in (0, 1, 3, 6, 12, 24, 40):
        with SmtpByReader(lambda email: NO_USER if email in lost else None) as server:
            result = run.by(smtp(server), after=hours * HOUR)
        assert (result.account.pending, result.account.failed) == (len(lost), 0)
        assert NO_USER in str(result.trouble)
        assert "given up" not in str(result.trouble)
    with OddSmtp() as server:
        assert run.by(smtp(server), after=45 * HOUR).is_done
    assert suppressed(database) == 0


def test_dead_readers_who_were_refused_the_issue_before_pause_nobody(
    run: Run, database: Database
) -> None:
    dead = EMAILS[-16:]
    had_issues(database, {email: {DeliveryState.FAILED: 24 * HOUR} for email in dead})
    with SmtpByReader(lambda email: NO_USER if email in dead else None) as server:
        result = run.by(smtp(server))
    assert (result.account.sent, result.account.failed) == (READERS - 16, 16)
    assert result.is_done
    assert suppressed(database) == 16


def test_who_took_mails_before_is_suppressed_by_refusals_a_week_apart(
    run: Run, database: Database
) -> None:
    sent, failed = DeliveryState.SENT, DeliveryState.FAILED
    history = {
        EMAILS[9]: {sent: 40 * HOUR},
        EMAILS[20]: {sent: 40 * HOUR, failed: HOUR},  # another issue of the same day
        EMAILS[31]: {sent: 200 * HOUR, failed: 150 * HOUR},
        EMAILS[42]: {},
    }
    had_issues(database, history)
    with SmtpByReader(
        lambda email: "550 5.1.1 no such user" if email in history else None
    ) as server:
        result = run.by(smtp(server))
    assert result.is_done
    assert (result.account.failed, suppressed(database)) == (4, 2)


@pytest.mark.parametrize("before", [{}, {DeliveryState.FAILED: 24 * HOUR}])
def test_many_who_took_mails_before_are_gone_by_a_servers_error_and_get_it_later(
    run: Run, database: Database, before: dict[DeliveryState, timedelta]
) -> None:
    lost = set(EMAILS[::4])
    had_issues(
        database,
        {
            email: {DeliveryState.SENT: 48 * HOUR} | (before if email in lost else {})
            for email in EMAILS
        },
    )
    with SmtpByReader(lambda email: "550 5.1.1 no such user" if email in lost else None) as server:
        result = run.by(smtp(server))
    assert (result.account.pending, result.account.failed) == (len(lost), 0)
    assert "550 5.1.1 no such user" in str(result.trouble)
    with SmtpByReader(lambda _: None) as server:
        assert run.by(smtp(server), after=3 * HOUR).account.sent == READERS
        assert server.taken == Counter(lost)
    assert suppressed(database) == 0


@pytest.mark.parametrize("emails", [["ada@a.example"], ["ada@a.example", "bob@b.example"]])
def test_of_one_or_two_readers_a_refusal_is_theirs(
    run: Run, database: Database, emails: list[str]
) -> None:
    with OddSmtp(RCPT="550 5.1.1 no such user") as server:
        result = run.by(smtp(server))
    assert result.account.failed == suppressed(database) == len(emails)
    assert result.is_done
