"""What a sentence tells beyond the title, in which words, and how its neighbours take it up."""

import math
from collections.abc import Iterator, Sequence

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.candidates import Candidate

# A first character that leads lets the search skip to it.
_ACRONYM = lazy_pattern(r"[A-Z](?<![\w-].)[A-Za-z]*[A-Z](?=s?(?![\w-]))")
_EXPLAINED = lazy_pattern(r"\(([A-Za-z]*[A-Z][A-Za-z]*[A-Z])s?\)")
_CAPITAL = lazy_pattern(r"[A-Z](?<=[a-z,] .)[a-z]+")
_NUMBER = lazy_pattern(r"\d(?<![A-Za-z0-9].)[\d.,]*")
_AUTHORS = frozenset(["we", "i", "authors", "author"])
_OTHER_AUTHORS = frozenset(
    (word,)
    for word in ("several", "many", "various", "other", "some", "different", "by", "previous")
)
_TEXTS = frozenset(
    [
        "paper",
        "work",
        "article",
        "letter",
        "study",
        "note",
        "survey",
        "thesis",
        "report",
        "review",
        "research",
        "project",
    ]
)
_THIS = frozenset(["this", "our", "present", "current", "the"])
_BE = frozenset(["is", "are", "was", "were", "been", "be"])
_MAY_ACT = _AUTHORS | _TEXTS | _BE
_PASSED_OVER = frozenset(
    ["also", "then", "first", "further", "here", "have", "has", "now", "can", "will"]
)
_SAID = frozenset(["that", "how", "whether"])
_DONE_HOW = frozenset(["that", "by", "using", "for", "in", "to", "as", "from", "with"])


def words_used(words: tuple[str, ...]) -> Iterator[str]:
    """The words, and who does what with them: "do:propos", "do:that", "done:invest"."""
    yield from [f"word:{word[:6]}" for word in words]
    for at, word in enumerate(words):
        if word not in _MAY_ACT:
            continue
        acts = (word in _AUTHORS and words[at - 1 : at] not in _OTHER_AUTHORS) or (
            word in _TEXTS and at > 0 and words[at - 1] in _THIS
        )
        if not acts and word not in _BE:
            continue
        verb, following = _verb_after(words, at)
        if acts and verb:
            yield f"do:{verb[:6]}"
            if following in _SAID:
                yield f"do:{following}"
        elif verb.endswith(("ed", "wn", "nd", "en")):
            yield f"done:{verb[:6]}"
            yield f"done:{following if following in _DONE_HOW else ''}"


def beyond_title(candidate: Candidate, title_stems: frozenset[str]) -> dict[str, float]:
    """How much it says that the title does not."""
    new = len(candidate.stems - title_stems)
    common = len(candidate.stems) - new
    f = {"new": min(new, 20) / 10, "log_new": math.log(1 + new), "common": min(common, 8) / 8}
    f.update((f"new_{bound}", 1.0) for bound in (3, 5, 8, 12, 16) if new < bound)
    count = len(candidate.words)
    f.update((f"words_{bound}", 1.0) for bound in (10, 15, 20, 30, 35, 45, 60) if count >= bound)
    if not common:
        f["apart"] = 1.0
    return f


def name_features(title: str, candidates: Sequence[Candidate]) -> Iterator[dict[str, float]]:
    """How many numbers and names each has, and whether one was explained before it."""
    explained: set[str] = set()
    for candidate in candidates:
        text = candidate.text
        numbers = len(_NUMBER.findall(text))
        acronyms = {name for name in _ACRONYM.findall(text) if name not in title}
        f = {f"numbers_{bound}": 1.0 for bound in (1, 2, 4) if numbers >= bound}
        f["capitals"] = min(len(_CAPITAL.findall(text)), 4) / 4
        f["hyphens"] = min(text.count("-"), 4) / 4
        f["new_acronyms"] = min(len(acronyms), 3) / 3
        f["explained_before"] = float(not acronyms.isdisjoint(explained))
        explained.update(_EXPLAINED.findall(candidate.original))
        yield f


def neighbour_features(candidates: Sequence[Candidate]) -> Iterator[list[str]]:
    """How each begins, and the sentences before and after it."""
    begins = [_beginning(candidate.original) for candidate in candidates]
    for at, begin in enumerate(begins):
        before = begins[at - 1] if at else []
        following = begins[at + 1] if at + 1 < len(begins) else []
        yield [
            *(f"begins:{phrase}" for phrase in begin),
            *(f"before:{phrase}" for phrase in before),
            *(f"next:{phrase}" for phrase in following),
        ]


def turn_features(acting: Sequence[bool]) -> Iterator[list[str]]:
    """Where each stands among the sentences in which the authors act."""
    count, done = sum(acting), 0
    first = acting.index(True) if count else 0
    for at, acts in enumerate(acting):
        found = [f"from_first:{max(-2, min(5, at - first))}" if count else f"nobody:{min(at, 3)}"]
        if acts:
            done += 1
            found.append(f"act:{min(done, 5)}")
            found += ["act:last"] if done == count else []
            found += ["act:only"] if count == 1 else []
        found += ["next_acts"] if any(acting[at + 1 : at + 2]) else []
        found += ["before_acts"] if at and acting[at - 1] else []
        yield found


def _verb_after(words: tuple[str, ...], at: int) -> tuple[str, str]:
    """What follows a subject, adverbs passed over, and the word after that."""
    rest = (word for word in words[at + 1 : at + 6])
    verb = next((word for word in rest if word not in _PASSED_OVER and word[-2:] != "ly"), "")
    return verb, next(rest, "")


def _beginning(original: str) -> list[str]:
    words = original[:30].lower().replace(",", " ").split()[:2]
    return [words[0], " ".join(words)] if words else []
