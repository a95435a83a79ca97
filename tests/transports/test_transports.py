"""What every transport promises, told once for all of them on real parts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsletter.rendering.message import Message, MessageContent
from newsletter.transports.base import SendStatus, Transport
from newsletter.transports.files import Files
from newsletter.transports.memory import Memory
from newsletter.transports.sendgrid.transport import SendGrid
from newsletter.transports.smtp.transport import Smtp
from tests.transports.http_standin import HttpStandIn, SendGridRules, filled_in
from tests.transports.smtp_standins import LETTER, RealSmtp, mail_to, smtp_settings


@dataclass(frozen=True, order=True)
class Arrived:
    """A mail as its reader finds it."""

    recipient: str
    sender: str
    subject: str
    message_id: str
    unsubscribe: str
    text: str
    html: str


@dataclass(frozen=True)
class Carrier:
    transport: Transport
    arrived: Callable[[], list[Arrived]]


def expected(mail: Message) -> Arrived:
    return Arrived(
        recipient=mail.recipient,
        sender=mail.sender[1],
        subject=mail.content.subject,
        message_id=mail.message_id,
        unsubscribe=dict(mail.headers)["List-Unsubscribe"],
        text=mail.text,
        html=mail.html,
    )


def opened(raw: bytes) -> Arrived:
    """The mail as a mail program reads it, headers in UTF-8 (RFC 6532) too."""
    message = message_from_string(raw.decode(), EmailMessage, policy=policy.default)
    parts = {
        part.get_content_subtype(): part.get_content().replace("\r\n", "\n")
        for part in message.iter_parts()
    }
    return Arrived(
        recipient=message["To"].addresses[0].addr_spec,
        sender=message["From"].addresses[0].addr_spec,
        subject=message["Subject"],
        message_id=message["Message-ID"],
        unsubscribe=message["List-Unsubscribe"],
        text=parts["plain"],
        html=parts["html"].rstrip("\n"),
    )


@contextmanager
def memory(_folder: Path) -> Iterator[Carrier]:
    transport = Memory()
    yield Carrier(transport, lambda: [opened(mail.as_bytes()) for mail in transport.sent])


@contextmanager
def files(folder: Path) -> Iterator[Carrier]:
    yield Carrier(
        Files(folder), lambda: [opened(file.read_bytes()) for file in folder.glob("*.eml")]
    )


@contextmanager
def maildir(folder: Path) -> Iterator[Carrier]:
    yield Carrier(
        Files(folder, maildir=True),
        lambda: [opened(file.read_bytes()) for file in (folder / "new").glob("*")],
    )


@contextmanager
def smtp(_folder: Path) -> Iterator[Carrier]:
    with RealSmtp() as server:
        transport = Smtp(smtp_settings(server.port))
        yield Carrier(transport, lambda: [opened(raw) for _, _, raw in server.postbox.taken])
        transport.close()


@contextmanager
def sendgrid(_folder: Path) -> Iterator[Carrier]:
    with HttpStandIn(SendGridRules()) as server:
        transport = SendGrid("SG.key", server.url, timeout_s=5)
        yield Carrier(transport, lambda: _by_sendgrid(server))


def _by_sendgrid(server: HttpStandIn) -> list[Arrived]:
    return [
        Arrived(
            recipient=each["to"][0]["email"],
            sender=request.body["from"]["email"],
            subject=request.body["subject"],
            message_id=each["headers"]["Message-ID"],
            unsubscribe=each["headers"]["List-Unsubscribe"],
            text=filled_in(request.body["content"][0]["value"], each),
            html=filled_in(request.body["content"][1]["value"], each),
        )
        for request in server.requests
        for each in request.body["personalizations"]
    ]


@pytest.fixture(params=[memory, files, maildir, smtp, sendgrid], ids=lambda each: each.__name__)
def carrier(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Carrier]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with request.param(tmp_path / "outbox") as each:
        yield each


def test_every_reader_gets_their_own_mail_and_each_of_them_once(carrier: Carrier) -> None:
    names = ("ada@a.example", "bob+x@b.example", "o'neil@c.example")
    mails = [mail_to(name) for name in (*names, "jürgen@d.example", "用户@xn--fsqu00a.example")]
    outcomes = [
        pair
        for start in range(0, len(mails), carrier.transport.at_once)
        for pair in carrier.transport.send(mails[start : start + carrier.transport.at_once])
    ]
    assert [(mail, outcome.status) for mail, outcome in outcomes] == [
        (mail, SendStatus.ACCEPTED) for mail in mails
    ]
    assert all(outcome.provider_id for _, outcome in outcomes)
    assert sorted(carrier.arrived()) == sorted(map(expected, mails))


def test_an_address_that_no_mail_can_bear_is_rejected_and_harms_nobody_else(
    carrier: Carrier,
) -> None:
    good = mail_to("ada@a.example")
    hostile = (
        *("a b@a.example", "eve@a.example\r\nRCPT TO:<x@y.z>", "nobody", "jürgen@例子.example"),
        *("jürgen@a.example\r\nRCPT TO:<x@y.z>", "jür gen@a.example", "jür\u202egen@a.example"),
        *("jürgen\udcfc@a.example", "jür\x85gen@a.example", "用\u2028户@a.example", "用户"),
    )
    outcomes = {
        mail.recipient: outcome.status
        for each in [*map(mail_to, hostile), good]
        for mail, outcome in carrier.transport.send([each])
    }
    assert outcomes == dict.fromkeys(hostile, SendStatus.REJECTED) | {
        good.recipient: SendStatus.ACCEPTED
    }
    assert carrier.arrived() == [expected(good)]


def test_mails_of_different_contents_are_not_mixed_up(carrier: Carrier) -> None:
    other = MessageContent.of("Another subject", "<p>another html</p>", "another text\n")
    mails = [mail_to("ada@a.example"), mail_to("bob@b.example", other), mail_to("cyd@c.example")]
    for mail in mails:
        assert [outcome.status for _, outcome in carrier.transport.send([mail])] == ["accepted"]
    assert sorted(carrier.arrived()) == sorted(map(expected, mails))


def test_nobody_to_mail_means_that_nothing_happens(carrier: Carrier) -> None:
    assert list(carrier.transport.send([])) == []
    assert carrier.arrived() == []


def test_a_closed_transport_opens_again_with_the_next_mail(carrier: Carrier) -> None:
    for name in ("ada@a.example", "bob@b.example"):
        list(carrier.transport.send([mail_to(name)]))
        carrier.transport.close()
        carrier.transport.close()
    assert [each.recipient for each in sorted(carrier.arrived())] == [
        "ada@a.example",
        "bob@b.example",
    ]


def test_the_example_letter_has_what_makes_mails_difficult() -> None:
    assert "\n.\n" in LETTER.text
    assert not LETTER.html.isascii()
