"""What an endpoint will not take: found in its refusals, kept once it takes the changed request."""

import re
from typing import Any

from newsletter.lazy_pattern import lazy_pattern

Body = dict[str, Any]

# What is refused, by the words in which providers do.
_REFUSALS = {
    "system": lazy_pattern(
        r"system (?:role|message|prompt|instruction)|role\W.{0,30}system|system\W.{0,30}\brole"
        r"|\brole\b.{0,80}\buser\b.{0,12}\bassistant\b"
        r"|developer instruction|roles must alternate",
        re.IGNORECASE | re.DOTALL,
    ),
    "max_tokens": lazy_pattern("max_tokens"),
    "max_completion_tokens": lazy_pattern("max_completion_tokens"),
    "temperature": lazy_pattern("temperature", re.IGNORECASE),
}
# Two names of one limit: where one is refused the other is tried, where both are there is none.
_LIMITS = (("max_tokens", "max_completion_tokens"), ("max_completion_tokens", "max_tokens"))
# A paper that is too long is no such refusal, whatever settings it names.
_TOO_LONG = lazy_pattern(r"context (?:length|window|size)|too long|too large", re.IGNORECASE)


class EndpointQuirks:
    """May be asked and taught by several threads at once."""

    def __init__(self) -> None:
        self._refused: frozenset[str] = frozenset()

    def fit(self, body: Body, tried: frozenset[str] = frozenset()) -> Body:
        """The same request without what is refused, and without what is `tried` to leave out."""
        refused = self._refused | tried
        fitted = dict(body)
        if "temperature" in refused:
            fitted.pop("temperature", None)
        for name, other in _LIMITS:
            if name in refused and name in fitted:
                limit = fitted.pop(name)
                if other not in refused:
                    fitted.setdefault(other, limit)
        if "system" in refused:
            texts = [message["content"] for message in body["messages"]]
            fitted["messages"] = [{"role": "user", "content": "\n\n".join(texts)}]
        return fitted

    def learn(self, refused: frozenset[str]) -> None:
        """Leave that out from now on: without it, a request was answered."""
        self._refused |= refused


def found_in(refusal: str, body: Body) -> frozenset[str]:
    """What of that request the refusal is about, as far as it can be left out."""
    if _TOO_LONG.search(refusal):
        return frozenset()
    return frozenset(
        name for name, pattern in _REFUSALS.items() if _has(body, name) and pattern.search(refusal)
    )


def _has(body: Body, name: str) -> bool:
    if name == "system":
        return any(message["role"] == "system" for message in body["messages"])
    return name in body
