"""A mail has room for so much of an issue, in the encoding that leaves most."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from newsletter.rendering.fragments.paper_fragments import PaperFragments
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.message import BASE64, QUOTED_PRINTABLE
from newsletter.rendering.size_budget import LIMIT, NOTHING, DetailLevel, Weight, plan_levels
from newsletter.rendering.transfer_encodings.base64_text import base64_size
from newsletter.rendering.transfer_encodings.qp_template import TextFragment, either

if TYPE_CHECKING:
    from datetime import date


def fit_papers(
    content: IssueContent,
    html: PaperFragments,
    ceiling: DetailLevel,
    frame: Sequence[TextFragment],
    left_out: Collection[str],
) -> tuple[dict[int, DetailLevel], str]:
    """The level of each paper that is shown, by its place in the issue, and the encoding.

    That is base64 where much Chinese would have no room else. `frame` is everything that stands
    around the papers, at its longest; `left_out` are sections that the reader does not want.
    """
    entries = content.entries
    places = [place for place, entry in enumerate(entries) if entry.section not in left_out]
    places.sort(key=lambda place: entries[place].is_quiet)  # also what was found later goes first
    leading = sum(not entries[place].is_quiet for place in places)
    best_first = _days_in_turn(content, places) if content.by_day else places

    def plan(encoding: str) -> list[DetailLevel]:
        return plan_levels(
            lambda level: weigh(encoding, [html.papers(level)[place] for place in best_first]),
            ceiling,
            LIMIT - sum(weigh(encoding, frame), NOTHING),
            sum(weigh(encoding, html.longest_more), NOTHING),
            leading,
        )

    levels, encoding = plan(QUOTED_PRINTABLE), QUOTED_PRINTABLE
    if levels != [ceiling] * len(places):
        others = plan(BASE64)
        if _told(others) > _told(levels):
            levels, encoding = others, BASE64
    planned = dict(zip(best_first, levels, strict=False))
    return {place: planned[place] for place in places if place in planned}, encoding


def _days_in_turn(content: IssueContent, places: Sequence[int]) -> list[int]:
    """The first of each day, then the second of each, so that the days share what room there is.

    What the editor puts first goes before them, and replacements go behind.
    """
    numbers: Counter[tuple[bool, date | None, bool]] = Counter()
    turns: dict[int, tuple[bool, bool, int]] = {}
    for place in places:
        entry = content.entries[place]
        block = content.block(entry)
        day = entry.is_quiet, block.day, block.is_late
        numbers[day] += 1
        turns[place] = not block.is_first, entry.is_quiet, numbers[day]
    return sorted(places, key=turns.__getitem__)


def _told(levels: Sequence[DetailLevel]) -> tuple[int, int]:
    """How much a plan says: how many papers have a sentence, then what all have together."""
    return sum(level >= DetailLevel.COMPACT for level in levels), sum(levels)


def fit_links(
    content: IssueContent,
    html: PaperFragments,
    shown: Mapping[int, DetailLevel],
    encoding: str,
    frame: Sequence[TextFragment],
    longest: Mapping[str, str],
) -> tuple[set[int], Weight]:
    """The papers, from the first on, that have room for the reader's links once all is planned.

    So links cost no paper any of its words. `longest` has the longest value for each blank. And
    what room is left then.
    """
    cards = [html.papers(level)[place] for place, level in shown.items()]
    beyond = content.beyond(shown)
    more = [html.more(block, papers) for block, papers in beyond.items() if papers]
    used = sum(weigh(encoding, [*frame, *more, *cards]), NOTHING)
    places = set()
    for (place, level), card in zip(shown.items(), cards, strict=True):
        linked = html.papers(level, linked=True)[place]
        if linked.text == card.text:
            continue
        before, after = weigh(encoding, [card, filled(linked, longest)])
        heavier = used + after - before
        if not heavier.fits(LIMIT):
            break
        used = heavier
        places.add(place)
    return places, LIMIT - used


def filled(piece: TextFragment, values: Mapping[str, str]) -> TextFragment:
    """The piece with these values for its blanks."""
    return TextFragment(either(values).sub(lambda found: values[found[0]], piece.text))


def weigh(encoding: str, fragments: Sequence[TextFragment]) -> list[Weight]:
    """The size of each in a mail of that encoding."""
    weights = []
    for fragment in fragments:
        decoded = fragment.weight + fragment.text.count("\n")  # the decoded part has CRLF
        encoded = base64_size(decoded) if encoding == BASE64 else len(fragment.encoded)
        weights.append(Weight(decoded, encoded))
    return weights
