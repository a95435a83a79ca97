"""Reasons not to print what a model answered."""

import re

from newsletter.sources.announced import Paper

_SHORTEST, _LONGEST = 20, 400
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARKUP = re.compile(r"</?[a-z]+>|```|\[/?INST\]|<\|", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_SHARE = 0.35  # the human-like one-liners of the seed's series all have more


def objection(text: str, paper: Paper, language: str) -> str | None:
    """Why this sentence must not stand under that paper, or None where nothing speaks against it."""
    least = _SHORTEST // 2 if language == "zh" else _SHORTEST
    if not least <= len(text) <= _LONGEST:
        return f"in {len(text)} characters"
    if _MARKUP.search(text):
        return "with markup in it"
    if language == "zh" and len(_CHINESE.findall(text)) < _CHINESE_SHARE * len(text):
        return "not in Chinese"
    if language == "en" and _CHINESE.search(text):
        return "not in English"
    borne = set(_NUMBER.findall(f"{paper.title} {paper.abstract}"))
    invented = [number for number in _NUMBER.findall(text) if number not in borne]
    if invented:
        return f"with the number {invented[0]}, which the abstract does not bear"
    return None
