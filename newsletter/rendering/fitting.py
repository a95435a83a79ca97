"""What of an issue a mail has room for, and which encoding leaves most."""

from collections.abc import Sequence

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
) -> tuple[list[DetailLevel], str]:
    """The papers' levels, and the encoding: base64 where much Chinese would have no room else.

    `frame` is everything that stands around the papers, at its longest.
    """
    leading = sum(entry.section is not IssueSection.REPLACE for entry in content.entries)
    more = [html.more(block.section, papers) for block, papers in content.blocks.items()]

    def plan(encoding: str) -> list[DetailLevel]:
        return plan_levels(
            lambda level: _weights(encoding, html.papers(level)),
            ceiling,
            LIMIT - sum(_weights(encoding, frame), NOTHING),
            sum(_weights(encoding, more), NOTHING),
            leading,
        )

    levels = plan(QUOTED_PRINTABLE)
    if levels == [ceiling] * len(content.entries):
        return levels, QUOTED_PRINTABLE
    others = plan(BASE64)
    return (others, BASE64) if sum(others) > sum(levels) else (levels, QUOTED_PRINTABLE)


def _weights(encoding: str, pieces: Sequence[TextFragment]) -> list[Weight]:
    weights = []
    for piece in pieces:
        decoded = piece.weight + piece.text.count("\n")  # the decoded part has CRLF
        encoded = base64_size(decoded) if encoding == BASE64 else len(piece.encoded)
        weights.append(Weight(decoded, encoded))
    return weights
