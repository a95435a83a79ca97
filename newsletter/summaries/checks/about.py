"""Is a sentence about this paper, or about another one?"""

import json
import re
from functools import cache
from importlib import resources

from newsletter.summaries.checks.languages import FREQUENT

_WORD = re.compile(r"[a-z0-9]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-+.'/][A-Za-z0-9]+)*\+*")
# DiffuVoice, GPT-4, WSJ0, BERT: no plain word looks like that.
_NAMED = re.compile(r"[A-Z]\w*[A-Z]|[a-z]\w*[A-Z]|[A-Za-z]+-?\d|\d[A-Za-z]")
_STEM = 7
# So common in abstracts that sharing them says nothing.
_ACADEMIC = """
    above across after again all algorithm also although any approach approaches article
    author authors based because before being between both but could data deep demonstrate
    demonstrates different do does due during each either even existing framework further
    given have here how however if improve improves improving introduce introduced
    introduces learn learning may method methods might model models more moreover most much
    must network networks neural new no not novel often one only other over paper
    performance present presented presents problem problems propose proposed proposes
    proposing provide provides result results same several should show shown shows since so
    some study task tasks then there therefore thus training two up us use used uses various
    very was were what where whether will work you yet
"""
_COMMON = FREQUENT | frozenset(_WORD.findall(_ACADEMIC))
# Measured on SciTLDR (docs/models.md). A sentence in between is doubted, not refused.
_OVERLAP, _DOUBTFUL_OVERLAP = 0.2, 0.3
_TOPICS_MET = 0.55


def not_about(text: str, source: str) -> str:
    """An English sentence whose words the abstract does not use; empty where it does."""
    overlap = _overlap(text, source)
    strange = overlap < _DOUBTFUL_OVERLAP and strange_name(text, source)
    if overlap < _OVERLAP or strange:
        return "is about something else: the abstract uses other words"
    return ""


def hardly_about(text: str, source: str) -> str:
    """The same, where it is merely likely."""
    if _overlap(text, source) < _DOUBTFUL_OVERLAP:
        return "shares few words with the abstract"
    return ""


def _overlap(text: str, source: str) -> float:
    stems = _stems(text)
    return len(stems & _stems(source)) / len(stems) if stems else 0.0


def not_about_in_chinese(text: str, source: str) -> str:
    """A Chinese sentence whose topics are not the abstract's, as far as `topics.json` knows them.

    Names are compared as in any language (`strange_name`): they are written as they are.
    """
    lowered = source.lower()
    topics = [english for chinese, english in _topics() if chinese in text]
    met = sum(any(word in lowered for word in english) for english in topics)
    if len(topics) > 1 and met < _TOPICS_MET * len(topics):
        return "is about something else: most of its topics are not the abstract's"
    return ""


def strange_name(text: str, source: str) -> str:
    """A name or acronym that the abstract has not, nor the words that it stands for."""
    for name in _LATIN.findall(text):
        if len(name) > 1 and _NAMED.search(name) and not _borne(name, source):
            return f"names {name}, which the abstract does not"
    return ""


def _borne(name: str, source: str) -> bool:
    """Whether it stands there, in any case and with any hyphen, or its letters begin words."""
    squeezed = re.sub(r"[^a-z0-9]", "", name.lower())
    there = re.sub(r"[^a-z0-9 ]", "", re.sub(r"[-/]", "", source.lower()))
    if squeezed in there.replace(" ", "") or squeezed.removesuffix("s") in there.split():
        return True
    initials = "".join(word[0] for word in _WORD.findall(source.lower()))
    return len(squeezed) > 1 and squeezed.isalpha() and squeezed.removesuffix("s") in initials


def _stems(text: str) -> set[str]:
    words = _WORD.findall(text.lower())
    return {word[:_STEM] for word in words if word not in _COMMON}


@cache
def _topics() -> list[tuple[str, list[str]]]:
    """Chinese words of the trade, each with what an English abstract would say for it."""
    file = resources.files("newsletter.summaries.checks").joinpath("topics.json")
    topics: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return list(topics.items())
