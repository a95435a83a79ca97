"""Talk at the end of a sentence, behind a comma: "..., and everyone agrees".

That a clause has no word of the paper proves little, least of all in another language than the
abstract's. So it is talk only if it has a sign of talk, or is a statement of its own as well. It is
left out where what stands before it is whole; else the sentence is not printed.
"""

import re
from typing import NamedTuple

from newsletter.languages import WITHOUT_SPACES
from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.addressing import speaks_to_reader
from newsletter.summaries.checks.kinds_of_talk import foreign_talk
from newsletter.summaries.checks.paper_words import is_of_study
from newsletter.summaries.checks.relevance import SourceText
from newsletter.summaries.checks.study_words import study_words

_MARK = lazy_pattern(r"[,;]\s+|\s*[\u2013\u2014]+\s*|\s-+\s|[，；]")
_MARK_JA = lazy_pattern("[、；]")
_APART = lazy_pattern(r"\W*[;；\u2013\u2014-]")  # a mark that parts two statements
# What begins another statement of its own.
_JOINS = {
    "en": r"(?:and|so|but|yet) ",
    "de": r"(?:und|also|daher|somit) ",
    "fr": r"(?:et|alors|donc) ",
    "es": r"(?:y|e|así que|por lo que) ",
}
_ITS_OWN = {language: lazy_pattern(words) for language, words in _JOINS.items()}
_FEWEST, _MOST = 3, 9  # words of such a statement: shorter is an item, longer is not surely talk
# What limits a statement stays with it; and what begins so stands for nothing alone.
_LIMITS = lazy_pattern(
    r"(?:if|when|where|whenever|unless|until|provided|except|although|though|but|not|without|only|or|nor|"
    r"wenn|falls|sofern|obwohl|aber|sondern|ohne|nur|außer|oder|wobei|wo|si|lorsque|quand|sauf|mais|sans|ou|bien|"
    r"cuando|aunque|pero|sino|salvo|sin|solo|o|u)\b|但|否则|则|若|如果|除非|只|不|尽管|虽|当|かつ|ただし",
    re.IGNORECASE,
)
_SUBORDINATE = lazy_pattern(
    r"(?:instead|given|unlike|since|because|while|as|rather|statt|anstatt|weil|da|dass|während|indem|"
    r"comme|puisque|parce|tandis|au lieu|porque|como|mientras|en lugar|en vez)\b",
    re.IGNORECASE,
)
# A Chinese clause goes on with the one before; or it weighs something.
_GOES_ON_ZH = lazy_pattern(
    r"\A(?:[以在且并及从为对使因其即如与和或含让经由向按适可能]|同时|进而)|很[小少低高大难]|较|更|有限|平均|代价|假设"
)
_DONE = (
    r"提[升出高供]|实现|减少|降低|达到|完成|生成|优化|保持|增强|改善|训练|构建|解决"
    r"|得到|建立|评估|分析|验证|发现|证明"
)
# "For ...," and "by ...," need what is done; with a verb of their own later they need nothing.
_HANGING = lazy_pattern(
    r"(?:\A|[，。；])(?:该论文|本文|作者)?(?:通过|针对|为了?|基于|利用|在|当|将|对|随着|由于|尽管|虽)"
    rf"(?:{_DONE})?(?:(?!{_DONE})[^，。；])*\Z"
)
_FINITE_JA = lazy_pattern(r"(?:る|た|す|む|く|ない|だ)\Z")
_CLOSING = ")）]}%$”》"


class SplitSentence(NamedTuple):
    """A sentence, and the talk at its end."""

    kept: str  # up to the first clause of talk; all of it where nothing may be cut
    talk: str  # a clause of it that cannot be left out


def split_talk(sentence: str, source: SourceText, language: str) -> SplitSentence:
    """Part a sentence from the talk at its end."""
    kept, talk = sentence, ""
    for mark in reversed(_marks(sentence, language)):
        begun, clause = kept[: mark.start()], kept[mark.end() :]
        if not _is_talk(begun, mark[0], clause, source, language):
            continue
        if _is_whole(begun, source, language):
            kept, talk = begun + ("。" if language in WITHOUT_SPACES else "."), ""
        else:
            talk = talk or clause
    return SplitSentence(kept, talk)


def talk_in(sentence: str, source: SourceText, language: str) -> str:
    """The talk at its end; empty where there is none."""
    kept, talk = split_talk(sentence, source, language)
    return talk if kept == sentence else sentence[len(kept) - 1 :]


def _marks(sentence: str, language: str) -> list[re.Match[str]]:
    if language not in study_words():
        return []
    pattern = _MARK_JA if language == "ja" else _MARK
    return [mark for mark in pattern.finditer(sentence) if not _is_within(sentence[: mark.start()])]


def _is_within(begun: str) -> bool:
    """Whether a bracket or a formula is open."""
    opened = begun.count("(") + begun.count("（") > begun.count(")") + begun.count("）")
    return opened or bool(begun.count("$") % 2)


def _is_talk(begun: str, mark: str, clause: str, source: SourceText, language: str) -> bool:
    if _has_sign(clause, source, language):
        return True
    if _LIMITS.match(clause) or is_of_study(clause, source, language):
        return False
    return _is_statement(begun, mark, clause, language) and not re.search(r"\d|[A-Z]{2}", clause)


def _has_sign(clause: str, source: SourceText, language: str) -> bool:
    return bool(
        foreign_talk(clause, source, language) or speaks_to_reader(clause, source.text, language)
    )


def _is_statement(begun: str, mark: str, clause: str, language: str) -> bool:
    """Whether it is a short statement of its own, no part of the one before."""
    if language == "zh":
        return not _GOES_ON_ZH.search(clause)
    if language == "ja":
        return bool(_FINITE_JA.search(begun))
    joined = _ITS_OWN[language].match(clause) or _APART.match(mark)
    is_list = _MARK.search(begun) and len(_MARK.split(begun)[-1].split()) <= _FEWEST
    return bool(joined) and not is_list and _FEWEST <= len(clause.split()) <= _MOST


def _is_whole(begun: str, source: SourceText, language: str) -> bool:
    """Whether the sentence may end there: it is about the paper and has what it does."""
    if not (begun[-1:].isalnum() or begun[-1:] in _CLOSING):
        return False
    if language == "ja" and not _FINITE_JA.search(begun):
        return False
    if language == "zh" and _HANGING.search(begun):
        return False
    if all(_LIMITS.match(clause) or _SUBORDINATE.match(clause) for clause in _MARK.split(begun)):
        return False
    return is_of_study(begun, source, language)
