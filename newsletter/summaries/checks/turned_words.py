"""What an answer in another language than English says against its English abstract.

Two kinds: a comparison or direction told the other way round ("langsamer" of what is faster), and a
denial of what the abstract says. No words are shared with an abstract, so what each language says
and what English says for it stand in `turned_words.toml`. Where an abstract has words for both, or
denies something near what it says, nothing is refused: which of the two is meant cannot be told.
"""

import re
import tomllib
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any, NamedTuple

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.opposites import is_denied_nowhere, is_only_said
from newsletter.summaries.checks.paper_words import met
from newsletter.summaries.checks.relevance import SourceText

_CLAUSE = lazy_pattern(r"[,;:]\s|[，；：。、]|(?<=[a-z]{2})[.]\s")
_SOURCE_CLAUSE = lazy_pattern(r"[,;:.!?]\s|\b(?:and|but|while|whereas|which|that|with)\b")
_SENTENCE = lazy_pattern(r"(?<=[.!?;])\s+")
_NEVER = "(?!)"
_APART = 40  # characters between a thing and where it goes
_SHARED = 2  # things of a sentence of the abstract that is about the same


class _Way(NamedTuple):
    """A way of saying how something goes, and the English for it and for its opposite."""

    said: re.Pattern[str]
    borne_out: re.Pattern[str]
    against: re.Pattern[str]


class _Wording(NamedTuple):
    """What may be denied or go somewhere, and the beginnings of the English words for it."""

    said: re.Pattern[str]
    english: str


class _Direction(NamedTuple):
    """Up, down or without, as the language says it and as English does."""

    said: re.Pattern[str]
    english: re.Pattern[str]


class _Turned(NamedTuple):
    """What is known of one language."""

    ways: list[_Way]
    claims: list[_Wording]
    denial: re.Pattern[str]
    less: re.Pattern[str]
    others: re.Pattern[str]  # in a clause about what others cannot do
    up: _Direction
    down: _Direction
    without: _Direction
    better: re.Pattern[str]  # in English: what is bad goes down then
    things: dict[str, list[_Wording]]  # good, bad, neither


def told_otherwise(text: str, source: SourceText, language: str) -> str:
    """What is said the other way round; empty where nothing is, or the language is not known."""
    known = _known().get(language)
    for way in known.ways if known else ():
        said = way.said.search(text)
        if said and way.against.search(source.text) and not way.borne_out.search(source.text):
            return f"says {said[0]}, where the abstract says the opposite"
    moved = (_moved(clause, source.text, known) for clause in _CLAUSE.split(text) if known)
    return next(filter(None, moved), "")


def denied_otherwise(text: str, source: SourceText, language: str) -> str:
    """What is denied and the abstract says; empty where nothing is, or no word of it is known."""
    known = _known().get(language)
    for clause in _CLAUSE.split(text) if known else ():
        denial = known.denial.search(clause) if known else None
        if known and not denial and (less := _less(clause, source.text, known)):
            return f"says {less}, where the abstract says the opposite"
        if known and denial and _is_said(clause, denial, known, source, language):
            return f"says {denial[0]}, which the abstract does not"
    return ""


def _moved(clause: str, source: str, known: _Turned) -> str:
    """A thing that gets worse and, wherever the abstract says where it goes, better.

    What is neither good nor bad may go both ways.
    """
    if known.without.said.search(clause) or known.others.search(clause):
        return ""
    things = known.things
    for way, other, moved in (
        (known.up, known.down, things["bad"] + things["neither"]),
        (known.down, known.up, things["good"] + things["neither"]),
    ):
        said = way.said.search(clause)
        if not said or other.said.search(clause):
            continue
        near = _nearest(clause, said, [*chain(*things.values())], _APART)
        if near and all(thing in moved for thing in near):
            around = _around("|".join(thing.english for thing in near), source)
            is_better = other.english.search(around) or known.better.search(around)
            if is_better and not way.english.search(around):
                return f"says {said[0]}, where the abstract says the opposite"
    return ""


def _nearest(
    clause: str, word: re.Match[str], meanings: list[_Wording], apart: int
) -> list[_Wording]:
    """What the clause says next to a word, at most so many characters apart."""
    found = [
        (max(0, named.start() - word.end(), word.start() - named.end()), meaning)
        for meaning in meanings
        for named in meaning.said.finditer(clause)
    ]
    nearest = min((distance for distance, _ in found), default=apart)
    return [meaning for distance, meaning in found if distance == nearest < apart]


def _around(thing: str, source: str) -> str:
    """The clauses of the source that name a thing."""
    named = re.compile(rf"\b(?:{thing})", re.IGNORECASE)
    return " | ".join(clause for clause in _SOURCE_CLAUSE.split(source) if named.search(clause))


def _is_said(
    clause: str, denial: re.Match[str], known: _Turned, source: SourceText, language: str
) -> bool:
    """Whether the abstract says what the clause denies, or denies nothing of the same things.

    The verb of a clause may stand far from its denial.
    """
    about = _about(clause, source, language)
    denied = _nearest(clause, denial, known.claims, len(clause))
    if any(is_only_said(claim.english, said) for claim in denied for said in (about, source.text)):
        return True
    return not known.others.search(clause) and is_denied_nowhere(about)


def _less(clause: str, source: str, known: _Turned) -> str:
    """What is called less so than something and, in the abstract, is only called so."""
    for less in known.less.finditer(clause):
        behind = clause[less.end() :].lstrip()
        so = [claim.english for claim in known.claims if claim.said.match(behind)]
        if any(is_only_said(english, source) for english in so):
            return less[0]
    return ""


def _about(clause: str, source: SourceText, language: str) -> str:
    """The sentences of the source about the same things; all of it where none surely is."""
    things = met(clause, source, language)
    about = [
        sentence
        for sentence in _SENTENCE.split(source.text)
        if len(things & met(clause, SourceText(sentence), language)) >= _SHARED
    ]
    return " ".join(about) or source.text


@cache
def _known() -> dict[str, _Turned]:
    """By language."""
    file = resources.files("newsletter.summaries.checks").joinpath("turned_words.toml")
    listed: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    return {language: _of(language, listed) for language in listed["others"]}


def _of(language: str, listed: dict[str, Any]) -> _Turned:
    ways = [
        _Way(_pattern(way[language]), _begun(way["borne_out"]), _begun(way["against"]))
        for way in listed["ways"].values()
        if language in way
    ]
    said = "verbs" if language == "en" else language
    up, down, without = (
        _Direction(_pattern(words[said]), _begun(words["en"]))
        for words in map(listed["directions"].__getitem__, ("up", "down", "without"))
    )
    claims = _meanings(listed["claims"], language) if language in listed["denials"] else []
    things = {kind: _meanings(words, language) for kind, words in listed["things"].items()}
    better = _begun(listed["directions"]["better"])
    denial, less, others = (
        _pattern(listed[kind].get(language, _NEVER).strip())
        for kind in ("denials", "less", "others")
    )
    return _Turned(ways, claims, denial, less, others, up, down, without, better, things)


def _meanings(listed: dict[str, dict[str, str]], language: str) -> list[_Wording]:
    return [
        _Wording(
            _begun(english.replace("_", " ")) if language == "en" else _pattern(words[language]),
            english.replace("_", "|"),
        )
        for english, words in listed.items()
    ]


def _begun(words: str) -> re.Pattern[str]:
    """English words that begin so."""
    return _pattern(rf"\b(?:{'|'.join(words.split())})")


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)
