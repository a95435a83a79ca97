"""SendGrid refuses everybody: what the operator is told, and whom the next run asks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from newsletter import machine_clock
from newsletter.models import DeliveryState
from newsletter.transports.sendgrid.transport import SendGrid
from tests.conftest import Cli, Said
from tests.sending.frozen_issue import EMAILS, HOUR, READERS, Run, smtp
from tests.transports.http_standin import Answer, HttpStandIn, Request, SendGridRules, refusal
from tests.transports.smtp_standins import GOOD_REPLIES, OddSmtp

SHUT = Answer(302, headers={"Location": "http://127.0.0.1:1/"})


class Told:
    """Takes what it is asked for, or says what it is told to."""

    def __init__(self) -> None:
        self.answer = Answer(202)

    def __call__(self, _request: Request) -> Answer:
        return self.answer


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def sendgrid(told: Told, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpStandIn]:
    with HttpStandIn(told) as standing:
        settings = {"USE": "sendgrid", "API_KEY": "SG.key", "BASE_URL": standing.url}
        for name, value in settings.items():
            monkeypatch.setenv(f"NEWSLETTER_TRANSPORT__{name}", value)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield standing


def sizes(sendgrid: HttpStandIn) -> list[int]:
    """Of the requests since this was asked last."""
    found = [len(request.body["personalizations"]) for request in sendgrid.requests]
    sendgrid.requests.clear()
    return found


def sending_lines(checked: Said) -> list[str]:
    return [line for line in checked.out.splitlines() if line.startswith("sending ")]


QUOTA = "look at its plan and billing"
KEY = "look at the rights of transport.api_key"
PLACE = "look at transport.base_url"
TOLD = [
    (refusal(401, None, "Maximum credits exceeded"), QUOTA),
    (refusal(403, None, "You have exceeded your messaging limits"), QUOTA),
    (refusal(402, None, "pay"), QUOTA),
    (refusal(402, None, "Payment Required"), QUOTA),
    (refusal(429, None, "daily sending limit exceeded"), QUOTA),
    (
        refusal(401, None, "The provided authorization grant is invalid, expired, or revoked"),
        "is refused",
    ),
    (refusal(403, None, "access forbidden"), KEY),
    (
        refusal(403, "from", "The from address does not match a verified Sender Identity"),
        "site.sender",
    ),
    (
        refusal(401, None, "Authenticated user is not authorized to send mail"),
        "has shut the account",
    ),
    (refusal(403, None, "Your account has been suspended"), "has shut the account"),
    (refusal(403, None, "The requestor's IP Address is not whitelisted"), "IP Access Management"),
    (refusal(400, None, "Bad Request"), "look at site.sender"),
    (refusal(404, None, "not found"), PLACE),
    (refusal(405, None, "method not allowed"), PLACE),
    (refusal(415, None, "unsupported media type"), PLACE),
    (refusal(418, None, "a teapot"), "ask SendGrid's support"),
    (refusal(451, None, "legal"), "ask SendGrid's support"),
]


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(("answer", "todo"), TOLD, ids=lambda case: str(case)[:90])
def test_a_refusal_of_everybody_says_what_to_do_in_the_run_and_in_check(
    answer: Answer,
    todo: str,
    sendgrid: HttpStandIn,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sendgrid.answer = lambda _request: answer
    monkeypatch.setattr("newsletter.sending.sender.wait", lambda *_: None)
    words = json.loads(answer.body)["errors"][0]["message"]
    sent = cli("send")
    assert sent.code == 1
    assert sent.err.count("\n") == 1
    assert f"SendGrid: HTTP {answer.status}" in sent.err
    assert words in sent.err
    assert todo in sent.err
    assert ("quota" in sent.err) == (todo == QUOTA)
    assert "UTC goes on, one mail first" in sent.err
    trouble, *pending = sending_lines(cli("check"))
    assert words in trouble
    assert todo in trouble
    assert all(line.endswith(f"{READERS} pending") for line in pending)


@pytest.mark.parametrize("words", ["too many requests", "Rate limit exceeded", "rate-limit"])
def test_a_limit_of_requests_is_no_quota(words: str, sendgrid: HttpStandIn, run: Run) -> None:
    sendgrid.answer = lambda _request: refusal(429, None, words)
    assert "quota" not in str(run.by(SendGrid("key", sendgrid.url, 5)).trouble)


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "Maximum credits exceeded"),
        (401, "The provided authorization grant is invalid"),
        (402, "pay"),
        (403, "You have exceeded your messaging limits"),
        (403, "from not verified"),
        (404, "not found"),
        (418, "a teapot"),
    ],
)
def test_after_a_refusal_of_everybody_a_run_waits_then_asks_by_one_mail_then_all_get_theirs(
    status: int, words: str, sendgrid: HttpStandIn, told: Told, run: Run
) -> None:
    told.answer = refusal(status, None, words)
    first = run.by(SendGrid("key", sendgrid.url, 5))
    assert sum(sizes(sendgrid)) <= 20
    paused = run.by(SendGrid("key", sendgrid.url, 5), after=timedelta(seconds=20))
    assert "sending is paused until" in str(paused.trouble)
    assert sizes(sendgrid) == []
    second = run.by(SendGrid("key", sendgrid.url, 5), after=HOUR)
    assert sizes(sendgrid) == [1]
    for result in (first, second):
        assert words in str(result.trouble)
        assert not result.is_done
        assert (result.account.pending, result.account.uncertain) == (READERS, 0)
    told.answer = Answer(202)
    last = run.by(SendGrid("key", sendgrid.url, 5), after=3 * HOUR)
    assert (last.account.sent, last.is_done) == (READERS, True)
    assert sizes(sendgrid)[0] == 1
    assert sum(sizes(sendgrid)) == 0


def test_a_quota_that_is_used_up_in_the_middle_costs_nobody_anything(
    sendgrid: HttpStandIn, run: Run
) -> None:
    answers = iter([Answer(202), Answer(202)])
    used_up = refusal(401, None, "Maximum credits exceeded")
    sendgrid.answer = lambda _request: next(answers, used_up)
    result = run.by(SendGrid("key", sendgrid.url, 5))
    assert 0 < result.account.sent < READERS
    assert result.account.sent + result.account.pending == READERS
    assert QUOTA in str(result.trouble)


@pytest.mark.parametrize("emails", [["bad@one.example", *EMAILS]])
def test_a_reader_who_was_refused_before_the_quota_was_used_up_stays_failed(
    sendgrid: HttpStandIn, run: Run
) -> None:
    rules, used_up = SendGridRules(), refusal(401, None, "Maximum credits exceeded")

    def answer(request: Request) -> Answer:
        return used_up if len(sendgrid.requests) > 5 else rules(request)

    sendgrid.answer = answer
    account = run.by(SendGrid("key", sendgrid.url, 5)).account
    assert account.failed == 1
    assert account.sent + account.pending == READERS


@pytest.mark.parametrize("status", [400, 403, 451])
def test_what_may_be_of_one_reader_is_asked_with_single_mails_after_the_pause(
    status: int, sendgrid: HttpStandIn, told: Told, run: Run
) -> None:
    told.answer = refusal(status, None, "no")
    run.by(SendGrid("key", sendgrid.url, 5))
    assert len(sizes(sendgrid)) == 3
    again = run.by(SendGrid("key", sendgrid.url, 5), after=HOUR)
    assert set(sizes(sendgrid)) == {1}
    assert again.account.pending == READERS
    told.answer = Answer(202)
    assert run.by(SendGrid("key", sendgrid.url, 5), after=3 * HOUR).account.sent == READERS


TROUBLES = [
    refusal(405, None, "method not allowed"),
    refusal(403, None, "from not verified"),
    refusal(413, None, "too large"),
    refusal(429, None, "too many requests"),
    refusal(500, None, "internal"),
    refusal(402, None, "pay"),
    refusal(401, None, "who are you?"),
    Answer(502, b"<html>bad gateway</html>"),
    SHUT,
    refusal(503, None, "down"),
]


@pytest.mark.usefixtures("run", "sendgrid")
def test_check_has_the_latest_trouble_and_no_older_one_beside_it(
    told: Told, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.sending.sender.wait", lambda *_: None)
    for number, answer in enumerate(TROUBLES):
        later = timedelta(hours=number * 0.1)
        monkeypatch.setattr(machine_clock, "utc_now", lambda later=later: datetime.now(UTC) + later)
        told.answer = answer
        assert cli("send").code == 1
        lines = sending_lines(cli("check"))
        (line,) = (each for each in lines if f"HTTP {answer.status}" in each)
        assert not [each for each in lines if "HTTP" in each and each != line]
        assert len([each for each in lines if " trouble " in each]) == 1
        assert len([each for each in lines if each.endswith(" pending")]) <= 1
    told.answer = Answer(202)
    cli("send")
    assert not [each for each in sending_lines(cli("check")) if "HTTP" in each]


@pytest.mark.usefixtures("run")
def test_check_shows_no_pause_from_before_a_server_that_speaks_no_tls_nor_that_after_a_pause(
    sendgrid: HttpStandIn, told: Told, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.answer = refusal(401, None, "who are you?")
    cli("send")
    with monkeypatch.context() as changed:
        changed.setenv("NEWSLETTER_TRANSPORT__BASE_URL", sendgrid.url.replace(":", "s:", 1))
        cli("send")
        trouble, *_ = sending_lines(cli("check"))
    assert "SendGrid cannot be used" in trouble
    told.answer = refusal(402, None, "pay")
    cli("send")
    trouble, *_ = sending_lines(cli("check"))
    assert "HTTP 402 pay" in trouble


@pytest.mark.usefixtures("run", "sendgrid")
def test_no_answer_in_sendgrids_own_words_makes_anybody_uncertain(told: Told, cli: Cli) -> None:
    for status in (400, 402, 408, 410, 418, 422, 499):
        told.answer = refusal(status, None, "no")
        cli("send")
    listed = cli("deliveries", "list", "--state", DeliveryState.UNCERTAIN)
    assert "@" not in listed.out


@pytest.mark.parametrize("emails", [["ada@one.example", "bob@two.example"]])
def test_after_a_sender_that_was_refused_check_shows_what_a_later_run_was_told(
    run: Run, cli: Cli
) -> None:
    later = {"RCPT": [GOOD_REPLIES["RCPT"], *["452 4.2.2 no room"] * 9]}
    with OddSmtp(**later) as server:
        assert run.by(smtp(server)).account.sent == 1
    with OddSmtp(MAIL="550 5.7.1 who are you?") as server:
        assert run.by(smtp(server), after=HOUR).account.pending == 1
    assert "refuses the sender" in sending_lines(cli("check"))[0]
    with OddSmtp(RCPT="452 4.2.2 no room") as server:
        assert run.by(smtp(server), after=9 * HOUR).account.pending == 1
        assert server.heard.count("RCPT")
    (trouble, pending) = sending_lines(cli("check"))
    assert "goes to nobody any more: " in trouble
    assert "452 4.2.2 no room" in trouble
    assert pending.endswith("1 pending")
