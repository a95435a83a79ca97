"""An issue at one level and in one language for readers for whom some papers come first.

All pieces are made once. A reader's mail is their order: the picks, each under its reason, then
the rest of the day, complete, each paper once.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from newsletter.interests.issue_picks import IssuePick
from newsletter.rendering.base64_text import base64_size
from newsletter.rendering.first_paper import FirstPapers
from newsletter.rendering.fitting import filled, weigh
from newsletter.rendering.fragment_row import FragmentRow, RemainingFragments
from newsletter.rendering.fragments import PaperFragments, PicksOpening
from newsletter.rendering.issue_content import Block, IssueContent
from newsletter.rendering.issue_entry import IssueSection
from newsletter.rendering.marked_words import mark_words
from newsletter.rendering.message import BASE64, MessageContent, Placeholders
from newsletter.rendering.qp_template import Fragment, TextFragment, WrappedFragments
from newsletter.rendering.size_budget import DetailLevel, Weight, less_begins
from newsletter.rendering.texts import IssueTexts


@dataclass(frozen=True)
class Variant:
    """What all mails at one level, in one language and without the same sections share.

    A mail's boundaries follow from it, names of fields included: a mail that is sent once more, by
    a later version too, is the same to the last byte.
    """

    subject: str
    shown: Mapping[int, DetailLevel]  # by the paper's place in the issue
    linked: Collection[int]  # the places of those that have room for the reader's links
    papers: int  # of the issue, without what is left out
    highest: DetailLevel  # that it can have
    holds: str  # the line that says how much the mail holds
    whose: str  # the line that says whose the sentences are, where it shows any
    left_out: str  # sections, as in a reader's preferences
    encoding: str
    room: Weight  # for what comes first, and whatever stands around it
    longest: Mapping[str, str] = field(repr=False)  # value that a placeholder can have

    @property
    def links_all(self) -> bool:
        return len(self.linked) == self.papers


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
        beyond = issue.beyond(variant.shown)
        self._blocks = {
            block: _WholeBlock(number, beyond[block])
            for number, block in enumerate(
                block for block in issue.blocks if block.section not in variant.left_out.split()
            )
        }
        # Of each place its block, and its number there where it is shown.
        self._stands: dict[int, tuple[_WholeBlock, int | None]] = {}
        begin = less_begins(issue, variant.shown)
        for place in self._places.values():
            block, number = self._blocks[issue.block(issue.entries[place])], None
            if place in variant.shown:
                if place in begin:
                    block.begins.append(block.listed)
                    block.listed += 1
                number = block.listed
                block.listed += 1
            self._stands[place] = block, number
        html, text = parts
        self._html, self._text = (
            _Part(part, variant, list(self._blocks), is_html=part is html) for part in (html, text)
        )
        self._paper = cache(self._prepare)  # by its identifier

    def held(self, picks: Sequence[IssuePick]) -> list[IssuePick]:
        """Those whose papers the issue holds, as far as the reader wants them."""
        return [pick for pick in picks if pick.arxiv_id in self._places]

    def lacking(
        self, first: FirstPapers, quiet_issues: int = 0, *, for_everybody: bool = False
    ) -> int:
        """How many bytes are too few for a mail that opens with these papers."""
        is_base64, room = self._variant.encoding == BASE64, self._variant.room
        around = self._html.around(first.readers, first.others, quiet_issues, for_everybody)
        lines = first.base64 if is_base64 else first.quoted_printable
        decoded, encoded = around.decoded + first.decoded, around.encoded + lines
        for paper in map(self._paper, first.arxiv_ids):
            decoded += paper.decoded
            encoded += paper.encoded
        per_byte = base64_size(1000) / 1000 if is_base64 else 1.0
        return max(decoded - room.decoded, int((encoded - room.encoded) / per_byte), 0)

    def content(
        self, first: FirstPapers, quiet_issues: int = 0, *, for_everybody: bool = False
    ) -> MessageContent:
        """The mail that opens with these papers, each of which the variant holds.

        What the editor puts first goes before what is for everybody, and after a reader's own.
        """
        own, others = first.readers, first.others
        papers = [*map(self._paper, first.arxiv_ids)]
        if not own and self._put_first:
            gone = [at for at, paper in enumerate(papers) if paper.place in self._put_first]
            first = first.without(gone)
            papers = [*map(self._paper, first.arxiv_ids)]
        blocks = self._blocks_without(papers)
        is_cut = bool(self._variant.left_out) or any(rest.over for rest in blocks)
        opening = PicksOpening(own, others, quiet_issues, for_everybody, is_cut)
        note = self._note(papers)
        places = [paper.place for paper in papers]
        said = b"".join([line.html for line in first.lines]).decode()
        return MessageContent(
            self._variant.subject,
            self._html.ordered(opening, papers, first, blocks, note),
            self._text.ordered(opening, papers, first, blocks, note),
            self._blanks,
            self._variant.encoding,
            seed=f"{self._seed}{places}{said}{quiet_issues or ''}{for_everybody or ''}",
            is_shared=for_everybody,
        )

    def _note(self, first: "Sequence[_PreparedPaper]") -> tuple[str, str]:
        """What the mail holds, and whose its sentences are; mostly as all of the variant say it."""
        variant, issue, texts = self._variant, self._issue, self._texts
        kinds = tuple([paper.brought_in for paper in first if paper.brought_in])
        if kinds in self._contents_lines and variant.whose:
            return self._contents_lines[kinds], variant.whose
        levels = {paper.place: paper.level for paper in first}
        if kinds not in self._contents_lines:  # made once for each: it looks at the whole day
            shown = {**levels, **variant.shown}
            line = texts.contents_line(issue, shown, variant.highest, variant.left_out)
            self._contents_lines[kinds] = line
        return self._contents_lines[kinds], variant.whose or texts.authors_line(issue, levels)

    def _prepare(self, arxiv_id: str) -> "_PreparedPaper":
        place = self._places[arxiv_id]
        level = max(self._variant.shown.get(place, self._least), self._least)
        added, entry = self._html.added(place, level), self._issue.entries[place]
        block, number = self._stands[place]
        kind = (entry.section, entry.is_quiet, level) if number is None else None
        cards = self._html.card(place, level), self._text.card(place, level)
        weight = added.decoded, added.encoded
        return _PreparedPaper(place, level, block.number, number, kind, cards, *weight)

    def _blocks_without(self, first: "Sequence[_PreparedPaper]") -> "list[_BlockRest]":
        """What is left of each block, without those of which nothing is."""
        gone: list[list[int]] = [[] for _ in self._blocks]
        hidden = [block.hidden for block in self._blocks.values()]
        for paper in first:
            if paper.number is None:
                hidden[paper.block] -= 1
            else:
                gone[paper.block].append(paper.number)
        rests = []
        for block, out, over in zip(self._blocks.values(), gone, hidden, strict=True):
            left_out = block.with_empty(sorted(out))
            if len(left_out) < block.listed or over:
                rests.append(_BlockRest(block.number, left_out, over))
        return rests


_Kind = tuple[IssueSection, bool, DetailLevel]  # of a paper; whether it is quiet, and how shown


@dataclass(slots=True)
class _PreparedPaper:
    """A paper as it comes first in the mails of a variant."""

    place: int  # in the issue
    level: DetailLevel
    block: int
    number: int | None  # in its block, where it is shown there
    brought_in: "_Kind | None"  # where it is not
    cards: tuple[TextFragment, TextFragment]  # HTML and text
    decoded: int  # bytes that it adds to the mail, without its reason
    encoded: int


@dataclass(slots=True)
class _WholeBlock:
    """A block as all mails of a variant have it, before some papers come first."""

    number: int
    hidden: int  # papers that are not shown
    listed: int = 0  # lines and papers that are
    begins: list[int] = field(default_factory=list)  # the numbers of the lines where there is less

    def with_empty(self, gone: list[int]) -> list[int]:
        """And the lines below which nothing is left."""
        if not (self.begins and gone):
            return gone
        empty = [
            begin
            for begin, end in pairwise([*self.begins, self.listed])
            if bisect_left(gone, end) - bisect_left(gone, begin) == end - begin - 1
        ]
        return sorted([*gone, *empty]) if empty else gone


class _BlockRest(NamedTuple):
    """A block without what comes first."""

    block: int
    gone: Sequence[int]  # by their numbers among those that are shown
    over: int  # papers that are not


class _Part:
    """HTML or text."""

    def __init__(
        self,
        part: PaperFragments,
        variant: Variant,
        blocks: Sequence[Block],
        *,
        is_html: bool,
    ) -> None:
        self._part, self._variant, self._is_html = part, variant, is_html
        self._heads: dict[tuple[str, str], FragmentRow] = {}  # by what they say of the mail
        self._blocks, labels = blocks, part.frame.labels
        rows = part.rows(variant.shown, variant.linked)
        self._rows = [FragmentRow(rows[block], labels[block]) for block in blocks]
        self._own_card = lru_cache(maxsize=4096)(self._with_marks)
        self._added: dict[tuple[int, DetailLevel], Weight] = {}
        self._around: dict[tuple[int, ...], Weight] = {}

    def card(self, place: int, level: DetailLevel) -> TextFragment:
        """With the reader's links."""
        return self._part.papers(level, linked=True)[place]

    def added(self, place: int, level: DetailLevel) -> Weight:
        """How much a paper adds to the mail that comes first, without its reason."""
        if (place, level) not in self._added:
            card = self._part.papers(level, linked=True)[place]
            added = self._weight(TextFragment(self._part.around_reason.around("") + card.text))
            if place in self._variant.shown:
                linked = place in self._variant.linked
                below = self._part.papers(self._variant.shown[place], linked=linked)[place]
                added -= self._weight(below)
            self._added[place, level] = added
        return self._added[place, level]

    def around(self, *opening: int) -> Weight:
        """And what stands over such papers, as long as it can be, and below them."""
        if opening not in self._around:
            own, others, quiet_issues, for_everybody = opening
            over = [
                PicksOpening(own, others, quiet_issues, bool(for_everybody), is_cut)
                for is_cut in (False, True)
            ]
            heavier = max(map(self._weight, map(self._part.picks, over)), key=attrgetter("encoded"))
            rest = self._part.rest[not self._variant.links_all]
            self._around[opening] = heavier + self._weight(rest)
        return self._around[opening]

    def _weight(self, piece: TextFragment) -> Weight:
        (weight,) = weigh(self._variant.encoding, [filled(piece, self._variant.longest)])
        return weight

    def ordered(
        self,
        opening: PicksOpening,
        papers: Sequence[_PreparedPaper],
        first: FirstPapers,
        blocks: Sequence[_BlockRest],
        note: tuple[str, str],
    ) -> list[Fragment]:
        """The fragments of a mail that opens with these papers, each under its line."""
        part = self._part
        picks = self._under_reasons(papers, first)
        before: list[Fragment] = []
        behind: list[Fragment] = []
        for number, gone, over in blocks:
            block = self._blocks[number]
            stands = before if block.is_first and not opening.number else behind
            stands.append(self._rows[number].without(gone))
            if over:
                stands.append(part.more(block, over))
        if papers or not opening.others:  # else the editor put all of them first
            before.append(part.picks(opening))
        return [
            self._head(note),
            *before,
            picks,
            part.rest[not self._variant.links_all],
            *behind,
            part.frame.foot,
        ]

    def _under_reasons(
        self, papers: Sequence[_PreparedPaper], first: FirstPapers
    ) -> WrappedFragments:
        number = 0 if self._is_html else 1
        cards = [paper.cards[number] for paper in papers]
        for place, (words, author) in first.in_cards.items():
            if author or (words and self._is_html):
                paper, marked = papers[place], words if self._is_html else ()
                cards[place] = self._own_card(paper.place, paper.level, marked, author)
        lines = first.lines
        encoded = [line.html for line in lines] if self._is_html else [line.text for line in lines]
        return self._part.around_reason.over(encoded, cards)

    def _head(self, note: tuple[str, str]) -> RemainingFragments:
        if note not in self._heads:
            part, left_out = self._part, self._variant.left_out
            pieces = [part.head(left_out), part.note(*note), *part.editor(left_out)]
            self._heads[note] = FragmentRow(pieces)
        return self._heads[note].without(())

    def _with_marks(
        self, place: int, level: DetailLevel, words: tuple[str, ...], author: str
    ) -> TextFragment:
        card = self.card(place, level)
        if author:
            card = self._part.naming(card, place, author)
        return mark_words(card, words)
