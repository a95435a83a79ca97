"""A short name spelled out as the abstract does, where the title and the quotation do not tell it.

"We improve ASV" after "automatic speaker verification (ASV)" becomes "We improve automatic speaker
verification". A name nobody explains stays. It is still a quotation: `is_quotation` knows them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.back_references import LONGEST
from newsletter.summaries.extractive.cue_phrases import FUNCTION_WORDS
from newsletter.text import one_line, stands_in_order

_NAME = r"[A-Z][A-Za-z]{0,4}[A-Z]"
_USED = lazy_pattern(rf"(?<![\w$\\{{(\[/-])({_NAME})(s?)(?![\w$\\}})\]/-])")
_EXPLAINED = lazy_pattern(rf"([\w' -]{{6,120}}) \(({_NAME})(s?)\)")
_WORD = lazy_pattern(r"\w+(?:'s)?")
_ARTICLE = lazy_pattern(r"\b([Aa])n? \Z")
_VOWELS = "aeiou"
SAME = 5  # letters by which a word is known
MOST = 3  # names spelled out in one quotation


class _Meaning(NamedTuple):
    one: str
    many: str


def spelled_out(text: str, title: str, abstract: str, words: int) -> str:
    """The text with each short name that only the rest of the abstract explains spelled out.

    As long as it has at most so many words. What is used again keeps the name in brackets.
    """
    used = dict.fromkeys(match[1] for match in _USED.finditer(text[:LONGEST]))
    unknown = [name for name in used if name not in title and f"({name}" not in text]
    if not unknown:
        return text
    meanings = _meanings(abstract)
    for name in [name for name in unknown if name in meanings][:MOST]:
        if meanings[name].one.lower() not in f"{text} {title}".lower():
            longer = _with_meaning(text, name, meanings[name])
            text = longer if longer.count(" ") < words else text
    return text


def is_quotation(text: str, abstract: str, part: str = "") -> bool:
    """Whether the words are those of the abstract, or of a part of it, in their order.

    Words may be left out, and short names spelled out as the abstract does.
    """
    part = part or abstract
    if stands_in_order(text, part):
        return True
    readings = [text]
    for name, meaning in _meanings(one_line(abstract)).items():
        if meaning.one.lower() in text.lower() and len(readings) < 3**MOST:
            readings += [
                short for longer in readings for short in _shortened(longer, name, meaning)
            ]
    return any(stands_in_order(reading, part) for reading in readings[1:])


def _shortened(text: str, name: str, meaning: _Meaning) -> Iterator[str]:
    """The text before the name was spelled out, as it may have been."""
    for short, words in ((f"{name}s", meaning.many), (name, meaning.one)):
        found = re.search(rf"(?i)\b{re.escape(words)}\b(?: \({short}\))?", text)
        if found:
            before, after = text[: found.start()], text[found.end() :]
            yield before + short + after
            if article := _ARTICLE.search(before):
                other = "" if before.endswith("n ") else "n"
                yield f"{before[: article.start()]}{article[1]}{other} {short}{after}"


@lru_cache(maxsize=256)
def _meanings(abstract: str) -> dict[str, _Meaning]:
    """What each short name in brackets stands for, by the words before it."""
    found: dict[str, _Meaning] = {}
    for match in _EXPLAINED.finditer(abstract):
        words = _by_initials(match[1], match[2])
        if not words or match[2] in found:
            continue
        if _opens_sentence(abstract[: match.end(1) - len(words)]) and words[1:].islower():
            small = words[0].lower() + words[1:]
            # Elsewhere in small letters, so it is no "Markov chain".
            words = small if re.search(rf"\b{re.escape(small[:SAME])}", abstract) else words
        one = words.removesuffix("s") if match[3] else words
        found[match[2]] = _Meaning(one, words if words.endswith("s") else f"{words}s")
    return found


def _by_initials(before: str, name: str) -> str:
    """The last words that begin with the letters of the name; empty where they do not."""
    words = list(_WORD.finditer(before))
    letters = list(name.lower())
    start = len(before)
    while letters and words:
        word = words.pop()
        if word[0][0].lower() == letters[-1]:
            letters.pop()
        elif word[0].lower() not in FUNCTION_WORDS:
            return ""
        start = word.start()
    return "" if letters else before[start:]


def _with_meaning(text: str, name: str, meaning: _Meaning) -> str:
    """The name's first use replaced, with its article and a capital at the start."""
    first = next(match for match in _USED.finditer(text) if match[1] == name)
    words = meaning.many if first[2] else meaning.one
    before, after = text[: first.start()], text[first.end() :]
    if name in after:
        words = f"{words} ({first[0]})"
    if not before:
        return f"{words[0].upper()}{words[1:]}{after}"
    article = "n" if words[0].lower() in _VOWELS else ""
    return _ARTICLE.sub(rf"\g<1>{article} ", before) + words + after


def _opens_sentence(before: str) -> bool:
    return before.rstrip()[-1:] in {"", ".", "!", "?"}
