"""Inbound mails that no person wrote by hand: away notes, and what mail servers say."""

import re
from email.message import Message

from newsletter.feedback.charsets import header_text
from newsletter.lazy_pattern import lazy_pattern

_LONGEST_SUBJECT = 2000
_AUTOMATIC_SUBJECT = re.compile(
    r"(?i)^\s*(auto(matic|mated)?[ -]?(reply|response)?\s*:|out of (the )?office|vacation|自动回复)"
)
_AUTOMATIC_HEADERS = (
    *("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Mail-Autoreply"),
    *("X-Vacation", "X-Auto-Response-Suppress", "X-Out-Of-Office"),
)
_DAEMON = lazy_pattern(r"(?i)\b(?:mailer-?daemon|mail-?delivery|mdaemon)\b")
_POSTMASTER = lazy_pattern(r"(?i)\bpostmaster\b")  # a server, or the person behind it
_RETURNED = lazy_pattern(  # what a person answers or forwards is no bounce any more
    r"(?i)^(?!\W*(?:re|fwd?|aw|wg)\s*:).*"
    r"(?:deliver|returned|failure|failed|bounce|zustell|remise|退信|不達|配信)"
)

_STILL_TRYING = lazy_pattern(
    r"(?i)\bno action is required on your part\b|\bhas not yet been delivered\b"
    r"|\bstill undelivered\b|\bdelivery attempts will continue\b|\bwarning message only\b"
    r"|\bwill (?:keep|continue) (?:on )?(?:to try|trying)\b"
)
_DELAYED = lazy_pattern(  # our own subject may speak of delays further on
    r"(?i)^\W*(?:warning: (?:message \S+ delayed|could not send)"
    r"|(?:mail |message )?(?:delivery )?delayed"
    r"|delivery status notification \(delay|(?:zustellung )?verzögert|retardé|retrasad|in ritardo"
    r"|vertraagd|atrasad|opóźni|задерж|延迟|延遲|遅延|지연)"
)


def is_delay_warning(message: Message, words: str) -> bool:
    """Whether a mail server tries on, by its `words` to people, its subject or a header."""
    return bool(
        _STILL_TRYING.search(" ".join(words.split()))
        or _DELAYED.match(subject_of(message))
        or "warning" in str(message.get("Auto-Submitted", "")).lower()
    )


def is_from_mail_server(message: Message) -> bool:
    """Whether its sender calls itself a mail server."""
    sender = str(message.get("From", ""))
    return bool(_DAEMON.search(sender) or _POSTMASTER.search(sender))


def may_be_bounce(message: Message) -> bool:
    """Whether more than its words speak for it: people write of bounces, too."""
    return (
        is_certain_bounce(message)
        or str(message.get("Return-Path", "")).strip() == "<>"
        or is_automatic(message)
        or _RETURNED.match(subject_of(message)) is not None
    )


def is_certain_bounce(message: Message) -> bool:
    """Whether a mail server wrote it, by its sender or its form."""
    return (
        _DAEMON.search(str(message.get("From", ""))) is not None
        or message.get_content_type() == "multipart/report"
        or "X-Failed-Recipients" in message
    )


def is_automatic_reply(message: Message) -> bool:
    """Whether a program answers (RFC 3834) other than a server that could not deliver."""
    subject, submitted = subject_of(message), _submitted(message)
    if is_from_mail_server(message) and (
        is_certain_bounce(message) or submitted != "auto-replied" or _RETURNED.match(subject)
    ):
        return False
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        submitted in {"auto-replied", "auto-notified"}
        or precedence in {"auto_reply", "auto-reply"}
        or any(name in message for name in _AUTOMATIC_HEADERS)
        or _AUTOMATIC_SUBJECT.match(subject) is not None
    )


def is_automatic(message: Message) -> bool:
    """Whether the mail says that a program wrote it; asked last."""
    precedence = str(message.get("Precedence", "")).strip().lower()
    return _submitted(message) not in {"", "no"} or precedence in {"bulk", "junk", "list"}


def _submitted(message: Message) -> str:
    return re.split(r"[;(\s]", str(message.get("Auto-Submitted", "")).strip())[0].lower()


def subject_of(message: Message) -> str:
    """The subject in plain characters."""
    written = message.get("Subject", "")
    return header_text(written[:_LONGEST_SUBJECT] if isinstance(written, str) else written)
