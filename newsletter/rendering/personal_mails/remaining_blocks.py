"""The rest of an issue's blocks, below the papers that come first."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, cast

from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.size_budget import DetailLevel, less_begins


class RemainingBlock(NamedTuple):
    """A block without what comes first."""

    block: int
    gone: Sequence[int]  # by their numbers among those that are shown
    over: int  # papers that are not


class StandingPlace(NamedTuple):
    """Where a paper stands when it does not come first."""

    block: int
    number: int | None  # in its block, where it is shown there


class WholeBlocks:
    """The blocks as all mails of a variant have them, before some papers come first."""

    def __init__(
        self, issue: IssueContent, shown: Mapping[int, DetailLevel], left_out: Sequence[str]
    ) -> None:
        beyond = issue.beyond(shown)
        self.blocks = [block for block in issue.blocks if block.section not in left_out]
        self._whole = [_WholeBlock(beyond[block]) for block in self.blocks]
        self.stands: dict[int, StandingPlace] = {}  # by the paper's place in the issue
        numbers = {block: number for number, block in enumerate(self.blocks)}
        begin = less_begins(issue, shown)
        for place, entry in enumerate(issue.entries):
            if entry.section in left_out:
                continue
            block = numbers[issue.block(entry)]
            number = self._whole[block].add(place in begin) if place in shown else None
            self.stands[place] = StandingPlace(block, number)

    def without(self, blocks: Sequence[int], numbers: Sequence[int | None]) -> list[RemainingBlock]:
        """What is left of each without such papers, and of which anything is."""
        if len(self._whole) == 1 and None not in numbers:  # as mostly
            (whole,) = self._whole
            return whole.without(0, cast("Sequence[int]", numbers), whole.hidden)
        gone: list[list[int]] = [[] for _ in self._whole]
        hidden = [block.hidden for block in self._whole]
        for block, number in zip(blocks, numbers, strict=True):
            if number is None:
                hidden[block] -= 1
            else:
                gone[block].append(number)
        return [
            rest
            for at, whole in enumerate(self._whole)
            for rest in whole.without(at, gone[at], hidden[at])
        ]


@dataclass(slots=True)
class _WholeBlock:
    hidden: int  # papers that are not shown
    listed: int = 0  # lines and papers that are
    begins: list[int] = field(default_factory=list)  # the numbers of the lines where there is less

    def add(self, begins_less: bool) -> int:  # noqa: FBT001 - of a private class
        """One more paper that is shown: its number."""
        if begins_less:
            self.begins.append(self.listed)
            self.listed += 1
        self.listed += 1
        return self.listed - 1

    def without(self, block: int, numbers: Iterable[int], over: int) -> list[RemainingBlock]:
        """What is left, if anything."""
        gone = self._with_empty(sorted(numbers))
        return [RemainingBlock(block, gone, over)] if len(gone) < self.listed or over else []

    def _with_empty(self, gone: list[int]) -> list[int]:
        """And the lines below which nothing is left."""
        if not (self.begins and gone):
            return gone
        empty = [
            begin
            for begin, end in pairwise([*self.begins, self.listed])
            if bisect_left(gone, end) - bisect_left(gone, begin) == end - begin - 1
        ]
        return sorted([*gone, *empty]) if empty else gone
