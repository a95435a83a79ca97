"""Mails through SendGrid: what is posted, and what each answer means for each reader."""

import json
import logging
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import requests
from urllib3.exceptions import ProtocolError

from newsletter.config import Settings
from newsletter.errors import WrongUseError
from newsletter.rendering.message import Message
from newsletter.transports.base import (
    NoObserver,
    RecordUnreadableError,
    SendResult,
    SendStatus,
    TransportDownError,
    WireLimits,
)
from newsletter.transports.sendgrid import transport
from newsletter.transports.sendgrid.responses import result_of_no_answer
from newsletter.transports.sendgrid.transport import SendGrid
from tests.certificates import certificate, needs_openssl
from tests.transports.http_standin import (
    SILENT,
    Answer,
    Answering,
    HttpStandIn,
    Request,
    SendGridRules,
    refusal,
)
from tests.transports.smtp_standins import mail_to, unused_port

KEY = "SG.the-secret-key"
ADA, BOB = mail_to("ada@reader.example"), mail_to("bob@reader.example")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[HttpStandIn]:
    with HttpStandIn(SendGridRules()) as each:
        yield each


def send(server: HttpStandIn, *mails: Message, timeout_s: float = 5) -> list[SendResult]:
    by_reader = {
        mail.recipient: outcome
        for mail, outcome in SendGrid(KEY, server.url, timeout_s).send(mails)
    }
    assert len(by_reader) == len(mails)
    return [by_reader[mail.recipient] for mail in mails]


def send_to(answer: Answering, *mails: Message, timeout_s: float = 5) -> list[SendResult]:
    with HttpStandIn(answer) as server:
        return send(server, *mails, timeout_s=timeout_s)


def saying(answer: Answer | None) -> Answering:
    return lambda _: answer


def test_a_request_carries_one_content_and_each_readers_own_values(server: HttpStandIn) -> None:
    assert [outcome.provider_id for outcome in send(server, ADA, BOB)] == [
        "14c5d75ce93.dfd.64b469"
    ] * 2
    (request,) = server.requests
    assert request.path == "/v3/mail/send"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    body = request.body
    assert body["from"] == {"email": "daily@papers.example.org", "name": "Audio & Speech"}
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert body["headers"] == {
        "List-Id": "<audio.papers.example.org>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert [each["headers"] for each in body["personalizations"]] == [
        {"Message-ID": mail.message_id, "List-Unsubscribe": dict(mail.headers)["List-Unsubscribe"]}
        for mail in (ADA, BOB)
    ]


def test_nothing_of_the_reader_is_in_custom_args_and_nothing_is_tracked(
    server: HttpStandIn,
) -> None:
    send(server, ADA)
    body = server.requests[0].body
    assert body["personalizations"][0]["custom_args"] == {"reference": ADA.reference}
    assert body["tracking_settings"] == {
        "click_tracking": {"enable": False, "enable_text": False},
        "open_tracking": {"enable": False},
        "subscription_tracking": {"enable": False},
    }
    assert "custom_args" not in body


def test_values_are_escaped_for_html_and_left_alone_for_text(server: HttpStandIn) -> None:
    send(server, mail_to("o'neil@a.example"))
    (each,) = server.requests[0].body["personalizations"]
    assert {"o'neil@a.example", "o&#x27;neil@a.example"} <= set(each["substitutions"].values())


def test_a_sender_without_a_name_has_none_in_the_request(server: HttpStandIn) -> None:
    send(server, Message(**{**vars(ADA), "sender": ("", "daily@papers.example.org")}))
    assert server.requests[0].body["from"] == {"email": "daily@papers.example.org"}


def test_a_thousand_readers_share_a_request_and_the_next_one_opens_another(
    server: HttpStandIn,
) -> None:
    mails = [mail_to(f"reader{number}@reader.example") for number in range(1001)]
    assert {outcome.status for outcome in send(server, *mails)} == {SendStatus.ACCEPTED}
    assert [len(request.body["personalizations"]) for request in server.requests] == [1000, 1]


def test_requests_of_different_contents_go_out_together_after_the_first_was_accepted() -> None:
    together = threading.Barrier(3, timeout=60)

    def reply(request: Request) -> Answer:
        if request.body["headers"]["List-Id"] != "<first.example>":
            together.wait()  # until three are under way
        return Answer(202)

    names = ("first", "second", "third", "fourth")
    mails = [
        Message(**{**vars(ADA), "headers": (("List-Id", f"<{name}.example>"),)}) for name in names
    ]
    with HttpStandIn(reply) as server:
        outcomes = list(SendGrid(KEY, server.url, 60).send(mails))
    assert [outcome.status for _, outcome in outcomes] == [SendStatus.ACCEPTED] * 4


def test_requests_of_one_content_go_out_together_and_each_is_filled_from_later_mails() -> None:
    together = threading.Barrier(2, timeout=60)
    sizes: list[int] = []

    def reply(request: Request) -> Answer:
        sizes.append(len(request.body["personalizations"]))
        if 1 < len(sizes) < 4:
            together.wait()  # until two are under way
        return Answer(202)

    class TwoOfTen(NoObserver):
        def wire_limits(self) -> WireLimits:
            return WireLimits(10, 20)

    other = (("List-Id", "<other.example>"),)
    mails = [mail_to(f"reader{number}@reader.example") for number in range(50)]
    mails[::2] = [Message(**{**vars(mail), "headers": other}) for mail in mails[::2]]
    chunks = [mails[start : start + 10] for start in range(0, 50, 10)]
    with HttpStandIn(reply) as server:
        outcomes = list(SendGrid(KEY, server.url, 60).stream(chunks, TwoOfTen()))
    assert [outcome.status for _, outcome in outcomes] == [SendStatus.ACCEPTED] * 50
    assert sorted(sizes) == [5, 5, 10, 10, 10, 10]


def test_mails_of_different_headers_do_not_share_a_request(server: HttpStandIn) -> None:
    other = Message(**{**vars(BOB), "headers": (("List-Id", "<video.papers.example.org>"),)})
    send(server, ADA, other)
    assert [request.body["headers"]["List-Id"] for request in server.requests] == [
        "<audio.papers.example.org>",
        "<video.papers.example.org>",
    ]


@pytest.mark.parametrize(
    ("names", "most"), [(True, 3), (False, 22)], ids=["named", "looked for in halves"]
)
def test_failure_13_one_bad_personalization_among_a_thousand_fails_alone(
    names: bool,  # noqa: FBT001 - a column of the table above
    most: int,
) -> None:
    mails = [mail_to(f"reader{number}@reader.example") for number in range(1000)]
    mails[617] = mail_to("bad@reader.example")
    with HttpStandIn(SendGridRules(names=names)) as server:
        outcomes = send(server, *mails)
    refused = outcomes.pop(617)
    assert refused.status is SendStatus.REJECTED
    assert refused.of_reader
    assert SendGridRules.NO_ADDRESS in refused.detail
    assert {outcome.status for outcome in outcomes} == {SendStatus.ACCEPTED}
    assert taken(server) == sorted(m.recipient for m in mails if m is not mails[617])
    assert len(server.requests) <= most


@pytest.mark.parametrize(("one_a_time", "bad", "most"), [(False, 300, 3), (True, 8, 100)])
def test_whom_sendgrid_names_is_left_out_in_few_requests(
    one_a_time: bool,  # noqa: FBT001 - a column of the table above
    bad: int,
    most: int,
) -> None:
    rules = SendGridRules()

    def reply(request: Request) -> Answer:
        answer = rules(request)
        errors = json.loads(answer.body or "{}").get("errors", [])
        if one_a_time and errors:
            return refusal(400, errors[0]["field"], errors[0]["message"])
        return answer

    mails = [mail_to(f"reader{number}@reader.example") for number in range(1000)]
    mails[3 :: 1000 // bad] = [
        mail_to(f"bad{number}@reader.example") for number in range(len(mails[3 :: 1000 // bad]))
    ]
    with HttpStandIn(reply) as server:
        outcomes = send(server, *mails)
        assert len(server.requests) <= most
    for mail, outcome in zip(mails, outcomes, strict=True):
        is_bad = mail.recipient.startswith("bad")
        assert outcome.status is (SendStatus.REJECTED if is_bad else SendStatus.ACCEPTED)


def test_where_every_request_is_refused_for_its_first_reader_few_are_made() -> None:
    mails = [mail_to(f"reader{number}@reader.example") for number in range(1000)]
    with HttpStandIn(saying(refusal(400, "personalizations.0.to.0.email", "no"))) as server:
        outcomes = send(server, *mails)
        assert len(server.requests) < 60
    rejected = [outcome for outcome in outcomes if outcome.status is SendStatus.REJECTED]
    assert len(rejected) < 30
    assert all(outcome.of_reader for outcome in outcomes if outcome not in rejected)


def test_an_address_beyond_ascii_goes_as_it_is_and_a_refusal_is_about_it_alone(
    server: HttpStandIn,
) -> None:
    user, other = mail_to("用户@xn--fsqu00a.example"), mail_to("bad-müller@reader.example")
    outcomes = send(server, ADA, user, other, BOB)
    assert [each.status for each in outcomes] == ["accepted", "accepted", "rejected", "accepted"]
    assert SendGridRules.NO_ADDRESS in outcomes[2].detail
    assert not outcomes[2].permanent
    assert taken(server) == sorted(mail.recipient for mail in (ADA, user, BOB))


def taken(server: HttpStandIn) -> list[str]:
    """Whom the stand-in took mails for, as often as it did."""
    return sorted(
        each["to"][0]["email"]
        for request in server.requests
        if server.answer(request) == Answer(202, headers={"X-Message-Id": "14c5d75ce93.dfd.64b469"})
        for each in request.body["personalizations"]
    )


def test_what_sendgrid_names_is_tried_once_more_so_that_a_wrong_number_harms_nobody() -> None:
    def wrong_number(request: Request) -> Answer:
        people = [each["to"][0]["email"] for each in request.body["personalizations"]]
        if "bad@reader.example" in people:
            return refusal(400, "personalizations.0.to", "no")
        return Answer(202)

    mails = [ADA, BOB, mail_to("bad@reader.example")]
    assert [outcome.status for outcome in send_to(wrong_number, *mails)] == [
        SendStatus.ACCEPTED,
        SendStatus.ACCEPTED,
        SendStatus.REJECTED,
    ]


def test_looking_for_bad_ones_ends_and_the_others_wait_instead_of_being_rejected() -> None:
    mails = [mail_to(f"bad{number}@reader.example") for number in range(1000)]
    with HttpStandIn(SendGridRules(names=False)) as server:
        outcomes = send(server, *mails)
        assert len(server.requests) < 200
    rejected = [each for each in outcomes if each.status is SendStatus.REJECTED]
    waiting = [each for each in outcomes if each.status is SendStatus.TRY_LATER]
    assert len(rejected) < 100
    assert len(rejected) + len(waiting) == 1000
    assert all(each.of_reader for each in waiting)


def test_an_address_stands_in_a_request_once(server: HttpStandIn) -> None:
    twice = mail_to("Ada@reader.example", stream="video-2025-07-11")
    assert {each.status for each in send(server, ADA, BOB, twice)} == {SendStatus.ACCEPTED}
    assert [len(request.body["personalizations"]) for request in server.requests] == [2, 1]


def test_values_longer_than_sendgrid_takes_are_refused_before_they_harm_the_others(
    server: HttpStandIn,
) -> None:
    long = Message(**{**vars(BOB), "values": {"recipient": "é" * 2400, "unsubscribe": "x"}})
    longer = Message(**{**vars(BOB), "values": {"recipient": "é" * 2600, "unsubscribe": "x"}})
    assert [outcome.status for outcome in send(server, ADA, long)] == [SendStatus.ACCEPTED] * 2
    assert [outcome.status for outcome in send(server, ADA, longer)] == [
        SendStatus.ACCEPTED,
        SendStatus.REJECTED,
    ]


def test_a_request_larger_than_sendgrid_takes_is_divided(
    server: HttpStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LARGEST_REQUEST", 6000)
    mails = [mail_to(f"reader{number}@reader.example") for number in range(20)]
    assert {outcome.status for outcome in send(server, *mails)} == {SendStatus.ACCEPTED}
    assert taken(server) == sorted(mail.recipient for mail in mails)
    assert len(server.requests) > 1
    monkeypatch.setattr(transport, "LARGEST_REQUEST", 60)
    with pytest.raises(TransportDownError, match="more than SendGrid takes"):
        send(server, ADA)


@pytest.mark.parametrize(("most", "requests"), [(70, 30), (3, 600)])
def test_what_sendgrid_itself_calls_too_large_is_divided_and_the_size_kept(
    most: int, requests: int
) -> None:
    def answer(request: Request) -> Answer:
        is_large = len(request.body["personalizations"]) > most
        return refusal(413, None, "payload too large") if is_large else Answer(202)

    mails = [mail_to(f"reader{number}@reader.example") for number in range(1000)]
    with HttpStandIn(answer) as server:
        outcomes = send(server, *mails)
        sizes = [len(request.body["personalizations"]) for request in server.requests]
    assert {outcome.status for outcome in outcomes} == {SendStatus.ACCEPTED}
    assert sum(size for size in sizes if size <= most) == 1000
    assert len([size for size in sizes if size > most]) < 10
    assert len(sizes) < requests


def test_a_single_mail_that_is_too_large_waits_and_the_others_get_theirs() -> None:
    def answer(request: Request) -> Answer:
        addresses = [each["to"][0]["email"] for each in request.body["personalizations"]]
        return refusal(413, None, "too large") if BOB.recipient in addresses else Answer(202)

    outcomes = send_to(answer, ADA, BOB, mail_to("cyd@reader.example"))
    large, *others = sorted(outcomes, key=lambda each: each.status is not SendStatus.REJECTED)
    assert large.of_sender
    assert [each.status for each in others] == [SendStatus.ACCEPTED] * 2


@pytest.mark.parametrize(
    ("status", "reset", "after", "wait_s"),
    [
        (429, "1000042", None, 42),
        (429, "1000000.5", None, 0.5),
        (429, "999000", None, 0),  # over already
        (429, "9999999999", None, 3600),  # whatever it says
        (429, "soon", None, 60),
        (429, "nan", None, 60),
        (429, None, None, 60),
        (429, None, "3", 3),
        (429, "1000002", "7", 7),
        (429, "1000009", "7", 9),
        (503, None, "3600", 3600),
        (503, "1000042", "5", 5),
        (500, None, "Mon, 12 Jan 1970 13:46:50 GMT", 10),
        (503, None, "Fri, 31 Dec 2027 23:59:59 GMT", 3600),
        (503, None, "a while", None),
    ],
)
def test_failure_10_too_many_requests_make_the_whole_sender_wait_for_what_is_said(
    status: int, reset: str | None, after: str | None, wait_s: float | None
) -> None:
    today = "Mon, 12 Jan 1970 13:46:40 GMT"
    said = {"Date": today, "X-RateLimit-Reset": reset, "Retry-After": after}
    headers = {name: value for name, value in said.items() if value is not None}
    busy = Answer(status, b'{"errors": [{"field": null, "message": "too many"}]}', headers)
    mails = [mail_to(f"reader{number}@reader.example") for number in range(1500)]
    with HttpStandIn(saying(busy)) as server:
        transport = SendGrid(KEY, server.url, 5, clock=lambda: 1_000_000.0)
        outcomes = [outcome for _, outcome in transport.send(mails)]
        assert len(server.requests) == 1  # the second thousand is not even asked about
    assert {outcome.status for outcome in outcomes} == {SendStatus.TRY_LATER}
    assert not any(outcome.of_reader for outcome in outcomes)
    assert len(outcomes) == len(mails)
    asked = {outcome.wait_s for outcome in outcomes}
    assert asked == {None} if wait_s is None else wait_s + 0.5 <= min(asked) <= wait_s + 3  # type: ignore[type-var,operator]


def test_when_one_half_is_lost_the_other_is_still_known() -> None:
    def lose_bob(request: Request) -> Answer | None:
        if len(request.body["personalizations"]) > 1:
            return refusal(400, "personalizations.0.to", "who?")
        return None if "bob" in str(request.body["personalizations"]) else Answer(202)

    assert [outcome.status for outcome in send_to(lose_bob, ADA, BOB)] == [
        SendStatus.ACCEPTED,
        SendStatus.UNCERTAIN,
    ]


STOPPING = [
    refusal(401, None, "The provided authorization grant is invalid"),
    refusal(402, None, "pay"),
    refusal(404, None, "not found"),
    refusal(409, None, "conflict"),
    refusal(418, None, "a teapot"),
    refusal(403, "from", "The from address does not match a verified Sender Identity"),
    refusal(400, "content.1.value", "The content value must be a string"),
    refusal(400, None, "Bad Request"),
]
PERHAPS_OF_ONE = STOPPING[5:]


@pytest.mark.parametrize("answer", STOPPING, ids=lambda answer: f"{answer.status} {answer.body!r}")
def test_failure_11_what_would_meet_every_reader_stops_the_sending_with_nobody_marked(
    answer: Answer,
) -> None:
    with HttpStandIn(saying(answer)) as server:
        outcomes = SendGrid(KEY, server.url, 5).send([ADA, BOB])
        with pytest.raises(TransportDownError, match=f"HTTP {answer.status}") as caught:
            next(outcomes)
        assert len(server.requests) == (3 if answer in PERHAPS_OF_ONE else 1)
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


MANY = [mail_to(f"reader{number}@reader.example") for number in range(40)]


@pytest.mark.parametrize("answer", PERHAPS_OF_ONE, ids=lambda answer: f"{answer.status}")
@pytest.mark.parametrize("odd", [0, 17, 39])
def test_a_request_that_is_refused_for_one_reader_in_whatever_words_goes_to_the_others(
    answer: Answer, odd: int
) -> None:
    theirs = MANY[odd].recipient
    with HttpStandIn(refusing(answer, lambda people: theirs in people)) as server:
        outcomes = send(server, *MANY)
        assert len(server.requests) <= 16
    refused = outcomes.pop(odd)
    assert refused.about_us
    assert refused.of_reader
    assert f"HTTP {answer.status}" in refused.detail
    assert {outcome.status for outcome in outcomes} == {SendStatus.ACCEPTED}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_is_put_off_again_after_a_wait_is_looked_into(status: int) -> None:
    theirs = MANY[3].recipient
    busy = refusal(status, None, "not now")
    with HttpStandIn(refusing(busy, lambda people: theirs in people)) as server:
        sendgrid = SendGrid(KEY, server.url, 5)
        first = [outcome for _, outcome in sendgrid.send(MANY)]
        assert len(server.requests) == 1
        second = {mail.recipient: outcome for mail, outcome in sendgrid.send(MANY)}
    assert {outcome.status for outcome in first} == {SendStatus.TRY_LATER}
    assert not any(outcome.of_reader for outcome in first)
    assert second.pop(theirs).about_us
    assert {outcome.status for outcome in second.values()} == {SendStatus.ACCEPTED}


@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_request_that_is_refused_for_its_size_in_other_words_is_divided(status: int) -> None:
    large = refusal(status, None, "no")
    with HttpStandIn(refusing(large, lambda people: len(people) > 12)) as server:
        sendgrid = SendGrid(KEY, server.url, 5)
        chunks = [MANY[:10], MANY[10:]]
        outcomes = [outcome for chunk in chunks for _, outcome in sendgrid.send(chunk)]
        sizes = [len(request.body["personalizations"]) for request in server.requests]
    assert [outcome.status for outcome in outcomes] == [SendStatus.ACCEPTED] * len(MANY)
    assert sizes == [10, 30, 1, 29, 14, 7, 7, 15, 7, 8]


@pytest.mark.parametrize("status", [400, 429, 500])
def test_where_each_was_refused_before_it_is_not_the_provider(status: int) -> None:
    class TriedBefore(NoObserver):
        def refused_before(self, mail: Message) -> bool:
            return mail is not None

    with HttpStandIn(saying(refusal(status, None, "no"))) as server:
        outcomes = [r for _, r in SendGrid(KEY, server.url, 5).stream([MANY], TriedBefore())]
        assert len(server.requests) == 3
    assert len(outcomes) == len(MANY)
    assert all(outcome.about_us and outcome.of_reader for outcome in outcomes)


def refusing(answer: Answer, whom: Callable[[list[str]], bool]) -> Answering:
    """Take requests but for those that are to such people."""

    def reply(request: Request) -> Answer:
        people = [part["to"][0]["email"] for part in request.body["personalizations"]]
        return answer if whom(people) else Answer(202)

    return reply


def test_errors_about_a_reader_and_about_the_request_together_stop_the_sending() -> None:
    both = Answer(
        400,
        b'{"errors": [{"field": "personalizations.0.to", "message": "no"},'
        b' {"field": "from.email", "message": "no"}]}',
    )
    with pytest.raises(TransportDownError, match=r"from\.email"):
        send_to(saying(both), ADA, BOB)


GATEWAYS = [200, 400, 403, 404, 429, 499, 500, 502, 503, 504, 520, 522, 523, 524, 525, 530]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_failure_12_what_sendgrid_surely_did_not_take_may_be_tried_later(status: int) -> None:
    outcomes = send_to(saying(refusal(status, None, "not now")), ADA, BOB)
    assert [outcome.status for outcome in outcomes] == [SendStatus.TRY_LATER] * 2
    assert outcomes[0].detail == f"SendGrid: HTTP {status} not now"


@pytest.mark.parametrize(
    "answer",
    [
        *(Answer(status, b"<html>a gateway</html>") for status in GATEWAYS),
        *(refusal(status, None, "a gateway that speaks JSON") for status in (502, 504, 524)),
        Answer(402, b'{"error": "a proxy that speaks JSON"}'),
        Answer(418, b'{"errors": ["a proxy that speaks JSON"]}'),
        Answer(503, b'{"errors": []}'),
        Answer(429, b"[" * 100_000),
        Answer(308, headers={"Location": "https://elsewhere.example/"}),
        None,
        SILENT,
        Answer(body=b"HTTP/1.1 20", endless=True),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[:12]!r}" if answer else "closed",
)
def test_failure_9_a_lost_answer_is_uncertain_and_not_asked_for_again(
    answer: Answer | None,
) -> None:
    with HttpStandIn(saying(answer)) as server:
        outcomes = send(server, ADA, BOB, timeout_s=0.3)
        assert len(server.requests) == 1
    assert [outcome.status for outcome in outcomes] == [SendStatus.UNCERTAIN] * 2
    assert outcomes[0].detail


@pytest.mark.parametrize(
    ("status", "known"), [(202, SendStatus.ACCEPTED), (503, SendStatus.UNCERTAIN)]
)
@pytest.mark.parametrize("ending", ["endless", "broken"])
def test_where_the_status_came_a_body_without_an_end_does_not_matter(
    status: int, known: SendStatus, ending: str
) -> None:
    head = f"HTTP/1.1 {status} So\r\nContent-Length: 100000\r\n\r\n".encode()
    answer = Answer(body=head, endless=ending == "endless", broken=ending == "broken")
    (outcome,) = send_to(saying(answer), ADA, timeout_s=0.3)
    assert outcome.status is known


@pytest.mark.parametrize("broken", [ConnectionResetError(), BrokenPipeError(), ssl.SSLEOFError()])
def test_a_connection_that_breaks_under_the_request_is_uncertain(broken: OSError) -> None:
    lost = requests.ConnectionError(ProtocolError("Connection aborted.", broken))
    assert result_of_no_answer(lost).status is SendStatus.UNCERTAIN


def test_nobody_listening_means_surely_not_sent() -> None:
    ((_, outcome),) = SendGrid(KEY, f"http://127.0.0.1:{unused_port()}", 5).send([ADA])
    assert outcome.status is SendStatus.TRY_LATER


@pytest.mark.parametrize(("code", "stops"), [(socket.EAI_AGAIN, False), (socket.EAI_NONAME, True)])
def test_a_name_that_cannot_be_looked_up_is_told_from_one_that_is_none(
    code: int,
    stops: bool,  # noqa: FBT001 - a column of the table above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "no name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    outcomes = SendGrid(KEY, "https://api.sendgrid.example", 5).send([ADA])
    if stops:
        with pytest.raises(TransportDownError, match=r"see transport\.base_url"):
            next(outcomes)
    else:
        assert next(outcomes)[1].status is SendStatus.TRY_LATER


def test_a_server_that_speaks_no_tls_stops_the_sending(server: HttpStandIn) -> None:
    outcomes = SendGrid(KEY, server.url.replace("http:", "https:"), 5).send([ADA])
    with pytest.raises(TransportDownError, match="SendGrid cannot be used"):
        next(outcomes)


@needs_openssl
def test_tls_that_fails_under_the_answer_is_uncertain_and_before_it_stops_the_sending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = certificate(tmp_path, "IP:127.0.0.1")

    def answer_in_plain_text(listening: socket.socket) -> None:
        for _ in range(2):
            with suppress(OSError), listening.accept()[0] as plain:
                connection = ours.context.wrap_socket(plain, server_side=True)
                connection.read()
                os.write(connection.fileno(), b"HTTP/1.1 202 Accepted\r\n\r\n")
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer_in_plain_text, args=[listening], daemon=True).start()
        sendgrid = SendGrid(KEY, f"https://127.0.0.1:{listening.getsockname()[1]}", 5)
        with pytest.raises(TransportDownError, match="certificate"):
            next(sendgrid.send([ADA]))
        ours.trust(monkeypatch)
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
        ((_, outcome),) = sendgrid.send([ADA])
    assert outcome.status is SendStatus.UNCERTAIN
    assert "broke" in outcome.detail


def test_neither_key_nor_readers_are_logged_even_at_debug(
    server: HttpStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "python_http_client.client"):
        send(server, ADA)
    assert KEY not in caplog.text
    assert ADA.recipient not in caplog.text


def test_without_a_key_the_configuration_is_wrong(settings: Settings) -> None:
    with pytest.raises(WrongUseError, match=r"transport\.api_key is missing"):
        transport.from_settings(settings)


COUNTED = (
    b'[{"date": "2025-07-10", "stats": []}, {"date": "2025-07-11", "stats": [{"type": "category",'
    b' "name": "audio-2025-07-11", "metrics": {"requests": 7, "delivered": 5}}]}]'
)


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (Answer(200, COUNTED), 7),
        (Answer(200, b"[]"), 0),
        (Answer(200, b"<html>"), None),
    ],
)
def test_its_own_record_is_what_it_counted_for_the_category(
    answer: Answer | None, taken: int | None
) -> None:
    with HttpStandIn(lambda _request: Answer(202)) as server:
        server.record = answer
        sendgrid = SendGrid(KEY, server.url, 5)
        assert sendgrid.taken("audio-2025-07-11", date(2025, 7, 11)) == taken
        query = "categories=audio-2025-07-11&start_date=2025-07-10"
        assert server.asked == [f"/v3/categories/stats?{query}"]
        list(sendgrid.send([ADA]))
        assert server.requests[0].body["categories"] == [ADA.campaign]


@pytest.mark.parametrize("answer", [Answer(403, b"{}"), Answer(500), None])
def test_a_record_that_may_not_be_asked_or_does_not_answer_is_told_from_an_empty_one(
    answer: Answer | None,
) -> None:
    with HttpStandIn(lambda _request: Answer(202)) as server:
        server.record = answer
        with pytest.raises(RecordUnreadableError, match="newsletter check"):
            SendGrid(KEY, server.url, 5).taken("audio-2025-07-11", date(2025, 7, 11))
