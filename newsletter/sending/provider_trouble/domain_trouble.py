"""Finds the domains that take no mail while others do: these are paused, not the provider."""

from collections import Counter
from collections.abc import Set as AbstractSet

_PAUSED_AFTER = 12  # refusals, as for bounces
LOSSES_OF_ONE_DOMAIN = 3  # lost answers do as well: each is a mail in doubt
_AN_ACCEPTED = 9  # refusals that a mail outweighs which the domain took: nine of ten are refused


class DomainTrouble:
    """Counts, by domain, how the mails of a run fared."""

    def __init__(self) -> None:
        # By domain that was asked, by a run before this one too, whether it took its last mail.
        self.takes: dict[str, bool] = {}
        self.suspects: set[str] = set()  # were paused, and took nothing since
        self.unasked: set[str] = set()  # of these, by this run
        self._pauses: dict[str, str] = {}  # not written down yet, and the words of each
        self._refusals: Counter[str] = Counter()
        self._lost: dict[str, str] = {}

    def suspect(self, domains: AbstractSet[str]) -> None:
        """An earlier run paused these domains."""
        self.suspects, self.unasked = set(domains), set(domains)
        self.takes |= dict.fromkeys(domains, False)

    def refuse(self, domain: str) -> None:
        self._refusals[domain] += 1

    def lose(self, domain: str, words: str) -> None:
        """The answer to a mail to it was lost."""
        if domain in self.suspects:  # the next one may be lost as well
            self.pause(domain, words)
        self._refusals[domain] += _PAUSED_AFTER // LOSSES_OF_ONE_DOMAIN
        self._lost[domain] = words

    def accept(self, domain: str) -> None:
        self.suspects.discard(domain)
        if domain in self._refusals:
            self._refusals[domain] = max(0, self._refusals[domain] - _AN_ACCEPTED)

    def refuses_all(self, domain: str) -> bool:
        """Whether the domain refuses all mails, or nearly all."""
        return self._refusals[domain] >= _PAUSED_AFTER

    def pause(self, domain: str, words: str) -> None:
        """Send no mail to the domain for a while, since it refuses what others take."""
        self._pauses[domain] = words

    def pause_silent(self) -> int:
        """Pause the domains that have stopped to answer; returns how many."""
        if not self._lost:  # as after nearly every mail
            return 0
        silent = {domain: words for domain, words in self._lost.items() if self.refuses_all(domain)}
        self._lost = {domain: words for domain, words in self._lost.items() if domain not in silent}
        self._pauses |= silent
        return len(silent)

    def take_pauses(self) -> dict[str, str]:
        """The domains to be paused, each with the words of its server."""
        pauses, self._pauses = self._pauses, {}
        return pauses
