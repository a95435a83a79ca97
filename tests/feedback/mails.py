"""Mails as they come to the feedback address. All were written for these tests."""

from email.message import EmailMessage

OURS = "papers.example.org"


def plain(subject: str, text: str = "Hello.\n", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = headers.pop("From", "ada@reader.example")
    message["To"] = headers.pop("To", f"daily@{OURS}")
    message["Subject"] = subject
    message["Date"] = "Fri, 11 Jul 2025 06:00:00 +0000"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def returned(reference: str) -> str:
    """The headers of our own mail, as a server gives them back."""
    return (
        f"From: Daily <daily@{OURS}>\nTo: ada@reader.example\nSubject: 26 papers\n"
        f"Message-ID: <{reference}@{OURS}>\nMIME-Version: 1.0\n"
    )


def dsn(
    reference: str,
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "550 5.1.1 <ada@reader.example>: user unknown",
    *,
    recipient: str = "ada@reader.example",
    whole: bool = False,
) -> bytes:
    """A delivery status notification (RFC 3464), as Postfix and its peers write them."""
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.reader.example (Mail Delivery System)
To: daily@{OURS}
Subject: Undelivered Mail Returned to Sender
Date: Fri, 11 Jul 2025 06:10:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.reader.example
Arrival-Date: Fri, 11 Jul 2025 06:09:59 +0000

Final-Recipient: {recipient if ";" in recipient else f"rfc822; {recipient}"}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--=_b
Content-Type: {kind}

{returned(reference)}
--=_b--
""".encode()


def global_dsn(reference: str, status: str = "5.1.1", *, whole: bool = False) -> bytes:
    """The same of an address beyond ASCII (RFC 6533), as Postfix writes it."""
    changes = {
        "message/delivery-status": "message/global-delivery-status",
        "message/rfc822" if whole else "text/rfc822-headers": (
            "message/global" if whole else "message/global-headers"
        ),
        "rfc822; ada@": "utf-8; jürgen@",
        "ada@": "jürgen@",
    }
    text = dsn(reference, status, whole=whole).decode()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def arf(reference: str, feedback_type: str = "abuse") -> bytes:
    """A complaint (RFC 5965)."""
    return f"""\
From: <abuse@mailbox.example>
To: daily@{OURS}
Subject: FW: 26 papers
Date: Fri, 11 Jul 2025 06:20:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_c"

--=_c
Content-Type: text/plain

This is an email abuse report.

--=_c
Content-Type: message/feedback-report

Feedback-Type: {feedback_type}
User-Agent: SomeGenerator/1.0
Version: 1

--=_c
Content-Type: message/rfc822

{returned(reference)}
The mail itself.

--=_c--
""".encode()


def qmail(reference: str) -> bytes:
    """A bounce in a form of its own, without any machine-readable part."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mail.reader.example
To: daily@{OURS}
Subject: failure notice
Date: Fri, 11 Jul 2025 06:30:00 +0000

Hi. This is the qmail-send program at mail.reader.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@reader.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <daily@{OURS}>
{returned(reference)}
Hello.
""".encode()


def verp(reference: str) -> bytes:
    """A bounce that gives nothing back, but came to the address that only that mail bore."""
    return (
        dsn("0" * 24)
        .replace(f"To: daily@{OURS}".encode(), f"To: daily+{reference}@{OURS}".encode())
        .partition(b"--=_b\nContent-Type: text/rfc822-headers")[0]
        + b"--=_b--\n"
    )


def nested(depth: int) -> bytes:
    """Parts within parts within parts."""
    head = b"From: a@b.example\nSubject: bomb\nMIME-Version: 1.0\n"
    opening = b"".join(
        f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'.encode()
        for number in range(depth)
    )
    return head + opening + b"Content-Type: text/plain\n\nend\n"
