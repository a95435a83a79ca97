"""Which sentence of an answer is looked at: one was asked for, and only one is printed.

An answer is cut into its sentences. A clause at the end of one that is not about the paper is left
out, too: it must go on with what a study does ("and outperforms ..."), or have a word of the paper.
"""

import re
import unicodedata
from itertools import accumulate, takewhile

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.answer_language import WITHOUT_SPACES
from newsletter.summaries.checks.other_script import names_of_paper
from newsletter.summaries.checks.relevance import SourceText, is_plain, shared_stems, topics_met
from newsletter.summaries.checks.study_words import study_words
from newsletter.summaries.extractive import sentences

_WIDE_END = lazy_pattern(r"(?<=[。！？])(?![”」』）》])|(?<=[。！？][”」』）》])|(?<=[.!?…])\s+")
# "z. B.", "Nr. 3", "p. ej.": the next piece goes on.
_ABBREVIATED = lazy_pattern(r"(?:^|[\s(])(?:[A-Za-z]|Dr|Nr|St|cf|bzw|bspw|ggf|usw|vgl|ej|etc)\.\Z")
# The form of the Chinese digests: what the paper is about, a stop, and what it does.
_FRAME = lazy_pattern(r"\A(?:(?:该|本|此)(?:论文|文章|文|研究|工作)|论文|文章)")
# ", and", "; ", " - "; without a word between them, of clauses only the wide marks.
_CLAUSE = lazy_pattern(
    r"(?:[,;]|\s[-\u2013\u2014]+)\s+(?:and|so|und|et|y|e)\s+|[;\u2013\u2014]\s+|\s[-\u2013\u2014]+\s+|[，；]"
    r"|,\s+(?!(?:that|than|as|dass|wie|ob|die|der|das|den|dem|deren|dessen|was|wer|weil|indem|um|als|damit"
    r"|que|qui|dont|où|cuy[oa]s?|quien)\b)"
)
_CLAUSE_JA = lazy_pattern("[、；]")
# What limits a statement stays with it.
_LIMITS = lazy_pattern(
    r"(?:if|when|where|whenever|unless|until|provided|except|although|though|but|not|without|only|or|nor|"
    r"wenn|falls|sofern|obwohl|aber|sondern|ohne|nur|außer|oder|wobei|wo|si|lorsque|quand|sauf|mais|sans|ou|bien|"
    r"cuando|aunque|pero|sino|salvo|sin|solo|o|u)\b|但|若|如果|除非|只|不|尽管|虽|当|かつ|ただし",
    re.IGNORECASE,
)
# "For ...," and "by ...," need what is done; with a verb of their own later they need nothing.
_DONE = (
    r"提[升出高供]|实现|减少|降低|达到|完成|生成|优化|保持|增强|改善|训练|构建|解决"
    r"|得到|建立|评估|分析|验证|发现|证明"
)
_HANGING = lazy_pattern(
    r"(?:\A|[，。；])(?:该论文|本文|作者)?(?:通过|针对|为了?|基于|利用|在|当|将|对|随着|由于|尽管|虽)"
    rf"(?:{_DONE})?(?:(?!{_DONE})[^，。；])*\Z"
)
_JAPANESE_END = lazy_pattern(r"(?:る|た|す|む|く|ない|だ)\Z")
_STOPS, _CLOSING = ".。", ")）]}%$”》"
_WORD = lazy_pattern(r"[a-z]{4,}")
# DiffuVoice, GPT-4, 12: what looks like a word of the language is none.
_NAME = lazy_pattern(r"\w*[A-Z\d][\w.-]*[A-Z\d]\w*")
# With so many letters a word of another language begins like one of the abstract's.
_COGNATE, _COGNATE_SHARE = 4, 0.7
_MARGIN = 0.5  # of what is shared, for what is less likely a sentence about the paper
_LOOK_ALIKE = 2  # words of a clause that only look like the paper's, and make it the paper's


def candidates(text: str, source: SourceText, language: str) -> list[str]:
    """What may be printed of the answer; what has most of the paper first."""
    ends = (_without_strange_end(part, source, language) for part in _parts(text, language))
    shares = {part: _share(part, source, language) for part in ends}
    return sorted(shares, key=lambda part: (-shares[part], -len(part)))


def _parts(text: str, language: str) -> list[str]:
    """The sentences of the answer; in the Chinese form also with those that go on with them."""
    parts = [part for line in text.splitlines() for part in _of_line(line, language)]
    if language != "zh":
        return parts
    joined = list(parts)
    for begin, part in enumerate(parts):
        if _FRAME.match(part):
            after = takewhile(study_words()["zh"].goes_on.search, parts[begin + 1 :])
            joined += list(accumulate(after, initial=part))[1:]
    return joined


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


def _without_strange_end(sentence: str, source: SourceText, language: str) -> str:
    """Up to the last clause that is about the paper."""
    clause = _CLAUSE_JA if language == "ja" else _CLAUSE
    left = sentence
    if language not in study_words():
        return left
    for mark in reversed(list(clause.finditer(sentence))):
        begun, end = left[: mark.start()], left[mark.end() :]
        if _is_within(begun) or _is_of_paper(end, source, language):
            break
        if _LIMITS.match(end) or not _stands(begun, source, language):
            break
        left = _ended(begun, language)
    return left


def _is_within(begun: str) -> bool:
    """Whether a bracket or a formula is open."""
    return begun.count("(") + begun.count("（") > begun.count(")") + begun.count("）") or bool(
        begun.count("$") % 2
    )


def _is_of_paper(clause: str, source: SourceText, language: str) -> bool:
    clause = clause.rstrip(_STOPS)
    goes_on = study_words()[language].goes_on.search(clause)
    enough = 1 if language == "en" or language in WITHOUT_SPACES else _LOOK_ALIKE
    return bool(goes_on) or _shared(clause, source, language) >= enough


def tells_nothing(text: str, source: SourceText, language: str) -> bool:
    """Whether it neither says what a study does nor has a word of the paper; not of English."""
    if language == "en" or language not in study_words():
        return False
    says = study_words()[language].says.search(text)
    return not says and not _shared(text, source, language)


def _stands(begun: str, source: SourceText, language: str) -> bool:
    """Whether the sentence may end there: it is about the paper and has what it does."""
    if not (begun[-1:].isalnum() or begun[-1:] in _CLOSING):
        return False
    if language == "ja" and not (begun.endswith("し") or _JAPANESE_END.search(begun)):
        return False
    if language == "zh" and _HANGING.search(begun):
        return False
    if language == "en":
        return shared_stems(begun, source) > 0
    return not tells_nothing(begun, source, language)


def _ended(begun: str, language: str) -> str:
    if language == "ja":
        begun += "する" * begun.endswith("し")
        begun = begun.replace("しする", "する")
    return begun + ("。" if language in WITHOUT_SPACES else ".")


def _share(text: str, source: SourceText, language: str) -> float:
    """How much a sentence has of the paper.

    Half as much counts where it leans on another, and where it says nothing that a study does.
    """
    words = study_words().get(language)
    share = float(_shared(text, source, language))
    if words and words.leans.match(text):
        share *= _MARGIN
    return share if not words or words.says.search(text) else share * _MARGIN


def _shared(text: str, source: SourceText, language: str) -> int:
    """Content words, names, numbers, and what translates a word of the paper or looks like one."""
    if language == "en":
        return shared_stems(text, source)
    if language == "zh":
        return names_of_paper(text, source) + topics_met(text, source)
    if language in WITHOUT_SPACES:
        return names_of_paper(text, source)
    names = " ".join(_NAME.findall(text))
    return names_of_paper(names, source) + _cognates(text, source)


def _cognates(text: str, source: SourceText) -> int:
    plain = unicodedata.normalize("NFD", text.lower()).encode("ascii", "ignore").decode()
    begun = {word[: _cognate_length(word)] for word in _WORD.findall(plain) if not is_plain(word)}
    words = [word for word in set(_WORD.findall(source.lowered)) if not is_plain(word)]
    return sum(any(word.startswith(part) for word in words) for part in begun)


def _cognate_length(word: str) -> int:
    return max(_COGNATE, round(len(word) * _COGNATE_SHARE))
