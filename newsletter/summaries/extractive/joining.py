"""A sentence that says little by itself, with the one that takes it up: "We study X; we show Y"."""

import re
from collections.abc import Mapping

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.candidates import Candidate, quoted_beside, stems_in
from newsletter.summaries.extractive.cue_phrases import FUNCTION_WORDS
from newsletter.summaries.extractive.cuts import cuts_at_clauses
from newsletter.summaries.extractive.vagueness import is_vague

# What leans on the sentence before it is no fault beside that sentence.
LEANS = frozenset(
    f"guard:{name}"
    for name in (
        "dangling_start",
        "dangling_object",
        "own_method",
        "rests_on_own",
        "demonstrative_early",
        "demonstrative_late",
        "back_phrase",
        "prelude",
    )
)
NOT_JOINED = frozenset(
    f"guard:{name}"
    for name in (
        "boilerplate",
        "outline",
        "background",
        "others",
        "question",
        "item",
        "open_end",
        "secondary",
        "material",
        "step",
        "vague",
        "setting",
    )
)
# What stood before both: "these challenges", "the gap".
_EARLIER = lazy_pattern(
    r"(?i)\b(?:this|these|those|such|the) (?:[\w-]+ )?(?:problem|challenge|issue|limitation|gap|"
    r"question|shortcoming|difficult|need|bottleneck|obstacle)|\bthe (?:former|latter)\b"
)
_ANOTHER_PART = lazy_pattern(
    r"(?:For (?:instance|example)|In (?:one|the (?:second|other))|First|Second|"
    r"On (?:the )?(?:one|other) hand)\b"
)
# In what is cut.
_HALF_LIST = lazy_pattern(
    r"\(\$?(?:1|i|a)\$?\)|\b(?:two|three|four|five|six|several|\d) [^:;]{0,80}: (?!.*\band\b)"
)
_SHORT_NAME = lazy_pattern(r"(?:In |On |For )?([A-Z]{2,5})\b")
# What no semicolon can follow.
_CLOSED = lazy_pattern(r"[?!\u2026]\Z|;|: ")
# "Extensive experiments on four datasets show that X is faster": that it is says as much.
_REPORTED = lazy_pattern(
    r"(?:(?:our|the|extensive|comprehensive|empirical|quantitative|qualitative|numerical|thorough|"
    r"experimental|simulation|evaluation|further|systematic|and) ){0,4}(?:experiments?|"
    r"evaluations?|results?|tests|simulations|"
    r"studies|findings)\b(?:(?! (?:show|demonstrate|indicate|reveal|confirm)s?\b)[^$.;:]){0,140}? "
    r"(?:show|demonstrate|indicate|reveal|confirm)s? that (?!(?:it|they|this|these|in|on|by|"
    r"for|when|such)\b)(?=\w)",
    re.IGNORECASE,
)
_NAME = lazy_pattern(r"(?<![\w$\\])[A-Za-z]+(?:[A-Z]|-?\d)[\w+-]*")
_OPENING = lazy_pattern(r"[A-Z][\w+-]{2,}")
FRESH = 3  # content words that the first does not have; authors repeat themselves
FEWEST = 9  # words of a second sentence that ends at a clause
_FIRST_WORD = lazy_pattern(r"[A-Z][a-z]*(?=-[a-z]|[^\w-]|\Z)")
_MORE_OPENINGS = """
    all under unlike compared applied evaluated trained tested applying testing comparing combining
    leveraging employing extensive experiments experimental results evaluation evaluations empirical
    theoretical numerical comparison simulations simulation analysis comprehensive detailed
    additionally specifically overall rather instead despite during drawing building focusing
    starting inspired motivated existing previous unfortunately particular special key main central
"""
_OPENINGS = FUNCTION_WORDS | frozenset(_MORE_OPENINGS.split())


def joined(
    title: str, first: Candidate, second: Candidate, row: Mapping[str, float], words: int
) -> str:
    """Both as one sentence of at most so many words, a semicolon between them.

    `row` has what the ranker sees of the second, which may end at a clause. Empty where they do
    not fit, or the second does not go on from the first.
    """
    second_text = _without_report(second.text)
    objections = NOT_JOINED.intersection(row)
    if second_text != second.text and not is_vague(second_text):
        objections -= {"guard:vague"}  # "extensive experiments"
    if objections or _ANOTHER_PART.match(second.original):
        return ""
    text = quoted_beside(first, title, second_text).rstrip(" .;:,")
    if _CLOSED.search(text) or _EARLIER.search(second_text):
        return ""
    following = _fitted(second_text, words - text.count(" ") - 1)
    if ";" in following or len(stems_in(following) - first.stems) < FRESH:
        return ""
    name = _SHORT_NAME.match(following)
    if name and name[1] not in f"{title} {text}":  # never said what that is
        return ""
    opening = _as_continuation(following, first)
    return f"{text}; {opening}" if opening else ""


def takes_up(first: Candidate, second: Candidate) -> bool:
    """Whether the second reports on what the first names."""
    if _REPORTED.match(second.text):
        return True
    names = set(_NAME.findall(first.original))
    opening = _OPENING.match(second.text)
    if opening and f" {opening[0]}" in first.text:
        return True
    return not names.isdisjoint(_NAME.findall(second.text))


def _without_report(text: str) -> str:
    rest = text[match.end() :] if (match := _REPORTED.match(text)) else text
    return rest[:1].upper() + rest[1:] if rest.count(" ") >= FEWEST else text


def _fitted(text: str, room: int) -> str:
    if text.count(" ") < room:
        return text
    cuts = (cut for cut in cuts_at_clauses(text, room, FEWEST, wide=True) if cut.count(" ") < room)
    return next((cut for cut in cuts if not (_HALF_LIST.search(cut) or is_vague(cut))), "")


def _as_continuation(text: str, first: Candidate) -> str:
    """The text as it goes on after a semicolon; empty where its first word might be a name."""
    word = _FIRST_WORD.match(text)
    if word is None or word[0] == "I":  # an acronym, a formula
        return text
    lower = word[0].lower()
    if lower in _OPENINGS:
        return lower + text[word.end() :]
    if word[0] in first.text:
        return text
    return lower + text[word.end() :] if lower in first.words else ""
