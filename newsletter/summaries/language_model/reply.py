"""What came back from a model's address, and what it says of itself where it is no completion."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus

from newsletter.network.http_limits import retry_after_s
from newsletter.summaries.language_model.completions import events_of

# Where providers put their words: in a dictionary, in a list of them, one within the other.
_NAMES = ("error", "errors", "message", "detail", "msg", "error_msg")
_KINDS = ("code", "type", "status")
_PLAIN_CHARACTERS = 500
_NOT_PLAIN = ("<", "{", "[")  # how a page or a document begins
LONGEST_WAIT_S = 60.0  # until an address is asked again
_STATUS = re.compile(r"[45]\d\d")


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float

    @property
    def is_success(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def retry_after_s(self) -> float:
        return retry_after_s(self.headers)

    @property
    def asks_for_too_long(self) -> bool:
        """Whether it says to come again, and nobody waits until then."""
        return self.retry_after_s > LONGEST_WAIT_S

    @cached_property
    def error(self) -> "ReplyError":
        """Of a stream any event's; empty where it tells of none."""
        errors = map(_error_in, [self.content, *events_of(self.content)])
        return next((error for error in errors if error.message), ReplyError())

    @property
    def words(self) -> str:
        """What it says of itself, in a document or in plain text; not what a model says."""
        text = self.content[:_PLAIN_CHARACTERS].decode(errors="replace").strip()
        is_plain = not (text.startswith(_NOT_PLAIN) or events_of(self.content))
        return self.error.words or (text if is_plain else "")

    @property
    def told_status(self) -> int:
        """The status that it means: some servers send an error with status 200."""
        return self.error.status if self.is_success and self.error.status else self.status


@dataclass(frozen=True)
class ReplyError:
    message: str = ""
    kinds: str = ""  # a code or a type beside it
    status: int = 0  # where the code is one of HTTP's

    @property
    def words(self) -> str:
        return f"{self.message} {self.kinds}".strip()


def _error_in(content: bytes) -> ReplyError:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return ReplyError()
    kinds: list[str] = []
    while isinstance(document, dict | list):
        if isinstance(document, list):
            document = document[0] if document else None
            continue
        kinds += [str(document[name]) for name in _KINDS if document.get(name)]
        document = next((document[name] for name in _NAMES if document.get(name)), None)
    if not isinstance(document, str):
        return ReplyError()
    status = next((int(kind) for kind in kinds if _STATUS.fullmatch(kind)), 0)
    return ReplyError(document, " ".join(kinds), status)
