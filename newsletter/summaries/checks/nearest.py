"""Another paper of the day that a sentence fits better, in languages other than the abstracts'.

What can be compared are names, numbers, words that look like those of an abstract and, in Japanese,
topics. What few papers of the day have counts more than what many have.
"""

import math
from collections import Counter
from collections.abc import Sequence

from newsletter.summaries.checks.paper_words import met
from newsletter.summaries.checks.relevance import SourceText

_COMPARED_BY_SHARE = frozenset(["en", "zh"])  # see `relevance.nearer`
_FURTHER = 4.0  # by so much more, of few papers: two things that few of them have
_OF_RAREST = 0.92  # and of many about one thing that no other has, as one of many fits by chance


def fits_another(text: str, source: SourceText, others: Sequence[SourceText], language: str) -> str:
    """Why it is likely another paper's; empty where it fits its own, or none much better."""
    if language in _COMPARED_BY_SHARE or not others:
        return ""
    own, *rest = [met(text, paper, language) for paper in (source, *others)]
    papers = Counter(thing for things in (own, *rest) for thing in things)
    rarest = math.log(len(rest) + 2)
    worth = {thing: rarest - math.log(count) for thing, count in papers.items()}
    least = sum(map(worth.__getitem__, own)) + max(_FURTHER, _OF_RAREST * rarest)
    if any(sum(map(worth.__getitem__, things)) > least for things in rest):
        return "is about something else: it fits another paper of the day better"
    return ""
