"""Cutting an abstract into sentences, with TeX, abbreviations and lists in mind."""

import re
from bisect import bisect_right
from itertools import pairwise
from string import ascii_letters
from typing import TypeAlias

from newsletter.lazy_pattern import lazy_pattern

Span: TypeAlias = tuple[int, int]

LONGEST_FORMULA = 600
LONGEST_PARENTHESIS = 400
LONGEST_ENUMERATOR = len(" (viii")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Never the end of a sentence, whatever follows.
_TITLES = _words(
    "dr prof mr mrs ms st sr fig figs eq eqs eqn eqns ref refs sec sect secs thm lem prop cor def "
    "ch chap vol pp e.g i.e eg ie vs v.s cf viz w.r.t resp approx ca incl excl a.k.a i.i.d s.t "
    "phys rev lett math statist astron astrophys univ dept assoc gen nos tab app no v"
)
# The end of a sentence only where a word that opens sentences follows.
_USUALLY_INSIDE = _words(
    "al jr inc ltd co corp u.s u.k e.u d.c ph.d u.s.a u.n a.e a.s n.b p.m a.m m.sc b.sc"
)
_OPENERS = _words(
    "we the this these those in our it its here however to for moreover furthermore they there "
    "an as by on with finally code using results experiments extensive while such additionally "
    "when where after both each one also if despite although since then thus hence i specifically "
    "first second third based data from given unlike all at among under"
)
_BRACKET = lazy_pattern(r"[()\[\]]")
_DOLLAR = lazy_pattern(r"(?<!\\)\$\$?")
_BEGIN = lazy_pattern(r"\\begin\{([a-z]{1,12}\*?)\}")
_STOP = lazy_pattern(r"[.!?]+[\"'\u2019\u201d)\]}]*")
_LETTERS_AND_STOPS = f"{ascii_letters}."
_WORD_AFTER = lazy_pattern(r"[A-Za-z]+")
_ENUMERATOR_BEFORE = lazy_pattern(
    r"(?:\A|[:;,!?]\s|[a-z)]\.\s|\band\s)\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])\Z"
)
_ABBREVIATED = lazy_pattern(r"\b(?:[Ff]igs?|[Ee]q[ns]*|[Rr]efs?|[Ss]ects?|[Nn]o|[Tt]ab)\.\s\S+\Z")
_LOWER_ABBREVIATION = lazy_pattern(r"(?:i\.?e|e\.?g|viz|cf)\b")
_CURRENCY = lazy_pattern(r"\d[\d.,]*[kKmMbB]?(?:[\s,.;:)/-]|\Z)")
_TEX = lazy_pattern(r"[\\^_{}=<>]")
_PROSE = lazy_pattern(r"[a-z]{2,}[,.]? [a-z]{2,}[,.]? [a-z]{2,}")
_TEXT_IN_FORMULA = lazy_pattern(r"\\(?:text|mbox|hbox|mathrm|rm|operatorname)")


def formulas(text: str) -> list[Span]:
    r"""Where the formulas stand (`$...$`, `$$...$$`, `\(...\)`, `\[...\]`, environments).

    A dollar that is money, or that has no partner nearby, opens nothing.
    """
    spans: list[Span] = []
    if "\\" in text:
        spans += _delimited(text, "\\(", "\\)") + _delimited(text, "\\[", "\\]")
        spans += _environments(text)
    if "$" in text:
        spans += _dollar_formulas(text)
    apart: list[Span] = []
    for span in sorted(spans):
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return apart


def parentheses(text: str) -> list[Span]:
    """Where the outermost matched brackets stand, in order."""
    open_at: list[int] = []
    spans: list[Span] = []
    for match in _BRACKET.finditer(text):
        if match[0] in "([":
            open_at.append(match.start())
        elif open_at:
            span = (open_at.pop(), match.end())
            if span[1] - span[0] <= LONGEST_PARENTHESIS:
                while spans and spans[-1][0] > span[0]:
                    spans.pop()
                spans.append(span)
    return spans


def inside(position: int, spans: list[Span]) -> bool:
    """Whether the position lies strictly within one of the spans (sorted, not overlapping)."""
    index = bisect_right(spans, position, key=lambda span: span[0]) - 1
    return index >= 0 and spans[index][0] < position < spans[index][1]


def split(text: str) -> list[str]:
    """The sentences of an abstract, in order; nothing is lost but the white space between them.

    Expects one line (see `text.one_line`). Never cuts inside a formula or a pair of brackets.
    """
    closed, bracketed = formulas(text), parentheses(text)
    ends = [
        match.end()
        for match in _STOP.finditer(text)
        if not inside(match.start(), bracketed)
        and not inside(match.start(), closed)
        and _ends_sentence(text, match)
    ]
    ends += [end for _, end in closed if _formula_ends_sentence(text, end)]
    cuts = [0, *sorted(ends), len(text)]
    pieces = (text[start:end].strip() for start, end in pairwise(cuts))
    return [piece for piece in pieces if piece]


def _delimited(text: str, opening: str, closing: str) -> list[Span]:
    spans: list[Span] = []
    start = text.find(opening)
    while start >= 0 and (end := text.find(closing, start)) >= 0:
        if end - start <= LONGEST_FORMULA:
            spans.append((start, end + 2))
        start = text.find(opening, end)
    return spans


def _environments(text: str) -> list[Span]:
    spans: list[Span] = []
    for match in _BEGIN.finditer(text):
        if spans and match.start() < spans[-1][1]:
            continue
        closing = f"\\end{{{match[1]}}}"
        end = text.find(closing, match.end(), match.end() + 2 * LONGEST_FORMULA)
        if end >= 0:
            spans.append((match.start(), end + len(closing)))
    return spans


def _dollar_formulas(text: str) -> list[Span]:
    dollars = list(_DOLLAR.finditer(text))
    spans: list[Span] = []
    index = 0
    while index + 1 < len(dollars):
        start, end = dollars[index].start(), dollars[index + 1].end()
        if _is_formula(text[dollars[index].end() : dollars[index + 1].start()]):
            spans.append((start, end))
            index += 2
        else:
            index += 1
    return spans


def _is_formula(content: str) -> bool:
    if len(content) > LONGEST_FORMULA:
        return False
    if _PROSE.search(content) and not _TEXT_IN_FORMULA.search(content):
        return False
    return bool(_TEX.search(content)) or not (_CURRENCY.match(content) and " " in content)


def _ends_sentence(text: str, stop: re.Match[str]) -> bool:
    after = text[stop.end() : stop.end() + 40]
    if not after:
        return True
    before = text[max(0, stop.start() - 40) : stop.start()]
    if after[0] != " ":
        return _ends_without_space(text, stop, before, after)
    following = after.lstrip()
    word = _WORD_AFTER.match(following)
    opens = word is not None and word[0].lower() in _OPENERS and word[0][0].isupper()
    if "." not in stop[0]:
        return following[:1].isupper() or following[:1] in "\"'`($\u201c"
    if stop[0].startswith(".."):
        return opens
    return _full_stop_ends(before, following, opens=opens)


def _full_stop_ends(before: str, following: str, *, opens: bool) -> bool:
    if _goes_on(before, following):
        return False
    word = before[len(before.rstrip(_LETTERS_AND_STOPS)) :].lstrip(".").lower()
    initial = len(word) == 1 and before[-1:].isupper()
    if word in _TITLES and not initial:
        # "No." and "app." may end a sentence; before a number or a name they do not.
        return word in {"no", "app", "prop", "gen"} and opens
    if word in _USUALLY_INSIDE or "." in word or initial:
        return opens
    if following[:1].islower():
        return len(word) >= 4 or not following.split(" ", 1)[0].islower()  # noqa: PLR2004
    return True


def _goes_on(before: str, following: str) -> bool:
    """Whether the stop belongs to "1. First", "21. 5" or stands before "i.e."."""
    if before[-1:].isdigit() and following[:1].isdigit():
        return True
    if _LOWER_ABBREVIATION.match(following):
        return True
    if len(before) - before.rfind(" ") > LONGEST_ENUMERATOR:
        return False
    return bool(_ENUMERATOR_BEFORE.search(before)) and not _ABBREVIATED.search(before)


def _ends_without_space(text: str, stop: re.Match[str], before: str, after: str) -> bool:
    """Whether a sentence ends where its author forgot the space ("datasets.Code is here")."""
    if stop[0] not in {".", "!", "?", ".)"}:
        return False
    token = before.rsplit(" ", 1)[-1] + text[stop.start() : stop.end()] + after.split(" ", 1)[0]
    if any(mark in token for mark in ("/", "@", "www.", "\\", "_")):
        return False
    word = re.match(r"([A-Z][a-z]*)[ ,]", after)
    if word is None or not re.search(r"(?:[a-z)]{3}|[\d%$])\Z", before):
        return False
    return word[1].lower() in _OPENERS or (" " in after and bool(re.search(r"[a-z]{4}\Z", before)))


def _formula_ends_sentence(text: str, end: int) -> bool:
    inner = text[:end].rstrip("$)]\\ ")
    return inner.endswith(".") and bool(re.match(r" [A-Z][a-z]", text[end : end + 3]))
