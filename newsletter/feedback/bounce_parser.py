"""Reads a mail to the feedback address: a bounce, a complaint, a request to leave, or none of it.

Anybody can write to that address. So a mail acts only on the delivery whose reference it bears (96
random bits that only the reader's own copy holds), or by a signed unsubscribe token. The recipient
that it names is ignored. It is read with bounds of size, parts and depth.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.utils import parsedate_to_datetime
from hashlib import sha256

from flufl.bounce import all_failures

from newsletter.feedback import report_parts
from newsletter.feedback.automatic_mail import (
    is_automatic,
    is_automatic_reply,
    is_certain_bounce,
    is_delay_warning,
    is_from_mail_server,
    may_be_bounce,
    subject_of,
)
from newsletter.feedback.bounced_reference import (
    find_list_unsubscribe,
    find_reference,
    holds_returned_mail,
    text_of,
)
from newsletter.feedback.events import Event
from newsletter.feedback.leave_requests import LeaveRequest, find_leave_request
from newsletter.lazy_pattern import lazy_pattern
from newsletter.models import LEAVING, EventType
from newsletter.subscribers.link_claims import UnsubscribeClaim
from newsletter.subscribers.signed_links import SignedLinks
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import recognized_cause

SOURCE = "mail"
LONGEST = 1024 * 1024  # bytes that are read; what matters stands before the returned mail's end

_MOST_PARTS = 60
_MOST_BOUNDARIES = 40
_LONGEST_STRANGE = 256 * 1024  # what the library of odd bounces is asked about
_LONGEST_WORDS = 8000
_BOUNDARY = re.compile(rb"(?i)boundary\s*=|content-type:\s*message/")
_TOKEN = lazy_pattern(r"(?a)[\w-]+(?:\.[\w-]+){2,}")
_COMPLAINT = lazy_pattern(
    r"(?i)\bcomplaint\b|\b(?:abuse|spam|junk)\W(?:e?-?mail\W)?report\b"
    r"|\bfeedback (?:report|loop)\b|^\[SpamCop \("
)
_COPY = lazy_pattern(  # where the mail that came back begins, in a bounce that is all text
    r"(?im)^[> \t]{0,20}(?:Return-Path|Received|From|Message-ID|DKIM-Signature): "
)
_HOTMAIL = "X-HmXmrOriginalRecipient"  # in a mail that its users complain about
_COMPLAINT_DESK = lazy_pattern(  # who forwards complaints; people write of them, too
    r"(?i)@reports\.spamcop\.net\b|(?:^|[<._+-])(?:staff|abuse|complaints?|scomp|fbl\w*|feedback\w*|postmaster|spam\w*"
    r"|\w*reports?|robot)[\w.+-]*@"
)


@dataclass(frozen=True)
class AutomaticReply:
    """An automatic reply, such as an away note; it is ignored."""


@dataclass(frozen=True)
class NotUnderstood:
    reason: str


_NOTHING = NotUnderstood("neither a bounce nor a complaint nor an unsubscribe request")
Meaning = Event | UnsubscribeClaim | LeaveRequest | AutomaticReply | NotUnderstood


def parse_message(raw: bytes, links: SignedLinks, now: datetime) -> Meaning:
    """The meaning of a mail. However broken the mail, this returns."""
    raw = raw[:LONGEST]
    if len(_BOUNDARY.findall(raw)) > _MOST_BOUNDARIES:
        return NotUnderstood("more parts within parts than any bounce has")
    try:
        return _interpret(message_from_bytes(report_parts.as_text(raw)), raw, links, now)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as e:
        # The standard parser lets these escape for what is broken enough.
        return NotUnderstood(f"broken: {type(e).__name__}")


def _interpret(message: Message, raw: bytes, links: SignedLinks, now: datetime) -> Meaning:
    mail = _ReceivedMail(message, list(_parts(message)), raw, links, now)
    statuses = mail.of_type(report_parts.STATUS)
    reports = mail.of_type(report_parts.FEEDBACK)
    if statuses:
        return mail.says(*report_parts.read_status(statuses[0], mail.words))
    if reports:
        return mail.says(*report_parts.read_feedback(reports[0]))
    claim = _unsubscribe_claim(message, links)
    if claim is not None:
        return claim
    if mail.is_old_complaint():
        return mail.says(EventType.COMPLAINT, "abuse", "complained")
    if is_automatic_reply(message):
        return AutomaticReply()
    meaning = _odd_bounce(mail)
    return (find_leave_request(message, mail.parts) or meaning) if meaning is _NOTHING else meaning


def _unsubscribe_claim(message: Message, links: SignedLinks) -> UnsubscribeClaim | None:
    """An unsubscribe token in the subject, whatever was put around it or cut it in two."""
    subject = subject_of(message)
    return _claim_in((subject, "".join(subject.split())), links)


def _claim_in(texts: Iterable[str], links: SignedLinks) -> UnsubscribeClaim | None:
    for text in texts:
        for token in _TOKEN.findall(text):
            claim = links.read(UnsubscribeClaim, token)
            if claim is not None:
                return claim
    return None


def _odd_bounce(mail: "_ReceivedMail") -> Meaning:
    """A bounce in no standard form: its words say what it is, its sender or form that it is one."""
    message = mail.message
    if len(mail.raw) > _LONGEST_STRANGE or not may_be_bounce(message):
        return _NOTHING
    if is_delay_warning(message, mail.words):
        return mail.says(EventType.DEFERRED, "a bounce in no standard form")
    temporary, permanent = all_failures(message)
    trusted = permanent or is_certain_bounce(message) or is_from_mail_server(message)
    cause = recognized_cause(mail.words) if trusted else None
    if cause is RefusalCause.NO_MAILBOX and not temporary:
        return mail.says(*report_parts.judged(cause, "a bounce in no standard form"))
    if cause is RefusalCause.SENDER or permanent:
        return mail.says(*report_parts.judged(cause, "a bounce in no standard form"))
    if temporary:
        return mail.says(EventType.DEFERRED, "a bounce in no standard form")
    return AutomaticReply() if is_automatic(message) else _NOTHING


@dataclass(frozen=True)
class _ReceivedMail:
    """A mail to the feedback address, taken apart."""

    message: Message
    parts: Sequence[Message]
    raw: bytes
    links: SignedLinks
    now: datetime

    def of_type(self, content_type: str) -> list[Message]:
        return [part for part in self.parts if part.get_content_type() == content_type]

    @property
    def words(self) -> str:
        """The text for people, up to the returned mail."""
        texts = (text_of(part) for part in self.parts)
        first = next((text for text in texts if text.strip()), "")
        return _COPY.split(first, maxsplit=1)[0][:_LONGEST_WORDS]

    def is_old_complaint(self) -> bool:
        """Whether a complaint desk forwards a mail of ours, in any form."""
        if not holds_returned_mail(self.parts):
            return False
        if self.of_type("message/rfc822") and any(_HOTMAIL in part for part in self.parts):
            return True
        from_desk = _COMPLAINT_DESK.search(str(self.message.get("From", ""))) is not None
        return from_desk and _COMPLAINT.search(subject_of(self.message)) is not None

    def says(self, kind: EventType | None, detail: str, suppress: str | None = None) -> Meaning:
        """An event of this kind, about the delivery whose reference the mail bears."""
        if kind is None:
            return NotUnderstood(detail)
        reference = find_reference(self.message, self.parts)
        if reference is None:
            return NotUnderstood("it bears no reference of ours")
        claim = _claim_in(find_list_unsubscribe(self.parts), self.links)
        return Event(
            event_id=f"{SOURCE}:{sha256(self.raw).hexdigest()}",
            source=SOURCE,
            reference=reference,
            kind=kind,
            at=_written(self.message, self.now),
            detail=detail,
            suppress=suppress,
            # Who was forwarded a mail has its link: that lets the reader go, and shuts nobody out.
            subscriber_id=claim.subscriber_id if claim and kind in LEAVING else None,
        )


def _parts(message: Message) -> Iterator[Message]:
    """Parts at any depth, up to a bound."""
    for number, part in enumerate(message.walk()):
        if number == _MOST_PARTS:
            return
        yield part


def _written(message: Message, now: datetime) -> datetime:
    """When the mail was written; its writer may not say that this lies in the future."""
    try:
        date = parsedate_to_datetime(str(message["Date"]))
    except (ValueError, OverflowError, TypeError):
        return now
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return min(aware.astimezone(UTC), now)
