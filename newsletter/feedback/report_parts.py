"""The parts of a mail that are written for machines: delivery statuses and feedback reports."""

import re
from collections.abc import Mapping
from email import message_from_string
from email.message import Message

from newsletter.feedback.charsets import header_text, text_in
from newsletter.lazy_pattern import lazy_pattern
from newsletter.models import EventType
from newsletter.transports.refusal_kinds import RefusalCause
from newsletter.transports.refusals import (
    is_bare_code,
    is_of_mail_from,
    is_plainly_ours,
    recognized_cause,
)

STATUS, FEEDBACK = "text/delivery-status", "text/feedback-report"
# RFC 6533 writes statuses in UTF-8, and any of these parts may be encoded. As text, the standard
# parser decodes them; as messages, it takes their encoded lines for a mail.
_AS_MESSAGE = re.compile(rb"(?i)message/(?:global-)?(delivery-status|feedback-report)")
_BLANK_LINE = re.compile(r"\n(?:[ \t]*\n)+")
# Fields of a status that name somebody or something; the others beyond the standard say why.
_NAMING = lazy_pattern(r"(?i)recipient|sender|queue|date|\bid\b|message-id|mta|address|name\b")
_WORD = re.compile(r"[a-z]*")  # of an action, without what servers add to it
_MOST_BLOCKS = 60
_LONGEST_WORDS, _LONGEST_DETAIL = 8000, 300

Verdict = tuple[EventType | None, str, str | None]  # of what, in whose words, why suppressed


def as_text(raw: bytes) -> bytes:
    """The mail with its machine-readable parts typed as text; `STATUS`, `FEEDBACK` find them."""
    return _AS_MESSAGE.sub(rb"text/\1", raw)


def read_status(part: Message, prose: str) -> Verdict:
    """The verdict of a delivery status notification (RFC 3464); `prose` is its text for people."""
    blocks = [_fields(block) for block in _BLANK_LINE.split(_text(part))[:_MOST_BLOCKS]]
    if not any(blocks):
        return None, "a delivery status that cannot be read", None
    actions = {_action(block): block for block in reversed(blocks)}
    if actions.keys() & {"delivered", "relayed", "expanded"}:
        return EventType.DELIVERED, "", None  # one of several mailboxes behind the address has it
    failed = actions.get("failed")
    if failed is None:
        deferred = "delayed" in actions
        return (EventType.DEFERRED if deferred else None), "a status without an action", None
    said = f"{failed.get('status', '')} {failed.get('diagnostic-code', '')}"
    detail = said.strip()[:_LONGEST_WORDS]
    more = " ".join(
        value
        for name, value in failed.items()
        if name.startswith("x-") and not _NAMING.search(name)
    )
    return _refusal(detail, more[:_LONGEST_WORDS], prose)


def _refusal(detail: str, more: str, prose: str) -> Verdict:
    """Judge a refusal by the first of these texts that tells its cause."""
    told = detail, more, prose
    if any(map(is_of_mail_from, told)):
        return judged(RefusalCause.SENDER, detail or prose[:_LONGEST_DETAIL])
    if is_bare_code(detail):  # servers say 5.1.1 of a blocklist, too, and why elsewhere
        ours = next((words for words in told[1:] if is_plainly_ours(words)), None)
        if ours is not None:
            return judged(RefusalCause.SENDER, f"{detail} {ours}".strip()[:_LONGEST_DETAIL])
    for words in told:
        cause = recognized_cause(words)
        if cause is not None:
            return judged(cause, detail or words[:_LONGEST_DETAIL])
    return judged(None, detail)


def read_feedback(part: Message) -> Verdict:
    """The verdict of a feedback report (RFC 5965)."""
    feedback_type = _fields(_text(part)).get("feedback-type", "").strip().lower()
    if feedback_type == "opt-out":
        return EventType.UNSUBSCRIBE, "", "left"
    if feedback_type in {"abuse", "fraud", "virus", "other", "opt-out-list"}:
        return EventType.COMPLAINT, feedback_type, "complained"
    return None, f"a feedback report of the type {feedback_type[:40]!r}", None


def judged(cause: RefusalCause | None, detail: str) -> tuple[EventType, str, str | None]:
    """A cause as a verdict: the kind of event, its detail, and the reason to suppress, if any."""
    if cause is RefusalCause.NO_MAILBOX:
        return EventType.BOUNCE, detail, f"bounced: {detail}"
    return (EventType.BLOCKED if cause is RefusalCause.SENDER else EventType.BOUNCE), detail, None


def _text(part: Message) -> str:
    return text_in(part).replace("\r\n", "\n").strip()


def _fields(block: str) -> Mapping[str, str]:
    """The fields of a block by their names in small letters; of two, the first."""
    found: dict[str, str] = {}
    for name, value in message_from_string(block).items():
        words = " ".join(str(value).split())
        found.setdefault(name.lower(), header_text(words))
    return found


def _action(recipient: Mapping[str, str]) -> str:
    """The action of a status; where a server forgot it, its status code tells."""
    if "action" in recipient:
        action = _WORD.match(recipient["action"].strip().lower())
        told = action[0] if action else ""
        return "failed" if told.startswith("fail") else told
    by_class = {"2": "delivered", "4": "delayed", "5": "failed"}
    return by_class.get(recipient.get("status", "").strip()[:1], "")
