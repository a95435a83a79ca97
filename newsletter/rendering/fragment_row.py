"""Fragments that follow one another in all mails of a variant, but for a few that stand elsewhere.

A personal mail of 400 papers is so put together of some thirty pieces, not of hundreds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from newsletter.rendering.qp_template import TextFragment, fill_gaps, join_cuts


class FragmentRow:
    """Cut together once; `label` stands before the first one, and never elsewhere."""

    def __init__(
        self, fragments: Sequence[TextFragment], label: TextFragment | None = None
    ) -> None:
        self.fragments = [label, *fragments] if label else fragments
        self.labels = len(self.fragments) - len(fragments)
        self._cut: _RowCut | None = None

    def cut(self, placeholders: re.Pattern[str]) -> "_RowCut":
        if self._cut is None or self._cut.placeholders is not placeholders:
            self._cut = _RowCut.of(self.fragments, placeholders)
        return self._cut

    def without(self, gone: Sequence[int]) -> "RowRest":
        """All but those at these places, which stand in their order."""
        return RowRest(self, gone)


@dataclass(frozen=True)
class _RowCut:
    """The parts between all gaps of a row, and where each of its fragments begins."""

    placeholders: re.Pattern[str]
    parts: list[bytes]  # number n stands before gap n
    names: list[str]
    gaps: list[int]  # of each fragment, how many are before it, and at last of all
    begins: list[int]  # of each fragment, with nothing in the gaps, and at last where all end

    @classmethod
    def of(cls, fragments: Sequence[TextFragment], placeholders: re.Pattern[str]) -> "_RowCut":
        cuts = [fragment.cut(placeholders) for fragment in fragments]
        return cls(
            placeholders,
            *join_cuts(cuts),
            [*accumulate((len(names) for _, names in cuts), initial=0)],
            [*accumulate((sum(map(len, own)) for own, _ in cuts), initial=0)],
        )


@dataclass(slots=True)
class RowRest:
    """The fragments of a row but for those at some places."""

    row: FragmentRow
    gone: Sequence[int]

    def _kept(self) -> list[TextFragment]:
        gone = {place + self.row.labels for place in self.gone}
        return [each for place, each in enumerate(self.row.fragments) if place not in gone]

    @property
    def text(self) -> str:
        return "".join(fragment.text for fragment in self._kept())

    def cut(self, placeholders: re.Pattern[str]) -> tuple[Sequence[bytes], Sequence[str]]:
        whole = _RowCut.of(self._kept(), placeholders)
        return whole.parts, whole.names

    def filled(self, placeholders: re.Pattern[str], values: Mapping[str, bytes]) -> list[bytes]:
        whole = self.row.cut(placeholders)
        gaps, begins, labels = whole.gaps, whole.begins, self.row.labels
        if not self.gone:
            return fill_gaps(whole.parts, whole.names, values)
        if len(set(whole.names)) > 1:
            return fill_gaps(*self.cut(placeholders), values)
        value = values[whole.names[0]] if whole.names else b""
        size = len(value)
        filled = value.join(whole.parts)
        start = 0
        stretches = []
        for place in self.gone:
            fragment = place + labels
            stretches.append(filled[start : begins[fragment] + size * gaps[fragment]])
            start = begins[fragment + 1] + size * gaps[fragment + 1]
        return [*stretches, filled[start:]]
