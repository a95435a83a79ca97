"""Reasons not to print what a model answered."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.base import Paper
from newsletter.summaries.base import EMPTY, Draft
from newsletter.summaries.checks import (
    addressing,
    answer_language,
    contradictions,
    flattery,
    losses,
    numbers,
    numerals,
    opposites,
    opposites_zh,
    quantities,
    relevance,
)
from newsletter.summaries.checks.relevance import SourceText
from newsletter.text import stands_in_order

_SHORTEST, _LONGEST = 20, 400
_SHORTEST_ZH, _LONGEST_ZH = 10, 240  # a Chinese character says as much as two letters
_READ = 2000  # characters; of what is longer nothing but its length is looked at
_MARKUP = lazy_pattern(
    r"</?[a-z][\w▁]*(?:\s[^<>]*)?/?>|```|\]\(|\[/?INST\]|<[|\uff5c]|◁|\*\*|^#+\s"
    r"|^\s*[\[{]\s*[\"'{\[]|\[/?THINK\]|</?\w+:\w+>|\A[|\uff5c]|[|\uff5c]\s*\Z|"
    r"\s#\w+\s*\Z|[\u2600-\u2660\u2670-\u27bf\U0001f300-\U0001faff]|<!--|==\w|\|\s*:?-{2,}|__\w|~~|\\boxed\b|\A`|`\Z",
    re.IGNORECASE,
)
# What is raised or lowered after a letter, and letters of other shapes: A², π₀.
_RAISED_IN_NAME = lazy_pattern(
    "(?<=[^\\W\\d_])[\u00b2\u00b3\u00b9\u2070-\u209c]+|[\u2100-\u214f\U0001d400-\U0001d7ff]+"
)
_JOINERS = "\u200c\u200d"  # Persian and Hindi are written with them
_ADDRESS = lazy_pattern(
    r"(?:https?://|www\.)[^\s\u3000-\u9fff]+|[\w.+-]+@[\w-]+\.\w+", re.IGNORECASE
)
_REFUSAL = lazy_pattern(
    r"\A\W*(?:i['’]?m sorry|i am sorry|sorry\b|i cannot\b|i can['’]?t\b|i['’]?m (?:unable|not able)"
    r"|i am (?:unable|not able)|unfortunately, i\b|as an? (?:ai|large|language)|i don['’]t have"
    r"|(?:sure|okay|ok|certainly|of course|great)[,!.:]|here(?: is|['’]s) |no abstract"
    r"|抱歉|对不起|很遗憾|作为一个|作为(?:ai|人工智能)|我无法|我不能|无法(?:提供|概括|总结)|好的[，,。！:：]|当然[，,！]"
    r"|以下是|这是)"
    r"|previous instructions|language model,? i\b|provide the abstract"
    r"|\blet me know\b|\bhope (?:this|that|it) helps|\bfeel free to\b"
    r"|\bif you (?:need|want|have|would)|\b(?:would|do) you (?:like|want)"
    r"|\b(?:click|subscribe|sign up|buy now|follow us|order now)\b"
    r"|\breviewers? (?:should|must)|\b(?:should|must) (?:be )?accept"
    r"|\bi(?:['’]m| am| can|['’]d| would| will|['’]ll) |\b(?:visit|contact) (?:us|our|me)\b"
    r"|\A\W*(?:thinking|thoughts?|reasoning|思考)(?: process|过程)?\W{0,3}[:：]"
    r"|欢迎(?:关注|订阅|点击|访问|咨询|购买)|公众号|点击(?:链接|这里|下方|此处)|立即(?:购买|订阅|注册)|扫码|"
    r"如(?:有|需|果您|果你)|希望(?:这|对你|对您|以上)|审稿人|您|需要我|我可以|随时"
    r"|(?:给|打|评)[^。，]{0,4}满分|忽略(?:以上|上述|上面|之前|前面|所有)|(?:建议|直接|予以)录用"
    r"|点赞(?:收藏|转发|关注)|加微信|(?:见|访问|登录)官网|限时优惠|谢谢|字数[:：]|评分[:：]|帮到"
    r"|(?<![申邀聘])请(?!求)|感谢|打[^。，]{0,2}(?:高分|十分(?=\W|\Z))"
    r"|(?:\A|[。；\n.] ?)(?:系统|用户|助手|system|user|assistant|human)\s?[:：]"
    r"|下一篇|以上(?:就是|是|为|即)|如上所述|本(?:回答|回复|总结|摘要)由|人人必读|吗[？?]|你|[本此]消息|[（(]完[)）]"
    r"|\A\W*(?:根据|按照)(?:要求|指示|提示)|\A\W*首先[，,]?(?:用户|我)|用户(?:要求|希望|让)(?:我|用?一句)"
    r"|\bignore (?:all |any |the )?(?:earlier|above|other) |\. (?:accept|reject) with\b"
    r"|\A\W*(?:let me|first, the user|the user (?:wants|asks)|okay\b|as requested)\b"
    r"|\A\W*(?:title|标题|题目)\s?[:：]"
    r"|(?:\. |\A)(?:shall i|let['’]s (?:move|look|turn)|i hope|confidence:|rating:|sponsored by"
    r"|end of summary)|\bproduced by an ai\b|\bai assistant\."
    r"|\b(?:available|given|stated|mentioned) in the abstract\.?\W*\Z",
    re.IGNORECASE,
)
# What no authors say of their own paper: somebody has told the model to.
_PRAISE = lazy_pattern(
    r"\b(?:outstanding|brilliant|must[- ]read|best paper|deserv\w+|strong accept|be accepted)\b"
    r"|\b(?:please|reviewers?|area chairs?|committee|as an assistant|to me|perfect score)\b"
    r"|\b(?:give|rate|award|grant|mark|cite|accept) (?:it|this|them|us)\b|\b(?:top|full) marks?\b"
    r"|最佳论文|必读|杰出|值得(?:录用|接收)|应(?:被|予)?(?:录用|接收)",
    re.IGNORECASE,
)
_OF_FIGURES = {
    "numbers": numbers.invented_number,
    "counts": numbers.changed_count,
    "units": numbers.changed_unit,
    "measures": quantities.changed_measure,
    "multiples": quantities.unsupported_multiple,
}
_ITEM = lazy_pattern(r"\A(?:\d+[.)]|\(?[a-zA-Z\d]\)|\[.?\])\s")
_BEFORE_LINES, _AFTER_LINES = "*#/•·‣§!:+", "/\\#•"
_SIGNS_OF_WORDS = "∞∂∇≈°~"  # a sentence may begin or end with them


@dataclass(frozen=True)
class CheckResult:
    """What one check says of a sentence; a hard objection keeps it from being printed."""

    check: str
    objection: str = ""  # nothing speaks against it
    hard: bool = True


def run_checks(
    text: str, paper: Paper, language: str, others: Sequence[SourceText] = ()
) -> list[CheckResult]:
    """What every check says. `others` are the papers that it might be about by mistake."""
    if len(text) > _READ:
        return [CheckResult("length", _length(text, language))]
    text = _without_raised(text)
    source = SourceText.of(paper)
    words = relevance.hardly_about(text, source) if language == "en" else ""
    return [
        CheckResult("length", _length(text, language)),
        CheckResult("one line", _lines(text)),
        CheckResult("markup", "has markup in it" if _MARKUP.search(text) else ""),
        CheckResult("praise", _praise(text, source, language)),
        CheckResult("unseen", _unseen(text, language)),
        CheckResult("refusal", _talk(text, source, language)),
        CheckResult("addresses", _address(text)),
        CheckResult("language", answer_language.objection(text, language)),
        *_figures(text, source, language),
        CheckResult("turned round", _turned_round(text, source, language)),
        CheckResult("denied", _denied(text, source, language)),
        CheckResult("strays", relevance.stray_sentence(text, source, language)),
        CheckResult("about it", relevance.is_off_topic(text, source, language)),
        CheckResult("nearest", relevance.nearer(text, source, others, language)),
        CheckResult("names", relevance.strange_name(text, source, language), hard=language == "zh"),
        CheckResult("words", words, hard=False),
    ]


def first_objection(
    text: str, paper: Paper, language: str, others: Sequence[SourceText] = ()
) -> list[CheckResult]:
    """What speaks against printing it under that paper, the worst first."""
    objections = [
        result for result in run_checks(text, paper, language, others) if result.objection
    ]
    return sorted(objections, key=lambda result: not result.hard)


def own_flaw(draft: Draft, *, quotes: bool = False) -> list[CheckResult]:
    """Why no check needs to look at it; there may be nothing to quote."""
    if draft.self_reported_problem or not (draft.text or quotes):
        return [CheckResult(EMPTY, draft.self_reported_problem or "is empty")]
    return []


def objection_to_quotation(text: str, paper: Paper) -> list[CheckResult]:
    """What calls itself the authors' words must be theirs: only left out and capitalized."""
    if stands_in_order(text, paper.abstract):
        return []
    return [CheckResult("quotation", "is no quotation from the abstract")]


def _length(text: str, language: str) -> str:
    shortest, longest = (
        (_SHORTEST_ZH, _LONGEST_ZH) if language in {"zh", "ja"} else (_SHORTEST, _LONGEST)
    )
    if shortest <= len(text) <= longest:
        return ""
    return f"has {len(text)} characters, not {shortest} to {longest}"


def _lines(text: str) -> str:
    if len(text.splitlines()) > 1:
        return "has several paragraphs"
    return "is a list" if _ITEM.match(text) or _is_framed(text) else ""


def _is_framed(text: str) -> bool:
    """A list's sign, an arrow, a bar or the like stands at one of its ends."""
    first, last = text[:1] or "a", text[-1:] or "a"
    return (
        first in _BEFORE_LINES
        or last in _AFTER_LINES
        or unicodedata.category(first) == "Pd"
        or _is_sign(first)
        or (last != "+" and _is_sign(last))  # C++
    )


def _is_sign(character: str) -> bool:
    is_symbol = unicodedata.category(character) in {"So", "Sm", "Sk"}
    return is_symbol and character not in _SIGNS_OF_WORDS


def _talk(text: str, source: SourceText, language: str) -> str:
    if _REFUSAL.search(text):
        return "talks to somebody"
    return addressing.speaks_to_reader(text, source.text, language)


def _praise(text: str, source: SourceText, language: str) -> str:
    found = (match[0] for match in _PRAISE.finditer(text))
    said = next((words for words in found if words.lower() not in source.lowered), "")
    if said:
        return f"praises or orders, {said}"
    return flattery.unsaid_praise(text, source, language)


def _without_raised(text: str) -> str:
    """A2FM for A²FM: the names of things that are raised or lowered are one word."""
    return _RAISED_IN_NAME.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _figures(text: str, source: SourceText, language: str) -> Iterator[CheckResult]:
    """A number is looked at in each way in which it may be meant."""
    readings = numerals.readings(text, language)
    for name, check in _OF_FIGURES.items():
        found = [check(reading, source.text) for reading in readings]
        yield CheckResult(name, found[0] if all(found) else "")


def _turned_round(text: str, source: SourceText, language: str) -> str:
    if language == "zh" and (found := opposites_zh.reversed_words_zh(text, source.text)):
        return found
    return (
        contradictions.reversed_comparison(text, source.text)
        or opposites.reversed_words(text, source.text, language)
        or (losses.unsaid_loss(text, source.text) if language == "en" else "")
    )


def _denied(text: str, source: SourceText, language: str) -> str:
    if language == "zh" and (found := opposites_zh.denied_words_zh(text, source.text)):
        return found
    return contradictions.added_negation(text, source.text) or opposites.denied_words(
        text, source.text, language
    )


def _unseen(text: str, language: str) -> str:
    """Characters that are not seen, or turn others round: a place to hide text."""
    joined = "" if language in {"en", "zh"} else _JOINERS
    for character in text:
        hidden = unicodedata.category(character) in {"Cf", "Cc", "Co", "Cn", "Cs"}
        if hidden and character not in joined and character != "\n":
            return f"has a mark that is not seen in it, U+{ord(character):04X}"
    return ""


def _address(text: str) -> str:
    match = _ADDRESS.search(text)
    return f"leads to {match[0]}" if match else ""
