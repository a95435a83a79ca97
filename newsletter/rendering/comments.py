"""What authors say of their paper, without what stands beside it already."""

import re
from collections.abc import Sequence
from functools import lru_cache

from newsletter.lazy_pattern import lazy_pattern
from newsletter.rendering.paper_links import paper_links
from newsletter.rendering.paper_text import plain, shortened
from newsletter.sources.base import Paper

_COMMENT_CHARACTERS = 140
_READ_CHARACTERS = 1000
_LOST_LINKS = ("this https URL", "this http URL")  # what is left of one on arXiv's own pages
_SENTENCE_END = lazy_pattern(r"(?<=[.;])\s+")
_LEADS_TO = lazy_pattern(
    r"(?:for|see|the|our|all|an?|and|with|code|data\w*|demos?|models?|project|source|page|website"
    r"|github|audio|video|samples?|available|implementation|supplementary)\b",
    re.IGNORECASE,
)
# In front of an address: "is available at: https://", and all of "Code: https://".
_LEADING = (
    r"(?i:(?:^|(?<=[,;.]\s))(?:(?:the|our|and|&|source|project|open|public|home|web)[\s-]*)*"
    r"(?:code|data|datasets?|demos?|models?|projects?|(?:web)?(?:page|site)s?|repo(?:sitory)?|links?))?"
    r"(?i:(?:\s+(?:is|are))?(?:\s+(?:publicly|freely))?(?:\s+(?:available|downloadable|found))?"
    r"(?:\s+(?:at|from|on|via))?)\s*[:(\[-]*\s*(?:https?://)?"
)
_CLAUSE_END = lazy_pattern(r"(?<=[.;,])\s+")
_NUMBER = (
    # "ix+120", "~20"
    r"(?:(?:[~\u223c\u2248]\s*|(?:ca|approx)\.\s*|approximately\s+)?(?:[ivxlc]+\s*\+\s*)?\d+\+?"
    r"(?:\s*\+\s*(?:\d+|[ivxlc]+\b))*"
    r"|no|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|many)"
)
_THING = (
    r"(?:pages?|pgs?|pp?(?!-)|figures?|figues?|figs?|tables?|references|refs|appendi(?:x|ces)"
    r"|algorithms?|equations?|formulas?)\b\.?"
)
_KIND = (
    r"(?:(?:main|supplement\w*|appendix|extra|additional|eps|ps|postscript|colou?r|[a-z]+-panel)"
    r"\s+)?"
)
_OF_WHAT = (
    r"(?:\s+(?:in\s+total|total|long|body|main\s+text|postscript|in\s+\w+\s+(?:style|format)"
    r"|(?:of\s+)?(?:the\s+)?(?:main\s+)?(?:text|content|paper|body|supplement\w*|appendi\w+|references)"
    r"(?:\s+and\s+appendi\w+)?))?"
    r"(?:\s*\((?:(?!accept|publi|appear|submi)[^()]){1,80}\))?"
)
_COUNT = (
    rf"(?:{_NUMBER}[\s-]*{_KIND}{_THING}{_OF_WHAT}"
    # and led by its name: "Number of pages: 22"
    rf"|(?:(?:number|no\.?)\s+of\s+|\#\s*)?{_THING}(?:\s+count)?\s*:\s*\d+(?![\d-])"
    # "共 12 页，5 幅图"
    r"|[共全]?文?\s*[\d一二三四五六七八九十两]+\s*[张幅个]?\s*(?:[页頁图圖表]片?格?|ページ))"
)
_AND = r"\s*[,;，、；]?\s*(?:and\b|&|\+|plus\b|with\b|including\b|containing\b|as well as\b)?\s*"
# "6 pages,2 figures": at the start of a clause, and up to its end or to what becomes of the paper.
_COUNTS = lazy_pattern(
    rf"(^|,(?!\d{{3}}\b)\s*|[;，、；。：（]\s*|[.:]\s+|\()"
    r"(?:(?:contains|containing|with|total(?:\s+of)?|about|(?:the\s+)?main(?:\s+(?:text|paper|body))?"
    r"|appendix|supp\w*(?:\s+materials?)?)(?:\s+(?:is|has|of))?\s+)?"
    rf"{_COUNT}(?:{_AND}(?:{_COUNT}|appendi(?:x|ces)\b|supplement\w*(?:\s+materials?)?\b|ref(?:s|erences)\b))*"
    r"(?=\s*(?:[,;.()，、；。）]|$)|\s+(?-i:[A-Z])|\s+(?:accepted|submitted|to\s+appear|published|version"
    r"|under|in\s+press|presented))",
    re.IGNORECASE,
)
_GONE = "\x00"  # stands where a count stood
# "Total: 12 pages", and "v2: 12 pages" where nothing follows; not "v2: 12 pages, typo fixed".
_EMPTY_LABEL = lazy_pattern(
    rf"(?:(?:total(?:\s+length)?|length|main(?:\s+\w+)?|appendi\w+|supp\w*|paper|size)"
    rf"\s*:\s*{_GONE}|\bv(?:ersion\s*|er\.?\s*)?\d+\s*:\s*{_GONE}(?=\s*[,;.]?\s*(?:$|v\w*\s*\d)))",
    re.IGNORECASE,
)
_AFTER_LABEL = lazy_pattern(rf"(?<=:)\s*{_GONE}\s*[,;.]")
_EMPTY_BRACKETS = lazy_pattern(r"\s*[(（]\s*[,;.，；。]*\s*[)）]")
_IDLE_MARK = lazy_pattern(r"\s*[,;.，、；。]\s*(?=[,;.，、；。])")


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
            text = re.sub(_LEADING + re.escape(address) + r"[)\]]?", "", text)
    sentences = [_unlinked(sentence, linked) for sentence in _SENTENCE_END.split(text)]
    told = _uncounted(" ".join(filter(None, sentences))[:_READ_CHARACTERS])
    return shortened(told if told == said else told.strip(" ,;."), _COMMENT_CHARACTERS)


def _uncounted(text: str) -> str:
    """A comment without its counts of pages, figures and the like, in all usual forms."""
    rest = _COUNTS.sub(rf"\1{_GONE}", text)
    if rest == text:
        return text
    rest = _AFTER_LABEL.sub("", _EMPTY_LABEL.sub("", rest)).replace(_GONE, "")
    rest = _IDLE_MARK.sub("", _EMPTY_BRACKETS.sub("", rest))
    return " ".join(rest.split()).strip(" ,;.:&+，、；。")


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
