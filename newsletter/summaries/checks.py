"""Reasons not to print what a model answered."""

import re
import unicodedata

from newsletter.sources.announced import Paper
from newsletter.summaries.extractive.cues import FUNCTION_WORDS
from newsletter.summaries.extractive.features import stems_of

_SHORTEST, _LONGEST = 20, 400
_GROUPED = re.compile(r"(?<=\d)(?:,|\{,\})(?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_WORD = re.compile(r"[a-z0-9]+")
_MARKUP = re.compile(
    r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|```|\]\(|\[/?INST\]|<\||[\u202a-\u202e\u2066-\u2069]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff]+|[\w.+-]+@[\w-]+\.\w+", re.IGNORECASE)
_REFUSAL = re.compile(
    r"(?:i['’]m sorry|i am sorry|sorry|i cannot|i can['’]t|as an ai|抱歉|对不起|作为一个|我无法)",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_NEITHER = re.compile(r"[\u0400-\u06ff\u3040-\u30ff\uac00-\ud7af]")  # Cyrillic to kana and hangul

# Measured on SciTLDR's 2,611 human summaries, and on each beside another paper's abstract.
_OVERLAP = 0.2  # 0.2 % of the human ones have less, 74 % of those that belong to another paper
_FUNCTION_WORDS = 0.07  # 0.5 % of the human ones have less; German, Spanish and French do
_CHINESE_SHARE = 0.35  # the human-like one-liners of the seed's series all have more


def objection(text: str, paper: Paper, language: str) -> str | None:
    """Why this sentence must not stand under that paper; None where nothing speaks against it."""
    source = f"{paper.title} {paper.abstract}"
    least = _SHORTEST // 2 if language == "zh" else _SHORTEST
    if not least <= len(text) <= _LONGEST:
        return f"in {len(text)} characters"
    if _MARKUP.search(text):
        return "with markup in it"
    if _REFUSAL.match(text):
        return "with a refusal"
    added = [address for address in _ADDRESS.findall(text) if address not in source]
    if added:
        return f"with {added[0]}, which the abstract does not bear"
    borne = set(_numbers(source))
    invented = [number for number in _numbers(text) if number not in borne]
    if invented:
        return f"with the number {invented[0]}, which the abstract does not bear"
    return _not_in_chinese(text) if language == "zh" else _not_about(text, source)


def _not_in_chinese(text: str) -> str | None:
    share = len(_CHINESE.findall(text)) / len(text)
    return "not in Chinese" if share < _CHINESE_SHARE or _NEITHER.search(text) else None


def _not_about(text: str, source: str) -> str | None:
    words, given = (tuple(_WORD.findall(each.lower())) for each in (text, source))
    functional = sum(word in FUNCTION_WORDS for word in words)
    if _CHINESE.search(text) or _NEITHER.search(text) or functional < _FUNCTION_WORDS * len(words):
        return "not in English"
    stems = stems_of(words)
    if len(stems & stems_of(given)) < _OVERLAP * len(stems):
        return "in words that the abstract does not use"
    return None


def _numbers(text: str) -> list[str]:
    """Numbers in one way of writing: 1,000 and 1{,}000 are 1000, full-width digits are digits."""
    return _NUMBER.findall(_GROUPED.sub("", unicodedata.normalize("NFKC", text)))
