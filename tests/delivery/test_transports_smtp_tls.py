"""Encrypted SMTP against a real server with a certificate of its own."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from newsletter.delivery.transports.outcomes import TransportDownError, Verdict
from newsletter.delivery.transports.smtp import Smtp
from tests.delivery.transports_standins import OddSmtp, RealSmtp, mail_to, smtp_settings

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl makes the certificates")

ADA = mail_to("ada@reader.example")
LOGIN = {"username": "daily", "password": "the secret"}


@dataclass(frozen=True)
class Certificate:
    file: Path
    context: ssl.SSLContext


def certificate(folder: Path, name: str) -> Certificate:
    """A self-signed one, good for that name."""
    key, file = folder / f"{name}.key", folder / f"{name}.pem"
    command = [
        *("req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=test"),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-addext", f"subjectAltName={name}"),
        *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
        *("-keyout", str(key), "-out", str(file)),
    ]
    subprocess.run([str(OPENSSL), *command], check=True, capture_output=True)  # noqa: S603
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return Certificate(file, context)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


@pytest.fixture
def trusted(ours: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.file))
    return ours


def send(port: int, **others: object) -> Verdict:
    transport = Smtp(smtp_settings(port, **others))
    try:
        ((_, outcome),) = transport.send([ADA])
    finally:
        transport.close()
    return outcome.verdict


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
        assert send(server.port, security="starttls", **LOGIN) is Verdict.ACCEPTED
        assert [raw for _, _, raw in server.postbox.taken] == [ADA.as_bytes()]


def test_tls_from_the_first_byte(trusted: Certificate) -> None:
    with RealSmtp(ssl_context=trusted.context) as server:
        assert send(server.port, security="tls") is Verdict.ACCEPTED
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


def test_a_certificate_of_another_host_stops_the_sending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = certificate(tmp_path, "DNS:mail.example.org")
    monkeypatch.setenv("SSL_CERT_FILE", str(other.file))
    with (
        RealSmtp(ssl_context=other.context) as server,
        pytest.raises(TransportDownError, match=r"not valid for '127\.0\.0\.1'"),
    ):
        send(server.port, security="tls")


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
        assert send(server.port, security="starttls") is Verdict.TRY_LATER
        assert "MAIL" not in server.heard
