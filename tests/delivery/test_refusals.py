"""Whom a refusal is about, in words that real servers say."""

import pytest

from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import asked_wait_s, refusal_cause

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
    # A code for unknown mailboxes on what is about us, or none at all.
    "550 5.1.1 SPF check failed",
    "550 5.1.1 DKIM signature not valid",
    "550 5.1.2 Sender address rejected: Domain not found",
    "550 5.1.1 bulk mail is not taken here",
    "550 5.1.1 message classified as junk",
    "550 5.1.1 message rejected due to content",
    "550 5.1.1 too many messages this hour",
    "550 5.1.1 Relaying denied",
    "550 5.2.1 rejected as spam",
    "554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help.)",
    "550 Your IP is listed",
    "550 spamcop knows 192.0.2.1",
    "550 no PTR record, or a reverse lookup that fails",
    "550 HELO is not valid",
    "550 phishing",
    "550 this message carries a virus",
    "550 you are rate limited",
    "550 greylisted for too long",
    "550 http://www.spamhaus.org/query/bl?ip=192.0.2.1",
    "550 5.1.1 User unknown; client host [192.0.2.1] blocked using a list",
    "550 after MAIL FROM:<daily@papers.example.org>: not here",
    "550 Слишком много соединений",
    "550 垃圾邮件",
    "550 5.1.1 Your message was considered unwanted",
    "550 5.1.1 detected as a newsletter",
    "550 5.1.1 Cloudmark rejected this message: fingerprint",
    "550 5.1.1 Sending domain has no MX record",
    "550 5.1.1 TLS required",
    "550 5.1.1 You are not allowed to send to this address",
    "550 5.1.1 The remote host 192.0.2.1 has been denied",
    "550 5.1.1 newly observed domain",
    "550 5.1.1 Encryption required",
    "550 5.1.1 Ihre Mail wurde abgelehnt",
    "550 5.1.1 rejected by filter",
    "550 5.1.1 Zustellung abgelehnt: Spamverdacht",
    "550 5.1.1 wegen Werbung abgelehnt",
    "550 5.1.1 Message refusé : pourriel",
    "550 5.1.1 correo basura",
    "550 Sender mailbox abuse does not exist",
    # About the way, and no mailbox.
    "5.4.6 smtp; 554 5.4.6 Too many hops",
    "5.0.0 mail for reader.example loops back to myself",
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
    "550 5.7.1 No such user!",
    # What only stands in a name says nothing of us.
    "550 5.1.1 <spam@reader.example> unknown user",
    "550 policy@reader.example: User unknown",
    "550 5.1.1 User unknown, see https://barracuda.example/blocked?spam=1",
    "550 mx1.spamfilter.example: user unknown",
    "550 MX.RBL-REPUTATION.EXAMPLE: user unknown",
    "550 5.1.1 User unknown (Barracuda)",
    "550 no such recipient, see https://www.barracudacentral.org/lookups",
    'X-Postfix; unknown user: "spam"',
    "550 Mailbox abuse does not exist",
    "550 5.7.1 User bulk not found",
    "553 sorry, this recipient is not in my validrcptto list (#5.7.1)",
    "550 5.1.1 bad destination mailbox address",
    "smtp; host mx.reader.example[192.0.2.1] said: 550 5.1.1 address rejected",
    "550 5.1.2 Host or domain name not found",
    "SMTP error from remote mail server after RCPT TO:<ada@reader.example>: 550 User unknown",
    "550 Benutzer unbekannt",
    "550 Empfänger existiert nicht",
    "550 cette adresse n'existe pas",
    "550 El usuario no existe",
    "550 casella inesistente",
    "550 usuário desconhecido",
    "550 нет такого пользователя",
    "550 почтовый ящик не существует",
    "550 收件人地址不存在",
    "550 宛先のユーザーが見つかりません",
    "550 존재하지 않는 사용자",
    "550 użytkownik nie istnieje",
    "550 mailbox bestaat niet",
]
OF_READER = [
    "552 5.2.2 mailbox full",
    "552 5.2.2 user over quota",
    "550 mailbox over quota",
    "552 5.2.2 mailbox full: too many messages in it",
    "550 5.2.1 mailbox blocked",
    "550 5.1.1 Mailbox temporarily suspended",
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
