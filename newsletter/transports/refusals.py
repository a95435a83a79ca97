"""Whom a refusal is about: one judge for replies on the wire, bounces and providers' events.

It goes by the enhanced status codes (RFC 3463 and its registry), and by words where the codes leave
it open. In doubt it is the sender: then nobody's address is suppressed.
"""

import re
from enum import StrEnum


class RefusalCause(StrEnum):
    """What made a server refuse a mail."""

    NO_MAILBOX = "no such mailbox"  # there will never be one: suppressed
    READER = "this mailbox"  # full, disabled, or nothing that can be told
    SENDER = "the sender"  # our quota, account, authentication, reputation, content or size


_CODE = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_NO_MAILBOX = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10"})  # other 1.x speak of the sender
_READER = frozenset({"2.1", "2.2", "6.7"})  # disabled, full, bears no SMTPUTF8
# Bad sender, too long (of a mailbox, of the system), "mailing quota", not accepting.
_SENDER = frozenset({"1.7", "1.8", "2.3", "3.2", "3.4", "4.5"})
_POLICY = "7."  # security and policy; 7.26 and 7.515 are DMARC's
_ADDRESS = re.compile(r"<[^>]*>|\S+@\S+")
_SENDER_WORDS = re.compile(
    r"\b(?:sending|daily|hourly|monthly|rate|outgoing|relay)\W+(?:\w+\W+){0,3}(?:limit|quota)"
    r"|\b(?:too many|rate.?limit|throttl)"
    r"|\bpolic(?:y|ies)\b|\bdmarc\b|\bdkim\b|\bspf\b|\bauthenticat|\bunauthenticated"
    r"|\b(?:black|block|deny)[- ]?(?:ed|list)|\bspam\b|\breputation\b|\bunsolicited\b|\bbulk\b"
    r"|\baccount\W+(?:\w+\W+){0,3}(?:suspended|disabled|locked|blocked|limited|closed)"
    r"|\b(?:message|mail) (?:size|length|(?:is )?too (?:big|large|long))|\bsize limit",
    re.IGNORECASE,
)
_QUOTA = re.compile(r"\b(?:over|exceed\w*)\W+(?:\w+\W+){0,2}quota|\bquota exceeded", re.IGNORECASE)
_MAILBOX_WORDS = re.compile(r"\b(?:mailbox|inbox|recipient|user|storage)\b", re.IGNORECASE)
_GREYLISTING = re.compile(r"gr[ae]y.?list", re.IGNORECASE)
_WAIT = re.compile(
    r"\b(?:in|for|after|wait)\W+(?:about )?(\d{1,5})\s*(s|secs?|seconds?|m|mins?|minutes?)\b",
    re.IGNORECASE,
)
_MINUTE_S = 60.0


def refusal_cause(words: str) -> RefusalCause:
    """Whom these words of a server are about, codes and all; what they quote does not matter."""
    codes = [f"{subject}.{detail}" for _, subject, detail in _CODE.findall(words)]
    if any(code in _SENDER or code.startswith(_POLICY) for code in codes):
        return RefusalCause.SENDER
    if any(code in _READER for code in codes):
        return RefusalCause.READER
    if any(code in _NO_MAILBOX for code in codes):
        return RefusalCause.NO_MAILBOX
    said = _ADDRESS.sub(" ", words)
    full = _QUOTA.search(said) and not _MAILBOX_WORDS.search(said)
    return RefusalCause.SENDER if full or _SENDER_WORDS.search(said) else RefusalCause.READER


def is_greylisting(words: str) -> bool:
    """Whether a server defers everybody whom it sees for the first time, and says so."""
    return bool(_GREYLISTING.search(words))


def asked_wait_s(words: str) -> float | None:
    """How long a server asks to wait, in seconds, where it says so."""
    found = _WAIT.search(words)
    if found is None:
        return None
    return float(found[1]) * (_MINUTE_S if found[2].lower().startswith("m") else 1.0)
