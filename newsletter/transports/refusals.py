"""Whom a refusal is about: one judge for replies on the wire, bounces and providers' events.

It goes by the enhanced status codes (RFC 3463 and its registry), and by words where the codes leave
it open. In doubt it is the sender: then nobody's address is suppressed. Servers say 5.1.1 of a
blocklist, too, so words about us outweigh it. Names do not count as words: neither an address nor
a link nor a server's name says why.
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.transports.refusal_kinds import BLOCKLIST_SERVERS, KINDS, OUR_MAIL, RefusalCause

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
_UNAUTHORIZED = _NO_MAILBOX | {"0.0", "7.1"}  # some say 7.1 of readers whom they do not know
_CONTENT = "6."
_NAMES = lazy_pattern(
    r"<[^<>]*@[^<>]*>|<[^<>\s]*>|(?<=: )\"[\w.+-]+\""
    r"|\b[a-z][a-z0-9+.-]{1,10}://\S+|\bwww\.\S+"
    r"|[^\s@:;,()<>\"]{1,64}@[^\s;,()<>\"]+"
    r"|(?<![\w.-])(?:[\w-]+\.)+(?:[a-z]{2,24}|[A-Z]{2,24})(?!\.?[\w-])\.?",
)
_PASSING = lazy_pattern(r"(?i)temporar|suspend|locked|\bfull\b|quota")
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
    said = " ".join(_NAMES.sub(" ", words).split())
    kind = next((kind for kind in KINDS if kind.words.search(said)), None)
    of_words = kind.cause if kind else None
    outweighs = kind is not None and kind.outweighs_code
    on_blocklist = BLOCKLIST_SERVERS.search(words) and of_words is not RefusalCause.NO_MAILBOX
    codes = {f"{subject}.{detail}" for _, subject, detail in _CODE.findall(words)}
    if any(code in _SENDER or code.startswith(_POLICY) for code in codes):
        names_nobody = of_words is RefusalCause.NO_MAILBOX and codes <= _UNAUTHORIZED
        return RefusalCause.NO_MAILBOX if names_nobody else RefusalCause.SENDER
    if codes & _READER:
        return RefusalCause.READER
    if (outweighs and of_words is RefusalCause.SENDER) or on_blocklist:
        return RefusalCause.SENDER
    if codes & _SHUT:
        return RefusalCause.READER
    if any(code.startswith(_CONTENT) for code in codes):
        return RefusalCause.SENDER
    return _without_mailbox(said, codes, of_words) if codes & _NO_MAILBOX else of_words


def _without_mailbox(said: str, codes: set[str], of_words: RefusalCause | None) -> RefusalCause:
    """Where the code says that there is no such mailbox, and nothing outweighs it."""
    if of_words is RefusalCause.READER and _PASSING.search(said):
        return RefusalCause.READER
    is_told = of_words in {RefusalCause.NO_MAILBOX, RefusalCause.READER}
    is_ours = "1.1" in codes and not is_told and OUR_MAIL.search(said)
    return RefusalCause.SENDER if is_ours else RefusalCause.NO_MAILBOX


def is_greylisting(words: str) -> bool:
    """Whether a server defers everybody whom it sees for the first time, and says so."""
    return bool(_GREYLISTING.search(words))


def asked_wait_s(words: str) -> float | None:
    """How long a server asks to wait, in seconds, where it says so."""
    found = _WAIT.search(words)
    if found is None:
        return None
    return float(found[1]) * (_MINUTE_S if found[2].lower().startswith("m") else 1.0)
