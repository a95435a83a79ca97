"""Finds mails in which a reader asks in plain words to get no more issues.

Anybody can write any address into From. So a request acts only where it answers a mail whose
reference only its reader has, comes from that reader's address, and says nothing else. All others
are for the operator, who is told who asks and which command lets them go.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import getaddresses

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from newsletter.errors import WrongUseError
from newsletter.feedback.automatic_mail import subject_of
from newsletter.feedback.bounced_reference import find_reference, text_of
from newsletter.lazy_pattern import lazy_pattern
from newsletter.models import QuarantineRow, Standing, SubscriberRow
from newsletter.subscribers.addresses import normalize_address

ASKS_TO_LEAVE = "asks to leave"  # why an address stands in `set_aside`
_LONGEST = 1000  # characters of one's own; who writes more has other things to say as well
_REQUEST = (
    r"(?:(?<!\w)(?:un-?subscribe|opt[- ]?out|(?:remove|delete) (?:me|my (?:e-?mail )?address)"
    r"|take me off|stop (?:sending|mailing|e-?mailing|writing)"
    r"|abmelden|abbestellen|austragen|d[ée]sabonne\w*|d[ée]sinscri\w*|\w{0,6} de baja|baja"
    r"|cancelar (?:la |mi |a |minha )?(?:su[bs]\w+|inscri\w+|assinatura)|cancellami|disiscri\w+"
    r"|descadastr\w+|отпис\w+|wypisz\w*|uitschrijven|afmelden)(?!\w)"
    r"|退订|退訂|取消订阅|取消訂閱|配信停止|配信解除|購読解除|購読停止|登録解除"
    r"|수신 ?거부|구독 ?취소)"
)
_KIND_WORDS = (
    r"(?:please|pls|bitte|s['\u2019]il vous pla[iî]t|svp|por favor|per favore|hi|hello|hallo"
    r"|thanks?|thank|you|danke|merci|gracias|grazie|me|mich|moi|us|my|e-?mails?|mails?|address"
    r"|from|of|off|this|the|your|all|mailing|lists?|newsletters?|von|vom|aus|der|dem|diesem"
    r"|verteiler|de|la|cette|liste|now|谢谢|謝謝|お願いします)"
)
_ASKS = lazy_pattern(_REQUEST, re.IGNORECASE)
_ASKS_ONLY = lazy_pattern(
    rf"\W*(?:{_KIND_WORDS}\W+|[请請])*{_REQUEST}(?:\W*{_KIND_WORDS}(?!\w))*\W*", re.IGNORECASE
)
_NOT = lazy_pattern(r"\b(?:not|nicht|pas|nie|no|non)\b|n['\u2019]t\b|\?|不要|别|別", re.IGNORECASE)
_ANSWERS = lazy_pattern(
    r"^(?:\s*(?:(?:re|fwd?|aw|wg|sv|回复|答复|转发)\s*[:：]|\[[^\]]*\]))+\s*", re.IGNORECASE
)
_QUOTED = lazy_pattern(  # where somebody else's words begin
    r"(?im)^\s{0,9}(?:>|-{2,}|_{5,}|(?:from|von|de|da|发件人|寄件者|差出人)\s?[:：]"
    r"|.{0,120}(?:wrote|schrieb|a écrit|escribi[óo]|ha scritto|写道|寫道)\b.{0,40}[:：]\s*$)"
)
_LINE_ENDS = re.compile(r"(?i)<(?:br|/p|/div)\b[^>]*>")
_QUOTE_BEGINS = re.compile(r"(?i)<blockquote")
_TAG = re.compile(r"(?is)<style.{0,20000}?</style>|<[^>]{0,2000}>")


@dataclass(frozen=True)
class LeaveRequest:
    """A request to leave: its From, which anybody can write, and the mail that it answers."""

    address: str
    reference: str | None
    says_nothing_else: bool


def find_leave_request(message: Message, parts: Sequence[Message]) -> LeaveRequest | None:
    """The request to leave in a mail that a person wrote, or None."""
    subject = _ANSWERS.sub("", subject_of(message))
    own = _own_words(parts)
    is_subject = _ASKS_ONLY.fullmatch(subject) is not None
    if not is_subject and (len(own) > _LONGEST or not _ASKS.search(own)):
        return None
    senders = getaddresses(message.get_all("From", []))
    try:
        (address,) = (normalize_address(address) for _, address in senders)
    except (WrongUseError, ValueError):
        return None
    first = own[:_LONGEST].partition("\n")[0]
    is_only = is_subject or _ASKS_ONLY.fullmatch(first) is not None
    reference = find_reference(message, parts)
    return LeaveRequest(address, reference, is_only and not _NOT.search(own))


def quarantine_request(session: Session, address: str, now: datetime) -> None:
    """Keep a request until the reader has left or two months are over."""
    known = (QuarantineRow.reason == ASKS_TO_LEAVE, QuarantineRow.content == address)
    if not session.scalar(select(exists().where(*known))):
        session.add(
            QuarantineRow(source="mail", reason=ASKS_TO_LEAVE, content=address, received_at=now)
        )


def count_events_aside(session: Session) -> int:
    """How many of the kept mails were not understood: all but the requests to leave."""
    of_events = QuarantineRow.reason != ASKS_TO_LEAVE
    return session.scalar(select(func.count(QuarantineRow.id)).where(of_events)) or 0


def readers_who_ask(session: Session) -> Sequence[tuple[str, datetime]]:
    """The readers who asked to leave and still read, and when; the oldest first."""
    rows = session.execute(
        select(QuarantineRow.content, QuarantineRow.received_at)
        .join(SubscriberRow, SubscriberRow.email == QuarantineRow.content)
        .where(QuarantineRow.reason == ASKS_TO_LEAVE, SubscriberRow.standing == Standing.CONFIRMED)
        .order_by(QuarantineRow.id)
    )
    return [(address, at) for address, at in rows]


def _own_words(parts: Sequence[Message]) -> str:
    """The writer's own words, above the mail that they answer."""
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    for part in plain or parts:
        text = text_of(part)
        if part.get_content_type() == "text/html":
            lines = _QUOTE_BEGINS.sub("\n><", _LINE_ENDS.sub("\n", text))
            text = _TAG.sub(" ", lines)
        if text.strip():
            return _QUOTED.split(text, maxsplit=1)[0].strip()
    return ""
