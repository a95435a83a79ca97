"""What an answer says before its sentence, or within it: "In plain words: ...", "(I think)"."""

import re
from collections.abc import Iterator

from newsletter.languages import WITHOUT_SPACES
from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.checks.paper_words import is_of_paper, says_of_study
from newsletter.summaries.checks.relevance import SourceText

_LEAD = lazy_pattern(r"\A(?P<lead>[^:：。]{1,60}?)\s?[:：]\s*(?=\S)")
# In Chinese also up to a comma, where the form begins behind it.
_LEAD_ZH = lazy_pattern(
    r"\A(?P<lead>[^:：。，]{1,12})，\s?(?=(?:该|本|此)(?:论文|文章|文|研究|工作)|论文|文章)"
)
_LEAD_JA = lazy_pattern(r"\A(?P<lead>[^、。：]{0,8}(?:[言い](?:うと|えば)|まとめると))、(?=\S)")
_MOST_WORDS, _MOST_CHARACTERS = 7, 16  # of a lead-in
_REST, _REST_WIDE = 20, 10  # characters of what is left
_DASH = r"(?:\s[-\u2013\u2014]{1,3}\s|\u2014{1,2}|\s?--\s?)"
_ASIDE = lazy_pattern(
    r"[(（](?P<round>[^()（）]*)[)）]|[\[【](?P<square>[^\[\]【】]*)[\]】]"
    rf"|{_DASH}(?P<dashed>[^-\u2013\u2014。.]+){_DASH}"
)
# A number, an acronym, a name or a formula may be the paper's; lists and examples are of something.
_OF_SOMETHING = lazy_pattern(
    r"[\d$_^|,、;+]|[A-Z]{2}|[a-z][A-Z]|\s[A-Z][a-z]"
    r"|\A(?:[eizdp]\. ?[egBhx]|such as |like |por ej|如|即|例如|包括|比如)"
)
_BRACKETS = lazy_pattern(r"[(（\[].*?[)）\]]")
_NAME = lazy_pattern(r"[A-Z]{2}|[a-z][A-Z]")
_ANNOUNCES = lazy_pattern(r"(?:如下|一句话?|总结|概括)\Z")


def without_lead(text: str, source: SourceText, language: str) -> str:
    """The text without a few words before a colon that are not about the paper.

    "QuietNet: ..." stays, and what says what a study does ("We ask two questions: ...").
    """
    for pattern in (_LEAD, _LEAD_ZH, _LEAD_JA):
        found = pattern.match(text)
        if not found or not _is_lead(found["lead"], source, language):
            continue
        rest = text[found.end() :]
        if len(rest) >= (_REST_WIDE if language in WITHOUT_SPACES else _REST):
            first = re.match(r"[^\W\d_]+", rest)
            is_word = first is not None and first[0].islower() and rest[first.end() :][:1] == " "
            text = rest[0].upper() + rest[1:] if is_word else rest
    return text


def _is_lead(lead: str, source: SourceText, language: str) -> bool:
    plain = _BRACKETS.sub("", lead)
    is_short = (
        len(lead) <= _MOST_CHARACTERS
        if language in WITHOUT_SPACES
        else len(lead.split()) <= _MOST_WORDS
    )
    if is_short and _ANNOUNCES.search(lead):
        return True
    is_of_title = source.lowered.startswith(f"{lead.lower()}:")
    return (
        is_short
        and not is_of_title
        and not _NAME.search(plain)
        and not says_of_study(plain, language)
        and not is_of_paper(plain, source, language)
    )


def strange_aside(text: str, source: SourceText, language: str) -> str:
    """What stands between brackets or dashes and is not of the paper; empty where all is.

    Nothing of a Japanese one can be compared but names; Latin words in Chinese are looked at by
    `other_script`.
    """
    if language == "ja":
        return ""
    return next(_strange(text, source, language), "")


def _strange(text: str, source: SourceText, language: str) -> Iterator[str]:
    for found in _ASIDE.finditer(text):
        said = found[found.lastgroup or 0].strip()
        is_wide = language in WITHOUT_SPACES
        words = re.findall("[\u3400-\u9fff]" if is_wide else r"[^\W\d_]+", said)
        if not words or not (is_wide or found["square"] or len(words) > 1):
            continue
        of_study = is_wide and says_of_study(said, language)
        of_paper = of_study or is_of_paper(said, source, language)
        if not of_paper and not _OF_SOMETHING.search(said):
            yield found[0].strip()
