"""Judges whether a refusal is about the reader or about us, for replies, bounces and events.

It goes by the enhanced status codes (RFC 3463 and its registry), and by words where the codes leave
it open. In doubt the refusal is about the sender, and the address is kept. Servers say 5.1.1 of a
blocklist, too, so words about us outweigh it. Other words beside a 5.1.1 ("Access denied") leave it
open, so that only a series of such bounces suppresses. Addresses, links and server names do not
count as words: they never say why.
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.transports.refusal_kinds import (
    BLOCKLIST_SERVERS,
    FRAME,
    KINDS,
    OUR_MAIL,
    SAYS_UNKNOWN,
    RefusalCause,
    RefusalKind,
)

_CODE = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_NO_MAILBOX = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10"})  # other 1.x speak of the sender
_READER = frozenset({"2.2", "6.7"})  # full, bears no SMTPUTF8
_SHUT = frozenset({"2.1"})  # disabled
# Bad sender, too long (of a mailbox, of the system), not accepting, misconfigured, "mailing quota",
# loops, our commands.
_SENDER = frozenset(
    {"1.7", "1.8", "2.3", "3.2", "3.4", "3.5", "4.5", "4.6", "4.14", "5.2", "5.3", "5.4"}
)
_POLICY = "7."  # security and policy; 7.26 and 7.515 are DMARC's
# Some say 7.1 of readers whom they do not know, and 7.17 is a mailbox of another owner (RFC 7293).
_UNAUTHORIZED = _NO_MAILBOX | {"0.0", "7.1", "7.17"}
_CONTENT = "6."
_NAMES = lazy_pattern(
    r"<[^<>]*@[^<>]*>|<[^<>\s]*>|(?<=: )\"[\w.+-]+\""
    r"|\b[a-z][a-z0-9+.-]{1,10}://\S+|\bwww\.\S+"
    r"|[^\s@:;,()<>\"]{1,64}@[^\s:;,()<>\"]+"
    r"|(?<![\w.-])(?:[\w-]+\.)+(?:[a-z]{2,24}|[A-Z]{2,24})(?!\.?[\w-])\.?",
)
_EMPTY_LINE = re.compile(r"\n\s*\n")
_WORD = re.compile(r"[^\W\d_]+")
_PASSING = lazy_pattern(r"(?i)temporar|suspend|locked|\bfull\b|quota")
_AT_MAIL_FROM = re.compile(r"\b(?:in reply to|after)\s+mail\s+from\b", re.IGNORECASE)
_GREYLISTING = re.compile(r"gr[ae]y.?list", re.IGNORECASE)
_WAIT = re.compile(
    r"\b(?:in|for|after|wait)\W+(?:about )?(\d{1,5})\s*(s|secs?|seconds?|m|mins?|minutes?)\b",
    re.IGNORECASE,
)
_MINUTE_S = 60.0


def refusal_cause(words: str) -> RefusalCause:
    """The cause that a server's words and codes tell; quoted addresses and links are ignored."""
    return recognized_cause(words) or RefusalCause.READER


def recognized_cause(words: str) -> RefusalCause | None:
    """The same; None where neither code nor word tells."""
    said = _without_names(words)
    kind = _kind(said)
    of_words = kind.cause if kind else None
    codes = {f"{subject}.{detail}" for _, subject, detail in _CODE.findall(words)}
    if any(code in _SENDER or code.startswith(_POLICY) for code in codes):
        names_nobody = of_words is RefusalCause.NO_MAILBOX and codes <= _UNAUTHORIZED
        return RefusalCause.NO_MAILBOX if names_nobody else RefusalCause.SENDER
    if codes & _READER:
        return RefusalCause.READER
    on_blocklist = BLOCKLIST_SERVERS.search(words) and of_words is not RefusalCause.NO_MAILBOX
    if on_blocklist or _is_plainly_ours(kind):
        return RefusalCause.SENDER
    if codes & _SHUT:
        return RefusalCause.READER
    if any(code.startswith(_CONTENT) for code in codes):
        return RefusalCause.SENDER
    return _without_mailbox(said, codes, of_words) if codes & _NO_MAILBOX else of_words


def is_plainly_ours(words: str) -> bool:
    """Whether these words are about us whatever a code beside them says."""
    return _is_plainly_ours(_kind(_without_names(words)))


def is_of_mail_from(words: str) -> bool:
    """Whether a server refused the sender at MAIL FROM, before it heard the recipient."""
    return bool(_AT_MAIL_FROM.search(words))


def is_bare_code(words: str) -> bool:
    """Whether a server gave a code and no reason."""
    return not _reason(_without_names(words))


def has_known_words(words: str) -> bool:
    """Whether a word, and not just a code, tells the cause."""
    return _kind(_without_names(words)) is not None


def _without_names(words: str) -> str:
    """In one line; what stood apart by an empty one is another sentence."""
    return " ".join(_NAMES.sub(" ", _EMPTY_LINE.sub("; ", words)).split())


def _kind(said: str) -> RefusalKind | None:
    return next((kind for kind in KINDS if kind.words.search(said)), None)


def _is_plainly_ours(kind: RefusalKind | None) -> bool:
    return kind is not None and kind.outweighs_code and kind.cause is RefusalCause.SENDER


def _reason(said: str) -> str:
    """The words of a server that give a reason: no codes, no frame around them."""
    return " ".join(_WORD.findall(FRAME.sub(" ", said)))


def _without_mailbox(said: str, codes: set[str], of_words: RefusalCause | None) -> RefusalCause:
    """The cause where the code says that there is no such mailbox, by the words beside it."""
    if of_words is RefusalCause.NO_MAILBOX:
        return of_words
    if of_words is RefusalCause.READER:
        return of_words if _PASSING.search(said) else RefusalCause.NO_MAILBOX
    if "1.1" in codes and OUR_MAIL.search(said):
        return RefusalCause.SENDER
    reason = _reason(said)
    is_told = not reason or SAYS_UNKNOWN.search(reason)
    return RefusalCause.NO_MAILBOX if is_told else RefusalCause.READER


def is_greylisting(words: str) -> bool:
    """Whether a server says that it defers every sender whom it does not know yet."""
    return bool(_GREYLISTING.search(words))


def asked_wait_s(words: str) -> float | None:
    """How long a server asks to wait, in seconds, where it says so."""
    found = _WAIT.search(words)
    if found is None:
        return None
    return float(found[1]) * (_MINUTE_S if found[2].lower().startswith("m") else 1.0)
