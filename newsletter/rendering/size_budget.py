"""How much of each paper a mail has room for.

Gmail clips a mail at about 102 kB; sources differ on whether the encoding counts, so both the
decoded HTML and its encoded part stay below.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import IssueEntry, IssueSection


class DetailLevel(IntEnum):
    """How much is shown of a paper; each holds what the lower ones do."""

    TITLE = 1
    COMPACT = 2  # and the one sentence
    SUMMARY = 3  # and authors, and one line of facts
    EXCERPT = 4  # and how the abstract begins
    FULL = 5  # and all of it


CEILINGS = {"full": DetailLevel.FULL, "brief": DetailLevel.SUMMARY, "titles": DetailLevel.TITLE}


def own_level(entry: IssueEntry, level: DetailLevel) -> DetailLevel:
    """The level at which a mail shows a paper.

    A replacement is quiet at any, with no sentence. What the editor puts first has its whole card
    wherever it has a sentence.
    """
    if entry.put_first and level is DetailLevel.COMPACT:
        return DetailLevel.SUMMARY
    if not entry.is_quiet:
        return level
    return max(min(level, DetailLevel.SUMMARY), DetailLevel.COMPACT)


def shows_sentence(entry: IssueEntry, level: DetailLevel) -> bool:
    """Under a new paper always, under a replacement only where everything is wanted."""
    least = DetailLevel.EXCERPT if entry.is_quiet else DetailLevel.COMPACT
    return bool(entry.summary.text) and level >= least


def less_begins(content: IssueContent, shown: Mapping[int, DetailLevel]) -> set[int]:
    """The places of papers of which less is shown than of the one before, for want of room.

    That is in the order of the labels: where an issue is set by category, each may have such a
    place. Where the first paper has less than the reader wants, the masthead says so. Replacements
    are quiet anyway, so they are only held against one another.
    """
    order = {block: number for number, block in enumerate(content.blocks)}
    entries = content.entries
    placed = sorted(shown, key=lambda place: order[content.block(entries[place])])
    own = {
        place: own_level(entries[place], level) if entries[place].is_quiet else level
        for place, level in shown.items()
    }
    loud = [place for place in placed if not entries[place].is_quiet]
    quiet = [place for place in placed if entries[place].is_quiet]
    pairs = [*pairwise(loud), *pairwise(quiet)]
    return {place for before, place in pairs if own[before] > own[place]}


def most_less_begins(content: IssueContent) -> int:
    """How many such places there can be."""
    runs = {
        (block.category, block.is_first, block.is_late, block.section is IssueSection.REPLACE)
        for block in content.blocks
    }
    quiet = sum(is_quiet for *_, is_quiet in runs)  # less is shown among these, or the others
    return 1 + (max(quiet, len(runs) - quiet) if content.by_category else 1)


@dataclass(frozen=True)
class Weight:
    """Bytes of HTML, as decoded and as encoded."""

    decoded: int
    encoded: int

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.decoded + other.decoded, self.encoded + other.encoded)

    def __sub__(self, other: "Weight") -> "Weight":
        return Weight(self.decoded - other.decoded, self.encoded - other.encoded)

    def share(self, of_it: float) -> "Weight":
        return Weight(int(self.decoded * of_it), int(self.encoded * of_it))

    def fits(self, room: "Weight") -> bool:
        return self.decoded <= room.decoded and self.encoded <= room.encoded


NOTHING = Weight(0, 0)
LIMIT = Weight(decoded=100_000, encoded=101_999)
# Room is kept for so many sentences, whatever mix of sections a large day has, before there are
# titles of all; but no more of the room than this. So short sentences are more, and long ones give
# way to the titles of papers that would else only be on the web.
_SENTENCES = ((112, 0.45), (150, 0.32))


def plan_levels(
    weigh: Callable[[DetailLevel], Sequence[Weight]],
    ceiling: DetailLevel,
    room: Weight,
    more: Weight,
    leading: int,
) -> list[DetailLevel]:
    """The level of each paper that is shown, best first; what is left over is only counted.

    First the leading papers have their titles, or as many as have room beside the first
    sentences where the reader wants more than titles; then a sentence each; then the others have
    their titles.
    Then, level by level, all get more. Whatever has not enough room goes to the first ones, and
    ends the plan. So a paper never has less than one that comes after it.

    Args:
        weigh: the weights of all papers at a level; not asked for levels that have no room.
        ceiling: what the reader wants at most.
        room: what the papers may weigh together.
        more: the weight of the lines that count what is left over.
        leading: how many papers go before the others: those that are not replacements.
    """
    plan = _planned(weigh, ceiling, room, leading)
    if len(plan) < len(weigh(DetailLevel.TITLE)):
        plan = _planned(weigh, ceiling, room - more, leading)
    return plan


class _Plan:
    """The papers' levels so far, and what they weigh."""

    def __init__(self, weigh: Callable[[DetailLevel], Sequence[Weight]]) -> None:
        self._weigh = weigh
        self._used = NOTHING
        self.levels: list[DetailLevel] = []

    def lift(self, level: DetailLevel, papers: range, room: Weight) -> bool:
        """Give these papers that level, the first ones first; whether there was room for all."""
        weights = self._weigh(level)
        lower = self._weigh(DetailLevel(level - 1)) if level > DetailLevel.TITLE else ()
        for number in papers:
            heavier = self._used + weights[number] - (lower[number] if lower else NOTHING)
            if not heavier.fits(room):
                return False
            self._used = heavier
            self.levels[number : number + 1] = [level]
        return True


def _for_sentences(
    weigh: Callable[[DetailLevel], Sequence[Weight]], leading: int, room: Weight
) -> Weight:
    """The room that is kept for the first sentences while titles are planned."""
    kept = NOTHING
    for sentences, share in _SENTENCES:
        first = slice(min(leading, sentences))
        told = sum(weigh(DetailLevel.COMPACT)[first], NOTHING)
        wanted = told - sum(weigh(DetailLevel.TITLE)[first], NOTHING)
        most = room.share(share)
        least = Weight(min(wanted.decoded, most.decoded), min(wanted.encoded, most.encoded))
        kept = Weight(max(kept.decoded, least.decoded), max(kept.encoded, least.encoded))
    return kept


def _planned(
    weigh: Callable[[DetailLevel], Sequence[Weight]],
    ceiling: DetailLevel,
    room: Weight,
    leading: int,
) -> list[DetailLevel]:
    plan = _Plan(weigh)
    papers = len(weigh(DetailLevel.TITLE))
    first, others = range(leading), range(leading, papers)
    for_titles = (
        room - _for_sentences(weigh, leading, room) if ceiling > DetailLevel.TITLE else room
    )
    steps = [
        (DetailLevel.COMPACT, first),
        (DetailLevel.TITLE, others),
        (DetailLevel.COMPACT, others),
        *((level, range(papers)) for level in DetailLevel if level > DetailLevel.COMPACT),
    ]
    if not plan.lift(DetailLevel.TITLE, first, for_titles):
        titled = len(plan.levels)
        steps = [(DetailLevel.COMPACT, range(titled))]
        for number in range(titled, leading):  # where sentences need less than was kept for them
            steps += [(DetailLevel.TITLE, range(number, number + 1))]
            steps += [(DetailLevel.COMPACT, range(number, number + 1))]
    all(plan.lift(level, numbers, room) for level, numbers in steps if level <= ceiling)
    return plan.levels
