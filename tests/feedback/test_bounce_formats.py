"""What mail servers, gateways and providers of all kinds write, each in its own way."""

import base64
import quopri
from collections.abc import Callable

import pytest

from newsletter.feedback.bounce_parser import AutomaticReply, NotUnderstood
from newsletter.models import EventType
from newsletter.subscribers.link_claims import UnsubscribeClaim
from tests.conftest import Cli
from tests.feedback import mails
from tests.feedback.imap_standin import ImapStandIn
from tests.feedback.test_bounce_parser import LINKS, REFERENCE, event, read
from tests.feedback.test_mailbox import imap

GONE, BLOCKED, COUNTED = (
    (EventType.BOUNCE, True),
    (EventType.BLOCKED, False),
    (EventType.BOUNCE, False),
)


def status(code: str, words: str, more: str = "") -> bytes:
    return mails.dsn(REFERENCE, code, diagnostic=words).replace(
        b"Action: failed\n", f"Action: failed\n{more}".encode()
    )


def without(raw: bytes, *names: str) -> bytes:
    """A status that lacks some fields."""
    lines = raw.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(tuple(map(str.encode, names))))


def prose(words: str, sender: str = "Mail Delivery Subsystem <mailer-daemon@mx.example>") -> bytes:
    text = f"{words}\n\n----- Original message -----\n\n{mails.returned(REFERENCE)}\nspam policy\n"
    return mails.plain("Undeliverable", text, From=sender, Return_Path="<>")


@pytest.mark.parametrize(
    ("raw", "becomes"),
    [
        (status("5.0.0", "550 5.7.1 Client host [192.0.2.1] blocked using zen.example"), BLOCKED),
        (status("5.0.0", "550 <ada@reader.example>: User unknown"), GONE),
        (status("5.0.0", "554 Too many messages from your network"), BLOCKED),
        (status("5.1.1", "550 5.1.1 rejected, listed by Spamhaus"), BLOCKED),
        (status("5.1.1", "", "X-Supplementary-Info: rejected by policy\n"), BLOCKED),
        (status("5.1.1", "550 5.1.1 Recipient address rejected: Access denied"), COUNTED),
        (status("5.1.8", "553 5.1.8 Domain of sender address does not exist"), BLOCKED),
        (status("5.0.0", "X-Notes; User ada not listed in Domino Directory"), GONE),
        (status("5.0.0", "", "X-Supplementary-Info: < #5.1.1 smtp;550 RecipNotFound>\n"), GONE),
        (status("5.0.0", "", "X-Actual-Recipient: rfc822; spam@policy.example\n"), COUNTED),
        (status("5.4.7", "421 4.7.0 [TSS04] temporarily deferred"), BLOCKED),
        (status("5.2.2", "552 5.2.2 The email account is over quota"), COUNTED),
        (status("5.0.0", "", "X-Display-Name: Spam Policy\n"), COUNTED),
        (without(status("5.0.0", "550 no such user"), "Status:"), GONE),
        (without(status("5.1.1", "550 unknown"), "Action:"), GONE),
        (
            prose("Your message to ada wasn't delivered because the address couldn't be found."),
            GONE,
        ),
        (prose("554 delivery error: dd This user doesn't have a mailbox.example account"), GONE),
        (prose("The recipient's server refused it: 550 5.7.1 blocked, poor reputation"), BLOCKED),
        (
            prose("用户不存在 ada@reader.example", "postmaster@mx.example"),
            GONE,
        ),
    ],
    ids=range(19),
)
def test_a_bounce_means_the_same_in_whatever_form_it_comes(
    raw: bytes, becomes: tuple[EventType, bool]
) -> None:
    found = event(raw)
    assert found.reference == REFERENCE
    assert (found.kind, found.suppress is not None) == becomes


def in_status(content_type: str, encoding: str, encode: Callable[[bytes], bytes]) -> bytes:
    """A status whose diagnosis is no ASCII, in a part of that type and encoding."""
    whole = mails.dsn(REFERENCE, "5.0.0", diagnostic="550 Empfänger existiert nicht: 用户不存在")
    head, part, after = whole.partition(b"Reporting-MTA")
    fields, end, rest = (part + after).partition(b"\n--=_b\n")
    head = head.replace(
        b"message/delivery-status\n",
        f"{content_type}\nContent-Transfer-Encoding: {encoding}\n".encode(),
    )
    return head + encode(fields) + end + rest


@pytest.mark.parametrize(
    "content_type", ["message/delivery-status", "Message/Global-Delivery-Status"]
)
@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("8bit", bytes), ("base64", base64.encodebytes), ("quoted-printable", quopri.encodestring)],
)
def test_a_status_is_read_whatever_its_encoding_and_its_words_are_kept(
    content_type: str, encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    found = event(in_status(content_type, encoding, encode))
    assert (found.kind, found.suppress is not None) == GONE
    assert "Empfänger existiert nicht: 用户不存在" in found.detail


def test_a_diagnosis_in_latin_1_and_an_encoded_one_are_read() -> None:
    latin = status("5.0.0", "550 Empfänger unbekannt").decode().encode("latin-1")
    assert "Empfänger unbekannt" in event(latin).detail
    word = base64.b64encode("550 用户不存在".encode()).decode()
    found = event(status("5.0.0", f"=?utf-8?b?{word}?="))
    assert (found.kind, found.suppress is not None) == GONE


def test_a_refusal_of_the_sender_is_ours_whatever_the_status_and_its_reason_say() -> None:
    said = b"host mx.reader.example said: 550 mailbox unavailable (in reply to\nMAIL FROM command)"
    for code, words in (("5.0.0", "550 user unknown"), ("5.1.1", "550 5.1.1 user unknown")):
        raw = status(code, words).replace(b"I'm sorry to", said + b"\n\nI'm sorry to")
        assert (event(raw).kind, event(raw).suppress) == (EventType.BLOCKED, None)


@pytest.mark.parametrize("action", ["Failed", "failed (no such user)", "failure"])
def test_an_action_is_read_with_what_a_server_adds_to_it(action: str) -> None:
    assert event(mails.dsn(REFERENCE, action=action)).suppress


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Warning: message 1XyZab-0001Ab-Cd delayed 24 hours",
            "Delay reason: {}\n\nNo action is required on your part.",
        ),
        ("Warning: could not send message for past 4 hours", "Deferred: {}"),
        ("Verzögert: 26 papers", "{}"),
    ],
)
@pytest.mark.parametrize(
    "reason", ["450 4.2.2 Mailbox full", "451 4.1.1 user unknown", "421 Too many connections"]
)
def test_who_tries_on_has_not_failed(subject: str, words: str, reason: str) -> None:
    raw = mails.plain(
        subject,
        words.format(reason),
        From="Mail Delivery System <Mailer-Daemon@mx.example>",
        Auto_Submitted="auto-replied",
        References=f"<{REFERENCE}@{mails.OURS}>",
    )
    assert event(raw).kind is EventType.DEFERRED


@pytest.mark.parametrize(
    ("encoding", "words", "becomes"),
    [
        ("gbk", "用户不存在", GONE),
        ("gbk", "垃圾邮件", BLOCKED),
        ("big5", "收件人地址 使用者不存在", GONE),
        ("shift_jis", "宛先のユーザーが見つかりません", GONE),
        ("euc-jp", "宛先のユーザーが見つかりません", GONE),
        ("iso-2022-jp", "宛先のユーザーが見つかりません", GONE),
        ("euc-kr", "존재하지 않는 사용자", GONE),
        ("koi8-r", "нет такого пользователя", GONE),
        ("windows-1251", "почтовый ящик не существует", GONE),
        ("iso-8859-2", "użytkownik nie istnieje", GONE),
    ],
)
def test_words_are_read_in_the_encoding_of_their_country(
    encoding: str, words: str, becomes: tuple[EventType, bool]
) -> None:
    raw_words = words.encode(encoding)
    undeclared = status("5.0.0", "@").replace(b"smtp; @", b"smtp; 550 " + raw_words)
    named = encoding.replace("gbk", "gb2312")  # as most servers call it
    encoded_words = base64.b64encode(raw_words).decode()
    to_people = prose("@").replace(b"\n\n@", b"\n\n" + raw_words)
    told = (
        undeclared,
        status("5.0.0", f"=?{named}?b?{encoded_words}?="),
        to_people.replace(b'charset="utf-8"', f'charset="{named}"'.encode()),
        to_people.replace(b"Undeliverable", f"=?{named}?b?{encoded_words}?=".encode()),
    )
    for raw in told:
        assert raw_words in raw or encoded_words.encode() in raw
        found = event(raw)
        assert (found.reference, found.kind, found.suppress is not None) == (REFERENCE, *becomes)


def test_an_encoded_feedback_report_is_read() -> None:
    head, mark, rest = mails.arf(REFERENCE).partition(b"Feedback-Type")
    fields, end, after = (mark + rest).partition(b"\n--=_c\n")
    head = head.replace(
        b"message/feedback-report\n",
        b"message/feedback-report\nContent-Transfer-Encoding: base64\n",
    )
    assert event(head + base64.encodebytes(fields) + end + after).kind is EventType.COMPLAINT


BY_HAND = f"<{REFERENCE}@papers.example.org>"


@pytest.mark.parametrize(
    "raw",
    [
        mails.plain(
            "Your newsletter",
            "I look after mx.reader.example. The user ada is unknown here, and we do not like bulk"
            " mail:\n<ada@reader.example>: user unknown\n",
            From="Paul Post <postmaster@reader.example>",
            In_Reply_To=BY_HAND,
        ),
        mails.plain(
            "Re: Undelivered Mail Returned to Sender",
            "Why did this come back?\n\n<ada@reader.example>: 550 5.1.1 user unknown\n",
            In_Reply_To=BY_HAND,
        ),
    ],
    ids=["postmaster", "reader"],
)
def test_a_person_who_writes_of_a_bounce_is_none(raw: bytes) -> None:
    assert isinstance(read(raw), NotUnderstood)


def test_a_person_who_writes_of_a_spam_report_complains_of_nothing() -> None:
    raw = (
        "From: Ada <ada@reader.example>\nSubject: About that spam report\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="j"\n\n--j\nContent-Type: text/plain\n\n'
        "My provider filed your mail as spam, I told them it is none.\n"
        f"--j\nContent-Type: message/rfc822\n\n{mails.returned(REFERENCE)}\nThe mail.\n--j--\n"
    )
    assert isinstance(read(raw.encode()), NotUnderstood)


def returned_as(headers: str, content: bytes) -> bytes:
    """A bounce that gives our mail back in another part, or not at all."""
    head = mails.dsn("0" * 20).partition(b"--=_b\nContent-Type: text/rfc822-headers")[0]
    return head + f"--=_b\n{headers}\n\n".encode() + content + b"\n--=_b--\n"


OURS = (mails.returned(REFERENCE) + "\nThe mail.\n").encode()
BASE64, QUOTED = base64.encodebytes(OURS), quopri.encodestring(OURS)


@pytest.mark.parametrize(
    "raw",
    [
        returned_as("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", BASE64),
        returned_as(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable", QUOTED
        ),
        returned_as(
            'Content-Type: application/octet-stream; name="original.eml"\n'
            "Content-Transfer-Encoding: base64",
            BASE64,
        ),
        returned_as("Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64", BASE64),
        returned_as("Content-Type: text/plain", b"> " + OURS.replace(b"\n", b"\n> ")),
        returned_as("Content-Type: message/rfc822", b"Received: by x\n" + OURS),
        *(
            mails.dsn("0" * 20).replace(before, before + f"{name}: {ids}\n".encode(), 1)
            for before, name in (
                (b"Reporting-MTA: dns; mx.reader.example\n", "X-Original-Message-ID"),
                (b"MIME-Version: 1.0\n", "In-Reply-To"),
                (b"MIME-Version: 1.0\n", "References"),
            )
            for ids in (f"<{REFERENCE}@papers.example.org>",)
        ),
    ],
    ids=range(9),
)
def test_our_reference_is_found_wherever_a_server_puts_it(raw: bytes) -> None:
    assert event(raw).reference == REFERENCE


@pytest.mark.parametrize(
    "around",
    [
        *("Re: {}", "Fwd: Re: {}", "[EXTERNAL] {}", "AW: {} [Ticket 12]", "***SPAM 5*** {}"),
        *("12 {}", "{}.", "回复：{}"),
    ],
)
def test_an_unsubscribe_token_is_one_whatever_a_gateway_puts_around_it(around: str) -> None:
    claim = UnsubscribeClaim(7, "audio")
    subject = around.format(LINKS.token(claim))
    assert read(mails.plain(subject)) == claim
    encoded = f"=?utf-8?b?{base64.b64encode(subject.encode()).decode()}?="
    assert read(f"From: a@b.example\nSubject: {encoded}\n\n".encode()) == claim


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Auto-Response-Suppress", "All"),
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("Precedence", "junk"),
        ("X-Vacation", "yes"),
    ],
)
def test_an_away_note_is_known_by_its_headers_in_any_language(name: str, value: str) -> None:
    headers = {name.replace("-", "_"): value, "Return_Path": "<>"}
    note = mails.plain("Automatische Antwort: Audio", "Ich bin nicht im Haus.\n", **headers)
    assert read(note) == AutomaticReply()
    assert isinstance(read(mails.plain("Audio", Auto_Submitted="no")), NotUnderstood)


def test_a_postmaster_s_away_note_is_one_and_his_server_s_bounce_is_none() -> None:
    headers = {"From": "postmaster@reader.example", "Auto_Submitted": "auto-replied"}
    words = f"I am away. 550 5.1.1 user unknown\n\n{mails.returned(REFERENCE)}"
    assert read(mails.plain("Abwesend", words, **headers)) == AutomaticReply()
    assert event(mails.plain("Undeliverable: Audio", words, **headers)).suppress


@pytest.mark.parametrize(
    ("subject", "mark"),
    [
        (
            "complaint about message from 192.0.2.1",
            "X-HmXmrOriginalRecipient: ada@reader.example\n",
        ),
        ("Client TOS Notification", "X-HmXmrOriginalRecipient: ada@reader.example\n"),
        ("Abuse report", ""),
        ("Spam-Report: 26 papers", ""),
        ("Email Feedback Report for IP 192.0.2.1", ""),
    ],
)
def test_complaints_of_before_the_standard_count(subject: str, mark: str) -> None:
    raw = (
        f"From: staff@mailbox.example\nSubject: {subject}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="j"\n\n--j\nContent-Type: message/rfc822\n\n'
        f"{mark}{mails.returned(REFERENCE)}\nThe mail.\n--j--\n"
    )
    found = event(raw.encode())
    assert (found.kind, found.suppress) == (EventType.COMPLAINT, "complained")


def test_a_complaint_counts_with_our_mail_as_a_file_or_in_its_text() -> None:
    ours = mails.returned(REFERENCE).encode()
    as_file = (
        b"From: staff@mailbox.example\nSubject: complaint about message from 192.0.2.1\n"
        b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="j"\n\n--j\n'
        b'Content-Type: application/octet-stream; name="m.eml"\n'
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(ours) + b"\n--j--\n"
    )
    spamcop = mails.plain(
        "[SpamCop (192.0.2.1) id:7123456789]26 papers",
        f"[ Offending message ]\n{ours.decode()}",
        From="7123456789@reports.spamcop.net",
        Precedence="list",
    )
    for raw in (as_file, spamcop):
        assert (event(raw).kind, event(raw).suppress) == (EventType.COMPLAINT, "complained")


@pytest.mark.parametrize(
    ("name", "on_the_wire"),
    [
        ("Bounces & more", "Bounces &- more"),
        ("台北/日本語", "&U,BTFw-/&ZeVnLIqe-"),  # as in RFC 3501
        ("R&APw-ckl&AOQ-ufer", "R&APw-ckl&AOQ-ufer"),
    ],
)
def test_a_folder_may_bear_any_name(
    cli: Cli, sent: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, on_the_wire: str
) -> None:
    reference = next(iter(sent.values()))
    with ImapStandIn(mails.dsn(reference)) as server:
        server.folder = on_the_wire
        imap(monkeypatch, server.port, imap_folder=name)
        assert "1 mail: 1 bounce" in cli("feedback").out
