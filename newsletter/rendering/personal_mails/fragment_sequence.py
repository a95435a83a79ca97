"""Fragments that follow one another in all mails of a variant, but for a few that stand elsewhere.

A personal mail of 400 papers is so put together of some thirty pieces, not of hundreds.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from newsletter.rendering.transfer_encodings.base64_text import Base64Stretch, Base64Text
from newsletter.rendering.transfer_encodings.qp_template import GappedText, Octets, TextFragment


class FragmentSequence:
    """Cut together once; `label` stands before the first one, and never elsewhere."""

    def __init__(
        self, fragments: Sequence[TextFragment], label: TextFragment | None = None
    ) -> None:
        self.fragments = [label, *fragments] if label else fragments
        self.labels = len(self.fragments) - len(fragments)
        self.cut = lru_cache(maxsize=1)(self._cut)  # by the placeholders
        self.plain_cut = lru_cache(maxsize=1)(self._plain_cut)

    def _cut(self, placeholders: re.Pattern[str]) -> "_CutSequence":
        cuts = [fragment.cut(placeholders) for fragment in self.fragments]
        return _CutSequence.of(cuts, self.labels)

    def _plain_cut(self, placeholders: re.Pattern[str]) -> "_PlainSequence":
        cuts = [fragment.plain_cut(placeholders) for fragment in self.fragments]
        cut = _CutSequence.of(cuts, self.labels)
        return _PlainSequence(cut, Base64Text(b"".join(cut.whole.parts)), cut.starts[1:-1])

    def without(self, gone: Sequence[int]) -> "RemainingFragments":
        """All but those at these places, which stand in their order."""
        return RemainingFragments(self, gone)


@dataclass(frozen=True)
class _CutSequence:
    """All fragments of a sequence, cut, and where each begins."""

    whole: GappedText
    gaps: list[int]  # of each fragment, how many are before it, and at last of all
    begins: list[int]  # of each fragment, with nothing in the gaps, and at last where all end
    starts: list[int]  # of each part of the whole, counted so
    labels: int  # that stand before what can be gone

    @classmethod
    def of(cls, cuts: Sequence[GappedText], labels: int) -> "_CutSequence":
        whole = GappedText.joined(cuts)
        return cls(
            whole,
            [*accumulate((len(cut.names) for cut in cuts), initial=0)],
            [*accumulate((sum(map(len, cut.parts)) for cut in cuts), initial=0)],
            [*accumulate(map(len, whole.parts), initial=0)],
            labels,
        )

    @cached_property
    def views(self) -> list[memoryview]:
        """Of the parts: no stretch is copied before it is sent."""
        return [memoryview(part) for part in self.whole.parts]

    @cached_property
    def edges(self) -> tuple[list[int], list[int]]:
        """Where each begins that can be gone, and where it ends."""
        return self.begins[self.labels : -1], self.begins[self.labels + 1 :]

    def without(self, gone: Sequence[int]) -> list[Octets]:
        """All fragments but those that are gone, where there are no gaps."""
        begins, ends = self.edges
        froms, tos = map(ends.__getitem__, gone), map(begins.__getitem__, gone)
        (content,) = self.views
        return [*map(content.__getitem__, map(slice, (0, *froms), (*tos, self.begins[-1])))]

    def stretches(self, value: bytes, gone: Sequence[int]) -> list[Octets]:
        """The same with this value in all gaps."""
        gone = [number + self.labels for number in gone]
        starts, begins, gaps = self.starts, self.begins, self.gaps
        parts = self.views
        out: list[Octets] = []
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
class _PlainSequence:
    """The same, not encoded yet."""

    cut: _CutSequence
    text: Base64Text  # with nothing in the gaps
    places: Sequence[int]  # of the gaps in that


@dataclass(slots=True)
class RemainingFragments:
    """The fragments of a sequence but for those at some places."""

    sequence: FragmentSequence
    gone: Sequence[int]

    def _kept(self) -> list[TextFragment]:
        gone = {number + self.sequence.labels for number in self.gone}
        return [
            fragment
            for number, fragment in enumerate(self.sequence.fragments)
            if number not in gone
        ]

    @property
    def text(self) -> str:
        return "".join(fragment.text for fragment in self._kept())

    def cut(self, placeholders: re.Pattern[str]) -> GappedText:
        return GappedText.joined(fragment.cut(placeholders) for fragment in self._kept())

    def filled(
        self, placeholders: re.Pattern[str], values: Mapping[str, bytes]
    ) -> Sequence[Octets]:
        cut = self.sequence.cut(placeholders)
        if not self.gone:
            return cut.whole.filled(values)
        if not cut.whole.names:
            return cut.without(self.gone)
        if cut.whole.name is None:
            return self.cut(placeholders).filled(values)
        return cut.stretches(values[cut.whole.name], self.gone)

    def plain(
        self, placeholders: re.Pattern[str], values: Mapping[str, bytes]
    ) -> list[bytes | Base64Stretch]:
        plain = self.sequence.plain_cut(placeholders)
        begins, gaps, names = plain.cut.begins, plain.cut.gaps, plain.cut.whole.names
        out: list[bytes | Base64Stretch] = []
        for start, end in self._stretches():
            begin = begins[start]
            for gap in range(gaps[start], gaps[end]):
                out += (Base64Stretch(plain.text, begin, plain.places[gap]), values[names[gap]])
                begin = plain.places[gap]
            out.append(Base64Stretch(plain.text, begin, begins[end]))
        return out

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """The first fragment of each, and the one behind the last."""
        start = 0
        for number in self.gone:
            fragment = number + self.sequence.labels
            yield start, fragment
            start = fragment + 1
        yield start, len(self.sequence.fragments)
