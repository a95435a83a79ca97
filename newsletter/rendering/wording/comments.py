"""The comment of a paper's authors, without all that stands beside it already."""

import re
from collections.abc import Sequence
from functools import lru_cache

from newsletter.lazy_pattern import lazy_pattern
from newsletter.rendering.markup.paper_text import plain, shortened
from newsletter.rendering.wording.page_counts import without_counts
from newsletter.rendering.wording.paper_links import paper_links
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
_LEADING_WORD = (
    r"(?:(?:for|see|the|our|all|an?|and|with|this|here|more|please|also|to|of|at|from|on|in|via|is|are"
    r"|was|be|can|will|which|codes?|data|datasets?|databases?|demos?|models?|weights|projects?|source"
    r"|open|public(?:ly)?|free(?:ly)?|home|web|(?:home|web)?pages?|(?:web)?sites?|github|audio|videos?"
    r"|samples?|examples?|animations?|details?|information|available|accessible|downloadable|online"
    r"|found|released|hosted|provided|visit|check|out|refer|implementations?|software|packages?"
    r"|supplement\w*|materials?|associated|accompanying|corresponding|repo(?:sitory)?|links?|urls?)\b"
    r"[\s:,(\[&/-]*)"
)
# All that a clause says which only leads to an address: "Our code is available at https://".
_LEADS_ONLY = lazy_pattern(rf"[\s(\[]*{_LEADING_WORD}+", re.IGNORECASE)
_LEADING_END = lazy_pattern(rf"(?:\s+|(?<=\.)){_LEADING_WORD}+\Z", re.IGNORECASE)
_STUMP = lazy_pattern(
    r"(?:(?:^|\s|(?<=[,;(]))(?:for|please|see|also|visit|at|from|on|in|via|here|is|are|available|found)"
    r"[\s:,(\[-]*)*[\s:(\[-]*\Z",
    re.IGNORECASE,
)
_CLAUSE_END = lazy_pattern(r"(?<=[.,])\s+|(?<=;)\s+|(?<=[a-z\d)];)(?=\w)")
_LINK_CLAUSE_END = lazy_pattern(
    r"(?<=[.,;])\s+|(?<=[a-z\d)];)(?=\w)|(?<=\s[/|–—-])\s+|(?<=[\w)]\|)\s+"
)
_BRACKETS = lazy_pattern(r"\s*[(\[]([^()\[\]]*)[)\]]")
# What became of the paper: "Accepted", "withdrawn", "ICLR 2026", "NeurIPS'25".
_BECAME = lazy_pattern(
    r"(?i:accept|published|publication|appear|submi|presented|in\s+press|under\s+review|proceedings"
    r"|conference|workshop|journal|transactions|symposium|thesis|award|withdrawn|retracted|oral\b"
    r"|spotlight|poster|camera-ready|findings|replac|supersed|extended|correct)"
    r"|\b[A-Z][\w&+-]*[A-Z][\w&+-]*(?:\s+|\s?['’])(?:20)?\d\d\b"
)
# What the word "withdrawn" beside the comment says already.
_WITHDRAWN_ONLY = lazy_pattern(
    r"(?:(?:this|the)\s+(?:paper|article|manuscript|submission|preprint|work)\s+)?"
    r"(?:(?:has\s+been|is|was)\s+)?withdrawn(?:\s+by\s+(?:the\s+)?(?:author(?:s|\(s\))?|arxiv))?",
    re.IGNORECASE,
)
_IDLE = " ,;.:/|–—-"  # marks that say nothing where they begin or end a comment


@lru_cache(maxsize=2048)
def comment(paper: Paper) -> str:
    """The authors' comment without what its links say already, and "12 pages, 5 figures"."""
    text = said = plain(paper.comment or "")
    links = [(link.name, link.url.partition("://")[2]) for link in paper_links(paper)]
    # A host's name alone does not say what is there, so other words stay.
    hosts = [address for name, address in links if "." in name]
    text = _unlinked(text, hosts, named=False)
    named = [address for name, address in links if "." not in name]
    text = _unlinked(text, [*_LOST_LINKS, *named], named=True)
    told = without_counts(text[:_READ_CHARACTERS])
    told = told if told == said else told.strip(_IDLE)
    if paper.withdrawn and _WITHDRAWN_ONLY.fullmatch(told.strip(_IDLE)):
        return ""
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


def _unlinked(text: str, addresses: Sequence[str], *, named: bool) -> str:
    """A text without addresses and what only leads there: nothing of "Code at <address>".

    Of "Accepted at ICML (see <address>)" the first words stay. Where the link is `named`, it says
    as much as the words before it, but for what became of the paper.
    """
    linked = re.compile(rf"(?:https?://)?(?:{'|'.join(map(re.escape, addresses))})/?")
    if not addresses or not linked.search(text):
        return text
    told = (_sentence(part, linked, named) for part in _SENTENCE_END.split(text))
    return " ".join(filter(None, told))


def _sentence(sentence: str, linked: re.Pattern[str], named: bool) -> str:  # noqa: FBT001 - as above
    if not linked.search(sentence):
        return sentence

    def bracketed(found: re.Match[str]) -> str:
        told = _sentence(found[1], linked, named).strip(_IDLE)
        return f" ({told})" if told else ""

    sentence = _BRACKETS.sub(bracketed, sentence)
    kept = []
    for clause in _LINK_CLAUSE_END.split(sentence):
        *before, after = linked.split(clause)
        stays = [words for words in before if _BECAME.search(words) or not named]
        stays = [
            words if _LEADS_ONLY.fullmatch(words) else _STUMP.sub("", words) for words in stays
        ]
        stays = [_LEADING_END.sub("", words) if named else words for words in stays]
        kept += [words for words in (*stays, after.strip()) if not _only_leads(words, named)]
    return " ".join(kept)


def _only_leads(words: str, named: bool) -> bool:  # noqa: FBT001 - as above
    """Whether they say no more than that there is something."""
    if named and _LEADS_TO.match(words) and not _BECAME.search(words):
        return True
    return not words.strip(_IDLE) or bool(_LEADS_ONLY.fullmatch(words))
