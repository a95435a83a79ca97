"""Words that point at something said before the sentence, which is not quoted."""

import re
from functools import lru_cache

from newsletter.lazy_pattern import lazy_pattern

_KIND_OF_PAPER = (
    r"(?:(?:lecture|systematic|literature|scoping|mapping|empirical|experimental|theoretical|numerical|"
    r"comparative|comprehensive|exploratory|qualitative|quantitative|retrospective|pilot|case|user|"
    r"short|brief|new|position|perspective|survey|review|research|technical|tutorial|expository|"
    r"doctoral|phd|thesis|demo|data|vision|white|opinion|particular|present|current) ){0,2}"
)
OWN = (
    rf"{_KIND_OF_PAPER}"
    r"(?:paper|work|article|letter|study|note|report|manuscript|thesis|survey|review|research|"
    r"chapter|contribution|investigation|project|dissertation|book|monograph|essay|talk|lecture|"
    r"series|proposal|communication|preprint|tutorial|notebook|opinion|viewpoint|commentary|"
    r"perspective|editorial|guide|handbook|field|area|year|century|decade|day)s?\b"
)
# A demonstrative with its noun, unless it means the paper itself.
_DEMONSTRATIVE = lazy_pattern(
    rf"\b(?:t(?:(?:his|hese)(?! {OWN})|hose(?! (?:of|who|that|in|with|from|which|for|on|at|by)\b)|"
    r"he (?:(?:latter|former|aforementioned|above)\b|same\b(?! time\b)|"
    r"corresponding (?=calculation|result|problem|question|case|bound))|hey (?<=that they ))|"
    r"such (?:(?!as\b|that\b|an?\b|end\b)|an? )|a(?:forementioned|s above)|it (?<=that it )|"
    r"mentioned above|described above)",
)
_NEXT_WORDS = lazy_pattern(r"[^\w(),.;:]*([a-z]\w*)(?:[ -]([a-z]\w*))?(?: ([a-z]\w*))?")
_PLAIN = frozenset(["were", "that", "which", "will", "have", "from", "with", "into", "also"])
_SAME_AS = lazy_pattern(
    r" \w+ (?:\w+ )?(?:as|of|for|required|used|that|which|when|across|between)\b"
)
_SHARED_BY_ALL = lazy_pattern(r"\b(?:shar(?:e|es|ed|ing)|located on|placed on|lie in|lies in) \Z")
# "... that addresses these challenges by pruning": how says enough, whatever they are.
_MET = lazy_pattern(
    r"\b(?:address|tackl|overcom|mitigat|solv|bridg|fill|alleviat|resolv|circumvent|remed|reduc|"
    r"achiev|meet|clos)\w*(?: both)?(?: of)? \Z"
)
_MEANS = lazy_pattern(
    r" (?:[\w-]+ ){0,2}(?:limitation|challenge|gap|issue|problem|need|shortcoming|difficult|goal|"
    r"bottleneck|drawback|trade-?off|tension|task|objective)\w*,? (?:by|through|via|with|using)\b"
)
_TWO = lazy_pattern(r"\b(?:and|or|than|from|between)\b")
_NOUN_WITHIN = 8  # words before a pronoun that make it likely to mean one of them
LONGEST = 1500  # characters looked at; longer sentences are no prose


@lru_cache(maxsize=128)
def points_back(text: str) -> int | None:
    """Where the first word stands that points at something said before this sentence.

    Expects lower case. "This layer" after "a layer" in the same sentence does not.
    """
    for match in _DEMONSTRATIVE.finditer(text, 0, LONGEST):
        if not _resolved(text, match):
            return match.start()
    return None


def _resolved(text: str, match: re.Match[str]) -> bool:
    """Whether the sentence itself has named what the demonstrative means."""
    before = text[: match.start()]
    if match[0] in {"it ", "they "}:
        return before.count(" ") >= _NOUN_WITHIN
    if match[0].startswith(("the latter", "the former")):
        return bool(_TWO.search(before))
    if match[0] == "the same":
        return bool(_SAME_AS.match(text, match.end()) or _SHARED_BY_ALL.search(before))
    if _MET.search(before) and _MEANS.match(text, match.end()):
        return True
    following = _NEXT_WORDS.match(text, match.end())
    if not match[0].startswith(("this", "these", "those", "such")) or following is None:
        return False
    nouns = [word for word in following.groups() if word and word not in _PLAIN and len(word) > 3]  # noqa: PLR2004
    return any(_has_word(before, noun[:6].rstrip("s")) for noun in nouns)


def _has_word(text: str, beginning: str) -> bool:
    """Whether a word of the text begins so."""
    at = text.find(beginning)
    while at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at = text.find(beginning, at + 1)
    return at >= 0
