"""An issue at one level and in one language for readers for whom some papers come first.

All pieces are made once. A reader's mail is their order: the picks, each under its reason, then
the rest of the day, complete, each paper once.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from newsletter.interests.issue_picks import IssuePick
from newsletter.interests.phrases import Phrase
from newsletter.interests.picks import PickReason, ReasonType
from newsletter.rendering.base64_template import base64_size
from newsletter.rendering.fitting import filled, weigh
from newsletter.rendering.fragment_row import FragmentRow, RowRest
from newsletter.rendering.fragments import PaperFragments, PicksOpening
from newsletter.rendering.issue_content import Block, IssueContent
from newsletter.rendering.message import BASE64, MessageContent, Placeholders
from newsletter.rendering.qp_template import Fragment, TextFragment, encode_quoted_printable
from newsletter.rendering.size_budget import DetailLevel, Weight, less_begins
from newsletter.rendering.texts import IssueTexts

_REASONS_SHOWN = 2
_LONGEST_REASON = 300  # bytes on the wire
_MOST_MARKS = 6  # in a card
_MARK = "<u>", "</u>"
_MOST_MARKED = _MOST_MARKS * len("<u></u>")
_LONGEST_WORDS = Weight(_LONGEST_REASON + _MOST_MARKED, 2 * (_LONGEST_REASON + _MOST_MARKED))
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
        say: IssueTexts,
        blanks: Placeholders,
    ) -> None:
        self._issue, self._variant, self._say, self._blanks = issue, variant, say, blanks
        self._holds: dict[frozenset[tuple[object, int]], str] = {frozenset(): variant.holds}
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
        self._listed = dict.fromkeys(
            (block for block in issue.blocks if block.section not in variant.left_out.split()), 0
        )
        # Of each place its block, and its number there where it is shown; of each block the
        # numbers of the lines where there is less.
        self._stands: dict[int, tuple[Block, int | None]] = {}
        self._begins: dict[Block, list[int]] = {block: [] for block in self._listed}
        begin = less_begins(issue, variant.shown, variant.highest)
        for place in self._places.values():
            block, number = issue.block(issue.entries[place]), None
            if place in variant.shown:
                if place in begin:
                    self._begins[block].append(self._listed[block])
                    self._listed[block] += 1
                number = self._listed[block]
                self._listed[block] += 1
            self._stands[place] = block, number
        beyond = issue.beyond(variant.shown)
        self._hidden = {block: beyond[block] for block in self._listed}
        html, text = parts
        self._html, self._text = (
            _Part(part, variant, is_html=part is html) for part in (html, text)
        )

    def lacking(
        self, picks: Sequence[IssuePick], quiet_issues: int = 0, *, for_everybody: bool = False
    ) -> int:
        """How many bytes are too few for a mail in the order of these picks."""
        held = [pick for pick in picks if pick.arxiv_id in self._places]
        own = sum(pick.is_readers for pick in held)
        needed = self._html.around(own, len(held) - own, quiet_issues, for_everybody)
        first = [self._shown_first(pick) for pick in held]
        needed = sum(map(self._html.added, first), needed)
        if (needed + _LONGEST_WORDS.share(len(held))).fits(self._variant.room):
            return 0
        for pick, shown in zip(held, first, strict=True):
            needed += self._words(self._line(pick.reasons), is_marked=bool(shown.marked))
        over, per_byte = needed - self._variant.room, 1.0
        if self._variant.encoding == BASE64:
            per_byte = base64_size(1000) / 1000
        return max(over.decoded, int(over.encoded / per_byte), 0)

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

    def _words(self, line: str, *, is_marked: bool) -> Weight:
        """A reason, and the marks of its words below it; no less than they take."""
        marks = _MOST_MARKED * is_marked
        decoded = len(escape(line).encode("utf-8", "replace")) + marks
        if self._variant.encoding == BASE64:
            return Weight(decoded, base64_size(decoded))
        return Weight(decoded, _most_encoded(escape(line)) + marks)

    def _note(self, first: Mapping[int, DetailLevel]) -> tuple[str, str]:
        """What the mail holds, and whose its sentences are; mostly as all of the variant say it."""
        variant, issue = self._variant, self._issue
        added = [(issue.entries[at], first[at]) for at in first.keys() - variant.shown.keys()]
        brought_in = Counter((entry.section, entry.is_quiet, level) for entry, level in added)
        kinds = frozenset(brought_in.items())  # made once for each: it looks at the whole day
        if kinds not in self._holds:
            self._holds[kinds] = self._say.holds(issue, {**first, **variant.shown}, variant.highest)
        return self._holds[kinds], variant.whose or self._say.whose(issue, first)

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
        for block, begins in self._begins.items():
            for begin, end in pairwise([*begins, self._listed[block]]):
                if set(range(begin + 1, end)).issubset(gone.get(block, ())):
                    gone.setdefault(block, []).append(begin)
        rests = [_BlockRest(block, sorted(gone.get(block, ())), hidden[block]) for block in hidden]
        return [rest for rest in rests if len(rest.gone) < self._listed[rest.block] or rest.over]

    def _line(self, reasons: Sequence[PickReason]) -> str:
        """The strongest reasons, in no more room than this."""
        line = self._say.reasons(reasons[:_REASONS_SHOWN])
        while _most_encoded(escape(line)) > _LONGEST_REASON < len(encode_quoted_printable(line)):
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

    def __init__(self, part: PaperFragments, variant: Variant, *, is_html: bool) -> None:
        self._part, self._variant, self._is_html = part, variant, is_html
        self._heads: dict[tuple[str, str], FragmentRow] = {}  # by what they say of the mail
        labels = part.frame.labels
        self._rows = {
            block: FragmentRow(pieces, labels[block])
            for block, pieces in part.rows(variant.shown, variant.highest, variant.linked).items()
        }
        self._marked = lru_cache(maxsize=4096)(self._with_marks)
        self._added: dict[tuple[int, DetailLevel], Weight] = {}
        self._around: dict[tuple[int, ...], Weight] = {}

    def added(self, first: "_ShownFirst") -> Weight:
        """How much a paper adds to the mail that comes first, without its reason."""
        place, level, _ = first
        if (place, level) not in self._added:
            (reason,) = self._part.under_reasons(
                [""], [self._part.papers(level, linked=True)[place]]
            )
            added = self._weight(TextFragment(reason.text))
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


def mark_words(card: TextFragment, words: Sequence[str]) -> TextFragment:
    """The card with these words marked wherever people can read them."""
    parsed = filter(None, map(Phrase.parse, words))
    either = "|".join(phrase.pattern() for phrase in parsed)
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


def _most_encoded(line: str) -> int:
    """No less than the bytes that it takes as HTML on the wire, told without encoding it."""
    if not line.isprintable():
        return 3 * len(line.encode("utf-8", "replace"))
    strange = len(line.encode("utf-8", "replace")) - len(line)  # half of their bytes at least
    dots, equals = line.count("."), line.count("=")
    # And soft breaks, and a space at an end.
    return len(line) + 5 * strange + 5 * dots + 2 * equals + 4 * (len(line) // 60) + 8
