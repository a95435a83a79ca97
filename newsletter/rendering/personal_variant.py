"""An issue at one level and in one language for readers for whom some papers come first.

All pieces are made once. A reader's mail is their order: the picks, each under its reason, then
the rest of the day, complete, each paper once.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.phrases import Phrase
from newsletter.interests.picks import MOST_PICKS, PickReason, ReasonType
from newsletter.rendering.fragment_row import FragmentRow, RowRest
from newsletter.rendering.fragments import PaperFragments, PicksOpening
from newsletter.rendering.issue_content import Block, IssueContent
from newsletter.rendering.message import MessageContent, Placeholders
from newsletter.rendering.qp_template import (
    Fragment,
    TextFragment,
    either,
    encode_quoted_printable,
)
from newsletter.rendering.size_budget import NOTHING, DetailLevel, Weight, titles_begin
from newsletter.rendering.texts import IssueTexts

_REASONS_SHOWN = 2
_LONGEST_REASON = 300  # bytes on the wire, for which every mail keeps room
_MOST_ISSUES = 31  # of a month without a mail
_MOST_MARKS = 6  # in a card
_MARK = "<u>", "</u>"
_BY_WORDS = {ReasonType.IN_TITLE, ReasonType.IN_ABSTRACT}


@dataclass(frozen=True)
class Variant:
    """What all mails at one level, in one language and without the same sections share."""

    subject: str
    shown: Mapping[int, DetailLevel]  # by the paper's place in the issue
    linked: Collection[int]  # the places of those that have room for the reader's links
    papers: int  # of the issue, without what is left out
    highest: DetailLevel  # that it can have
    holds: str
    whose: str  # the sentences are, where it shows any
    left_out: str  # sections, as in a reader's preferences
    encoding: str

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
        say: IssueTexts,
        blanks: Placeholders,
    ) -> None:
        self._issue, self._variant, self._say, self._blanks = issue, variant, say, blanks
        self._seed = hashlib.sha256(repr(variant).encode()).hexdigest()
        self._least = pick_level(ceiling)
        self._places = {
            entry.paper.id.arxiv_id: place
            for place, entry in enumerate(issue.entries)
            if entry.section not in variant.left_out.split()
        }
        self._put_first = {
            place for place, entry in enumerate(issue.entries) if entry.put_first
        } & variant.shown.keys()
        self._listed = dict.fromkeys(
            (block for block in issue.blocks if block.section not in variant.left_out.split()), 0
        )
        # Of each place its block, and its number there where it is shown.
        self._stands: dict[int, tuple[Block, int | None]] = {}
        for place in self._places.values():
            block, number = issue.block(issue.entries[place]), None
            if place in variant.shown:
                number = self._listed[block]
                self._listed[block] += 1
            self._stands[place] = block, number
        self._hidden = {block: issue.blocks[block] - n for block, n in self._listed.items()}
        html, text = parts
        self._html, self._text = (
            _Part(part, issue, variant, is_html=part is html) for part in (html, text)
        )

    def content(
        self, picks: Sequence[IssuePick], quiet_issues: int = 0, *, for_everybody: bool = False
    ) -> MessageContent:
        """The mail in the order of these picks; one that the issue does not hold is passed over.

        What the editor puts first goes before what is for everybody, and after a reader's own.
        """
        held = [pick for pick in picks if pick.arxiv_id in self._places]
        own = sum(pick.is_readers for pick in held)
        others = len(held) - own
        if not own:
            held = [pick for pick in held if self._places[pick.arxiv_id] not in self._put_first]
        first = [self._shown_first(pick) for pick in held]
        lines = [self._line(pick.reasons) for pick in held]
        places = [shown.place for shown in first]
        blocks = self._blocks_without(places)
        is_cut = bool(self._variant.left_out) or any(rest.over for rest in blocks)
        opening = PicksOpening(own, others, quiet_issues, for_everybody, is_cut)
        note = self._note({shown.place: shown.level for shown in first})
        return MessageContent(
            self._variant.subject,
            self._html.ordered(opening, first, lines, blocks, note),
            self._text.ordered(opening, first, lines, blocks, note),
            self._blanks,
            self._variant.encoding,
            seed=f"{self._seed}{places}{lines}{quiet_issues or ''}{for_everybody or ''}",
            is_shared=for_everybody,
        )

    def _note(self, first: Mapping[int, DetailLevel]) -> tuple[str, str]:
        """What the mail holds, and whose its sentences are; mostly as all of the variant say it."""
        variant, issue = self._variant, self._issue
        holds = variant.holds
        if not first.keys() <= variant.shown.keys():
            holds = self._say.holds(issue, {**first, **variant.shown}, variant.highest)
        return holds, variant.whose or self._say.whose(issue, first)

    def _shown_first(self, pick: IssuePick) -> "_ShownFirst":
        place = self._places[pick.arxiv_id]
        words = [word for why in pick.reasons if why.kind in _BY_WORDS for word in why.words]
        level = max(self._variant.shown.get(place, self._least), self._least)
        return _ShownFirst(place, level, tuple(words))

    def _blocks_without(self, places: Sequence[int]) -> "list[_BlockRest]":
        """What is left of each block, without those of which nothing is."""
        gone: dict[Block, list[int]] = {}
        hidden = dict(self._hidden)
        for place in places:
            block, number = self._stands[place]
            if number is None:
                hidden[block] -= 1
            else:
                gone.setdefault(block, []).append(number)
        rests = [_BlockRest(block, sorted(gone.get(block, ())), hidden[block]) for block in hidden]
        return [rest for rest in rests if len(rest.gone) < self._listed[rest.block] or rest.over]

    def _line(self, reasons: Sequence[PickReason]) -> str:
        """The strongest reasons, within the room that is kept for them."""
        line = self._say.reasons(reasons[:_REASONS_SHOWN])
        while not _surely_fits(line) and len(encode_quoted_printable(line)) > _LONGEST_REASON:
            line = line[: len(line) * 3 // 4].rstrip() + "…"
        return line


class _ShownFirst(NamedTuple):
    """A paper that comes first, as it is shown."""

    place: int  # in the issue
    level: DetailLevel
    marked: tuple[str, ...]  # words


class _BlockRest(NamedTuple):
    """A block without what comes first."""

    block: Block
    gone: Sequence[int]  # by their numbers among those that are shown
    over: int  # papers that are not


class _Part:
    """HTML or text."""

    def __init__(
        self, part: PaperFragments, issue: IssueContent, variant: Variant, *, is_html: bool
    ) -> None:
        self._part, self._variant, self._is_html = part, variant, is_html
        self._heads: dict[tuple[str, str], FragmentRow] = {}  # by what they say of the mail
        blocks: dict[Block, list[TextFragment]] = {block: [] for block in issue.blocks}
        begin = titles_begin(issue, variant.shown)
        for place, level in variant.shown.items():
            linked = place in variant.linked
            card = part.card(place, level, linked=linked, begins=place == begin)
            blocks[issue.block(issue.entries[place])].append(card)
        labels = part.frame.labels
        self._rows = {block: FragmentRow(pieces, labels[block]) for block, pieces in blocks.items()}
        self._marked = lru_cache(maxsize=4096)(self._with_marks)

    def ordered(
        self,
        opening: PicksOpening,
        first: Sequence[_ShownFirst],
        lines: Sequence[str],
        blocks: Sequence[_BlockRest],
        note: tuple[str, str],
    ) -> list[Fragment]:
        """The fragments of a mail that opens with these papers, each under its line."""
        cards = [
            self._marked(*shown)
            if shown.marked and self._is_html
            else self._part.papers(shown.level, linked=True)[shown.place]
            for shown in first
        ]
        before: list[Fragment] = []
        behind: list[Fragment] = []
        for block, gone, over in blocks:
            stands = before if block.is_first and not opening.number else behind
            stands.append(self._rows[block].without(gone))
            if over:
                stands.append(self._part.more(block, over))
        if cards or not opening.others:  # else the editor put all of them first
            before.append(self._part.picks(opening))
        part = self._part
        return [
            self._head(note),
            *before,
            *part.under_reasons(lines, cards),
            part.rest[not self._variant.links_all],
            *behind,
            part.frame.foot,
        ]

    def _head(self, note: tuple[str, str]) -> RowRest:
        if note not in self._heads:
            part, left_out = self._part, self._variant.left_out
            pieces = [part.head(left_out), part.note(*note), *part.editor(left_out)]
            self._heads[note] = FragmentRow(pieces)
        return self._heads[note].without(())

    def _with_marks(self, place: int, level: DetailLevel, words: tuple[str, ...]) -> TextFragment:
        return mark_words(self._part.papers(level, linked=True)[place], words)


def pick_level(ceiling: DetailLevel) -> DetailLevel:
    """How much of a pick is shown at least."""
    return min(ceiling, DetailLevel.SUMMARY)


class PicksRoom:
    """How much picks add to a mail at most, in steps: so many of the heaviest cards.

    All mails with the same step share one plan. Each card counts with the longest values and
    reason, and with all marks that it can have.
    """

    def __init__(
        self,
        issue: IssueContent,
        part: PaperFragments,
        ceiling: DetailLevel,
        longest: Mapping[str, str],
    ) -> None:
        """`longest` has the longest value for each placeholder."""
        openings = [PicksOpening(MOST_PICKS, quiet_issues=_MOST_ISSUES)]
        if issue.picks is not None:
            openings += [replace(openings[0], number=number, others=1) for number in (0, 1)]
            openings.append(PicksOpening(others=MOST_PICKS, for_everybody=True))
        blank = either(longest)
        (reason,) = part.under_reasons(["x" * _LONGEST_REASON], [TextFragment("")])
        beside = reason.whole().text + "".join(_MARK) * _MOST_MARKS + "\n"

        def filled(piece: TextFragment, more: str = "") -> TextFragment:
            return TextFragment(blank.sub(lambda found: longest[found[0]], piece.text) + more)

        opening = max(map(part.picks, openings), key=lambda it: it.weight)
        self._around = [filled(opening), filled(part.rest[True])]
        cards = [filled(card, beside) for card in part.papers(pick_level(ceiling), linked=True)]
        papers = [entry.paper.id.arxiv_id for entry in issue.entries]
        self._weights = dict(zip(papers, map(_weight, cards), strict=True))
        self._heaviest = sorted(cards, key=lambda it: -it.weight)[:MOST_PICKS]
        self._steps = [*accumulate(map(_weight, self._heaviest), initial=NOTHING)]

    def step(self, picks: Iterable[IssuePick]) -> int:
        """The first one that has room for these picks."""
        wanted = sum((self._weights.get(pick.arxiv_id, NOTHING) for pick in picks), NOTHING)
        enough = (step for step, room in enumerate(self._steps) if wanted.fits(room))
        return next(enough, len(self._heaviest))

    def pieces(self, step: int) -> list[TextFragment]:
        """What stands in a mail for the picks and around them."""
        return [*self._around, *self._heaviest[:step]]


def _weight(card: TextFragment) -> Weight:
    return Weight(card.weight + card.text.count("\n"), len(card.encoded))


def mark_words(card: TextFragment, words: Sequence[str]) -> TextFragment:
    """The card with these words marked wherever people can read them."""
    either = "|".join(map(_pattern, filter(None, map(Phrase.parse, words))))
    if not either:
        return card
    wanted = re.compile(rf"<[^>]*>|(?<![\w&#])(?:{either})(?!\w)", re.IGNORECASE)
    left = _MOST_MARKS

    def marked(found: re.Match[str]) -> str:
        nonlocal left
        if found[0].startswith("<") or not left:
            return found[0]
        left -= 1
        return found[0].join(_MARK)

    return TextFragment(wanted.sub(marked, card.text))


def _pattern(phrase: Phrase) -> str:
    return r"[\W_]+".join(map(re.escape, phrase.parts)) + (r"\w*" if phrase.is_beginning else "s?")


def _surely_fits(line: str) -> bool:
    """Told without encoding it, which takes longer than all else of a mail's order."""
    if not line.isprintable():
        return False
    strange = len(line.encode("utf-8", "replace")) - len(line)  # half of their bytes at least
    dots, equals = line.count("."), line.count("=")
    # And soft breaks, and a space at an end.
    return len(line) + 6 * strange + 5 * dots + 2 * equals + 16 <= _LONGEST_REASON
