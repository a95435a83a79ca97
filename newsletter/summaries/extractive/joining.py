"""A sentence that says little by itself, with the one that takes it up: "We study X; we show Y"."""

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.candidates import Candidate, stems_in
from newsletter.summaries.extractive.clauses import cuts_at_clauses
from newsletter.summaries.extractive.cue_phrases import FUNCTION_WORDS

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
    r"(?:In (?:one|the (?:first|second|other))|First|Second|On (?:the )?(?:one|other) hand)\b"
)
_HALF_LIST = lazy_pattern(r"\((?:1|i|a)\)")  # in what is cut
# What no semicolon can follow.
_CLOSED = lazy_pattern(r"[?!\u2026]\Z|;|: ")
FRESH = 3  # content words that the first does not have; authors repeat themselves
FEWEST = 9  # words of a second sentence that ends at a clause
_FIRST_WORD = lazy_pattern(r"[A-Z][a-z]*(?=-[a-z]|[^\w-]|\Z)")
_OPENINGS = FUNCTION_WORDS | frozenset(["all", "under", "unlike"])


def joined(first: Candidate, second: Candidate, row: dict[str, float], words: int) -> str:
    """Both as one sentence of at most so many words, a semicolon between them.

    `row` has what the ranker sees of the second, which may end at a clause. Empty where they do
    not fit, or the second does not go on from the first.
    """
    text = first.text.rstrip(" .;:,")
    if not NOT_JOINED.isdisjoint(row) or _CLOSED.search(text):
        return ""
    if _EARLIER.search(second.text) or _ANOTHER_PART.match(second.original):
        return ""
    following = _fitted(second.text, words - text.count(" ") - 1)
    if ";" in following or len(stems_in(following) - first.stems) < FRESH:
        return ""
    opening = _as_continuation(following, first)
    return f"{text}; {opening}" if opening else ""


def _fitted(text: str, room: int) -> str:
    if text.count(" ") < room:
        return text
    cuts = (cut for cut in cuts_at_clauses(text, room, FEWEST) if cut.count(" ") < room)
    return next((cut for cut in cuts if not _HALF_LIST.search(cut)), "")


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
