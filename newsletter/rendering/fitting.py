"""What of an issue a mail has room for, and which encoding leaves most."""

from collections.abc import Collection, Sequence

from newsletter.rendering.base64_template import base64_size
from newsletter.rendering.fragments import PaperFragments
from newsletter.rendering.issue_content import IssueContent, IssueSection
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
    sections = [entry.section for entry in content.entries]
    places = [place for place, section in enumerate(sections) if section not in left_out]
    leading = sum(sections[place] is not IssueSection.REPLACE for place in places)
    more = [html.more(block.section, papers) for block, papers in content.blocks.items()]

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


def _weights(encoding: str, pieces: Sequence[TextFragment]) -> list[Weight]:
    weights = []
    for piece in pieces:
        decoded = piece.weight + piece.text.count("\n")  # the decoded part has CRLF
        encoded = base64_size(decoded) if encoding == BASE64 else len(piece.encoded)
        weights.append(Weight(decoded, encoded))
    return weights
