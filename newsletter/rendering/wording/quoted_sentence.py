"""Where in its abstract the authors' chosen sentence stands, so that it is not printed twice."""

from functools import lru_cache
from typing import NamedTuple

from newsletter.rendering.issue_entry import IssueEntry
from newsletter.rendering.markup.paper_text import EXCERPT_CHARACTERS, plain, shortened
from newsletter.rendering.size_budget import DetailLevel
from newsletter.summaries.extractive import sentences
from newsletter.summaries.extractive.short_names import is_quotation
from newsletter.text import one_line

_LONGEST_ABSTRACT = 6000


class MarkedAbstract(NamedTuple):
    """An abstract, or how it begins, around the sentence that was chosen of it."""

    before: str
    sentence: str
    after: str


def marked_abstract(entry: IssueEntry, level: DetailLevel) -> MarkedAbstract | None:
    """The abstract in TeX, cut at the sentence; of an excerpt the plain text.

    None where there is no abstract at that level, or the sentence does not stand in it.
    """
    if level < DetailLevel.EXCERPT or not entry.summary.is_quotation:
        return None
    found = _found(entry.paper.abstract, entry.summary.text)
    if found is None or level is DetailLevel.FULL:
        return found
    before, sentence, after = map(plain, found)
    room = EXCERPT_CHARACTERS - len(before) - len(sentence)
    return MarkedAbstract(before, sentence, shortened(after, room)) if room > 0 else None


@lru_cache(maxsize=1024)
def _found(abstract: str, quotation: str) -> MarkedAbstract | None:
    if len(abstract) > _LONGEST_ABSTRACT:
        return None
    text = one_line(abstract)
    pieces = sentences.split(text)
    for count in (1, 2):  # the summarizer may join a sentence with the next
        for start in range(len(pieces)):
            end = start + count
            chosen = " ".join(pieces[start:end])
            if is_quotation(quotation, text, chosen):
                return MarkedAbstract(" ".join(pieces[:start]), chosen, " ".join(pieces[end:]))
    return None
