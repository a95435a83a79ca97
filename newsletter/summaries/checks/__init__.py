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
    answer_sentences,
    answer_tails,
    beside_words,
    contradictions,
    kinds_of_talk,
    losses,
    numbers,
    numerals,
    opposites,
    opposites_zh,
    other_script,
    quantities,
    relevance,
    rounding,
)
from newsletter.summaries.checks.paper_words import is_of_study
from newsletter.summaries.checks.relevance import SourceText
from newsletter.summaries.checks.study_words import study_words
from newsletter.text import stands_in_order

_SHORTEST, _LONGEST = 20, 400
_SHORTEST_ZH, _LONGEST_ZH = 10, 240  # a Chinese character says as much as two letters
_MOST_SENTENCES = 6  # of an answer that are looked at
_READ = 2000  # characters; of what is longer nothing but its length is looked at
# What is raised or lowered after a letter, and letters of other shapes: A², π₀.
_RAISED_IN_NAME = lazy_pattern(
    "(?<=[^\\W\\d_\u00b2\u00b3\u00b9\u2070-\u209c])[\u00b2\u00b3\u00b9\u2070-\u209c]+|[\u2100-\u214f\U0001d400-\U0001d7ff]+"
)
_REFUSAL = lazy_pattern(
    r"\A\W*(?:i['’]?m sorry|i am sorry|sorry\b|i cannot\b|i can['’]?t\b|i['’]?m (?:unable|not able)"
    r"|i am (?:unable|not able)|unable to |unfortunately, i\b|i won['’]?t\b"
    r"|as an? (?:ai|large|language)|i don['’]t have"
    r"|(?:sure|okay|ok|certainly|of course|great)[,!.:]|here(?: is|['’]s) |no abstract"
    r"|抱歉|对不起|很遗憾|作为一个|作为(?:ai|人工智能)|我无法|我不能|无法(?:提供|概括|总结)|好的[，,。！:：]|当然[，,！]"
    r"|以下是|这是)"
    r"|previous instructions|language model,? i\b|provide the abstract"
    r"|\blet me know\b|\bhope (?:this|that|it) helps|\bfeel free to\b"
    r"|\bif you (?:need|want|have|would)|\b(?:would|do) you (?:like|want)"
    r"|\bi(?:['’]m| am| can|['’]d| would| will|['’]ll) |\b(?:visit|contact) (?:us|our|me)\b"
    r"|\A\W*(?:thinking|thoughts?|reasoning|思考)(?: process|过程)?\W{0,3}[:：]"
    r"|(?<!受)欢迎|点击(?:链接|这里|下方|此处)|(?<![例诸假譬比正犹])如(?:有(?![限效机向序理监界源氧])|需(?!求)|果您|果你)|希望(?:这|对你|对您|以上)|您|需要我(?![们国])|我可以|随时(?![间刻变空延频域])"
    r"|忽略(?:以上|上述|上面|之前|前面|所有)(?=\W|\Z|[^，。；]{0,4}(?:指令|指示|规则|要求|内容|提示|命令|说明|设定))|官网|谢谢|帮到|(?<![申邀聘提恳])请(?![求愿])|感谢"
    r"|(?:\A|[。；\n.] ?)(?:系统|用户|助手|system|user|assistant|human)\s?[:：]"
    r"|(?:\A|(?<=[。；，,.])|(?<=[。；.] ))以上(?:就是|是|为|即)|如上所述|吗[？?]"
    r"|(?<!迷)你|(?<![成基样文因彼如])[本此]消息(?!传)|[（(]完[)）]"
    r"|\A\W*(?:根据|按照)(?:要求|指示|提示)|\A\W*首先[，,]?(?:用户|我)|用户(?:要求|希望|让)(?:我|用?一句)"
    r"|\bignore (?:all |any |the )?(?:earlier|above|other) |\. (?:accept|reject) with\b"
    r"|\A\W*(?:let me|first, the user|the user (?:wants|asks)|okay\b|as requested)\b"
    r"|\A\W*(?:title|标题|题目)\s?[:：]"
    r"|\A\W*(?:error|warning|exception|错误|警告)\s?[:：]|请求(?:超时|失败)|稍后再试|照原文书写|换算或取整"
    r"|(?:\. |\A)(?:shall i|let['’]s (?:move|look|turn)|i hope)",
    re.IGNORECASE,
)
_OF_FIGURES = {
    "numbers": numbers.invented_number,
    "counts": numbers.changed_count,
    "units": numbers.changed_unit,
    "measures": quantities.changed_measure,
    "multiples": quantities.unsupported_multiple,
}
_TALK = frozenset(
    ["one line", "markup", "praise", "unseen", "refusal", "addresses", "language", "strays"]
)
_REPEATED = lazy_pattern(
    r"\b([^\W\d_]{3,}(?: [^\W\d_]+){0,3})(?:\W+\1\b){2}|([\u3040-\u9fff]{2,8})\2\2", re.IGNORECASE
)
# Of a form that nobody filled in: "...", "___", "[Summary]".
_BLANK = lazy_pattern(r"(?:\u2026|\.{3})\s?[^\W\d_]|_{3}|\A[\[<{][^\]>}]*[\]>}]\W*\Z")
_UNFINISHED = lazy_pattern(
    r"[,:;(\u2013\u2014、，：；（-]\Z|(?:并|通过|和|与|及|或|的|在|对|从|以|为|将|把|被|基于|利用)\Z"
)
_LAST_WORD = lazy_pattern(r"[^\W\d_]+\Z")
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
    unseen = beside_words.unseen(text, language)
    text = _without_raised(text)
    source = SourceText.of(paper)
    words = relevance.hardly_about(text, source) if language == "en" else ""
    return [
        CheckResult("length", _length(text, language)),
        CheckResult("one line", _lines(text) or _unfinished(text, paper, language)),
        CheckResult("markup", beside_words.markup(text)),
        CheckResult("praise", kinds_of_talk.foreign_talk(text, source, language)),
        CheckResult("unseen", unseen),
        CheckResult("refusal", _talk(text, source, language)),
        CheckResult("addresses", beside_words.address(text, source)),
        CheckResult("language", answer_language.objection(text, language)),
        *_figures(text, source, language),
        CheckResult("turned round", _turned_round(text, source, language)),
        CheckResult("denied", _denied(text, source, language)),
        CheckResult("strays", _stray(text, source, language)),
        *_subject(text, source, language, others),
        CheckResult("words", words, hard=False),
    ]


@dataclass(frozen=True)
class CheckedAnswer:
    """The sentence of an answer that may be printed, and what the checks say of it."""

    answer: str
    sentence: str  # the answer itself, or what of it is printed
    results: tuple[CheckResult, ...]

    @property
    def objections(self) -> list[CheckResult]:
        """What speaks against printing it, the worst first."""
        objections = [result for result in self.results if result.objection]
        return sorted(objections, key=lambda result: not result.hard)

    @property
    def is_printable(self) -> bool:
        return not any(result.objection and result.hard for result in self.results)

    @property
    def is_talk(self) -> bool:
        """Whether it says something that is not of the paper, rather than something false of it."""
        return any(result.check in _TALK for result in self.objections if result.hard)

    @property
    def is_cut(self) -> bool:
        """Whether something of the answer is left out."""
        return self.sentence != self.answer


def check_answer(
    text: str, paper: Paper, language: str, others: Sequence[SourceText] = ()
) -> CheckedAnswer:
    """One sentence was asked for: of several, the one that passes and has most of the paper.

    Where none passes, what speaks against that which has most; an answer that is about another
    paper as a whole has none.
    """
    source = SourceText.of(paper)
    parts = answer_sentences.candidates(text, source, language) if len(text) <= _READ else []
    is_one = parts in ([], [text])
    whole = [] if is_one else _subject(_without_raised(text), source, language, others)
    if any(result.objection and result.hard for result in whole):
        return CheckedAnswer(text, text, tuple(whole))
    best = None
    for part in parts[:_MOST_SENTENCES] or [text]:
        checked = CheckedAnswer(text, part, tuple(run_checks(part, paper, language, others)))
        if checked.is_printable:
            return checked
        best = best or checked
        if language == "zh" and not checked.is_talk:
            break  # what is false of the Chinese form is not made true by a part of it
    return best or CheckedAnswer(text, text, ())


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


def _subject(
    text: str, source: SourceText, language: str, others: Sequence[SourceText]
) -> list[CheckResult]:
    """Whether it is about that paper, and about no other."""
    return [
        CheckResult("about it", relevance.is_off_topic(text, source, language)),
        CheckResult("nearest", relevance.nearer(text, source, others, language)),
        CheckResult("names", relevance.strange_name(text, source, language), hard=language == "zh"),
    ]


def _length(text: str, language: str) -> str:
    shortest, longest = (
        (_SHORTEST_ZH, _LONGEST_ZH)
        if language in answer_language.WITHOUT_SPACES
        else (_SHORTEST, _LONGEST)
    )
    if shortest <= len(text) <= longest:
        return ""
    return f"has {len(text)} characters, not {shortest} to {longest}"


def _lines(text: str) -> str:
    if len(text.splitlines()) > 1:
        return "has several paragraphs"
    if repeated := _REPEATED.search(text):
        return f"says {repeated[1] or repeated[2]} three times"
    return "is a list" if _ITEM.match(text) or _is_framed(text) else ""


def _unfinished(text: str, paper: Paper, language: str) -> str:
    if _BLANK.search(text):
        return "has a blank in it"
    last = _LAST_WORD.search(text)
    if _UNFINISHED.search(text) or (last and answer_language.is_frequent(last[0], language)):
        return "breaks off"
    is_title = text.strip(" .").casefold() == paper.title.strip(" .").casefold()
    return "is the title" if is_title else ""


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


def _stray(text: str, source: SourceText, language: str) -> str:
    if foreign := other_script.in_other_script(text, source, language):
        return f"says something in another language: {foreign[:60]}"
    if language in study_words() and language != "en" and not is_of_study(text, source, language):
        return "tells nothing of the paper"
    if talk := answer_tails.talk(text, source, language):
        return f"says beside the paper: {talk[:60]}"
    return relevance.stray_sentence(text, source, language)


def _without_raised(text: str) -> str:
    """A2FM for A²FM: the names of things that are raised or lowered are one word."""
    return _RAISED_IN_NAME.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _figures(text: str, source: SourceText, language: str) -> Iterator[CheckResult]:
    """A number is looked at in each way in which it may be meant."""
    readings = [
        rounding.in_full(reading, source.text) for reading in numerals.readings(text, language)
    ]
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
