"""What a model answered: a chat completion, in one piece or as a stream of events."""

import json
import re
from dataclasses import dataclass
from typing import Any

from newsletter.summaries.base import Tokens
from newsletter.summaries.language_model.unwrapping import one_sentence

_MOST_TOKENS = 10_000_000  # an answer that claims more does not count well
TOOL_CALLS = "tool_calls"  # why an answer ended where there is none
_TEXT_PARTS = ("text", "output_text")
_EVENTS = re.compile(rb"\s*(?:data|event|id|retry)?:")


@dataclass(frozen=True)
class Completion:
    content: str  # as it came
    reason: str  # why it ended there
    tokens: Tokens | None  # as the provider counts them

    @property
    def text(self) -> str:
        return one_sentence(self.content)


def completion(body: bytes) -> Completion | None:
    """The first choice of a chat completion; None where the body is none."""
    try:
        document = _from_events(body) if _EVENTS.match(body) else json.loads(body)
        choice = document["choices"][0]
        content = _content(choice["message"])
        calls = not content and choice["message"].get("tool_calls")
        reason = TOOL_CALLS if calls else str(choice.get("finish_reason") or "")
        return Completion(content, reason, _usage(document))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return None


def is_cut(body: bytes) -> bool:
    """Whether what is no completion ends before its end: JSON within, a stream without a word."""
    if events := events_of(body):
        return not any(b"[DONE]" in event or b'"finish_reason": "' in event for event in events)
    text = body.strip()
    return text[:1] in {b"{", b"["} and text[-1:] not in {b"}", b"]"}


def is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def events_of(body: bytes) -> list[bytes]:
    """What an event stream bears; nothing where the body is none."""
    lines = body.splitlines() if _EVENTS.match(body) else []
    return [line[5:].strip() for line in lines if line.startswith(b"data:")]


def _from_events(body: bytes) -> dict[str, Any]:
    """A completion out of an event stream, which some servers send unasked."""
    lines = events_of(body)
    chunks = [json.loads(line) for line in lines if line not in {b"", b"[DONE]"}]
    choices = [choice for chunk in chunks for choice in (chunk.get("choices") or [])[:1]]
    if not choices or any(chunk.get("error") for chunk in chunks):
        raise ValueError
    # The last delta of a stream is often empty: only its reason counts.
    messages = [choice["delta"] if "delta" in choice else choice["message"] for choice in choices]
    texts = [_content(message or {}) for message in messages]
    reasons = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
    usages = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    if not reasons and b"[DONE]" not in lines:  # it was cut
        raise ValueError
    reason = reasons[-1] if reasons else "stop"
    choice = {"message": {"content": "".join(texts)}, "finish_reason": reason}
    return {"choices": [choice], "usage": usages[-1] if usages else None}


def _content(message: dict[str, Any]) -> str:
    """Nothing where a model only thought, or called a tool: its content is null or not there."""
    content: Any = message.get("content")
    if isinstance(content, list):  # some servers answer in parts
        parts = [part for part in content if part.get("type") in _TEXT_PARTS]
        content = "".join(part.get("text") or "" for part in parts)
    content = content or message.get("refusal") or ""
    if not isinstance(content, str):
        raise TypeError
    return content


def _usage(document: dict[str, Any]) -> Tokens | None:
    usage = document.get("usage")
    if not isinstance(usage, dict):
        return None
    counts = [usage.get("prompt_tokens"), usage.get("completion_tokens")]
    asked, answered = (count if type(count) is int else -1 for count in counts)
    sensible = 0 <= asked <= _MOST_TOKENS and 0 <= answered <= _MOST_TOKENS
    return Tokens(asked, answered) if sensible else None
