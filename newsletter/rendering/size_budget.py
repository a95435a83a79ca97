"""How much of each paper a mail has room for.

Gmail clips a mail at about 102 kB; sources differ on whether the encoding counts, so both the
decoded HTML and its quoted-printable part stay below.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate


class DetailLevel(IntEnum):
    """How much is shown of a paper; each holds what the lower ones do."""

    TITLE = 1
    SUMMARY = 2  # authors, the one sentence, one line of facts
    EXCERPT = 3  # and how the abstract begins
    FULL = 4  # and all of it


CEILINGS = {"full": DetailLevel.FULL, "brief": DetailLevel.SUMMARY, "titles": DetailLevel.TITLE}


@dataclass(frozen=True)
class Weight:
    """Bytes of HTML, as decoded and in quoted-printable."""

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
# Of the room, for more than titles: a day of 400 papers still opens with sentences to read.
_FOR_SENTENCES = 0.25


def plan_levels(
    weigh: Callable[[DetailLevel], Sequence[Weight]],
    ceiling: DetailLevel,
    room: Weight,
    more: Weight,
) -> list[DetailLevel]:
    """The level of each paper that is shown, best first; what is left over is only counted.

    First every paper has its title, or as many as three quarters of the room hold where the reader
    wants more than titles; then, level by level, as many as there is room for get more, the first
    ones first. So a paper never has less than one that comes after it.

    Args:
        weigh: the weights of all papers at a level; not asked for levels that have no room.
        ceiling: what the reader wants at most.
        room: what the papers may weigh together.
        more: the weight of the line that counts what is left over.
    """
    titles = weigh(DetailLevel.TITLE)
    whole = sum(titles, NOTHING)
    for_titles = room if ceiling is DetailLevel.TITLE else room - room.share(_FOR_SENTENCES)
    if not whole.fits(for_titles):
        room, for_titles = room - more, for_titles - more
    sums = list(accumulate(titles))
    shown = sum(weight.fits(for_titles) for weight in sums)
    levels = [DetailLevel.TITLE] * shown
    used = sums[shown - 1] if shown else NOTHING
    lower = titles
    for level in list(DetailLevel)[1:ceiling]:
        weights = weigh(level)
        for number in range(shown):
            heavier = used - lower[number] + weights[number]
            if not heavier.fits(room):
                return levels
            levels[number], used = level, heavier
        lower = weights
    return levels
