"""What of an issue a mail has room for, and which encoding leaves most."""

from collections.abc import Collection, Mapping, Sequence

from newsletter.rendering.base64_template import base64_size
from newsletter.rendering.fragments import PaperFragments
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.message import BASE64, QUOTED_PRINTABLE
from newsletter.rendering.qp_template import TextFragment
from newsletter.rendering.size_budget import LIMIT, NOTHING, DetailLevel, Weight, plan_levels


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
    leading = sum(not entries[place].is_quiet for place in places)
    more = [html.more(block, papers) for block, papers in content.blocks.items()]

    def plan(encoding: str) -> list[DetailLevel]:
        return plan_levels(
            lambda level: _weights(encoding, [html.papers(level)[place] for place in places]),
            ceiling,
            LIMIT - sum(_weights(encoding, frame), NOTHING),
            sum(_weights(encoding, more), NOTHING),
            leading,
        )

    levels, encoding = plan(QUOTED_PRINTABLE), QUOTED_PRINTABLE
    if levels != [ceiling] * len(places) and sum(others := plan(BASE64)) > sum(levels):
        levels, encoding = others, BASE64
    return dict(zip(places, levels, strict=False)), encoding


def fit_links(
    content: IssueContent,
    html: PaperFragments,
    shown: Mapping[int, DetailLevel],
    encoding: str,
    frame: Sequence[TextFragment],
    longest: Mapping[str, str],
) -> set[int]:
    """The papers, from the first on, that have room for the reader's links once all is planned.

    So links cost no paper any of its words. `longest` has the longest value for each blank.
    """
    cards = [html.papers(level)[place] for place, level in shown.items()]
    more = [html.more(block, papers) for block, papers in content.blocks.items()]
    used = sum(_weights(encoding, [*frame, *more, *cards]), NOTHING)
    places = set()
    for (place, level), card in zip(shown.items(), cards, strict=True):
        text = html.papers(level, linked=True)[place].text
        if text == card.text:
            continue
        for blank, value in longest.items():
            text = text.replace(blank, value)
        before, after = _weights(encoding, [card, TextFragment(text)])
        used += after - before
        if not used.fits(LIMIT):
            break
        places.add(place)
    return places


def _weights(encoding: str, pieces: Sequence[TextFragment]) -> list[Weight]:
    weights = []
    for piece in pieces:
        decoded = piece.weight + piece.text.count("\n")  # the decoded part has CRLF
        encoded = base64_size(decoded) if encoding == BASE64 else len(piece.encoded)
        weights.append(Weight(decoded, encoded))
    return weights
