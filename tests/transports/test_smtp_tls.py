"""Encrypted SMTP against a real server with a certificate of its own."""

import select
import socket
import threading
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from newsletter.transports.base import SendResult, SendStatus, TransportDownError
from newsletter.transports.smtp.transport import Smtp
from tests.certificates import Certificate, certificate, needs_openssl
from tests.transports.smtp_standins import OddSmtp, RealSmtp, mail_to, smtp_settings

pytestmark = needs_openssl

ADA = mail_to("ada@reader.example")
LOGIN = {"username": "daily", "password": "the secret"}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


@pytest.fixture
def trusted(ours: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    ours.trust(monkeypatch)
    return ours


def send(port: int, **others: object) -> SendStatus:
    return outcome_of(port, **others).status


def outcome_of(port: int, **others: object) -> SendResult:
    transport = Smtp(smtp_settings(port, **others))
    try:
        ((_, outcome),) = transport.send([ADA])
    finally:
        transport.close()
    return outcome


def logged_in(*given: object) -> AuthResult:
    login = LoginPassword(b"daily", b"the secret")
    return AuthResult(success=given[-1] == login, handled=False)


def test_starttls_encrypts_before_login_and_mail(trusted: Certificate) -> None:
    options: dict[str, object] = {
        "tls_context": trusted.context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": logged_in,
    }
    with RealSmtp(**options) as server:
        assert send(server.port, security="starttls", **LOGIN) is SendStatus.ACCEPTED
        assert [raw for _, _, raw in server.postbox.taken] == [ADA.as_bytes()]


def test_tls_from_the_first_byte(trusted: Certificate) -> None:
    with RealSmtp(ssl_context=trusted.context) as server:
        assert send(server.port, security="tls") is SendStatus.ACCEPTED
        assert [raw for _, _, raw in server.postbox.taken] == [ADA.as_bytes()]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_stops_the_sending(
    ours: Certificate, security: str
) -> None:
    given = "ssl_context" if security == "tls" else "tls_context"
    with RealSmtp(**{given: ours.context}) as server:
        with pytest.raises(TransportDownError, match="CERTIFICATE_VERIFY_FAILED"):
            send(server.port, security=security, **LOGIN)
        assert server.postbox.taken == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_another_host_stops_the_sending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    other = certificate(tmp_path, "DNS:mail.example.org")
    other.trust(monkeypatch)
    given = "ssl_context" if security == "tls" else "tls_context"
    with (
        RealSmtp(**{given: other.context}) as server,
        pytest.raises(TransportDownError, match=r"not valid for '127\.0\.0\.1'"),
    ):
        send(server.port, security=security, **LOGIN)


def test_without_starttls_there_is_no_falling_back_to_plain_text() -> None:
    with OddSmtp() as server:
        with pytest.raises(TransportDownError, match="STARTTLS extension not supported"):
            send(server.port, security="starttls", **LOGIN)
        assert server.heard == ["EHLO"]


def test_tls_asked_of_a_plain_server_stops_the_sending() -> None:
    with (
        OddSmtp(greeting="220 plain") as server,
        pytest.raises(TransportDownError, match="cannot be used"),
    ):
        send(server.port, security="tls")


def test_a_refusal_to_start_tls_for_now_may_pass() -> None:
    replies = {"EHLO": "250-odd.example\r\n250 STARTTLS", "STARTTLS": "454 4.7.0 not now"}
    with OddSmtp(**replies) as server:
        assert send(server.port, security="starttls") is SendStatus.TRY_LATER
        assert "MAIL" not in server.heard


# What somebody in between would like us to believe: a whole mail, accepted by nobody.
SLIPPED_IN = [
    "250-evil.example",
    "250 AUTH PLAIN",
    "235 2.7.0 welcome",
    *("250 2.1.0 Ok", "250 2.1.5 Ok", "354 go ahead", "250 2.0.0 taken by nobody", "221 Bye"),
]
OFFER = "250-odd.example\r\n250-PIPELINING\r\n250-AUTH PLAIN\r\n250 STARTTLS"


def test_replies_slipped_in_behind_the_one_to_starttls_are_not_believed(
    trusted: Certificate,
) -> None:
    replies: dict[str, str | list[str]] = {
        "EHLO": [OFFER, "250 odd.example"],
        "STARTTLS": "\r\n".join(["220 ready", *SLIPPED_IN]),
        "RCPT": "550 5.1.1 no such user",
    }
    with OddSmtp(trusted.context, **replies) as server:
        outcome = outcome_of(server.port, security="starttls")
        assert (outcome.status, outcome.detail) == (SendStatus.REJECTED, "550 5.1.1 no such user")
        assert server.heard[:5] == ["EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT"]


def test_replies_slipped_into_the_handshake_end_it(trusted: Certificate) -> None:
    slipped_in = "".join(f"{each}\r\n" for each in SLIPPED_IN)
    with OddSmtp(trusted.context, EHLO=OFFER, STARTTLS="220 ready") as server:
        server.before_the_handshake = slipped_in.encode()
        with pytest.raises(TransportDownError, match="SSL"):
            send(server.port, security="starttls", **LOGIN)
        assert server.heard == ["EHLO", "STARTTLS"]


def test_what_was_offered_in_plain_text_is_forgotten_once_encrypted(trusted: Certificate) -> None:
    offers = [OFFER, "250 odd.example"]
    with OddSmtp(trusted.context, EHLO=offers, STARTTLS="220 ready") as server:
        with pytest.raises(TransportDownError, match="AUTH extension not supported"):
            send(server.port, security="starttls", **LOGIN)
        assert server.heard == ["EHLO", "STARTTLS", "EHLO"]


@pytest.mark.parametrize("refusal", ["502 5.5.1 what?", "250 no need", "whatever"])
def test_an_answer_to_starttls_that_is_no_yes_leaves_nothing_in_plain_text(refusal: str) -> None:
    with OddSmtp(EHLO=OFFER, STARTTLS=refusal) as server:
        with pytest.raises(TransportDownError, match="cannot be used"):
            send(server.port, security="starttls", **LOGIN)
        assert server.heard == ["EHLO", "STARTTLS"]


class HangsUpInTheHandshake(BaseRequestHandler):
    def handle(self) -> None:
        self.request.recv(65_536)


def test_a_server_that_hangs_up_in_the_handshake_may_do_better_later() -> None:
    with ThreadingTCPServer(("127.0.0.1", 0), HangsUpInTheHandshake) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        outcome = outcome_of(int(server.server_address[1]), security="tls")
        server.shutdown()
    assert outcome.status is SendStatus.TRY_LATER


class BearsOne(ThreadingTCPServer):
    """Hands one connection on to a real server; says in plain text that it bears no other."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _OneOnly)
        self.port, self.taken = port, threading.Lock()


class _OneOnly(BaseRequestHandler):
    server: BearsOne

    def handle(self) -> None:
        if not self.server.taken.acquire(blocking=False):
            self.request.sendall(b"421 4.7.0 too many connections\r\n")
            return
        with socket.create_connection(("127.0.0.1", self.server.port)) as there:
            both = [self.request, there]
            while True:
                for end in select.select(both, [], [])[0]:
                    octets = end.recv(65_536)
                    if not octets:
                        return
                    both[end is self.request].sendall(octets)


def test_a_server_that_bears_one_connection_and_says_so_in_plain_text_gets_everything(
    trusted: Certificate,
) -> None:
    mails = [mail_to(f"r{number}@reader.example") for number in range(12)]
    with RealSmtp(ssl_context=trusted.context) as real, BearsOne(real.port) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        transport = Smtp(
            smtp_settings(int(server.server_address[1]), security="tls", connections=4)
        )
        outcomes = [outcome.status for _, outcome in transport.send(mails)]
        transport.close()
        server.shutdown()
    assert outcomes == [SendStatus.ACCEPTED] * len(mails)
