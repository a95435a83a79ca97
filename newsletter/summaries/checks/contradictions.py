"""What an answer turns round: a result that is denied, a comparison, "from 2 to 3", a direction."""

import re
from collections.abc import Iterator

from newsletter.lazy_pattern import lazy_pattern

# What results are said with; other verbs are denied and said in too many ways.
_NEEDED = frozenset(["need", "requir", "rel", "depend", "outperform"])
_NEEDS = "need|requir|rel(?=y|ies)|depend|outperform"
_VERBS = lazy_pattern(
    rf"\b({_NEEDS}|improv|enhanc|exceed|surpass|converg|help)(?:e|es|s|ed|ing|y|ies|d)?\b",
    re.IGNORECASE,
)
_NEGATION = lazy_pattern(
    r"\b(?:not|no|never|neither|nor|cannot|without|unable|fail\w*|hardly|rarely|barely|avoid\w*|"
    r"eliminat\w*|remov\w*|instead)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_NEW_CLAUSE = lazy_pattern(r"[,;:.]|\b(?:and|but|while|which|that)\b")
_NEAR = 60  # characters
_OPPOSITES = {
    "faster": "slower",
    "larger": "smaller",
    "bigger": "smaller",
    "higher": "lower",
    "better": "worse",
    "longer": "shorter",
    "cheaper": "costlier",
    "easier": "harder",
    "stronger": "weaker",
}
_TWO_WAYS = [*_OPPOSITES.items(), *((other, one) for one, other in _OPPOSITES.items())]
_PERFORMS = lazy_pattern(r"\b(out|under)perform\w*(?: [a-z]+){0,2} ([A-Z][\w-]+)")
_NUMBER = r"\$?(\d+(?:[.,]\d+)*)\s?(?:\\?%|\$)?"
_FROM_TO = lazy_pattern(
    rf"\bfrom (?:[a-z]+ ){{0,2}}{_NUMBER}(?: [a-z]+)? (?:up |down )?to (?:[a-z]+ ){{0,2}}{_NUMBER}"
    rf"|从{_NUMBER}[^，。；\d]{{0,6}}[到至为]{_NUMBER}",
    re.IGNORECASE,
)
_UP = r"increas\w+|rais\w+|rises?|rose|grow\w*|grew|增加|上升|升高|增长"
_DOWN = (
    r"reduc\w+|decreas\w+|drop\w*|declin\w+|cuts?|cutting|shr[iau]nk\w*|falls?|fell|halv\w+|sav\w+|"
    r"降低|减少|下降|缩短|节省"
)
_DIRECTED = lazy_pattern(
    rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))"
    rf"(?:(?!{_UP}|{_DOWN})[^,;\d，；。]){{0,40}}?(?P<number>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)


def reversed_comparison(text: str, source: str) -> str:
    """What is said the other way round; empty where nothing is."""
    return _swapped(text, source) or _directed(text, source) or _compared(text, source)


def added_negation(text: str, source: str) -> str:
    """What the text denies and the source only says, or, of what is needed, the reverse."""
    in_source = _ways(source)
    for stem, ways in _ways(text).items():
        if in_source.get(stem) == {False} and ways == {True}:
            return f'denies "{stem}...", which the abstract says'
        if in_source.get(stem) == {True} and ways == {False} and stem in _NEEDED:
            return f'says "{stem}...", which the abstract denies'
    return ""


def _ways(text: str) -> dict[str, set[bool]]:
    """The verbs of results, and whether each stands there denied, or not, or both."""
    ways: dict[str, set[bool]] = {}
    for match in _VERBS.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        clause = _NEW_CLAUSE.split(before)[-1]
        ways.setdefault(match[1].lower(), set()).add(bool(_NEGATION.search(clause)))
    return ways


def _swapped(text: str, source: str) -> str:
    pairs = set(_pairs(source))
    for low, high in _pairs(text):
        if (high, low) in pairs and (low, high) not in pairs:
            return f"says from {low} to {high}, where the abstract says from {high} to {low}"
    return ""


def from_to(text: str) -> Iterator[tuple[float, float]]:
    """What goes from one number to another; neither is nought."""
    for pair in _pairs(text):
        low, high = (float(number.replace(",", "")) for number in pair if number.count(".") <= 1)
        if low and high:
            yield low, high


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for match in _FROM_TO.finditer(text):
        yield match[1] or match[3], match[2] or match[4]


def _directed(text: str, source: str) -> str:
    """An error that increases by 30 %, where the abstract says that it is reduced by that."""
    in_source = set(_directions(source))
    for number, is_up in _directions(text):
        if (number, not is_up) in in_source and (number, is_up) not in in_source:
            way = "up" if is_up else "down"
            return f"says that something goes {way} with {number}, against the abstract"
    return ""


def _directions(text: str) -> Iterator[tuple[str, bool]]:
    for match in _DIRECTED.finditer(text):
        yield match["number"], match["up"] is not None


def _compared(text: str, source: str) -> str:
    lowered, lowered_source = text.lower(), source.lower()
    for word, opposite in _TWO_WAYS:
        compared = re.search(rf"\b{word}(?: [\w-]+)? than\b", lowered)
        if compared and f" {opposite} " in lowered_source and word[:-2] not in lowered_source:
            return f"says {compared[0]}, where the abstract says {opposite}"
    performs = {(match[1].lower(), match[2]) for match in _PERFORMS.finditer(source)}
    for match in _PERFORMS.finditer(text):
        way, name = match[1].lower(), match[2]
        if (way, name) not in performs and any(name == other for _, other in performs):
            return f"says {match[0]}, where the abstract says the reverse"
    return ""
