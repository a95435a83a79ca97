"""Builds requests to SendGrid: mails of one content in one request, within its limits."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from newsletter.transports.base import SendResult, SendStatus

if TYPE_CHECKING:
    from newsletter.rendering.message import Message

MOST = 1000  # personalizations a request
LARGEST_REQUEST = 29 * 1024 * 1024  # bytes; SendGrid takes 30 MB
_LONGEST_VALUES = 10_000  # bytes of substitutions a personalization
_PERSONAL_HEADER = "List-Unsubscribe"
_NOT_SHARED = frozenset({_PERSONAL_HEADER, "Date"})  # SendGrid dates its mails itself


class EncodedRequest(bytes):
    """Octets that the SendGrid package can "encode" and log without a copy."""

    __slots__ = ()

    def encode(self, _encoding: str) -> "EncodedRequest":
        return self

    def __format__(self, _spec: str) -> str:
        return f"{len(self)} octets"


def encode_request(mails: Sequence["Message"]) -> EncodedRequest:
    """The JSON of one request; lone surrogates, which no JSON can bear, become question marks."""
    body = request_body(mails)
    try:
        return EncodedRequest(orjson.dumps(body))
    except orjson.JSONEncodeError:
        return EncodedRequest(orjson.dumps(_printable(body)))


def request_body(mails: Sequence["Message"]) -> dict[str, Any]:
    """One request for readers of the same content.

    Every header that is the reader's own stands in their personalization, since substitutions do
    not reach headers; `custom_args` are never redacted, so they hold the opaque reference only.
    """
    first = mails[0]
    name, address = first.sender
    return {
        "personalizations": [_personalization(mail) for mail in mails],
        "from": {"email": address, "name": name} if name else {"email": address},
        "subject": first.content.subject,
        "content": [
            {"type": "text/plain", "value": first.content.text},
            {"type": "text/html", "value": first.content.html},
        ],
        "headers": dict(_shared_headers(first)),
        "categories": [first.campaign],  # counted by it: what a restored database can ask
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
        },
    }


class WaitingMails:
    """Mails that are not on their way yet, by what can share a request: one content and sender."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, list[Message]] = {}
        self._number = 0

    def __len__(self) -> int:
        return self._number

    def add(self, mail: "Message") -> None:
        key = (id(mail.content), mail.campaign, mail.sender, _shared_headers(mail))
        self._groups.setdefault(key, []).append(mail)
        self._number += 1

    def can_fill(self, request: int) -> bool:
        """Whether there are enough of a kind for a request of that size."""
        return any(len(group) >= request for group in self._groups.values())

    def take(self, at_most: int) -> list["Message"]:
        """The next request, no address twice, of the kind that most mails are of."""
        kind = max(self._groups, key=lambda key: len(self._groups[key]), default=None)
        if kind is None:
            return []
        chosen: dict[str, Message] = {}
        left = []
        for mail in self._groups.pop(kind):
            address = mail.recipient.lower()
            if address in chosen or len(chosen) == at_most:
                left.append(mail)
            else:
                chosen[address] = mail
        if left:
            self._groups[kind] = left
        self._number -= len(chosen)
        return list(chosen.values())

    def take_all(self) -> list["Message"]:
        groups, self._groups, self._number = self._groups, {}, 0
        return [mail for group in groups.values() for mail in group]


def refuse_too_long(mail: "Message") -> SendResult | None:
    """A refusal of values that SendGrid would refuse with the whole request."""
    if 40 * sum(map(len, mail.values.values())) < _LONGEST_VALUES:
        return None  # whatever escaping and UTF-8 make of them
    values = mail.content.placeholders.filled(mail.values)
    length = sum(len(text.encode("utf-8", "replace")) for pair in values.items() for text in pair)
    if length <= _LONGEST_VALUES:
        return None
    return SendResult(
        SendStatus.REJECTED, "the reader's own values are longer than SendGrid takes", unasked=True
    )


def _personalization(mail: "Message") -> dict[str, Any]:
    own = {name: value for name, value in mail.headers if name == _PERSONAL_HEADER}
    return {
        "to": [{"email": mail.recipient}],
        "headers": {"Message-ID": mail.message_id, **own},
        "substitutions": mail.content.placeholders.filled(mail.values),
        "custom_args": {"reference": mail.reference},
    }


def _shared_headers(mail: "Message") -> tuple[tuple[str, str], ...]:
    return tuple(name for name in mail.headers if name[0] not in _NOT_SHARED)


def _printable(value: Any) -> Any:  # noqa: ANN401 - what JSON can hold
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {_printable(name): _printable(field) for name, field in value.items()}
        case list():
            return [_printable(item) for item in value]
    return value
