"""The pieces of an issue in one language: rendered, inlined and encoded once at each level."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, NamedTuple, cast

from jinja2 import Environment
from markupsafe import Markup

from newsletter.rendering.fragments.block_anchors import block_anchors
from newsletter.rendering.fragments.wrapped_cards import FragmentWrapper
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import Block
from newsletter.rendering.markup.inline_css import inline
from newsletter.rendering.size_budget import DetailLevel, less_begins, own_level
from newsletter.rendering.templates import explain_template_error
from newsletter.rendering.transfer_encodings.qp_template import TextFragment
from newsletter.rendering.wrapping import wrap_text

if TYPE_CHECKING:
    from newsletter.rendering.wording.texts import IssueTexts

_INDENT = 4  # of an author line in the text part


class PicksOpening(NamedTuple):
    """The lines over the papers that come first, or in place of any."""

    number: int = 0  # by what the reader named
    others: int = 0  # by what the newsletter's group named alone
    quiet_issues: int = 0  # of the last month, that had nothing for them: no mail was sent
    for_everybody: bool = False  # the reader named nothing
    is_cut: bool = False  # some papers of the day are only on the web


@dataclass(frozen=True)
class Frame:
    """The parts around the papers, whichever sections a reader wants."""

    labels: Mapping[Block, TextFragment]
    foot: TextFragment


class PaperFragments:
    """One part, HTML or text, of one issue.

    `shown` is what the templates see; with `reader`, a set of blanks, they also show a footer
    for that reader.
    """

    def __init__(
        self,
        content: IssueContent,
        templates: Environment,
        context: Mapping[str, object],
        ending: str,
    ) -> None:
        self._digest = content
        self._environment = templates
        self._shown = {"digest": content, **context}
        self._ending = ending
        self._levels: dict[tuple[DetailLevel, bool], list[TextFragment]] = {}
        self._more: dict[tuple[Block, int, bool], TextFragment] = {}
        self._notes: dict[tuple[str, str], TextFragment] = {}
        self._heads: dict[str, TextFragment] = {}  # by the sections that are left out
        self._editors: dict[str, list[TextFragment]] = {}
        self._openings: dict[PicksOpening, TextFragment] = {}

    @cached_property
    def frame(self) -> Frame:
        blocks = list(self._digest.blocks)
        labels = [self._render("section", block=block) for block in blocks]
        _, *pieces, foot = self._finished(labels)
        return Frame(dict(zip(blocks, pieces, strict=True)), foot)

    def head(self, left_out: str = "") -> TextFragment:
        """The masthead, which speaks of no paper in these sections but by number."""
        if left_out not in self._heads:
            self._heads[left_out] = self._finished([], left_out)[0]
        return self._heads[left_out]

    def note(self, holds: str, whose: str) -> TextFragment:
        """The end of the masthead: what is here, whose the sentences are, and the first links."""
        if (holds, whose) not in self._notes:
            note = self._render("note", holds=holds, whose=whose)
            _, self._notes[holds, whose], _ = self._finished([note])
        return self._notes[holds, whose]

    def editor(self, left_out: str = "") -> list[TextFragment]:
        """The editor's words before the papers; there are none on most days."""
        if left_out not in self._editors:
            digest = self._digest.without(left_out)
            says = digest.editor_notes or digest.omissions
            told = self._finished([self._render("editor", digest=digest)])[1:-1] if says else []
            self._editors[left_out] = told
        return self._editors[left_out]

    def papers(self, level: DetailLevel, *, linked: bool = False) -> list[TextFragment]:
        """All cards at a level; `linked`, with the reader's links to say more or less of each."""
        if (level, linked) not in self._levels:
            entries = self._digest.entries
            rendered = [
                (self._render("put_first", entry=entry) if entry.put_first else "")
                + self._render(
                    "paper",
                    entry=entry,
                    paper=entry.paper,
                    level=own_level(entry, level),
                    levels=DetailLevel,
                    linked=linked,
                )
                for entry in entries
            ]
            self._levels[level, linked] = self._finished(rendered)[1:-1]
        return self._levels[level, linked]

    def naming(self, card: TextFragment, place: int, author: str) -> TextFragment:
        """The card of the paper at that place, with that author by name, who may be the last."""
        say = cast("IssueTexts", self._environment.globals["say"])
        paper = self._digest.entries[place].paper
        usual, own = say.authors(paper), say.authors(paper, author)
        if self._ending == "html":
            usual, own = escape(usual, quote=False), escape(own, quote=False)
        else:
            usual, own = wrap_text(usual, _INDENT), wrap_text(own, _INDENT)
        return TextFragment(card.text.replace(usual, own, 1))

    def more(self, block: Block, papers: int) -> TextFragment:
        """The line that stands for so many papers of a block."""
        return self._beyond(block, papers, are_others=papers < self._digest.blocks[block])

    @cached_property
    def longest_more(self) -> list[TextFragment]:
        """For each block a line no shorter than any that it can have."""
        return [
            max(
                (self._beyond(block, papers, are_others=others) for others in (False, True)),
                key=lambda line: line.weight,
            )
            for block, papers in self._digest.blocks.items()
        ]

    def _beyond(self, block: Block, papers: int, *, are_others: bool) -> TextFragment:
        key = (block, papers, are_others)
        if key not in self._more:
            words = {"section": block.section, "number": papers, "are_others": are_others}
            anchor = block.section if block.day else block_anchors(self._digest)[block]
            line = self._render("more", day=block.day, anchor=anchor, **words)
            _, self._more[key], _ = self._finished([line])
        return self._more[key]

    def rows(
        self,
        shown: Mapping[int, DetailLevel],
        linked: Collection[int] = (),
    ) -> dict[Block, list[TextFragment]]:
        """The cards at these levels under their labels, and the lines where there is less."""
        content = self._digest
        rows: dict[Block, list[TextFragment]] = {block: [] for block in content.blocks}
        begin = less_begins(content, shown)
        for place, level in shown.items():
            entry = content.entries[place]
            row = rows[content.block(entry)]
            if place in begin:
                row.append(self.less(place, own_level(entry, level)))
            row.append(self.papers(level, linked=place in linked)[place])
        return rows

    def less(self, place: int, level: DetailLevel) -> TextFragment:
        """The line over the first paper that has only so much."""
        line = self._render("less", paper=self._digest.entries[place].paper, level=level)
        return self._finished([line])[1]

    def picks(self, opening: PicksOpening) -> TextFragment:
        if opening not in self._openings:
            line = self._render("picks", **opening._asdict())
            _, self._openings[opening], _ = self._finished([line])
        return self._openings[opening]

    @cached_property
    def rest(self) -> list[TextFragment]:
        """The heading between the picks and all other papers.

        The second also leads to all papers with the reader's links, for which cards have no room.
        """
        lines = [self._render("rest", listed=listed) for listed in (False, True)]
        return self._finished(lines)[1:-1]

    @cached_property
    def around_reason(self) -> FragmentWrapper:
        """The markup around the words of why a paper comes first, above its card."""
        hole = secrets.token_hex(8)
        framed = self._finished([self._render("reason", reason=hole)])[1].text
        return FragmentWrapper.of(*framed.split(hole))

    def _finished(self, fragments: Sequence[str], left_out: str = "") -> list[TextFragment]:
        """The frame's head, the fragments and the foot; HTML with its styles inlined."""
        cut = f"<!--{secrets.token_hex(8)}-->"
        papers = Markup(cut + cut.join(fragments) + cut)  # noqa: S704 - our own rendering
        whole = self._render("body", papers=papers, held=self._digest.without(left_out))
        if self._ending == "html":
            whole = inline(whole)
        return [TextFragment(text.rstrip("\n") + "\n") for text in whole.split(cut)]

    def _render(self, name: str, **more: object) -> str:
        with explain_template_error():
            template = self._environment.get_template(f"email/issue/{name}.{self._ending}")
            return template.render(self._shown | more)
