"""What is said after a first sentence: one was asked for, so more must be of the paper, too."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.answer_language import FREQUENT, WITHOUT_SPACES
from newsletter.summaries.checks.other_script import names_of_paper
from newsletter.summaries.checks.relevance import SourceText, is_plain, shared_words

_CLOSED = r"[\"')\]\u201d]*\s+"
_SENTENCE_END = lazy_pattern(
    rf"(?<=[.!?\u2026]){_CLOSED}(?=[^a-z(])|(?<=[^\W\d_]{{4}}[.!?\u2026]){_CLOSED}(?=\S)|[。！？；]\s*"
)
_END = lazy_pattern(rf"{_SENTENCE_END.pattern}|(?<=;)\s+")
# "Keywords:", "In short:", "方法：": a form is filled in.
_LABEL = lazy_pattern(
    r"(?i)\W*(?!(?:it|this|we|they)\b)(?:[\u3040-\u9fff]{1,6}|[^\W\d_\u3040-\u9fff]"
    r"[\w'\u2019/-]*(?: [\w'\u2019/-]+){0,2})\s?[:：](?!\d)"
)
# A call of a function, a remark between asterisks.
_ASIDE = lazy_pattern(r"[\w.]+\([^()]*\)\W*\Z|\*[^*]+\*\W*\Z")
# "Put this on top", "Forward to all", "Accept.": nobody does it but the reader.
_ORDER = lazy_pattern(
    r"[A-Za-z]?[a-z]+(?: (?:the|this|it|them|a|an|your|all|me|us|to|in|at|on|for|up|these|not|more|"
    r"what|everything|everybody)\b|[.!]?\Z)"
)
_NO_ORDER = ("ing", "ed", "s", "ly", "ion", "how", "when", "where", "why", "who", "ty", "er", "or")
# "Generated with GPT-4.": of the text, as no part of the paper is named.
_MADE = lazy_pattern(r"(?:\w+ed|[Ww]ritten) (?:by|with|using)\b")
# "Er ist klein": what was named before.
_SAME_SUBJECT = lazy_pattern(r"(?:Er|Sie|Es|Ils?|Elles?) (?:ist|sind|est|sont|hat|haben|a|ont)\b")
_WORD = lazy_pattern(r"[a-z]{3,}")
_COGNATE = 5  # letters that a word of another language shares with the abstract's
_SHARED = 0.4  # of the words of a later sentence that is of the paper whatever it says


def objection(text: str, source: SourceText, language: str) -> str:
    """What a later sentence is that tells nothing of the paper; empty where none is."""
    text = text.strip()
    for part in _END.split(text)[1:]:
        if _LABEL.match(part) or _ASIDE.match(part):
            return f"fills in a form, {part[:40]}"
        if language == "en" and (_MADE.match(part) or _is_order(part, source)):
            return f"tells nothing of the paper, {part[:40]}"
    for part in _SENTENCE_END.split(text)[1:]:
        if (
            part
            and not _is_of_research(part, language)
            and not _is_of_paper(part, source, language)
        ):
            return f"tells nothing of the paper, {part[:40]}"
    return ""


def _is_order(part: str, source: SourceText) -> bool:
    """Whether it begins with a bare verb that the abstract has not."""
    if not _ORDER.match(part):
        return False
    first = part.split(maxsplit=1)[0].strip(".!").lower()
    return not (first.endswith(_NO_ORDER) or is_plain(first) or first in source.lowered)


def _is_of_research(part: str, language: str) -> bool:
    """Whether it has a word of those that say what a paper does, finds or needs."""
    pattern = _research_words().get(language)
    return pattern is None or bool(pattern.search(part))


def _is_of_paper(part: str, source: SourceText, language: str) -> bool:
    """Whether it shares with the abstract words, in other languages one, a number or a name."""
    if language == "en":
        return shared_words(part, source) >= _SHARED
    if language in WITHOUT_SPACES:
        return names_of_paper(part, source)
    if _SAME_SUBJECT.match(part) or any(character.isdigit() for character in part):
        return True
    plain = unicodedata.normalize("NFD", part.lower()).encode("ascii", "ignore").decode()
    begun = {word[:_COGNATE] for word in _WORD.findall(source.lowered)}
    return any(word[:_COGNATE] in begun for word in _WORD.findall(plain) if word not in FREQUENT)


@cache
def _research_words() -> dict[str, re.Pattern[str]]:
    file = resources.files("newsletter.summaries.checks").joinpath("research_words.toml")
    listed: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        language: re.compile(
            ("" if language in WITHOUT_SPACES else r"\b") + f"(?:{'|'.join(words.split())})",
            re.IGNORECASE,
        )
        for language, words in listed.items()
    }
