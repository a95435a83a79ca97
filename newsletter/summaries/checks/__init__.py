"""Reasons not to print what a model answered."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.base import Paper
from newsletter.summaries.base import EMPTY, Draft
from newsletter.summaries.checks import (
    addressing,
    answer_asides,
    answer_language,
    answer_sentences,
    answer_tails,
    beside_words,
    contradictions,
    form,
    kinds_of_talk,
    losses,
    multiples,
    nearest,
    numbers,
    opposites,
    opposites_zh,
    other_script,
    quantities,
    relevance,
    turned_words,
    written_numbers,
)
from newsletter.summaries.checks.paper_words import is_of_study
from newsletter.summaries.checks.relevance import SourceText
from newsletter.summaries.checks.study_words import study_words
from newsletter.summaries.extractive.short_names import is_quotation

_MOST_SENTENCES = 6  # of an answer that are looked at
_READ = 2000  # characters; of what is longer nothing but its length is looked at
# What is raised or lowered after a letter, and letters of other shapes: A², π₀.
_RAISED_IN_NAME = lazy_pattern(
    "(?<=[^\\W\\d_\u00b2\u00b3\u00b9\u2070-\u209c])[\u00b2\u00b3\u00b9\u2070-\u209c]+|[\u2100-\u214f\U0001d400-\U0001d7ff]+"
)
_OF_FIGURES = {
    "numbers": numbers.invented_number,
    "counts": numbers.changed_count,
    "units": numbers.changed_unit,
    "measures": quantities.changed_measure,
}
_TALK = frozenset(
    ["one line", "markup", "praise", "unseen", "refusal", "addresses", "language", "strays"]
)


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
    return _run_checks(text, paper, SourceText.of(paper), language, others)


def _run_checks(
    text: str, paper: Paper, source: SourceText, language: str, others: Sequence[SourceText]
) -> list[CheckResult]:
    """The same where the paper's text is at hand, with what was found out about it."""
    if len(text) > _READ:
        return [CheckResult("length", form.wrong_length(text, language))]
    unseen = beside_words.unseen(text, language)
    text = _without_raised(text)
    words = relevance.hardly_about(text, source) if language == "en" else ""
    return [
        CheckResult("length", form.wrong_length(text, language)),
        CheckResult(
            "one line",
            form.not_one_line(text, source.text) or form.unfinished(text, paper, language),
        ),
        CheckResult("markup", beside_words.markup(text)),
        CheckResult("praise", kinds_of_talk.foreign_talk(text, source, language)),
        CheckResult("unseen", unseen),
        CheckResult("refusal", addressing.chats(text, source.text, language)),
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
    text: str,
    paper: Paper,
    language: str,
    others: Sequence[SourceText] = (),
    *,
    is_complete: bool = False,
) -> CheckedAnswer:
    """One sentence was asked for: of several, the one that passes and has most of the paper.

    Where none passes, what speaks against that which has most. An answer that is about another
    paper as a whole has none, nor has one that says the abstract again. `is_complete` is the word
    of who made it that it came to its end.
    """
    source = SourceText.of(paper)
    parts = (
        answer_sentences.candidates(text, paper.title, source, language)
        if len(text) <= _READ
        else []
    )
    is_one = parts in ([], [text])
    whole = [] if is_one else _subject(_without_raised(text), source, language, others)
    is_about_another = any(result.objection and result.hard for result in whole)
    if is_about_another or form.is_no_sentence(text, language):
        return CheckedAnswer(text, text, tuple(_run_checks(text, paper, source, language, others)))
    best = None
    for part in parts[:_MOST_SENTENCES] or [text]:
        results = _run_checks(part, paper, source, language, others)
        end = _end(part, language, is_complete=is_complete)
        checked = CheckedAnswer(text, part, (*results, end))
        if checked.is_printable:
            return checked
        best = best or checked
        if language == "zh" and not checked.is_talk:
            break  # what is false of the Chinese form is not made true by a part of it
    return best or CheckedAnswer(text, text, ())


def self_reported_objection(draft: Draft, *, quotes: bool = False) -> list[CheckResult]:
    """Why no check needs to look at it; there may be nothing to quote."""
    if draft.self_reported_problem or not (draft.text or quotes):
        return [CheckResult(EMPTY, draft.self_reported_problem or "is empty")]
    return []


def objection_to_quotation(text: str, paper: Paper) -> list[CheckResult]:
    """What calls itself the authors' words must be theirs: left out, capitalized, spelled out."""
    if is_quotation(text, paper.abstract):
        return []
    return [CheckResult("quotation", "is no quotation from the abstract")]


def _end(text: str, language: str, *, is_complete: bool) -> CheckResult:
    doubts = form.doubts_of_end(text, language, is_complete=is_complete)
    return CheckResult("end", "ends without a mark" if doubts else "", hard=doubts > 1)


def _subject(
    text: str, source: SourceText, language: str, others: Sequence[SourceText]
) -> list[CheckResult]:
    """Whether it is about that paper, and about no other."""
    return [
        CheckResult("about it", relevance.off_topic(text, source, language)),
        CheckResult(
            "nearest",
            relevance.nearer(text, source, others, language)
            or relevance.name_of_another(text, source, others)
            or nearest.fits_another(text, source, others, language),
        ),
        CheckResult("names", relevance.strange_name(text, source, language), hard=language == "zh"),
    ]


def _stray(text: str, source: SourceText, language: str) -> str:
    if foreign := other_script.in_other_script(text, source, language):
        return f"says something in another language: {foreign[:60]}"
    if empty := _empty(text, source, language):
        return empty
    if aside := answer_asides.strange_aside(text, source, language):
        return f"says beside the paper: {aside[:60]}"
    if talk := answer_tails.talk_in(text, source, language):
        return f"says beside the paper: {talk[:60]}"
    return relevance.stray_sentence(text, source, language)


def _empty(text: str, source: SourceText, language: str) -> str:
    words = study_words().get(language)
    if words is None:
        return ""
    if trend := words.tells_trend(text):
        return f"tells what was there before: {trend}"
    if words.tells_nothing(text):
        return "tells nothing that is of this paper"
    is_strange = language != "en" and not is_of_study(text, source, language)
    return "tells nothing of the paper" if is_strange else ""


def _without_raised(text: str) -> str:
    """A2FM for A²FM: the names of things that are raised or lowered are one word."""
    return _RAISED_IN_NAME.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _figures(text: str, source: SourceText, language: str) -> Iterator[CheckResult]:
    """A number is looked at in each way in which it may be meant."""
    readings = [
        written_numbers.in_full(reading, source.text)
        for reading in written_numbers.readings(text, language)
    ]
    for name, check in _OF_FIGURES.items():
        found = [check(reading, source.text) for reading in readings]
        yield CheckResult(name, found[0] if all(found) else "")
    yield CheckResult("multiples", multiples.unsupported_multiple(text, source.text, language))


def _turned_round(text: str, source: SourceText, language: str) -> str:
    if language == "zh" and (found := opposites_zh.reversed_words_zh(text, source.text)):
        return found
    return (
        contradictions.reversed_comparison(text, source.text)
        or opposites.reversed_words(text, source.text, language)
        or turned_words.told_otherwise(text, source, language)
        or (losses.unsaid_loss(text, source.text) if language == "en" else "")
    )


def _denied(text: str, source: SourceText, language: str) -> str:
    if language == "zh" and (found := opposites_zh.denied_words_zh(text, source.text)):
        return found
    return (
        contradictions.added_negation(text, source.text)
        or opposites.denied_words(text, source.text, language)
        or turned_words.denied_otherwise(text, source, language)
    )
