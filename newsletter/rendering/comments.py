"""What authors say of their paper, without what stands beside it already."""

import re
from collections.abc import Sequence
from functools import lru_cache

from newsletter.lazy_pattern import lazy_pattern
from newsletter.rendering.paper_links import paper_links
from newsletter.rendering.paper_text import plain, shortened
from newsletter.sources.base import Paper

_COMMENT_CHARACTERS = 140
_LOST_LINKS = ("this https URL", "this http URL")  # what is left of one on arXiv's own pages
_SENTENCE_END = lazy_pattern(r"(?<=[.;])\s+")
_LEADS_TO = lazy_pattern(
    r"(?:for|see|the|our|all|an?|and|with|code|data\w*|demos?|models?|project|source|page|website"
    r"|github|audio|video|samples?|available|implementation|supplementary)\b",
    re.IGNORECASE,
)
# In front of an address: "is available at: https://".
_LEADING = (
    r"(?i:(?:\s+(?:is|are))?(?:\s+(?:publicly|freely))?(?:\s+(?:available|downloadable|found))?"
    r"(?:\s+(?:at|from|on|via))?)\s*[:(\[-]*\s*(?:https?://)?"
)
_CLAUSE_END = lazy_pattern(r"(?<=[.;,])\s+")
_MERE_COUNT = lazy_pattern(
    r"(?:\d+|[a-z]+)(?:\s*\+\s*\d+)?[- ](?:pages?|pp|figures?|figs?|tables?|references)"
    r"(?: (?:and|including|with) \d+ \w+)*[.,;]?",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def comment(paper: Paper, *, whole: bool) -> str:
    """The authors' comment without what its links say already.

    Unless the whole is wanted, also without "12 pages, 5 figures".
    """
    text = said = plain(paper.comment or "")
    linked = list(_LOST_LINKS)
    for link in paper_links(paper):
        address = link.url.partition("://")[2]
        if "." not in link.name:
            linked.append(address)
        else:  # Its words stay: the host's name alone does not say what is there.
            text = re.sub(_LEADING + re.escape(address) + r"[)\]]?", "", text)
    sentences = [_unlinked(sentence, linked) for sentence in _SENTENCE_END.split(text)]
    if not whole:
        clauses = _CLAUSE_END.split(" ".join(filter(None, sentences)))
        sentences = [clause for clause in clauses if not _MERE_COUNT.fullmatch(clause)]
    told = " ".join(filter(None, sentences))
    return shortened(told if told == said else told.rstrip(" ,;."), _COMMENT_CHARACTERS)


def _unlinked(sentence: str, linked: Sequence[str]) -> str:
    """A sentence up to where it leads to what is linked: nothing of "Code at <address>"."""
    if not any(url in sentence for url in linked):
        return sentence
    kept = []
    for clause in _CLAUSE_END.split(sentence):
        if _LEADS_TO.match(clause) or any(url in clause for url in linked):
            break
        kept.append(clause)
    return " ".join(kept)
