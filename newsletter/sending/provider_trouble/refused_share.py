"""How many of those who are asked are refused, of a run and of each domain.

A server that is ill in part refuses some readers and takes the others between, so that no row of
refusals tells; that they are too many to be the readers' own does.
"""

import math
from collections import Counter, deque
from dataclasses import dataclass, field

from newsletter.transports.base import SendResult, SendStatus

_LATELY = 200  # answers that are looked at
_LEAST = 50  # of them, before a share says anything
_DEAD = 0.1  # of an old list; by chance it is more, seldom by the root of how many were asked
_OF_ONE_DOMAIN = 12  # refusals: then the domain is paused, as for bounces
LOSSES_OF_ONE_DOMAIN = 3  # lost answers do as well: each is a mail in doubt
_AN_ACCEPTED = 9  # refusals that a mail outweighs which the domain took: nine of ten are refused


@dataclass
class RefusedShare:
    """Of the last answers of a run, whether too many were refusals; once so, for the whole run."""

    _lately: deque[bool] = field(default_factory=lambda: deque(maxlen=_LATELY))
    _was_high: bool = False
    words: str = ""  # of the last refusal

    def add(self, result: SendResult) -> None:
        is_refusal = result.status is SendStatus.REJECTED
        self.words = result.detail if is_refusal else self.words
        self._lately.append(is_refusal)
        if len(self._lately) == _LATELY:
            self._was_high = self.is_high

    @property
    def is_high(self) -> bool:
        if self._was_high or len(self._lately) < _LEAST:
            return self._was_high
        asked = len(self._lately)
        return sum(self._lately) > _DEAD * asked + math.sqrt(asked)


@dataclass
class DomainRefusals:
    """Which domains take nothing, or nearly nothing."""

    _refusals: Counter[str] = field(default_factory=Counter)
    _lost: dict[str, str] = field(default_factory=dict)

    def add(self, domain: str) -> None:
        self._refusals[domain] += 1

    def lose(self, domain: str, words: str) -> None:
        """The answer to a mail to it was lost."""
        self._refusals[domain] += _OF_ONE_DOMAIN // LOSSES_OF_ONE_DOMAIN
        self._lost[domain] = words

    def take_silent(self) -> dict[str, str]:
        """The domains that answer no mail any more, and the words of each; said once."""
        silent = {domain: words for domain, words in self._lost.items() if self.are_all(domain)}
        self._lost = {domain: words for domain, words in self._lost.items() if domain not in silent}
        return silent

    def accept(self, domain: str) -> None:
        if domain in self._refusals:
            self._refusals[domain] = max(0, self._refusals[domain] - _AN_ACCEPTED)

    def are_all(self, domain: str) -> bool:
        return self._refusals[domain] >= _OF_ONE_DOMAIN
