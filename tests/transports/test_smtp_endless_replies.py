"""An SMTP server whose reply never ends: one mail waits for it, so long and no longer."""

from dataclasses import replace

import pytest

from newsletter.transports.base import SendResult, SendStatus
from newsletter.transports.smtp.transport import Smtp
from tests.transports.smtp_standins import (
    ENDLESS,
    GOOD_REPLIES,
    OddSmtp,
    mail_to,
    smtp_settings,
)

ADA = mail_to("ada@reader.example")
OTHERS = [mail_to(f"r{number}@reader.example") for number in range(12)]
# What a system keeps of both sides in its buffers, and some; without a bound it would be all that
# a loopback carries within the time-outs.
_MOST_OCTETS = 64 * 1024 * 1024
DIALECTS = {
    "one by one": GOOD_REPLIES["EHLO"],
    "pipelined": "250-odd.example\r\n250 PIPELINING",
}

endless = pytest.mark.parametrize("reply", ENDLESS)
dialects = pytest.mark.parametrize("dialect", DIALECTS)


def outcomes_of(server: OddSmtp, connections: int = 1) -> dict[str, SendResult]:
    """Of Ada's mail, which goes first, and of the others'."""
    transport = Smtp(smtp_settings(server.port, timeout_s=0.2, connections=connections))
    try:
        return {mail.recipient: outcome for mail, outcome in transport.send([ADA, *OTHERS])}
    finally:
        transport.close()


@endless
@dialects
@pytest.mark.parametrize("connections", [1, 3])
def test_after_the_final_dot_one_mail_is_uncertain_and_the_others_arrive(
    reply: str, dialect: str, connections: int
) -> None:
    script: dict[str, str | list[str]] = {
        "EHLO": DIALECTS[dialect],
        ".": [reply, GOOD_REPLIES["."]],
    }
    with OddSmtp(**script) as server:
        outcomes = outcomes_of(server, connections)
        assert server.octets_of_the_endless < _MOST_OCTETS
        assert server.said.count("354 go ahead") == 1 + len(OTHERS)
    assert len(outcomes) == 1 + len(OTHERS)
    verdicts = [outcome.status for outcome in outcomes.values()]
    assert verdicts.count(SendStatus.UNCERTAIN) == 1
    assert verdicts.count(SendStatus.ACCEPTED) == len(OTHERS)


@endless
@dialects
@pytest.mark.parametrize("when", ["MAIL", "RCPT", "DATA"])
def test_before_the_content_one_mail_may_be_tried_later_and_the_others_arrive(
    reply: str, dialect: str, when: str
) -> None:
    script: dict[str, str | list[str]] = {
        "EHLO": DIALECTS[dialect],
        when: [reply, GOOD_REPLIES[when]],
    }
    with OddSmtp(**script) as server:
        outcomes = outcomes_of(server)
        assert server.octets_of_the_endless < _MOST_OCTETS
    tried_later = outcomes.pop(ADA.recipient)
    assert (tried_later.status, tried_later.of_reader) == (SendStatus.TRY_LATER, False)
    assert {outcome.status for outcome in outcomes.values()} == {SendStatus.ACCEPTED}


@endless
@pytest.mark.parametrize("when", ["greeting", "EHLO", "AUTH"])
def test_before_the_first_mail_every_mail_may_be_tried_later(reply: str, when: str) -> None:
    with OddSmtp(**{when: reply}) as server:
        login = {"username": "daily", "password": "the secret"}
        transport = Smtp(smtp_settings(server.port, timeout_s=0.2, **login))
        outcomes = [outcome for _, outcome in transport.send([ADA, *OTHERS])]
        transport.close()
        assert server.octets_of_the_endless < _MOST_OCTETS
        assert "MAIL" not in server.heard
    assert outcomes == [replace(outcomes[0], status=SendStatus.TRY_LATER)] * (1 + len(OTHERS))


@endless
def test_an_answer_to_quit_without_end_holds_nobody(reply: str) -> None:
    with OddSmtp(QUIT=reply) as server:
        assert {outcome.status for outcome in outcomes_of(server).values()} == {SendStatus.ACCEPTED}
        assert server.octets_of_the_endless < _MOST_OCTETS
