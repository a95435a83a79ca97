"""Fragments that follow one another in all mails of a variant, but for a few that stand elsewhere.

A personal mail of 400 papers is so put together of some thirty pieces, not of hundreds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.rendering.qp_template import TextFragment


class FragmentRow:
    """Cut together once, for any stretch of them."""

    def __init__(self, fragments: Sequence[TextFragment]) -> None:
        self.fragments = fragments
        self._cut: _RowCut | None = None

    def cut(self, placeholders: re.Pattern[str]) -> "_RowCut":
        if self._cut is None or self._cut.placeholders is not placeholders:
            self._cut = _RowCut.of(self.fragments, placeholders)
        return self._cut

    def without(self, gone: Iterable[int]) -> list["RowStretch"]:
        """All but those at these places, in as few stretches as there are."""
        places = sorted(gone)
        starts = [0, *(place + 1 for place in places)]
        ends = [*places, len(self.fragments)]
        return [
            RowStretch(self, start, end)
            for start, end in zip(starts, ends, strict=True)
            if start < end
        ]


@dataclass(frozen=True)
class _RowCut:
    """The parts between all gaps of a row, and where each of its fragments begins."""

    placeholders: re.Pattern[str]
    parts: list[bytes]  # number n stands before gap n
    names: list[str]
    starts: list[int]  # of each fragment, the number of its first gap, and at last of all gaps
    edges: list[int]  # of each fragment, where it begins in the part before its first gap

    @classmethod
    def of(cls, fragments: Sequence[TextFragment], placeholders: re.Pattern[str]) -> "_RowCut":
        parts: list[list[bytes]] = [[]]
        names: list[str] = []
        starts, edges = [], []
        for fragment in fragments:
            starts.append(len(names))
            edges.append(sum(map(len, parts[-1])))
            own, blanks = fragment.cut(placeholders)
            parts[-1].append(own[0])
            parts += [[part] for part in own[1:]]
            names += blanks
        starts.append(len(names))
        edges.append(sum(map(len, parts[-1])))
        return cls(placeholders, [b"".join(part) for part in parts], names, starts, edges)


@dataclass(frozen=True)
class RowStretch:
    """The fragments of a row from number `start` on, before number `end`."""

    row: FragmentRow
    start: int
    end: int

    @property
    def text(self) -> str:
        return "".join(fragment.text for fragment in self.row.fragments[self.start : self.end])

    def cut(self, placeholders: re.Pattern[str]) -> tuple[Sequence[bytes], Sequence[str]]:
        whole = self.row.cut(placeholders)
        first, last = whole.starts[self.start], whole.starts[self.end]
        parts = whole.parts[first : last + 1]
        parts[-1] = parts[-1][: whole.edges[self.end]]
        parts[0] = parts[0][whole.edges[self.start] :]
        return parts, whole.names[first:last]
