"""HTML or text of an issue for readers for whom some papers come first."""

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter

from newsletter.rendering.fitting import filled, weigh
from newsletter.rendering.fragments.paper_fragments import PaperFragments, PicksOpening
from newsletter.rendering.fragments.wrapped_cards import Card
from newsletter.rendering.issue_entry import Block
from newsletter.rendering.message import Placeholders
from newsletter.rendering.personal_mails.first_paper import CardHighlights
from newsletter.rendering.personal_mails.fragment_sequence import (
    FragmentSequence,
    RemainingFragments,
)
from newsletter.rendering.personal_mails.marked_words import mark_words
from newsletter.rendering.personal_mails.remaining_blocks import RemainingBlock
from newsletter.rendering.personal_mails.variant import Variant
from newsletter.rendering.size_budget import DetailLevel, Weight
from newsletter.rendering.transfer_encodings.qp_template import Fragment, TextFragment, either


class PersonalPart:
    """All pieces are made once; a mail is their order."""

    def __init__(
        self,
        part: PaperFragments,
        variant: Variant,
        blocks: Sequence[Block],
        placeholders: Placeholders,
        *,
        is_html: bool,
    ) -> None:
        self._part, self._variant, self._is_html = part, variant, is_html
        blanks = placeholders.html if is_html else placeholders.text
        self._placeholders = either(blanks.values())
        # What many mails have before the first paper, and behind the last.
        self._head = lru_cache(maxsize=64)(self._with_note)
        self._foot = lru_cache(maxsize=64)(self._with_more)
        self._blocks, labels = blocks, part.frame.labels
        rows = part.rows(variant.shown, variant.linked)
        self._rows = [FragmentSequence(rows[block], labels[block]) for block in blocks]
        self._own_card = lru_cache(maxsize=4096)(self._with_marks)
        self._added: dict[tuple[int, DetailLevel], Weight] = {}
        self._around: dict[PicksOpening, Weight] = {}
        self._rest = part.rest[not variant.links_all]

    def card(self, place: int, level: DetailLevel) -> Card:
        """With the reader's links."""
        return Card.of(self._part.papers(level, linked=True)[place], self._placeholders)

    def own_card(self, place: int, level: DetailLevel, highlights: CardHighlights) -> Card | None:
        """With what a reader's card shows beyond others'; None where that is nothing here."""
        words = highlights.words if self._is_html else ()
        if not (words or highlights.author):
            return None
        return self._own_card(place, level, words, highlights.author)

    def _with_marks(
        self, place: int, level: DetailLevel, words: tuple[str, ...], author: str
    ) -> Card:
        card = self._part.papers(level, linked=True)[place]
        if author:
            card = self._part.naming(card, place, author)
        return Card.of(mark_words(card, words), self._placeholders)

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

    def around(self, opening: PicksOpening) -> Weight:
        """And what stands over such papers, as long as it can be, and below them."""
        if opening not in self._around:
            over = [self._part.picks(opening._replace(is_cut=is_cut)) for is_cut in (False, True)]
            heavier = max(map(self._weight, over), key=attrgetter("encoded"))
            self._around[opening] = heavier + self._weight(self._rest)
        return self._around[opening]

    def _weight(self, piece: TextFragment) -> Weight:
        (weight,) = weigh(self._variant.encoding, [filled(piece, self._variant.longest)])
        return weight

    def ordered(
        self,
        opening: PicksOpening,
        why: Sequence[bytes],
        cards: Sequence[Card],
        blocks: Sequence[RemainingBlock],
        note: tuple[str, str],
    ) -> list[Fragment]:
        """The fragments of a mail that opens with these papers, each under its line of why."""
        part = self._part
        over_picks = opening if cards or not opening.others else None  # else all are put first
        before: list[Fragment] = []
        behind: list[Fragment] = []
        foot: Fragment = part.frame.foot
        for number, gone, over in blocks:
            block = self._blocks[number]
            stands = before if block.is_first and not opening.number else behind
            stands.append(self._rows[number].without(gone))
            if over and stands is behind and number == blocks[-1].block:
                foot = self._foot(number, over)
            elif over:
                stands.append(part.more(block, over))
        if before:
            before.insert(0, self._head(note, None))
            before += [part.picks(opening)] if over_picks else []
        else:
            before.append(self._head(note, over_picks))
        return [*before, part.around_reason.over(why, cards), self._rest, *behind, foot]

    def _with_note(self, note: tuple[str, str], opening: PicksOpening | None) -> RemainingFragments:
        part, left_out = self._part, self._variant.left_out
        pieces = [part.head(left_out), part.note(*note), *part.editor(left_out)]
        over_picks = [part.picks(opening)] if opening else []
        return FragmentSequence([*pieces, *over_picks]).without(())

    def _with_more(self, number: int, over: int) -> RemainingFragments:
        part = self._part
        return FragmentSequence([part.more(self._blocks[number], over), part.frame.foot]).without(
            ()
        )
