"""What an endpoint will not take, learned from its refusals and kept while the program runs."""

import re
from typing import Any

from newsletter.lazy_pattern import lazy_pattern

Body = dict[str, Any]

# What is refused, by the words in which providers do.
_REFUSALS = {
    "system": lazy_pattern(
        r"system (?:role|message|prompt|instruction)|role\W.{0,30}system|system\W.{0,30}\brole"
        r"|developer instruction|roles must alternate",
        re.IGNORECASE | re.DOTALL,
    ),
    "max_tokens": lazy_pattern("max_tokens"),
    "temperature": lazy_pattern("temperature", re.IGNORECASE),
}
MOST_REFUSALS = len(_REFUSALS)


class Dialect:
    """May be asked and taught by several threads at once."""

    def __init__(self) -> None:
        self._refused: frozenset[str] = frozenset()

    def fit(self, body: Body) -> Body:
        """The same request without what was refused before."""
        fitted = dict(body)
        if "temperature" in self._refused:
            fitted.pop("temperature", None)
        if "max_tokens" in self._refused and "max_tokens" in fitted:
            fitted["max_completion_tokens"] = fitted.pop("max_tokens")
        if "system" in self._refused:
            texts = [message["content"] for message in body["messages"]]
            fitted["messages"] = [{"role": "user", "content": "\n\n".join(texts)}]
        return fitted

    def learn(self, body: Body, refusal: str) -> bool:
        """Whether the refusal is of something in that request that can be left out."""
        found = {
            name
            for name, pattern in _REFUSALS.items()
            if _has(body, name) and pattern.search(refusal)
        }
        self._refused |= found
        return bool(found)


def _has(body: Body, name: str) -> bool:
    if name == "system":
        return any(message["role"] == "system" for message in body["messages"])
    return name in body
