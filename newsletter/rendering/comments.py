"""What authors say of their paper, without what stands beside it already."""

import re
from collections.abc import Sequence
from functools import lru_cache

from newsletter.lazy_pattern import lazy_pattern
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
_TENS = (
    r"(?:(?:twenty|thirty|forty|fifty)(?:-\w+)?|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen)"
)
_NUMBER = (
    # "ix+120", "~20", "under 10"
    r"(?:(?:[~\u223c\u2248<>]\s*|(?:ca|approx)\.\s*|(?:approximately|around|about|under|over|nearly"
    r"|up\s+to|(?:less|more|fewer)\s+than|at\s+(?:most|least))\s+)?(?:[ivxlc]+\s*\+\s*)?\d+\+?"
    r"(?:\s*\+\s*(?:\d+|[ivxlc]+\b))*"
    rf"|{_TENS}|no|an?|one|two|three|four|five|six|seven|eight|nine|several|many|multiple|few|some)"
)
_THING = (
    r"(?:pages?|pgs?|pp?(?!-)|p[\xe1a]ginas?|pagine|seiten|figures?|figues?|figs?|figuras?|figure"
    r"|abbildung(?:en)?|abb|bilder|tables?|tablas?|tabelas?|tableaux|tabellen?|tabelle|references"
    r"|refs|appendi(?:x|ces)|algorithms?|equations?|formulas?|listings?|(?:sub|super)figures?|diagrams?"
    r"|plots?|schemes?|charts?|panels?|illustrations?|photos?|footnotes?|columns|words)\b\.?"
)
_KIND = (
    r"(?:(?:main|supplement\w*|appendix|extra|additional|eps|ps|postscript|colou?r|[a-z]+-panel)"
    r"\s+)?"
)
_REST = (
    r"(?:text|content|paper|body|supplement\w*(?:\s+materials?)?|appendi\w+|references?|refs"
    r"|bibliography)"
)
_OF_WHAT = (
    r"(?:\s+(?:in\s+total|total|overall|long|body|main\s+text|postscript|in\s+\w+\s+(?:style|format)"
    r"|(?:(?:of|excluding|including|without|not\s+(?:counting|including)|plus|for)\s+)?(?:the\s+)?"
    rf"(?:main\s+)?{_REST}(?:\s*(?:and|&|,)\s*(?:the\s+)?{_REST})*))?"
    r"(?:\s*\((?:(?!accept|publi|appear|submi)[^()]){1,80}\))?"
)
_PAPER = r"(?:paper|article|manuscript|document|work|submission|preprint|report|version)"
_COUNT = (
    rf"(?:(?:an?\s+)?\d+-pages?(?:\s+{_PAPER}\b)?"
    rf"|{_NUMBER}[\s-]*{_KIND}{_THING}{_OF_WHAT}"
    # and led by its name: "Number of pages: 22"
    rf"|(?:(?:number|no\.?)\s+of\s+|\#\s*)?{_THING}(?:\s+count)?\s*:\s*\d+(?![\d-])"
    # "共 12 页，5 幅图"
    r"|[共全]?文?\s*[\d一二三四五六七八九十两]+\s*[张幅个]?\s*(?:[页頁图圖表]片?格?|ページ))"
)
_AND = (
    r"\s*[,;，、；:]?\s*"
    r"(?:(?:and|y|e|et|und|plus|with|including|excluding|containing|as well as)\b|&|\+)?\s*"
)
# "6 pages,2 figures": at the start of a clause, and up to its end or to what becomes of the paper.
_COUNTS = lazy_pattern(
    rf"(^|,(?!\d{{3}}\b)\s*|[;，、；。：（]\s*|[.:]\s+|\()"
    rf"(?:(?:contains|containing|with|in\s+total|total(?:\s+of)?|overall|about|(?:this|the|our)\s+{_PAPER}"
    r"|(?:the\s+)?main(?:\s+(?:text|paper|body))?|(?:with\s+)?supp\w*(?:\s+(?:materials?|information))?"
    r"|appendix)(?:\s+(?:is|has|of|contains|containing|with|consists\s+of|comprises|includes|spans))?\s*,?\s+)?"
    rf"{_COUNT}(?:{_AND}(?:{_COUNT}|{_THING}|\d+\s+(?:main|supp\w*)\b|supplement\w*(?:\s+materials?)?\b))*"
    r"(?=\s*(?:[,;.()，、；。）]|$)|\s+(?-i:[A-Z])|\s+(?:accepted|submitted|to\s+appear|published|version"
    r"|under|in\s+press|presented)|(?<=-page)\s)",
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
            text = _without(address, text)
    sentences = [_unlinked(sentence, linked) for sentence in _SENTENCE_END.split(text)]
    told = _uncounted(" ".join(filter(None, sentences))[:_READ_CHARACTERS])
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
