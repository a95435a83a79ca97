"""What a mail to the feedback address says: a bounce, a complaint, a farewell, or nothing.

Anybody can write to that address. So a letter acts only on the mail whose reference it bears (96
random bits that only the reader's own copy holds), or with a signed unsubscribe token; whom it
names as recipient does not matter. And it is read with bounds: size, parts, depth.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from hashlib import sha256

from flufl.bounce import all_failures

from newsletter.feedback.events import Event
from newsletter.models import EventType
from newsletter.subscribers.tokens import SignedLinks, UnsubscribeClaim
from newsletter.transports.refusals import RefusalCause, refusal_cause

SOURCE = "mail"
LONGEST = 1024 * 1024  # bytes that are read; what matters stands before the returned mail's end

_MOST_PARTS = 60
_MOST_BOUNDARIES = 40
_LONGEST_STRANGE = 256 * 1024  # what the library of odd bounces is asked about
_GLOBAL_STATUS = re.compile(rb"(?i)message/global-delivery-status")
_BOUNDARY = re.compile(rb"(?i)boundary\s*=|content-type:\s*message/")
_REFERENCE = r"(?:[0-9a-f]{32}|[0-9a-f]{24})"
_RETURNED_ID = re.compile(rf"(?im)^>?\s*Message-ID:\s*<({_REFERENCE})@")
_VERP = re.compile(rf"\+({_REFERENCE})@")
_ENVELOPE = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Failed-Recipients")
_AUTOMATIC_SUBJECT = re.compile(
    r"(?i)^\s*(auto(matic|mated)?[ -]?(reply|response)?\s*:|out of (the )?office|vacation|自动回复)"
)
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")


@dataclass(frozen=True)
class AutomaticReply:
    """A machine answers that somebody is away; it means nothing to us."""


@dataclass(frozen=True)
class NotUnderstood:
    reason: str


Meaning = Event | UnsubscribeClaim | AutomaticReply | NotUnderstood


def parse_message(raw: bytes, links: SignedLinks, now: datetime) -> Meaning:
    """What a letter says; whatever it holds, this returns."""
    raw = raw[:LONGEST]
    if len(_BOUNDARY.findall(raw)) > _MOST_BOUNDARIES:
        return NotUnderstood("more parts within parts than any bounce has")
    try:
        # RFC 6533: as RFC 3464, with addresses in UTF-8; Python knows the blocks of the older only.
        message = message_from_bytes(_GLOBAL_STATUS.sub(b"message/delivery-status", raw))
        return _interpret(message, raw, links, now)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as e:
        # The standard parser lets these escape for what is broken enough.
        return NotUnderstood(f"broken: {type(e).__name__}")


def _interpret(message: Message, raw: bytes, links: SignedLinks, now: datetime) -> Meaning:
    parts = list(_parts(message))
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    reports = [part for part in parts if part.get_content_type() == "message/feedback-report"]
    if statuses:
        return _find_reference(message, parts, raw, now, *_delivery_status(statuses[0]))
    if reports:
        return _find_reference(message, parts, raw, now, *_complaint(reports[0]))
    claim = links.read(UnsubscribeClaim, "".join(str(message.get("Subject", "")).split()))
    if claim is not None:
        return claim
    if _is_automatic(message):
        return AutomaticReply()
    if len(raw) <= _LONGEST_STRANGE:
        temporary, permanent = all_failures(message)
        if temporary or permanent:
            kind = EventType.BOUNCE if permanent else EventType.DEFERRED
            return _find_reference(
                message, parts, raw, now, kind, "a bounce in no standard form", None
            )
    return NotUnderstood("neither a bounce nor a complaint nor a farewell")


def _find_reference(  # noqa: PLR0913, PLR0917 - a letter, and what it was read as
    message: Message,
    parts: list[Message],
    raw: bytes,
    now: datetime,
    kind: EventType | None,
    detail: str,
    suppress: str | None,
) -> Meaning:
    """The same about the mail whose reference the letter bears."""
    if kind is None:
        return NotUnderstood(detail)
    reference = _reference(message, parts)
    if reference is None:
        return NotUnderstood("it bears no reference of ours")
    return Event(
        event_id=f"{SOURCE}:{sha256(raw).hexdigest()}",
        source=SOURCE,
        reference=reference,
        kind=kind,
        at=_written(message, now),
        detail=detail,
        suppress=suppress,
    )


def _parts(message: Message) -> Iterator[Message]:
    """Parts at any depth, up to a bound."""
    for number, part in enumerate(message.walk()):
        if number == _MOST_PARTS:
            return
        yield part


def _delivery_status(part: Message) -> tuple[EventType | None, str, str | None]:
    """What a delivery status notification says (RFC 3464)."""
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return None, "a delivery status that cannot be read", None
    recipients = [
        block for block in blocks[:_MOST_PARTS] if isinstance(block, Message) and block["Action"]
    ]
    actions = {str(recipient["Action"]).strip().lower() for recipient in recipients}
    if actions & {"delivered", "relayed", "expanded"}:
        return EventType.DELIVERED, "", None  # one of several mailboxes behind the address has it
    failed = [
        recipient
        for recipient in recipients
        if str(recipient["Action"]).strip().lower() == "failed"
    ]
    if not failed:
        deferred = "delayed" in actions
        return (EventType.DEFERRED if deferred else None), "a status without an action", None
    status = str(failed[0].get("Status", "")).strip()
    words = str(failed[0].get("Diagnostic-Code", ""))
    detail = f"{status} {words}".strip()
    cause = refusal_cause(detail)
    if cause is RefusalCause.NO_MAILBOX:
        return EventType.BOUNCE, detail, f"bounced: {detail}"
    return (EventType.BLOCKED if cause is RefusalCause.SENDER else EventType.BOUNCE), detail, None


def _complaint(part: Message) -> tuple[EventType | None, str, str | None]:
    """What a feedback report says (RFC 5965)."""
    fields = part
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        fields = payload[0]
    elif isinstance(payload, str):
        fields = message_from_bytes(payload.encode("utf-8", "replace"))
    feedback_type = str(fields.get("Feedback-Type", "")).strip().lower()
    if feedback_type == "opt-out":
        return EventType.UNSUBSCRIBE, "", "left"
    if feedback_type in {"abuse", "fraud", "virus", "other", "opt-out-list"}:
        return EventType.COMPLAINT, feedback_type, "complained"
    return None, f"a feedback report of the type {feedback_type[:40]!r}", None


def _reference(message: Message, parts: list[Message]) -> str | None:
    """The reference of our mail: in the address it came back to, or in what was returned."""
    for name in _ENVELOPE:
        for value in message.get_all(name, []):
            if match := _VERP.search(str(value)):
                return match[1]
    for part in parts[1:]:
        own = f"Message-ID: {part.get('Message-ID', '')}"
        for text in (own, _text(part)):
            if match := _RETURNED_ID.search(text):
                return match[1]
    match = _RETURNED_ID.search(_text(message))
    return match[1] if match else None


def _text(part: Message) -> str:
    if part.get_content_maintype() != "text":
        return ""
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _written(message: Message, now: datetime) -> datetime:
    """When the letter was written; its writer may not say that this lies in the future."""
    try:
        date = parsedate_to_datetime(str(message["Date"]))
    except (ValueError, OverflowError, TypeError):
        return now
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return min(aware.astimezone(UTC), now)


def _is_automatic(message: Message) -> bool:
    """Whether a machine wrote it (RFC 3834), and not one that could not deliver."""
    submitted = re.split(r"[;(\s]", str(message.get("Auto-Submitted", "")).strip())[0].lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    bounces = (
        str(message.get("Return-Path", "")).strip() == "<>"
        or "daemon" in str(message.get("From", "")).lower()
    )
    headers = (
        submitted in {"auto-replied", "auto-notified"}
        or precedence in {"auto_reply", "auto-reply"}
        or any(name in message for name in _AUTOMATIC_HEADERS)
        or _AUTOMATIC_SUBJECT.match(_decoded(message.get("Subject", ""))) is not None
    )
    return headers and not bounces


def _decoded(header: object) -> str:
    return str(make_header(decode_header(str(header))))
