"""Reaching an SMTP server: names, logins, and passwords that must not leak."""

import os
import socket
from collections.abc import Callable

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from newsletter.errors import WrongUseError
from newsletter.transports.base import SendResult, SendStatus, TransportDownError
from newsletter.transports.smtp.transport import Smtp
from tests.transports.smtp_standins import (
    CLOSE,
    SILENCE,
    OddSmtp,
    RealSmtp,
    mail_to,
    smtp_settings,
    unused_port,
)

LOGIN = {"username": "daily", "password": "the secret"}


def smtp(port: int, **others: object) -> Smtp:
    return Smtp(smtp_settings(port, **others))


def elsewhere(host: str, **others: object) -> Smtp:
    return smtp(25, host=host, **others)


def outcome_of(transport: Smtp) -> SendResult:
    ((_, outcome),) = transport.send([mail_to("ada@reader.example")])
    return outcome


@pytest.mark.parametrize(("password", "welcome"), [("the secret", True), ("a wrong one", False)])
def test_a_login_is_used_and_a_refused_one_stops_the_sending(
    password: str,
    welcome: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    def authenticate(*given: object) -> AuthResult:
        login = given[-1]
        assert isinstance(login, LoginPassword)
        return AuthResult(success=login.password == b"the secret", handled=False)

    with RealSmtp(auth_require_tls=False, authenticator=authenticate) as server:
        transport = smtp(server.port, username="daily", password=password)
        if welcome:
            assert outcome_of(transport).status is SendStatus.ACCEPTED
        else:
            with pytest.raises(TransportDownError, match=r"535 .*Authentication") as caught:
                outcome_of(transport)
            assert password not in str(caught.value)
        transport.close()
        assert len(server.postbox.taken) == welcome


@pytest.mark.parametrize("then", [CLOSE, SILENCE])
def test_a_server_that_hangs_up_on_a_login_is_quoted(then: str) -> None:
    """It offers two ways to log in, and is asked for the second one, too."""
    offers = {"EHLO": "250-odd.example\r\n250 AUTH PLAIN LOGIN"}
    with OddSmtp(AUTH=["421 4.7.0 Too many login attempts", then], **offers) as server:
        outcome = outcome_of(smtp(server.port, timeout_s=0.5, **LOGIN))
    assert outcome.status is SendStatus.TRY_LATER
    assert outcome.detail.endswith("421 4.7.0 Too many login attempts")
    with (
        OddSmtp(AUTH=["535 5.7.8 who are you?", then], **offers) as server,
        pytest.raises(TransportDownError, match=r"535 5\.7\.8 who are you\?"),
    ):
        outcome_of(smtp(server.port, timeout_s=0.5, **LOGIN))


def test_no_server_there_means_surely_not_sent() -> None:
    outcome = outcome_of(smtp(unused_port()))
    assert outcome.status is SendStatus.TRY_LATER
    assert "refused" in outcome.detail


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let every look-up of a name fail in the given way."""

    def fail(code: int) -> None:
        def look_up(*_: object, **__: object) -> None:
            raise socket.gaierror(code, os.strerror(0))

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return fail


def test_names_that_cannot_be_looked_up_now_may_be_later(names: Callable[[int], None]) -> None:
    names(socket.EAI_AGAIN)
    assert outcome_of(elsewhere("mail.example.org")).status is SendStatus.TRY_LATER


def test_a_server_of_no_such_name_stops_the_sending(names: Callable[[int], None]) -> None:
    names(socket.EAI_NONAME)
    with pytest.raises(TransportDownError, match=r"mail\.example\.org:25 cannot be used"):
        outcome_of(elsewhere("mail.example.org"))


def test_what_is_no_name_at_all_stops_the_sending() -> None:
    with pytest.raises(TransportDownError, match="cannot be used"):
        outcome_of(elsewhere("mail..example.org"))


def test_a_password_that_smtp_cannot_carry_is_not_shown() -> None:
    with OddSmtp() as server:
        transport = smtp(server.port, username="daily", password="päss-wörd")
        with pytest.raises(TransportDownError, match="must be ASCII") as caught:
            outcome_of(transport)
    assert not set("äö") & set(str(caught.value))
    assert caught.value.__cause__ is None


def test_no_password_goes_over_plain_text_to_another_machine() -> None:
    with pytest.raises(WrongUseError, match="no password goes over plain text"):
        elsewhere("mail.example.org", **LOGIN)


def test_a_password_without_a_username_is_a_mistake() -> None:
    with pytest.raises(WrongUseError, match=r"transport\.username is missing"):
        smtp(25, password="the secret")
