"""The parts of an issue's page have names, to which its mails link."""

from operator import attrgetter

from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import Block

_FOUND_LATER = "found-later"  # as the masthead links to it


def block_anchors(content: IssueContent) -> dict[Block, str]:
    """The name of each label: the first of each section bears the section's.

    So does the first of what was found later, which is of no section of that day. Where an issue is
    set by category, the first label of each has the category's name inside it.
    """
    anchors: dict[str, Block] = {}
    for block in sorted(content.blocks, key=attrgetter("is_first", "is_late")):
        parts = ["first" if block.is_first else "", block.category, block.section]
        parts.insert(0, str(block.day) if block.is_late else "")
        name = _FOUND_LATER if block.is_late else block.section
        anchors["-".join(filter(None, parts)) if name in anchors else name] = block
    return {block: anchor for anchor, block in anchors.items()}
