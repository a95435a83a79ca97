"""Mails over SMTP: what each answer, and each silence, says of the mail."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from newsletter.rendering.message import Message
from newsletter.transports.base import NoObserver, SendResult, SendStatus, TransportDownError
from newsletter.transports.smtp.transport import Smtp
from tests.transports import smtp_standins as standins
from tests.transports.smtp_standins import (
    CLOSE,
    GOOD_REPLIES,
    SENDER,
    SILENCE,
    OddSmtp,
    RealSmtp,
    mail_to,
    smtp_settings,
)

ADA, BOB, CYD = (mail_to(f"{name}@reader.example") for name in ("ada", "bob", "cyd"))
LOGIN = {"username": "daily", "password": "the secret"}


def outcome_of(transport: Smtp) -> SendResult:
    ((mail, outcome),) = transport.send([ADA])
    assert mail is ADA
    return outcome


@pytest.fixture(params=["one by one", "pipelined"], autouse=True)
def _dialect(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each story is told by a server that takes commands one by one, and by one that pipelines."""
    if request.param == "pipelined":
        offer = "250-odd.example\r\n250-PIPELINING\r\n250 AUTH PLAIN"
        monkeypatch.setitem(standins.GOOD_REPLIES, "EHLO", offer)


@pytest.fixture
def real() -> Iterator[RealSmtp]:
    with RealSmtp() as server:
        yield server


def smtp(port: int, **others: object) -> Smtp:
    return Smtp(smtp_settings(port, **others))


def test_the_bytes_on_the_wire_are_those_of_the_mail(real: RealSmtp) -> None:
    transport = smtp(real.port)
    assert [outcome.provider_id for _, outcome in transport.send([ADA, BOB])] == [
        "2.0.0 Ok: queued as 000001",
        "2.0.0 Ok: queued as 000002",
    ]
    transport.close()
    assert real.postbox.taken == [
        (SENDER[1], mail.recipient, mail.as_bytes()) for mail in (ADA, BOB)
    ]


def test_an_address_that_is_gone_is_rejected_for_ever_and_the_others_get_theirs(
    real: RealSmtp,
) -> None:
    transport = smtp(real.port)
    gone = mail_to("gone@reader.example")
    outcomes = {mail.recipient: outcome for mail, outcome in transport.send([ADA, gone, BOB])}
    transport.close()
    assert outcomes.pop(gone.recipient) == SendResult(
        SendStatus.REJECTED, "550 5.1.1 no such user", permanent=True
    )
    assert {outcome.status for outcome in outcomes.values()} == {SendStatus.ACCEPTED}
    assert [recipient for _, recipient, _ in real.postbox.taken] == [ADA.recipient, BOB.recipient]


SURELY_NOT_SENT = [
    {"greeting": "421 4.3.2 too busy"},
    {"greeting": CLOSE},
    {"greeting": SILENCE},
    {"EHLO": CLOSE},
    {"AUTH": "454 4.7.0 the password store is away"},
    {"MAIL": "451 4.3.0 try again"},
    {"MAIL": "421 4.7.0 not now"},
    {"RCPT": "450 4.2.1 greylisted"},
    {"RCPT": CLOSE},
    {"RCPT": "421 4.4.2 bye"},
    {"RCPT": "what?"},
    {"DATA": "452 4.3.1 no room"},
    {"DATA": CLOSE},
    {"DATA": SILENCE},
    {"DATA": "354 go ahead\r\n250 2.0.0 queued", ".": "554 5.6.0 what came was cut"},
    {".": "451 4.7.1 greylisted"},
    {".": "421 4.3.0 going down, not taken"},
]
NOBODY_CAN_KNOW = [{".": CLOSE}, {".": SILENCE}, {".": "hello?"}, {".": "354 go on"}]
THIS_ADDRESS = [
    ({"RCPT": "550 5.1.1 no such user"}, True),
    ({"RCPT": "550 5.1.10 null MX"}, True),
    ({"RCPT": "550 5.1.1 <relay-not-permitted@reader.example> unknown"}, True),
    ({"RCPT": "550 no such user here"}, True),
    ({"RCPT": "552 5.2.2 mailbox full"}, False),
    ({"RCPT": "550 5.7.1 blocked, ask 85.1.1.1 why"}, False),
    ({"DATA": "554 no valid recipients"}, False),
    ({".": "554 5.6.0 we do not like this one"}, False),
]
WHOLE_SERVER = [
    {"greeting": "554 no service for you"},
    {"greeting": "HTTP/1.1 400 Bad Request"},
    {"EHLO": "250 odd.example"},  # offers no AUTH
    {"AUTH": "535 5.7.8 bad credentials"},
    {"MAIL": "530 5.7.0 authentication required"},
    {"MAIL": "553 5.7.1 not your address"},
]
QUOTED = (
    "550 5.1.1 <ada@reader.example>: Recipient address rejected: undeliverable address: host"
    " mx.reader.example[192.0.2.3] said: 554 5.7.1 Relay access denied (in reply to RCPT TO)"
)
ABOUT_US = [
    {"RCPT": "530 5.7.1 authentication required"},
    {"RCPT": "530 no"},
    {"RCPT": "554 5.7.1 <ada@reader.example>: Relay access denied"},
    {"RCPT": QUOTED},
    {"RCPT": "550 relaying denied"},
    {"RCPT": "550 5.1.8 sender's domain is unknown"},
    {"DATA": "550 5.1.7 not from you"},
    {".": "535 5.7.8 log in first"},
]


def by_script(script: dict[str, str]) -> str:
    return "; ".join(f"{when}: {reply}" for when, reply in script.items())


@pytest.mark.parametrize("script", SURELY_NOT_SENT, ids=by_script)
def test_what_surely_never_left_may_be_tried_later(script: dict[str, str]) -> None:
    with OddSmtp(**script) as server:
        transport = smtp(server.port, timeout_s=0.2, **LOGIN)
        outcome = outcome_of(transport)
        transport.close()
    assert outcome.status is SendStatus.TRY_LATER
    assert outcome.detail


@pytest.mark.parametrize("script", NOBODY_CAN_KNOW, ids=by_script)
def test_no_clear_answer_to_a_mail_handed_over_is_uncertain(script: dict[str, str]) -> None:
    with OddSmtp(**script) as server:
        transport = smtp(server.port, timeout_s=0.2)
        outcome = outcome_of(transport)
        transport.close()
        assert server.heard.count("DATA") == 1
    assert outcome.status is SendStatus.UNCERTAIN
    assert outcome.detail


@pytest.mark.parametrize(
    ("script", "permanent"), THIS_ADDRESS, ids=[by_script(script) for script, _ in THIS_ADDRESS]
)
def test_a_refusal_of_one_mail_is_about_its_address(
    script: dict[str, str],
    permanent: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    once = {when: [reply, GOOD_REPLIES[when]] for when, reply in script.items()}
    with OddSmtp(**once) as server:
        transport = smtp(server.port)
        (_, refused), (_, next_one) = transport.send([ADA, BOB])
        transport.close()
        assert server.connections == 1
    assert (refused.status, refused.permanent) == (SendStatus.REJECTED, permanent)
    assert [refused.detail] == list(script.values())
    assert next_one.status is SendStatus.ACCEPTED


@pytest.mark.parametrize("script", WHOLE_SERVER, ids=by_script)
def test_a_server_that_refuses_everybody_stops_the_sending(script: dict[str, str]) -> None:
    with OddSmtp(**script) as server:
        transport = smtp(server.port, timeout_s=1, **LOGIN)
        with pytest.raises(TransportDownError) as caught:
            outcome_of(transport)
        transport.close()
        assert "." not in server.said
    assert "\n" not in str(caught.value)
    assert LOGIN["password"] not in str(caught.value)


@pytest.mark.parametrize("script", ABOUT_US, ids=by_script)
def test_words_about_us_for_one_reader_stop_nobody_elses_mail(script: dict[str, str]) -> None:
    once = {when: [reply, GOOD_REPLIES[when]] for when, reply in script.items()}
    with OddSmtp(**once) as server:
        transport = smtp(server.port)
        (_, refused), (_, next_one) = transport.send([ADA, BOB])
        transport.close()
    assert [refused.detail] == list(script.values())
    assert (refused.status, refused.of_sender) == (SendStatus.REJECTED, True)
    assert next_one.status is SendStatus.ACCEPTED


TIRED = "554 5.7.0 too many mails in this session"


def test_a_session_that_takes_no_more_mails_of_the_sender_is_followed_by_another() -> None:
    mails = [mail_to(f"reader{number}@reader.example") for number in range(7)]
    good = GOOD_REPLIES["MAIL"]
    with OddSmtp(MAIL=[good, good, good, TIRED, good, good, TIRED, good]) as server:
        transport = smtp(server.port)
        outcomes = [outcome for _, outcome in transport.send(mails)]
        transport.close()
        assert server.connections == 3
    assert [outcome.status for outcome in outcomes] == [SendStatus.ACCEPTED] * 7


def test_a_sender_who_is_refused_from_some_mail_on_stops_the_sending_soon() -> None:
    mails = [mail_to(f"reader{number}@reader.example") for number in range(40)]
    with OddSmtp(MAIL=[GOOD_REPLIES["MAIL"], "550 5.7.1 account suspended"]) as server:
        transport = smtp(server.port)
        with pytest.raises(TransportDownError, match="account suspended"):
            list(transport.send(mails))
        transport.close()
        assert server.heard.count("MAIL") <= 8  # some with the mail before
        assert server.connections == 4


def test_the_next_mail_after_a_stop_finds_a_clean_session() -> None:
    with OddSmtp(MAIL=["553 5.7.1 not your address", "250 Ok"]) as server:
        transport = smtp(server.port)
        with pytest.raises(TransportDownError):
            outcome_of(transport)
        assert outcome_of(transport).status is SendStatus.ACCEPTED
        transport.close()
        assert server.connections == 2


@pytest.mark.parametrize("refusal", [CLOSE, "421 4.7.0 too many mails on this connection"])
def test_a_connection_that_the_server_grew_tired_of_is_replaced(refusal: str) -> None:
    with OddSmtp(MAIL=["250 Ok", refusal, "250 Ok"], RSET=CLOSE) as server:
        transport = smtp(server.port)
        outcomes = [outcome.status for _, outcome in transport.send([ADA, BOB, CYD])]
        transport.close()
        assert server.connections == 2
    assert outcomes == [SendStatus.ACCEPTED] * 3


def test_several_connections_share_the_mails_and_each_goes_once(real: RealSmtp) -> None:
    mails = [mail_to(f"r{number}@reader.example") for number in range(40)]
    transport = smtp(real.port, connections=4, per_connection=7)
    outcomes = list(transport.send(mails))
    transport.close()
    assert {outcome.status for _, outcome in outcomes} == {SendStatus.ACCEPTED}
    assert sorted(real.postbox.taken) == sorted(
        (SENDER[1], mail.recipient, mail.as_bytes()) for mail in mails
    )


def test_a_connection_carries_no_more_mails_than_it_may() -> None:
    with OddSmtp() as server:
        transport = smtp(server.port, per_connection=2)
        assert len(list(transport.send([ADA, BOB, CYD]))) == 3
        transport.close()
        assert server.connections == 2
        assert server.heard.count("QUIT") == 2


def test_a_server_that_bears_fewer_connections_gets_everything_over_those() -> None:
    greetings = ["220 odd.example", *["421 4.7.0 too many connections"] * 50]
    mails = [mail_to(f"r{number}@reader.example") for number in range(20)]
    with OddSmtp(greeting=greetings) as server:
        transport = smtp(server.port, connections=5)
        outcomes = [outcome.status for _, outcome in transport.send(mails)]
        transport.close()
    assert outcomes == [SendStatus.ACCEPTED] * len(mails)


def test_no_server_leaves_every_mail_for_later_after_one_attempt() -> None:
    with OddSmtp(greeting="421 4.3.2 going down") as server:
        transport = smtp(server.port)
        outcomes = [outcome.status for _, outcome in transport.send([ADA, BOB, CYD])]
        assert server.connections == 1
    assert outcomes == [SendStatus.TRY_LATER] * 3


def test_what_a_reader_s_server_says_for_now_is_about_that_reader() -> None:
    with OddSmtp(RCPT=["450 4.2.1 greylisted", "250 Ok"]) as server:
        transport = smtp(server.port)
        (_, greylisted), (_, fine) = transport.send([ADA, BOB])
        transport.close()
    assert (greylisted.status, greylisted.of_reader) == (SendStatus.TRY_LATER, True)
    assert fine.status is SendStatus.ACCEPTED


def test_what_is_said_unasked_before_the_first_mail_is_heard_there() -> None:
    greeting = f"{standins.GOOD_REPLIES['EHLO']}\r\n421 4.3.2 going down"
    with OddSmtp(EHLO=greeting) as server:
        outcome = outcome_of(smtp(server.port))
    assert (outcome.status, outcome.detail) == (SendStatus.TRY_LATER, "421 4.3.2 going down")


def test_more_mails_are_asked_for_only_when_half_of_them_have_a_connection() -> None:
    out, carried = set[str](), 0

    def chunks() -> Iterator[list[Message]]:
        for chunk in range(4):
            assert len(out) <= 30 // 2 + 2 * 5  # of a connection: its mail, the next one's envelope
            mails = [mail_to(f"r{number}@{chunk}.example") for number in range(30)]
            out.update(mail.reference for mail in mails)
            yield mails

    with OddSmtp() as server:
        transport = smtp(server.port, connections=5)
        for mail, outcome in transport.stream(chunks(), NoObserver()):
            assert outcome.status is SendStatus.ACCEPTED
            out.remove(mail.reference)
            carried += 1
        transport.close()
    assert carried == 4 * 30


class Counting(NoObserver):
    """Counts the answers."""

    told = 0

    def answered(self, mail: Message, result: SendResult) -> None:
        super().answered(mail, result)
        self.told += 1


def test_mails_leave_while_the_next_ones_are_claimed_and_none_of_their_outcomes_is_lost(
    real: RealSmtp,
) -> None:
    transport, watch = smtp(real.port, connections=2), Counting()
    mails = [mail_to(f"reader{number}@reader.example") for number in range(20)]

    def claims() -> Iterator[list[Message]]:
        """The second claim, and the last that finds nobody, end when all that can leave has."""
        yield mails[:12]
        until(lambda: watch.told == 12)
        yield mails[12:]
        until(lambda: watch.told == 20)

    def until(is_so: Callable[[], bool]) -> None:
        while not is_so():
            watch.meanwhile(0.01)

    with closing(transport.stream(claims(), watch)) as results:
        outcomes = [(mail.recipient, result.status) for mail, result in results]
    transport.close()
    assert sorted(outcomes) == sorted((mail.recipient, SendStatus.ACCEPTED) for mail in mails)


def test_a_chunk_without_mails_asks_for_outcomes(real: RealSmtp) -> None:
    """As who claims does that has as many mails in hand as may be, all of them answered."""
    transport, watch, in_hand = smtp(real.port, connections=2), Counting(), set[str]()

    def claims() -> Iterator[list[Message]]:
        for claim in range(4):
            mails = [mail_to(f"reader{number}@{claim}.example") for number in range(4)]
            in_hand.update(mail.reference for mail in mails)
            yield mails
            while watch.told < 4 * (claim + 1):
                watch.meanwhile(0.01)
            for _ in range(3):
                if in_hand:
                    yield []
            assert not in_hand

    with closing(transport.stream(claims(), watch)) as results:
        for mail, _ in results:
            in_hand.remove(mail.reference)
    transport.close()
    assert watch.told == 4 * 4
