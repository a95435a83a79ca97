"""Fragments that follow one another in all mails of a variant, but for a few that stand elsewhere.

A personal mail of 400 papers is so put together of some thirty pieces, not of hundreds.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from newsletter.rendering.base64_text import Base64Stretch, Base64Text
from newsletter.rendering.qp_template import GappedText, TextFragment


class FragmentRow:
    """Cut together once; `label` stands before the first one, and never elsewhere."""

    def __init__(
        self, fragments: Sequence[TextFragment], label: TextFragment | None = None
    ) -> None:
        self.fragments = [label, *fragments] if label else fragments
        self.labels = len(self.fragments) - len(fragments)
        self.cut = lru_cache(maxsize=1)(self._cut)  # by the placeholders
        self.plain_cut = lru_cache(maxsize=1)(self._plain_cut)

    def _cut(self, placeholders: re.Pattern[str]) -> "_CutSequence":
        return _CutSequence.of([fragment.cut(placeholders) for fragment in self.fragments])

    def _plain_cut(self, placeholders: re.Pattern[str]) -> "_PlainRow":
        row = _CutSequence.of([fragment.plain_cut(placeholders) for fragment in self.fragments])
        return _PlainRow(row, Base64Text(b"".join(row.whole.parts)), row.starts[1:-1])

    def without(self, gone: Sequence[int]) -> "RemainingFragments":
        """All but those at these places, which stand in their order."""
        return RemainingFragments(self, gone)


@dataclass(frozen=True)
class _CutSequence:
    """All fragments of a row, cut, and where each begins."""

    whole: GappedText
    gaps: list[int]  # of each fragment, how many are before it, and at last of all
    begins: list[int]  # of each fragment, with nothing in the gaps, and at last where all end
    starts: list[int]  # of each part of the whole, counted so

    @classmethod
    def of(cls, cuts: Sequence[GappedText]) -> "_CutSequence":
        whole = GappedText.joined(cuts)
        return cls(
            whole,
            [*accumulate((len(cut.names) for cut in cuts), initial=0)],
            [*accumulate((sum(map(len, cut.parts)) for cut in cuts), initial=0)],
            [*accumulate(map(len, whole.parts), initial=0)],
        )

    def stretches(self, value: bytes, gone: Sequence[int]) -> list[bytes]:
        """All fragments but those that are gone, with this value in all gaps.

        Only what is sent is copied, and once: a row is larger than what a processor has at hand.
        """
        parts, starts, begins, gaps = self.whole.parts, self.starts, self.begins, self.gaps
        if len(parts) == 1:
            froms = [0, *[begins[number + 1] for number in gone]]
            ends = [*[begins[number] for number in gone], begins[-1]]
            return [parts[0][begin:end] for begin, end in zip(froms, ends, strict=True)]
        out: list[bytes] = []
        first = begin = 0
        for end in (*gone, len(gaps) - 1):
            last = gaps[end]
            stop = begins[end] - starts[last]
            if first == last:
                out.append(parts[first][begin:stop])
            else:
                between = parts[first + 1 : last]
                out.append(value.join([parts[first][begin:], *between, parts[last][:stop]]))
            if end + 1 < len(gaps):
                first = gaps[end + 1]
                begin = begins[end + 1] - starts[first]
        return out


@dataclass(frozen=True)
class _PlainRow:
    """The same, not encoded yet."""

    cut: _CutSequence
    text: Base64Text  # with nothing in the gaps
    places: Sequence[int]  # of the gaps in that


@dataclass(slots=True)
class RemainingFragments:
    """The fragments of a row but for those at some places."""

    row: FragmentRow
    gone: Sequence[int]

    def _kept(self) -> list[TextFragment]:
        gone = {number + self.row.labels for number in self.gone}
        return [
            fragment for number, fragment in enumerate(self.row.fragments) if number not in gone
        ]

    @property
    def text(self) -> str:
        return "".join(fragment.text for fragment in self._kept())

    def cut(self, placeholders: re.Pattern[str]) -> GappedText:
        return GappedText.joined(fragment.cut(placeholders) for fragment in self._kept())

    def filled(self, placeholders: re.Pattern[str], values: Mapping[str, bytes]) -> list[bytes]:
        row = self.row.cut(placeholders)
        if not self.gone:
            return row.whole.filled(values)
        if row.whole.names and row.whole.name is None:
            return self.cut(placeholders).filled(values)
        value = b"" if row.whole.name is None else values[row.whole.name]
        labels = self.row.labels
        return row.stretches(value, [number + labels for number in self.gone])

    def plain(
        self, placeholders: re.Pattern[str], values: Mapping[str, bytes]
    ) -> list[bytes | Base64Stretch]:
        row = self.row.plain_cut(placeholders)
        begins, gaps, names = row.cut.begins, row.cut.gaps, row.cut.whole.names
        out: list[bytes | Base64Stretch] = []
        for start, end in self._stretches():
            begin = begins[start]
            for gap in range(gaps[start], gaps[end]):
                out += (Base64Stretch(row.text, begin, row.places[gap]), values[names[gap]])
                begin = row.places[gap]
            out.append(Base64Stretch(row.text, begin, begins[end]))
        return out

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """The first fragment of each, and the one behind the last."""
        start = 0
        for number in self.gone:
            fragment = number + self.row.labels
            yield start, fragment
            start = fragment + 1
        yield start, len(self.row.fragments)
