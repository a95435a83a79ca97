"""For `newsletter check`: can the mailbox of feedback be read? Nothing in it is touched."""

import imaplib
import os
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime

from newsletter.config import FeedbackSettings, Settings
from newsletter.feedback.mailbox import MailboxError, try_imap
from newsletter.finding import Finding, Severity
from newsletter.text import brief
from newsletter.transports.smtp.health import certificate_advice

_PART = "mailbox"
_WITHIN_S = 10.0
_NO_STARTTLS = "TLS not supported by server"  # imaplib's own words, before it asks


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Log in and open the folder, or look at the Maildir, if one of them is set."""
    del now
    place = settings.feedback
    if place.maildir is not None:
        folder = settings.folder / place.maildir
        if all(os.access(folder / name, os.W_OK) for name in ("new", "cur")):
            yield Finding(_PART, Severity.OK, f"{folder} can be read")
        else:
            text = f"{folder} is no Maildir that can be written; look at feedback.maildir"
            yield Finding(_PART, Severity.TROUBLE, text)
    elif place.imap_host:
        yield _imap(place.model_copy(update={"timeout_s": min(place.timeout_s, _WITHIN_S)}))


def _imap(place: FeedbackSettings) -> Finding:
    at = f"{place.imap_host}:{place.imap_port}"
    try:
        try_imap(place)
    except MailboxError as error:
        return Finding(_PART, Severity.TROUBLE, f"{at}: {_advice(place, error.__cause__)}")
    text = f"{at}: takes the login of {place.imap_username}, has the folder {place.imap_folder}"
    return Finding(_PART, Severity.OK, text)


def _advice(place: FeedbackSettings, cause: BaseException | None) -> str:
    """Advice on what to change, with the server's words."""
    words = "it offers no STARTTLS" if str(cause) == _NO_STARTTLS else brief(cause)
    if words.startswith(f"{place.imap_folder}:"):
        return f"has no such folder ({words}); look at feedback.imap_folder"
    if isinstance(cause, imaplib.IMAP4.error) and not isinstance(cause, imaplib.IMAP4.abort):
        return f"the login is refused ({words}); look at feedback.imap_username and imap_password"
    greeting = words.partition("unexpected response: ")[2] or words
    other = next((name for begin, name in _OTHERS.items() if greeting.startswith(begin)), "")
    if other:
        usual = "look at feedback.imap_host and imap_port (mostly 993 with tls)"
        return f"that is {other}, no IMAP server ({words}); {usual}"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"{certificate_advice(words, 'feedback.imap_host')} ({words})"
    usual = "look at feedback.imap_host, imap_port and imap_security (mostly tls at 993)"
    known = (text for kind, text in _BY_KIND.items() if isinstance(cause, kind))
    return f"{next(known, 'no answer')} ({words}); {usual}"


# By what they greet with.
_OTHERS = {"220": "an SMTP server", "+OK": "a POP3 server", "SSH-": "an SSH server"}
_BY_KIND = {
    socket.gaierror: "there is no such host, or no network",
    UnicodeError: "this is no name of a host",
    ssl.SSLError: "that port does not begin with TLS",
    ConnectionRefusedError: "nobody listens there",
    imaplib.IMAP4.abort: "it hangs up",
}
