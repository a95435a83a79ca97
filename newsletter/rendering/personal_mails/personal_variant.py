"""An issue at one level and in one language for readers for whom some papers come first.

All pieces are made once. A reader's mail is their order: the picks, each under its reason, then
the rest of the day, complete, each paper once.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from operator import add, attrgetter
from typing import NamedTuple

from newsletter.interests.issue_picks import IssuePick
from newsletter.rendering.fragments.paper_fragments import PaperFragments, PicksOpening
from newsletter.rendering.fragments.wrapped_cards import Card
from newsletter.rendering.issue_content import IssueContent
from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.message import BASE64, MessageContent, Placeholders
from newsletter.rendering.personal_mails.first_paper import FirstPapers
from newsletter.rendering.personal_mails.personal_part import PersonalPart
from newsletter.rendering.personal_mails.remaining_blocks import WholeBlocks
from newsletter.rendering.personal_mails.variant import Variant
from newsletter.rendering.size_budget import DetailLevel
from newsletter.rendering.transfer_encodings.base64_text import base64_size
from newsletter.rendering.wording.texts import IssueTexts


class PersonalVariant:
    """The mails of one variant for whoever named interests; not for several threads."""

    def __init__(
        self,
        issue: IssueContent,
        parts: tuple[PaperFragments, PaperFragments],
        variant: Variant,
        ceiling: DetailLevel,
        texts: IssueTexts,
        blanks: Placeholders,
    ) -> None:
        self._issue, self._variant, self._texts, self._blanks = issue, variant, texts, blanks
        self._contents_lines: dict[tuple[_Kind, ...], str] = {(): variant.holds}
        self._seed = hashlib.sha256(repr(variant).encode()).hexdigest()
        self._least = min(ceiling, DetailLevel.SUMMARY)  # of a pick
        self._places = {
            entry.paper.id.arxiv_id: place
            for place, entry in enumerate(issue.entries)
            if entry.section not in variant.left_out.split()
        }
        self._put_first = {
            place for place, entry in enumerate(issue.entries) if entry.put_first
        } & variant.shown.keys()
        self._blocks = WholeBlocks(issue, variant.shown, variant.left_out.split())
        self._html, self._text = (
            PersonalPart(part, variant, self._blocks.blocks, blanks, is_html=part is parts[0])
            for part in parts
        )
        self._paper = cache(self._prepare)  # by its identifier
        self._weight = cache(self._added)

    def held(self, picks: Sequence[IssuePick]) -> Sequence[IssuePick]:
        """Those whose papers the issue holds, as far as the reader wants them."""
        if self._places.keys() >= {*map(_ARXIV_ID, picks)}:
            return picks
        return [pick for pick in picks if pick.arxiv_id in self._places]

    def lacking(self, first: FirstPapers, opening: PicksOpening) -> int:
        """How many bytes are too few for a mail that opens with these papers."""
        is_base64, room = self._variant.encoding == BASE64, self._variant.room
        around = self._html.around(opening)
        lines = first.base64 if is_base64 else first.quoted_printable
        decoded = around.decoded + first.decoded - room.decoded
        encoded = around.encoded + lines - room.encoded
        if first.arxiv_ids:
            added = map(sum, zip(*map(self._weight, first.arxiv_ids), strict=True))
            decoded, encoded = map(add, (decoded, encoded), added)
        per_byte = base64_size(1000) / 1000 if is_base64 else 1.0
        return max(decoded, int(encoded / per_byte), 0)

    def content(self, first: FirstPapers, opening: PicksOpening) -> MessageContent:
        """The mail that opens with these papers.

        What the editor puts first goes before what is for everybody, and after a reader's own.
        """
        papers = self._prepared(first)
        if not opening.number and self._put_first:
            gone = [at for at, place in enumerate(papers.places) if place in self._put_first]
            first = first.without(gone)
            papers = self._prepared(first)
        blocks = self._blocks.without(papers.blocks, papers.numbers)
        if self._variant.left_out or any(rest.over for rest in blocks):
            opening = opening._replace(is_cut=True)
        note = self._note(papers)
        html, text = self._cards(papers, first) if first.highlights else (papers.html, papers.text)
        said = b"".join(first.html).decode()
        what = f"{opening.quiet_issues or ''}{opening.for_everybody or ''}"
        return MessageContent(
            self._variant.subject,
            self._html.ordered(opening, first.html, html, blocks, note),
            self._text.ordered(opening, first.text, text, blocks, note),
            self._blanks,
            self._variant.encoding,
            opening.for_everybody,
            f"{self._seed}{[*papers.places]}{said}{what}",
        )

    def _prepared(self, first: FirstPapers) -> "_PreparedPapers":
        return _PreparedPapers(*zip(*map(self._paper, first.arxiv_ids), strict=True))

    def _cards(
        self, papers: "_PreparedPapers", first: FirstPapers
    ) -> tuple[Sequence[Card], Sequence[Card]]:
        """With words that are marked, and authors by name."""
        html, text = [*papers.html], [*papers.text]
        for at, highlights in first.highlights.items():
            card = papers.places[at], papers.levels[at], highlights
            html[at] = self._html.own_card(*card) or html[at]
            text[at] = self._text.own_card(*card) or text[at]
        return html, text

    def _note(self, first: "_PreparedPapers") -> tuple[str, str]:
        """The note on what the mail holds and who wrote it; mostly as all of the variant say it."""
        variant, issue, texts = self._variant, self._issue, self._texts
        kinds = tuple(filter(None, first.brought_in))
        if kinds in self._contents_lines and variant.whose:
            return self._contents_lines[kinds], variant.whose
        levels = dict(zip(first.places, first.levels, strict=True))
        if kinds not in self._contents_lines:  # made once for each: it looks at the whole day
            shown = {**levels, **variant.shown}
            line = texts.contents_line(issue, shown, variant.highest, variant.left_out)
            self._contents_lines[kinds] = line
        return self._contents_lines[kinds], variant.whose or texts.authors_line(issue, levels)

    def _prepare(self, arxiv_id: str) -> "_PreparedPaper":
        place = self._places[arxiv_id]
        level = max(self._variant.shown.get(place, self._least), self._least)
        entry = self._issue.entries[place]
        kind = None if place in self._variant.shown else (entry.section, entry.is_quiet, level)
        cards = self._html.card(place, level), self._text.card(place, level)
        return _PreparedPaper(place, level, *self._blocks.stands[place], kind, *cards)

    def _added(self, arxiv_id: str) -> tuple[int, int]:
        """How many bytes a paper adds to the mail, without its reason, and how many encoded."""
        paper = self._paper(arxiv_id)
        added = self._html.added(paper.place, paper.level)
        return added.decoded, added.encoded


_ARXIV_ID = attrgetter("arxiv_id")
_Kind = tuple[IssueSection, bool, DetailLevel]  # of a paper; whether it is quiet, and how shown


class _PreparedPaper(NamedTuple):
    """A paper as it comes first in the mails of a variant."""

    place: int  # in the issue
    level: DetailLevel
    block: int
    number: int | None  # in its block, where it is shown there
    brought_in: "_Kind | None"  # where it is not shown otherwise
    html: Card
    text: Card


class _PreparedPapers(NamedTuple):
    """The same of several."""

    places: Sequence[int] = ()
    levels: Sequence[DetailLevel] = ()
    blocks: Sequence[int] = ()
    numbers: Sequence[int | None] = ()
    brought_in: Sequence["_Kind | None"] = ()
    html: Sequence[Card] = ()
    text: Sequence[Card] = ()
