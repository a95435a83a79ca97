"""SendGrid's event webhook: whether it is SendGrid's, and what its events say.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from newsletter.errors import NewsletterError, WrongUseError
from newsletter.feedback.events import Event, WebhookBody
from newsletter.models import ORDINARY, EventType
from newsletter.subscribers.addresses import normalize_address
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import refusal_cause

SOURCE = "sendgrid"


_LONGEST_ID = 180
_IN_NO_TEXT = re.compile(r"[\x00-\x1f\ud800-\udfff]")
_SKEW = timedelta(days=1)  # an event's own time may lie so far ahead of ours
_PLAIN = {
    "processed": EventType.ACCEPTED,
    "deferred": EventType.DEFERRED,
    "delivered": EventType.DELIVERED,
    "spamreport": EventType.COMPLAINT,
    "unsubscribe": EventType.UNSUBSCRIBE,
    "group_unsubscribe": EventType.UNSUBSCRIBE,
}
_NOT_ASKED_FOR = {"open", "click", "group_resubscribe"}  # who reads what is nobody's business
_ABOUT_US = {"reputation", "content", "frequency or volume too high", "technical failure"}
_WHY_DROPPED = {
    "bounced address": "bounced before, says SendGrid",
    "invalid": "bounced: SendGrid calls the address invalid",
    "spam reporting address": "complained",
    "unsubscribed address": "left",
}


class NotGenuineError(NewsletterError):
    """A request without SendGrid's signature, or with an old one."""


class NotEventsError(NewsletterError):
    """A signed body that holds no list of events."""


class Signature:
    """Checks the signature that SendGrid puts on a request's raw body.

    Raises:
        WrongUseError: the configured key is none.
    """

    def __init__(self, public_key: str, max_age: timedelta) -> None:
        try:
            key = load_der_public_key(base64.b64decode(public_key, validate=True))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise WrongUseError(
                "feedback.sendgrid_public_key is no key; copy SendGrid's verification key"
            ) from error
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise WrongUseError("feedback.sendgrid_public_key is a key of another kind than ECDSA")
        self._key = key
        self._max_age = max_age

    def check(self, body: bytes, signature: str, timestamp: str, now: datetime) -> None:
        """Raises: NotGenuineError: it is not SendGrid's, was changed on the way, or is old."""
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):  # noqa: PLR2004 - seconds since 1970 have ten digits
            raise NotGenuineError("the signature's timestamp is none")
        try:
            signed = base64.b64decode(signature, validate=True)
            self._key.verify(signed, timestamp.encode() + body, ec.ECDSA(SHA256()))
        except (InvalidSignature, binascii.Error, ValueError):
            raise NotGenuineError("the signature does not fit the body") from None
        age = timedelta(seconds=now.timestamp() - int(timestamp))
        if abs(age) > self._max_age:
            raise NotGenuineError("the signature is too old, or this machine's clock is wrong")


def check_body(body: bytes) -> list[Any]:
    """The items of a body, which may be events.

    Raises:
        NotEventsError: the body is not a JSON list.
    """
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotEventsError("the body is no JSON") from error
    if not isinstance(listed, list):
        raise NotEventsError("the body is no list of events")
    return listed


def parse_body(body: bytes, now: datetime) -> WebhookBody:
    """The events of a body, each judged by itself.

    Raises:
        NotEventsError: it is no JSON list at all.
    """
    found = WebhookBody()
    for item in check_body(body):
        try:
            event = _event(item, now)
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            found.odd.append((f"{type(error).__name__}: {error}", _shown(item)))
            continue
        if event is not None:
            found.events.append(event)
    return found


def _event(posted: Any, now: datetime) -> Event | None:  # noqa: ANN401 - JSON from outside
    """One event in our words; None where it is about somebody else's mail."""
    if not isinstance(posted, Mapping):
        raise TypeError("an event is an object")
    name = _text(posted, "event")
    if name in _NOT_ASKED_FOR or "reference" not in posted:
        return None
    event_id = _text(posted, "sg_event_id")
    if not 0 < len(event_id) <= _LONGEST_ID:
        raise ValueError("sg_event_id is empty or too long")
    at = datetime.fromtimestamp(_seconds(posted["timestamp"]), UTC)
    if at > now + _SKEW:
        raise ValueError("an event from the future")
    kind, suppress = _kind(name, posted)
    return Event(
        event_id=f"{SOURCE}:{event_id}",
        source=SOURCE,
        reference=_text(posted, "reference")[:64],
        kind=kind,
        at=at,
        detail=_detail(posted),
        suppress=suppress,
        # Good news acts on no address.
        address=None if kind in ORDINARY else _address(_optional(posted, "email")),
    )


def _kind(name: str, posted: Mapping[str, Any]) -> tuple[EventType, str | None]:
    """The kind of an event, and the reason to suppress the address, if any."""
    if name == "bounce":
        return _bounce(posted)
    if name == "dropped":
        return EventType.DROPPED, _why_dropped(posted)
    if name not in _PLAIN:
        raise ValueError(f"no such event: {name[:40]}")
    kind = _PLAIN[name]
    return kind, {EventType.COMPLAINT: "complained", EventType.UNSUBSCRIBE: "left"}.get(kind)


def _why_dropped(posted: Mapping[str, Any]) -> str | None:
    reason = _optional(posted, "reason").lower()
    if reason == "invalid" and not _optional(posted, "email").isascii():
        return None  # what SendGrid makes of RFC 6531, another provider may carry
    return _WHY_DROPPED.get(reason)


def _bounce(posted: Mapping[str, Any]) -> tuple[EventType, str | None]:
    classification = _optional(posted, "bounce_classification").lower()
    said = f"{_optional(posted, 'status')} {_optional(posted, 'reason')}"
    if _optional(posted, "type").lower() == "blocked" or classification in _ABOUT_US:
        return EventType.BLOCKED, None
    cause = refusal_cause(said)
    if cause is RefusalCause.SENDER:
        return EventType.BLOCKED, None
    if classification == "invalid address" or cause is RefusalCause.NO_MAILBOX:
        return EventType.BOUNCE, f"bounced: {_detail(posted) or 'Invalid Address'}"
    return EventType.BOUNCE, None


def _detail(posted: Mapping[str, Any]) -> str:
    words = (_optional(posted, name) for name in ("bounce_classification", "status", "reason"))
    return " ".join(word for word in words if word) or _optional(posted, "response")


def _seconds(value: Any) -> int:  # noqa: ANN401 - JSON from outside
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("timestamp is no number")
    if not 0 < value < 10**11:
        raise ValueError("timestamp is no time")
    return int(value)


def _text(posted: Mapping[str, Any], name: str) -> str:
    value = posted[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    if _IN_NO_TEXT.search(value):
        raise ValueError(f"{name} holds characters that no text has")
    return value


def _address(value: str) -> str | None:
    try:
        return normalize_address(value)
    except WrongUseError:
        return None


def _optional(posted: Mapping[str, Any], name: str) -> str:
    value = posted.get(name)
    return value if isinstance(value, str) else ""


def _shown(posted: object) -> str:
    # As it was posted, so that an erasure finds an address in it.
    return json.dumps(posted, ensure_ascii=False)[:10_000]
