"""How a day's sentences came about, and what of it people are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newsletter.sources.base import PaperId
from newsletter.summaries.base import NOTHING, Tokens
from newsletter.text import counted

_NAMED = 3  # papers of those that have one reason


@dataclass(frozen=True)
class SummaryReport:
    """How the day's sentences came about. Where there is none, the authors' own words stand in."""

    made: int
    reused: int  # kept already
    settled: int = 0  # answers rejected or refused before: there will be none
    failed: dict[PaperId, str] = field(default_factory=dict)  # the next run asks again
    rejected: dict[PaperId, str] = field(default_factory=dict)  # nobody asks again
    expected: Tokens = NOTHING  # to answer those that were missing
    spent: Tokens = NOTHING  # on them, as far as answers came
    asked: int = 0  # papers about which an answer was waited for
    nothing_usable: str = ""  # why, where a model was asked and next to nothing can be printed

    def warnings(self) -> Iterator[str]:
        """How many papers have the authors' own words instead, and why."""
        if self.nothing_usable:
            papers = counted(self.asked, "paper")
            usable = (
                f"only {counted(self.made, 'usable answer')}" if self.made else "nothing usable"
            )
            yield (
                f"the model was asked about {papers} and {usable} came"
                f" (the authors' own words stand in): {self.nothing_usable}"
            )
            return
        answers = (("got no answer", self.failed), ("got a bad answer", self.rejected))
        for answer, reasons in answers:
            if reasons:
                papers = counted(len(reasons), "paper")
                named, reason = papers_by_reason(reasons)[0]
                yield f"{papers} {answer} (the authors' own words stand in): {named}: {reason}"


def papers_by_reason(reasons: Mapping[PaperId, str]) -> list[tuple[str, str]]:
    """Each reason once, the most frequent first, behind the papers: the first of them by name."""
    papers: dict[str, list[str]] = {}
    for paper, reason in reasons.items():
        papers.setdefault(reason, []).append(str(paper))
    frequent = sorted(papers.items(), key=lambda item: -len(item[1]))
    return [(_named(names), reason) for reason, names in frequent]


def _named(names: Sequence[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{len(names)} papers ({', '.join(names[:_NAMED])} and {len(names) - _NAMED} more)"
