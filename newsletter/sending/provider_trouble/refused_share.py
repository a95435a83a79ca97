"""Counts how many of an issue's readers are refused.

A server that is ill in part refuses some readers and takes the others between, so its refusals form
no row. Their number shows that the server is at fault.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from newsletter.sending.records.ledger import DeliveryResult

_DEAD = 0.125  # of an old list; by chance it is more, seldom by the root of how many were asked
_SMALL = 100  # answers; of fewer a quarter is too many
_FEW = 5  # refusals, of fewer a third
_CHANCE = 1e-4  # of dead addresses that all meet one connection
_KNOWN_SHARE = 0.05  # of who was accepted; so many who took mails before are no accident
_FEW_KNOWN = 5  # of them are one


@dataclass
class RefusedShare:
    """Whether more of an issue's readers are refused than can be dead; it stays so for a run.

    Readers who were refused an earlier issue are not counted.
    """

    accepted: int = 0
    refused: int = 0  # in this run, as the next two
    recorded: int = 0  # of these, with the issue
    words: str = ""  # of the last refusal
    _before: tuple[int, int] = (0, 0)  # how many were accepted and refused up to this batch
    _known: set[int] = field(default_factory=set)
    _ill_connections: set[int | None] = field(default_factory=set)
    is_high: bool = False
    is_high_of_known: bool = False

    def end_batch(
        self, refused: AbstractSet[int], known: AbstractSet[int], words: str, issue: tuple[int, int]
    ) -> None:
        """These subscribers were refused in a batch, of whom some took an earlier issue.

        `issue` is how many it was sent to, and how many it counts as refused: by other processes
        and earlier runs too. Of a long list only some may fall into an outage, so the share of a
        batch counts as well.
        """
        sent, refused_of_issue = issue
        self.refused += len(refused)
        self._known |= refused & known
        self.words = words if refused else self.words
        accepted_before, refused_before = self._before
        self._before = self.accepted, self.refused
        asked = self.accepted - accepted_before + self.refused - refused_before
        of_all = refused_of_issue + self.refused - self.recorded
        self.is_high |= _are_too_many(of_all, of_all + max(sent, self.accepted))
        self.is_high |= asked >= _SMALL and _are_too_many(self.refused - refused_before, asked)
        least = max(_FEW_KNOWN, _KNOWN_SHARE * self.accepted)
        self.is_high_of_known |= len(self._known) >= least

    def see_places(self, begun: Iterable[int]) -> None:
        """These mails of the run were refused: too many among a hundred are an outage."""
        places, most = sorted(begun), int(_DEAD * _SMALL + math.sqrt(_SMALL)) + 1
        close = zip(places, places[most - 1 :], strict=False)
        self.is_high |= any(last - first < _SMALL for first, last in close)

    def see_connections(self, answers: Sequence[DeliveryResult]) -> None:
        """Find a connection that took no mail while the others took nearly all.

        It leads to a machine of the provider that is ill.
        """
        by_connection = defaultdict[int | None, list[int]](list)
        for answer in answers:
            by_connection[answer.result.idle_connection].append(answer.begun)
        by_connection.pop(None, None)
        for connection, places in by_connection.items():
            first, last = min(places), max(places)
            others = last - first + 1 - len(places)
            refused = sum(first <= answer.begun <= last for answer in answers) - len(places)
            share = (refused + 1) / (others + 2)
            if len(places) >= _FEW and others >= len(places) and share ** len(places) < _CHANCE:
                self._ill_connections.add(connection)

    def spares(self, answer: DeliveryResult) -> bool:
        is_known = answer.recipient.subscriber_id in self._known
        is_ill = answer.result.idle_connection in self._ill_connections
        return self.is_high or is_ill or (self.is_high_of_known and is_known)


def _are_too_many(refused: int, asked: int) -> bool:
    if asked < _SMALL:
        least = asked / 4 if refused >= _FEW else asked / 3
        return min(refused, asked - 1) > 1 and refused >= least
    return refused > _DEAD * asked + math.sqrt(asked)
