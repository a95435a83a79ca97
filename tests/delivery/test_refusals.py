"""Whom a refusal is about, in words that real servers say."""

import pytest

from newsletter.transports.refusals import RefusalCause, asked_wait_s, refusal_cause

OF_SENDER = [
    "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits",
    "552 over quota",
    "550 sending quota exceeded for this account",
    "550 account suspended",
    "535 5.7.8 authentication failed",
    "554 5.7.1 blocked",
    "554 Service unavailable; Client host [192.0.2.1] blocked using a blocklist",
    "550 5.7.1 blocked, ask 85.1.1.1 why",
    "550 5.7.26 This mail has been blocked because the sender is unauthenticated",
    "550 5.7.515 Access denied, sending domain does not meet the required authentication level",
    "552 5.3.4 Message size exceeds fixed limit",
    "552 message too large",
    "550 rejected by DMARC policy",
    "554 rejected as spam",
    "5.0.0 smtp; 550 5.7.1 unsolicited, user unknown 5.1.1",
    "450 4.7.28 unusual rate of mail",
    "421 too many messages",
    "550 5.1.8 sender's domain is unknown",
    "550 5.1.1 blocked, see https://www.spamhaus.org/query/ip/192.0.2.1",
    "554 5.6.0 we do not like this one",
    "550 5.0.0 Too many bad commands",
    "550 Sender address rejected: User unknown",
    "4.4.7 smtp; 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred",
]
NO_MAILBOX = [
    "550 5.1.1 no such user",
    "550-5.1.1 The email account that you tried to reach does not exist",
    "550 5.1.10 null MX",
    "550 5.1.1 <relay-not-permitted@reader.example> unknown",
    "5.1.1 smtp; 550 5.1.1 user unknown",
    "550 no such user here",
    "5.0.0 smtp; 550 Requested action not taken: User unknown in virtual mailbox table",
    "550 Invalid recipient",
    "X-Notes; Recipient user name ada not unique. User not listed in Domino Directory",
    "554 delivery error: dd This user doesn't have a mailbox.example account",
    "Your message wasn't delivered because the address couldn't be found",
    "550 RESOLVER.ADR.RecipNotFound; not found",
    "550 Mailbox not found",
    "550 sorry, no mailbox here by that name",
    "550 用户不存在",
    "550 Benutzer unbekannt",
]
OF_READER = [
    "552 5.2.2 mailbox full",
    "552 5.2.2 user over quota",
    "550 mailbox over quota",
    "550 5.4.1 Recipient address rejected: Access denied",
    "550 Requested action not taken: mailbox unavailable",
    "550 Unknown protocol; mailbox busy",
    "550 5.2.1 The email account that you tried to reach is disabled",
    "5.6.7 smtp; 550 5.1.1 <jo@reader.example>: user unknown",
    "550 <spam-policy@reader.example> unknown",
    "",
]


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        *((words, RefusalCause.SENDER) for words in OF_SENDER),
        *((words, RefusalCause.NO_MAILBOX) for words in NO_MAILBOX),
        *((words, RefusalCause.READER) for words in OF_READER),
    ],
)
def test_words_on_the_wire_and_in_a_bounce_are_judged_alike(
    words: str, cause: RefusalCause
) -> None:
    assert refusal_cause(words) is cause


@pytest.mark.parametrize(
    ("words", "wait_s"),
    [
        ("450 4.2.0 Greylisted for 25 seconds", 25),
        ("451 4.7.1 try again in 5 minutes", 300),
        ("450 4.7.1 please wait 1 min", 60),
        ("450 4.2.1 not now", None),
    ],
)
def test_a_server_that_says_when_is_believed(words: str, wait_s: float | None) -> None:
    assert asked_wait_s(words) == wait_s
