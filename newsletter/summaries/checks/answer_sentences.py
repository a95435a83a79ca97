"""Which sentence of an answer is looked at: one was asked for, and only one is printed.

An answer is cut into its sentences; talk before one and at its end is left out. The two or three
sentences of the Chinese form belong together, and none of them is looked at alone.
"""

from collections.abc import Iterable
from itertools import accumulate, takewhile

from newsletter.languages import WITHOUT_SPACES
from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.answer_asides import without_lead
from newsletter.summaries.checks.answer_tails import split_talk
from newsletter.summaries.checks.paper_words import shared
from newsletter.summaries.checks.relevance import SourceText
from newsletter.summaries.checks.study_words import study_words
from newsletter.summaries.extractive import choice, sentences

_WIDE_END = lazy_pattern(r"(?<=[。！？])(?![”」』）》])|(?<=[。！？][”」』）》])|(?<=[.!?…])\s+")
# "z. B.", "Nr. 3", "p. ej.": the next piece goes on.
_ABBREVIATED = lazy_pattern(r"(?:^|[\s(])(?:[A-Za-z]|Dr|Nr|St|cf|bzw|bspw|ggf|usw|vgl|ej|etc)\.\Z")
# The form of the Chinese digests: what the paper is about, a stop, and what it does.
_FRAME = lazy_pattern(r"\A(?:(?:该|本|此)(?:论文|文章|文|研究|工作)|论文|文章)")
_SEVERAL = 2
_MARGIN = 0.5  # of what is shared, for what is less likely a sentence about the paper


def candidates(text: str, title: str, source: SourceText, language: str) -> list[str]:
    """What may be printed of the answer; the sentence that tells best what is done first.

    What has nothing of the paper comes last.
    """
    parts = _parts(text, source, language)
    kept = dict.fromkeys(split_talk(part, source, language).kept for part in parts)
    shares = {part: _share(part, source, language) for part in kept}
    tells = dict(zip(shares, _tells(title, shares, language), strict=True))
    return sorted(
        shares, key=lambda part: (not shares[part], -tells[part], -shares[part], -len(part))
    )


def _tells(title: str, parts: Iterable[str], language: str) -> list[float]:
    """How well a sentence tells what the paper does: as abstracts are ranked, or by a word."""
    if language == "en":
        return choice.scores(title, list(parts))
    words = study_words().get(language)
    return [words.contribution(part) if words else 0 for part in parts]


def _parts(text: str, source: SourceText, language: str) -> list[str]:
    """The sentences of the answer; in the Chinese form with those that go on with the first."""
    split = (part for line in text.splitlines() for part in _of_line(line, language))
    parts = list(dict.fromkeys(without_lead(part, source, language) for part in split))
    begin = next((at for at, part in enumerate(parts) if _FRAME.match(part)), None)
    if language != "zh" or begin is None:
        return parts
    after = takewhile(_goes_on, parts[begin + 1 :])
    joined = list(accumulate(after, initial=parts[begin]))
    return parts[:begin] + joined + parts[begin + len(joined) :]


def _goes_on(part: str) -> bool:
    """Whether a Chinese sentence begins with what a study does, or has several such words."""
    words = study_words()["zh"]
    return bool(words.goes_on.search(part)) or len(words.says.findall(part)) >= _SEVERAL


def _of_line(line: str, language: str) -> list[str]:
    if language in WITHOUT_SPACES:
        return [part for part in map(str.strip, _WIDE_END.split(line)) if part]
    parts: list[str] = []
    for part in sentences.split(line):
        if parts and language != "en" and _ABBREVIATED.search(parts[-1]):
            parts[-1] += f" {part}"
        else:
            parts.append(part)
    return parts


def _share(text: str, source: SourceText, language: str) -> float:
    """How much a sentence has of the paper.

    Half as much counts where it leans on another, and where it says nothing that a study does.
    """
    words = study_words().get(language)
    share = float(shared(text, source, language))
    if words and words.leans.match(text):
        share *= _MARGIN
    return share if not words or words.says.search(text) else share * _MARGIN
