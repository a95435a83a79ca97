"""Author lines as their submitters type them: names, affiliations, and whom they speak for."""

import re
from collections.abc import Iterable, Sequence

from newsletter.text import one_line

_COMMA = re.compile(r",\s+(?!(?:Jr|Sr|II|III|IV)\.?\s*(?:,|$))")
# "DeepSeek-AI:Aixin Liu", but not the "S:t" of a name.
GLUED_COLON = r"(?<=[\w)\]}.][\w)\]}.]):+(?=(?![a-z])[^\W\d_]|\\|\{)"
_COLON = re.compile(rf"[\s,]*:(?:[\s,]+|$)|{GLUED_COLON}")
# "The STAR and PHENIX Collaborations" are named together.
_AND = re.compile(
    r"(?:,?\s+(?:and|AND|\\?&))+\s+(?![\w-]+\s+(?i:collaborations|consortia|teams)\b)"
)
_SPEAKS_FOR = re.compile(
    r"(?:(?:[^;]*[,;]\s*)?(?:for|on behalf of|representing) the\b.*"
    r"|(?:(?:for|on behalf of|representing) )?[^,;]*\b(?:collaborations?|consorti(?:um|a)|teams?))"
    r"[\s.]*",
    re.IGNORECASE | re.DOTALL,
)
_KEPT = "\ufffe"  # for a bracket that stays; no XML can hold this character, and it is no space


def speaks_for(bracketed: str) -> bool:
    """Whether words in brackets name a collaboration, and not where somebody works."""
    return _SPEAKS_FOR.fullmatch(bracketed.strip()) is not None


def authors_of(line: str, *, parted_by_and: bool = False) -> tuple[str, ...]:
    """The names, raw TeX and all, without the affiliations in brackets that may follow them.

    As in the API's answers, the colon of "X Collaboration: A, B" is an author of its own. "(for
    the X Collaboration)" stays with the name that it follows.
    """
    outside, kept = _outside_brackets(line)
    outside = re.sub(rf",?\s*{_KEPT}", f" {_KEPT}", _COLON.sub(", :, ", outside))
    if parted_by_and:
        outside = _AND.sub(", ", outside)
    brackets = iter(kept)
    names = [
        one_line(re.sub(_KEPT, lambda _: next(brackets), name)) for name in _COMMA.split(outside)
    ]
    return tuple(filter(None, names)) or tuple(filter(None, [one_line(line)]))


def with_affiliations(authors: Iterable[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Names from pairs of a name and its affiliations; whom they speak for stays, once.

    arXiv gives the affiliation at the end of a line to all who stand before it.
    """
    told = [
        (one_line(name), next(filter(speaks_for, map(one_line, places)), ""))
        for name, places in authors
    ]
    told = [(name, place) for name, place in told if name]
    following = [place for _, place in told[1:]] + [""]
    return tuple(
        f"{name} ({place})" if place and place != after else name
        for (name, place), after in zip(told, following, strict=True)
    )


def _outside_brackets(text: str) -> tuple[str, list[str]]:
    """The text outside, with a mark for each bracket that speaks for others; and those."""
    depth, begun = 0, 0
    outside: list[str] = []
    kept: list[str] = []
    for at, char in enumerate(text):
        if char == "(":
            begun = begun if depth else at
            depth += 1
        elif depth == 0:
            outside.append(char)
        elif char == ")":
            depth -= 1
            if depth == 0 and speaks_for(text[begun + 1 : at]):
                kept.append(text[begun : at + 1])
                outside.append(_KEPT)
    if depth:  # a bracket that never closes hides nobody
        return text, []
    return "".join(outside), kept
