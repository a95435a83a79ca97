"""Which sentence is quoted: the best by score, with another, cut, or passed over if too long."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.candidates import Candidate, candidates
from newsletter.summaries.extractive.cuts import cuts_at_clauses
from newsletter.summaries.extractive.features import describe
from newsletter.summaries.extractive.joining import LEANS, NOT_JOINED, joined, takes_up
from newsletter.summaries.extractive.paper_kinds import paper_kinds
from newsletter.summaries.extractive.scoring import learned
from newsletter.summaries.extractive.vagueness import is_vague

LONG_WORDS = 40  # a longer sentence is cut at a clause, or gives way
LONG_GIVES_WAY = 3.0  # to one at most so far behind
# It stays up to so many words, where what it would give way to has at most these log odds that a
# reader is content with it.
ENDURED_WORDS, POOR = 44, -1.0


class _Joins(NamedTuple):
    """When another sentence joins the best, by log odds that a reader is content with it."""

    at_most: float  # of the best
    at_least: float  # of the other


JOINS = _Joins(1.8, -2.8)  # the next sentence
JOINS_SECOND = _Joins(1.0, -0.9)  # the second best, where it is not the next
# SciTLDR's people sum up a paper in one statement.
JOINS_OF_SCITLDR = _Joins(-0.4, -0.6)

NEAR, SECOND_WITHIN = 4, 3.5  # how many of the best are tried as the second, how far behind
SHORT, SHORT_MORE = 22, 2.0  # words of a best that takes in others though readers like it more
RECENT = 0.5  # share of a kind that SciTLDR has few of

# What is proposed or studied goes before a best that leans on it, or that few readers may like.
LED_AT_MOST = 1.0  # log odds of a best that leans on nothing
LED, LED_WITHIN = 3, 2.5  # how many of the best may follow, and how far behind
LEAD_AT_LEAST = -4.0
LEAD_GIVES_WAY = 1.5  # by how much a best that leans may be ahead of a lead that stands alone
LEADS = frozenset(["we_study", "paper_study", "we_find", "paper_find", "we_prove"])
FINDS = frozenset(["opens_we_find", "opens_paper_find", "opens_we_prove", "opens_we_study"])
BEATS = frozenset(["outperforms", "outperform", "surpasses", "surpass", "baselines"])
NOT_LEADING = frozenset(
    f"guard:{name}"
    for name in (
        "background",
        "others",
        "setting",
        "step",
        "secondary",
        "boilerplate",
        "outline",
        "item",
        "open_end",
        "question",
        "dangling_start",
        "dangling_object",
        "demonstrative_early",
        "back_phrase",
    )
)


# "$\\hat{H}$", "G_i^h(s,z)"; a number or a single letter tells enough.
_SYMBOL = lazy_pattern(r"\$(?=[^$]*[A-Za-z])[^$]{2,40}\$|(?<!\S)[A-Za-z]\w*[_^][\w{(][^ ,.;]*")


class _Scored(NamedTuple):
    at: int
    candidate: Candidate
    row: dict[str, float]
    score: float

    @property
    def content(self) -> float:
        return learned().log_odds(self.row)

    @property
    def text(self) -> str:
        return self.candidate.text

    @property
    def words(self) -> int:
        return self.text.count(" ") + 1

    @property
    def is_long(self) -> bool:
        return self.words > LONG_WORDS


def best_first(title: str, pieces: list[str]) -> list[str]:
    """The sentences as they would be quoted, best first."""
    found = candidates(title, pieces)
    kinds = paper_kinds(title, found)
    scored = _scored(title, found, kinds)
    ranked = sorted(scored, key=lambda sentence: -sentence.score)
    if not ranked:
        return []
    for_readers = kinds["plain"] > 0 or max(kinds["recent"], kinds["applied"]) >= RECENT
    cut = _cut_where_long(ranked)
    near = ranked if cut else _short_first(ranked)
    return [
        *(_led(title, scored, ranked) if for_readers else ()),
        *cut,
        *_joined_with_next(title, scored, near[0], JOINS if for_readers else JOINS_OF_SCITLDR),
        *(_joined_with_second(title, near) if for_readers else ()),
        *(sentence.text for sentence in near),
    ]


def scores(title: str, pieces: list[str]) -> list[float]:
    """How well each of several sentences about a paper tells what it does, beside the others."""
    found = candidates(title, pieces)
    return [sentence.score for sentence in _scored(title, found, paper_kinds(title, found))]


def _scored(title: str, found: list[Candidate], kinds: dict[str, float]) -> list[_Scored]:
    rows = describe(title, found)
    worth = learned().scores(rows, kinds) if rows else []
    return [_Scored(at, found[at], row, worth[at]) for at, row in enumerate(rows)]


def _cut_where_long(ranked: list[_Scored]) -> list[str]:
    """The best up to a clause, where it is too long."""
    best = ranked[0]
    if not best.is_long:
        return []
    found = cuts_at_clauses(best.text, LONG_WORDS) or cuts_at_clauses(
        best.text, LONG_WORDS, wide=True
    )
    cuts = (cut for cut in found if cut.count(" ") < LONG_WORDS and not is_vague(cut))
    return list(islice(cuts, 1))


def _short_first(ranked: list[_Scored]) -> list[_Scored]:
    """Those near the best that are short before it, where it is too long."""
    best = ranked[0]
    short = [
        other
        for other in ranked
        if not other.is_long and other.score >= best.score - LONG_GIVES_WAY
    ]
    endured = best.words <= ENDURED_WORDS and all(other.content < POOR for other in short)
    if not best.is_long or endured:
        return ranked
    return short + [other for other in ranked if other not in short]


def _led(title: str, scored: list[_Scored], ranked: list[_Scored]) -> Iterator[str]:
    """What is proposed or studied, and after it what the best says of that."""
    best = ranked[0]
    leading = [other for other in scored[: best.at] if _leads(other)]
    proposing = (other for other in leading if "contribution" in other.row)
    lead = next(proposing, leading[0] if leading else None)
    if lead is None or lead.is_long or "contribution" in best.row:
        return
    in_symbols = _has_symbols_of(scored[: best.at], best, title)
    if best.content > LED_AT_MOST and not (in_symbols or _leans(best, lead)):
        return
    for other in ranked[:LED]:
        if other.at <= lead.at or other.score < best.score - LED_WITHIN:
            continue
        if other is best or _leans(other, lead):
            yield joined(title, lead.candidate, other.candidate, other.row, LONG_WORDS)
    if "guard:vague" in lead.row or lead.content <= best.content - LEAD_GIVES_WAY:
        return
    if in_symbols or _rests_on(lead, best):
        yield lead.text


def _has_symbols_of(earlier: list[_Scored], best: _Scored, title: str) -> bool:
    """Whether it speaks of a symbol that one of those before it introduced."""
    symbols = [symbol for symbol in _SYMBOL.findall(best.text) if symbol not in title]
    return any(symbol in other.text for other in earlier for symbol in symbols)


def _leans(sentence: _Scored, lead: _Scored) -> bool:
    return takes_up(lead.candidate, sentence.candidate) or not LEANS.isdisjoint(sentence.row)


def _rests_on(lead: _Scored, best: _Scored) -> bool:
    """Whether the best means little before the lead is read: it leans, or tells how a thing does.

    "StepNet is faster" says less than "We propose StepNet, a network that counts steps."
    """
    if not LEANS.isdisjoint(best.row):
        return True
    proposed = "contribution" in lead.row and takes_up(lead.candidate, best.candidate)
    # "We show that StepNet outperforms three baselines" is no finding about the world.
    return proposed and (FINDS.isdisjoint(best.row) or not BEATS.isdisjoint(best.candidate.words))


def _at_most(best: _Scored, joins: _Joins) -> float:
    return joins.at_most + (
        SHORT_MORE if best.words <= SHORT and joins is not JOINS_OF_SCITLDR else 0
    )


def _leads(sentence: _Scored) -> bool:
    row = sentence.row
    if not NOT_LEADING.isdisjoint(row) or sentence.content < LEAD_AT_LEAST:
        return False
    return "contribution" in row or ("guard:vague" not in row and not LEADS.isdisjoint(row))


def _joined_with_next(
    title: str, scored: list[_Scored], best: _Scored, joins: _Joins
) -> Iterator[str]:
    """The best with the next, which may lean on it."""
    for other in scored[best.at + 1 : best.at + 2]:
        beside = {name: other.row[name] for name in other.row if name not in LEANS}
        content = learned().log_odds(beside)
        explains = "guard:vague" in best.row and takes_up(best.candidate, other.candidate)
        enough = explains or content >= joins.at_least
        if best.content <= _at_most(best, joins) and enough:
            yield joined(title, best.candidate, other.candidate, other.row, LONG_WORDS)


def _joined_with_second(title: str, ranked: list[_Scored]) -> Iterator[str]:
    """The two best in their order, where the later stands by itself or follows the earlier."""
    for place, other in enumerate(ranked[1:NEAR]):
        if place and other.score < ranked[0].score - SECOND_WITHIN:
            break
        best, (first, second) = ranked[0], sorted([ranked[0], other])
        follows = second.at == first.at + 1
        stands = follows or LEANS.isdisjoint(second.row)
        stands = stands and NOT_JOINED.isdisjoint(first.row)
        at_least = JOINS.at_least if follows else JOINS_SECOND.at_least
        if best.content <= _at_most(best, JOINS_SECOND) and other.content >= at_least and stands:
            yield joined(title, first.candidate, second.candidate, second.row, LONG_WORDS)
