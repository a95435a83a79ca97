"""Addresses beyond ASCII over SMTP: where the server offers SMTPUTF8, and where it does not."""

from collections.abc import Iterator

import pytest

from newsletter.database.db import Database
from newsletter.rendering import headers
from newsletter.rendering.message import Message
from newsletter.subscribers import lifecycle, suppression
from newsletter.subscribers.lifecycle import SubscriptionRequest
from newsletter.transports.base import SendResult, SendStatus, TransportDownError
from newsletter.transports.smtp.transport import Smtp
from tests.conftest import NOW, Cli
from tests.transports.smtp_standins import SENDER, OddSmtp, RealSmtp, mail_to, smtp_settings

ADA, BOB, CYD = (mail_to(f"{name}@reader.example") for name in ("ada", "bob", "cyd"))
UMLAUT, USER = mail_to("jürgen@reader.example"), mail_to("用户@xn--fsqu00a.example")
NOT_OFFERED = "the SMTP server does not offer SMTPUTF8 (RFC 6531), which this address needs"
OFFERS = ["8BITMIME", "SMTPUTF8"]


def greets(*extensions: str) -> str:
    return "\r\n".join(["250-odd.example", *(f"250-{each}" for each in extensions), "250 HELP"])


@pytest.fixture(params=["one by one", "pipelined"])
def pipelining(request: pytest.FixtureRequest) -> list[str]:
    """Each story is told by a server that takes commands one by one, and by one that pipelines."""
    return ["PIPELINING"] if request.param == "pipelined" else []


def sent(port: int, *mails: Message, **settings: object) -> list[SendResult]:
    transport = Smtp(smtp_settings(port, **settings))
    outcomes = {mail.recipient: outcome for mail, outcome in transport.send(mails)}
    transport.close()
    return [outcomes[mail.recipient] for mail in mails]


def test_where_it_is_offered_it_is_asked_for_those_mails_alone(pipelining: list[str]) -> None:
    with OddSmtp(EHLO=greets(*OFFERS, *pipelining)) as server:
        outcomes = sent(server.port, ADA, UMLAUT, BOB, USER, CYD)
        assert server.connections == 1
    assert {outcome.status for outcome in outcomes} == {SendStatus.ACCEPTED}
    plain, asking = f"MAIL FROM:<{SENDER[1]}>", f"MAIL FROM:<{SENDER[1]}> SMTPUTF8 BODY=8BITMIME"
    envelopes = [line for line in server.lines if line.startswith((b"MAIL", b"RCPT"))]
    assert [line.decode().rstrip("\r\n") for line in envelopes] == [
        *(plain, f"RCPT TO:<{ADA.recipient}>"),
        *(asking, f"RCPT TO:<{UMLAUT.recipient}>"),
        *(plain, f"RCPT TO:<{BOB.recipient}>"),
        *(asking, f"RCPT TO:<{USER.recipient}>"),
        *(plain, f"RCPT TO:<{CYD.recipient}>"),
    ]


def test_a_real_server_gets_the_bytes_of_the_mail_with_the_address_as_it_is() -> None:
    with RealSmtp() as server:
        outcomes = sent(server.port, UMLAUT, ADA, USER, connections=2)
    assert {outcome.status for outcome in outcomes} == {SendStatus.ACCEPTED}
    assert sorted(server.postbox.taken) == sorted(
        (SENDER[1], mail.recipient, mail.as_bytes()) for mail in (UMLAUT, ADA, USER)
    )
    assert "\r\nTo: 用户@xn--fsqu00a.example\r\n".encode() in USER.as_bytes()


def test_where_it_is_not_offered_those_readers_are_rejected_and_nobody_else(
    pipelining: list[str],
) -> None:
    mails = (ADA, UMLAUT, USER, BOB, UMLAUT, CYD)
    with OddSmtp(EHLO=greets("8BITMIME", *pipelining)) as server:
        transport = Smtp(smtp_settings(server.port))
        outcomes = list(transport.send(mails))
        transport.close()
        assert server.connections == 1
        assert server.heard.count("MAIL") == server.heard.count("DATA") == 3
        assert not [line for line in server.lines if b"SMTPUTF8" in line]
    rejected = SendResult(SendStatus.REJECTED, NOT_OFFERED, unasked=True)
    assert [outcome for mail, outcome in outcomes if not mail.recipient.isascii()] == [rejected] * 3
    taken = [mail for mail, outcome in outcomes if outcome.status is SendStatus.ACCEPTED]
    assert taken == [ADA, BOB, CYD]


def test_a_real_server_without_it_takes_the_others() -> None:
    with RealSmtp(enable_SMTPUTF8=False) as server:
        outcomes = sent(server.port, ADA, USER, BOB)
    assert [outcome.status for outcome in outcomes] == ["accepted", "rejected", "accepted"]
    assert [each[1] for each in server.postbox.taken] == [ADA.recipient, BOB.recipient]


def test_it_needs_8bitmime_beside_it() -> None:
    with OddSmtp(EHLO=greets("SMTPUTF8")) as server:
        assert [each.detail for each in sent(server.port, USER)] == [NOT_OFFERED]


@pytest.mark.parametrize(
    "refusal",
    ["555 5.5.4 unsupported option SMTPUTF8", "553 5.6.7 no such addresses here", "550 5.1.3 what"],
)
def test_an_offer_that_is_not_kept_is_about_that_mail_alone(
    refusal: str, pipelining: list[str]
) -> None:
    with OddSmtp(EHLO=greets(*OFFERS, *pipelining), MAIL=["250 Ok", refusal, "250 Ok"]) as server:
        outcomes = sent(server.port, ADA, USER, BOB)
    assert outcomes[1] == SendResult(SendStatus.REJECTED, refusal)
    assert [each.status for each in outcomes] == ["accepted", "rejected", "accepted"]


def test_a_server_that_wants_a_login_still_stops_everybody() -> None:
    with (
        OddSmtp(EHLO=greets(*OFFERS), MAIL="530 5.7.0 authentication required") as server,
        pytest.raises(TransportDownError),
    ):
        sent(server.port, USER)


@pytest.mark.parametrize(
    "address", ["ü\r\nBcc: x@y.example", "ü\u202e@y.example", "ü\x85@y.example"]
)
def test_what_no_header_can_bear_is_no_recipient(address: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a header"):
        headers.recipient(address)


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Iterator[RealSmtp]:
    """The configured server; it does not offer SMTPUTF8."""
    with RealSmtp(enable_SMTPUTF8=False) as server:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(server.port), "USE": "smtp"}.items():
            monkeypatch.setenv(f"NEWSLETTER_TRANSPORT__{name}", value)
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__SECURITY", "none")
        yield server


@pytest.mark.usefixtures("short_day")
def test_the_ledger_says_why_and_another_server_may_bear_the_reader(
    cli: Cli, database: Database, through: RealSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write.begin() as session:
        for mail in (ADA, USER):
            lifecycle.add_subscriber(
                session,
                mail.recipient,
                SubscriptionRequest(["audio"], "brief", "en"),
                "by phone",
                NOW,
            )
    assert "2 subscribers = 1 sent + 0 skipped + 1 failed + 0 uncertain" in cli("run").out
    assert [each[1] for each in through.postbox.taken] == [ADA.recipient]
    listed = cli("deliveries", "list", "--state", "failed").out
    assert USER.recipient in listed
    assert "does not offer SMTPUTF8" in listed
    with database.read() as session:
        assert suppression.suppression_reason(session, USER.recipient) is None
    with RealSmtp() as other:
        monkeypatch.setenv("NEWSLETTER_TRANSPORT__PORT", str(other.port))
        assert cli("send-test", "用户@例子.example").code == 0
    assert [each[1] for each in other.postbox.taken] == [USER.recipient]
