"""What authors say of their paper, without what stands beside it already."""

import re
from collections.abc import Sequence
from functools import lru_cache

from newsletter.lazy_pattern import lazy_pattern
from newsletter.rendering.page_counts import without_counts
from newsletter.rendering.paper_links import paper_links
from newsletter.rendering.paper_text import plain, shortened
from newsletter.sources.base import Paper

_COMMENT_CHARACTERS = 140
_LONGEST_CLAUSE = 200  # where the clause goes on
_WHOLE = lazy_pattern(r"(?<=[a-z)\d][.;])\s+(?=[A-Z])")
_READ_CHARACTERS = 1000
_LOST_LINKS = ("this https URL", "this http URL")  # what is left of one on arXiv's own pages
_SENTENCE_END = lazy_pattern(r"(?<=\.)\s+|(?<=;)\s+|(?<=[a-z\d)];)(?=\w)")
_LEADS_TO = lazy_pattern(
    r"(?:for|see|the|our|all|an?|and|with|code|data\w*|demos?|models?|project|source|page|website"
    r"|github|audio|video|samples?|available|implementation|supplementary)\b",
    re.IGNORECASE,
)
# All that a clause says which only leads to an address: "Our code is available at https://".
_LEADS_ONLY = lazy_pattern(
    r"(?:(?:for|see|the|our|all|an?|and|with|this|here|more|please|also|to|of|at|from|on|in|via|is|are"
    r"|was|be|can|will|which|codes?|data|datasets?|databases?|demos?|models?|weights|projects?|source"
    r"|open|public(?:ly)?|free(?:ly)?|home|web|(?:home|web)?pages?|(?:web)?sites?|github|audio|videos?"
    r"|samples?|examples?|animations?|details?|information|available|accessible|downloadable|online"
    r"|found|released|hosted|provided|visit|check|out|refer|implementations?|software|packages?"
    r"|supplement\w*|materials?|associated|accompanying|corresponding|repo(?:sitory)?|links?|urls?)\b"
    r"[\s:,(\[&/-]*)+",
    re.IGNORECASE,
)
_STUMP = lazy_pattern(
    r"(?:(?:^|\s|(?<=[,;(]))(?:for|please|see|also|visit|at|from|on|in|via|here|is|are|available|found)"
    r"[\s:,(\[-]*)*[\s:(\[-]*\Z",
    re.IGNORECASE,
)
_CLAUSE_END = lazy_pattern(r"(?<=[.,])\s+|(?<=;)\s+|(?<=[a-z\d)];)(?=\w)")


@lru_cache(maxsize=2048)
def comment(paper: Paper) -> str:
    """The authors' comment without what its links say already, and "12 pages, 5 figures"."""
    text = said = plain(paper.comment or "")
    linked = list(_LOST_LINKS)
    for link in paper_links(paper):
        address = link.url.partition("://")[2]
        if "." not in link.name:
            linked.append(address)
        else:  # Other words stay: the host's name alone does not say what is there.
            text = _without(address, text)
    sentences = [_unlinked(sentence, linked) for sentence in _SENTENCE_END.split(text)]
    told = without_counts(" ".join(filter(None, sentences))[:_READ_CHARACTERS])
    told = told if told == said else told.strip(" ,;.")
    return _cut(told) if any(map(str.isalpha, told)) else ""


def _cut(text: str) -> str:
    """A long comment up to the end of a sentence, or else of the clause that it would part."""
    if len(text) <= _COMMENT_CHARACTERS:
        return text
    sentences = list(_WHOLE.finditer(text, _COMMENT_CHARACTERS // 3, _COMMENT_CHARACTERS))
    end = sentences[-1] if sentences else _CLAUSE_END.search(text, _COMMENT_CHARACTERS)
    if end is None or end.start() > _LONGEST_CLAUSE - 2:  # the ellipsis
        most = _LONGEST_CLAUSE if len(text) <= _LONGEST_CLAUSE else _COMMENT_CHARACTERS
        return shortened(text, most)
    return text[: end.start()].rstrip(" ,;.") + " …"


def _without(address: str, text: str) -> str:
    """A text without an address and the words that only lead to it."""
    while address in text:
        before, _, after = text.partition(address)
        clauses = _CLAUSE_END.split(before.removesuffix("https://").removesuffix("http://"))
        clauses[-1] = (
            clauses[-1] if _LEADS_ONLY.fullmatch(clauses[-1]) else _STUMP.sub("", clauses[-1])
        )
        while clauses and _LEADS_ONLY.fullmatch(clauses[-1]):
            clauses.pop()
        text = " ".join(clauses) + after.lstrip(")]")
    return text


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
