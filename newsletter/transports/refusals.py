"""Whom a refusal is about: one judge for replies on the wire, bounces and providers' events.

It goes by the enhanced status codes (RFC 3463 and its registry), and by words where the codes leave
it open. In doubt it is the sender: then nobody's address is suppressed. Servers say 5.1.1 of a
blocklist, too, so words about our network outweigh it.
"""

import re
from enum import StrEnum

from newsletter.lazy_pattern import lazy_pattern


class RefusalCause(StrEnum):
    """What made a server refuse a mail."""

    NO_MAILBOX = "no such mailbox"  # there will never be one: suppressed
    READER = "this mailbox"  # full, disabled, or nothing that can be told
    SENDER = "the sender"  # our quota, account, authentication, reputation, content or size


_CODE = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_NO_MAILBOX = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10"})  # other 1.x speak of the sender
_READER = frozenset({"2.1", "2.2", "6.7"})  # disabled, full, bears no SMTPUTF8
# Bad sender, too long (of a mailbox, of the system), "mailing quota", not accepting, our commands.
_SENDER = frozenset({"1.7", "1.8", "2.3", "3.2", "3.4", "4.5", "5.2", "5.3", "5.4"})
_POLICY = "7."  # security and policy; 7.26 and 7.515 are DMARC's
_CONTENT = "6."
_ADDRESS = re.compile(r"<[^>]*>|\S+@\S+")
_SENDER_WORDS = lazy_pattern(
    r"\b(?:sending|daily|hourly|monthly|rate|outgoing|relay)\W+(?:\w+\W+){0,3}(?:limit|quota)"
    r"|\b(?:too many|rate.?limit|throttl)"
    r"|\bpolic(?:y|ies)\b|\bdmarc\b|\bdkim\b|\bspf\b|\bauthenticat|\bunauthenticated"
    r"|\b(?:black|block|deny)[- ]?(?:ed|list)|\bspam\b|\breputation\b|\bunsolicited\b|\bbulk\b"
    r"|\baccount\W+(?:\w+\W+){0,3}(?:suspended|disabled|locked|blocked|limited|closed)"
    r"|\b(?:message|mail) (?:size|length|(?:is )?too (?:big|large|long))|\bsize limit"
    r"|\bsender (?:address|domain|id|ip|verif|is|not|denied|rejected)|\breverse dns\b|\bptr\b",
    re.IGNORECASE,
)
_NETWORK_WORDS = lazy_pattern(
    r"\b(?:black|block|deny)[- ]?list|\b(?:rbl|dnsbl)\b|spamhaus|spamcop|barracuda|sorbs"
    r"|\bspam\b|\breputation\b|\b(?:too many|rate.?limit|throttl)",
    re.IGNORECASE,
)
_WHO = r"(?:user|recipient|account|mailbox|e?-?mail ?box|address(?:ee)?|person|login|alias)"
_GONE = (
    r"(?:unknown|(?:was|were|is|are|could|can)?(?:n[o'\u2019]?t| not)(?: be)? (?:found|known)"
    r"|not (?:exist\w*|registered|valid|listed|a valid)|invalid|non-?existent|no longer (?:exists"
    r"|valid|in use|available|active|here)|(?:does|do|did)(?: not|n['\u2019]?t) exist)"
)
_NO_MAILBOX_WORDS = lazy_pattern(
    rf"\b{_WHO}\b[^\w.;]+(?:\w+[^\w.;]+){{0,6}}?{_GONE}"
    rf"|\b(?:unknown|invalid|no such|non-?existent|not a valid) (?:local |virtual )?{_WHO}"
    rf"|\bno (?:such )?{_WHO} (?:here|by th|with th|of th|found)"
    rf"|\b(?:does|do)(?: not|n['\u2019]?t) have an? (?:\S+ ){{0,3}}{_WHO}"
    r"|\baddress not found|\bnosuchuser|\brecip(?:ient)?notfound|\bunrouteable address"
    r"|用户不存在|邮箱不存在|收件人不存在|存在しません|benutzer unbekannt|empfänger unbekannt"
    r"|(?:utilisateur|destinataire) inconnu|usuario desconocido|destinatario (?:no exis"
    r"|desconocido)|utente sconosciuto|(?:пользователь|получатель|ящик) не (?:найден|существует)",
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
    return recognized_cause(words) or RefusalCause.READER


def recognized_cause(words: str) -> RefusalCause | None:
    """The same; None where neither code nor word tells."""
    codes = [f"{subject}.{detail}" for _, subject, detail in _CODE.findall(words)]
    said = _ADDRESS.sub(" ", words)
    if any(code in _SENDER or code.startswith(_POLICY) for code in codes):
        return RefusalCause.SENDER
    if any(code in _READER for code in codes):
        return RefusalCause.READER
    if any(code.startswith(_CONTENT) for code in codes):
        return RefusalCause.SENDER
    if any(code in _NO_MAILBOX for code in codes):
        return RefusalCause.SENDER if _NETWORK_WORDS.search(said) else RefusalCause.NO_MAILBOX
    full = _QUOTA.search(said) and not _MAILBOX_WORDS.search(said)
    if full or _SENDER_WORDS.search(said):
        return RefusalCause.SENDER
    return RefusalCause.NO_MAILBOX if _NO_MAILBOX_WORDS.search(said) else None


def is_greylisting(words: str) -> bool:
    """Whether a server defers everybody whom it sees for the first time, and says so."""
    return bool(_GREYLISTING.search(words))


def asked_wait_s(words: str) -> float | None:
    """How long a server asks to wait, in seconds, where it says so."""
    found = _WAIT.search(words)
    if found is None:
        return None
    return float(found[1]) * (_MINUTE_S if found[2].lower().startswith("m") else 1.0)
