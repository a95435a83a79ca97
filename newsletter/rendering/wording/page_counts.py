"""The comment of a paper's authors, without how many pages, figures and the like it has."""

import re

from newsletter.lazy_pattern import lazy_pattern

_TENS = (
    r"(?:(?:twenty|thirty|forty|fifty)(?:-\w+)?|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen)"
)
_NUMBER = (
    # Such as ix+120, 9 (+12), ~20, under 10.
    r"(?:(?:[~\u223c\u2248<>]\s*|(?:ca|approx)\.\s*|(?:approximately|around|about|under|over|nearly"
    r"|up\s+to|(?:less|more|fewer)\s+than|at\s+(?:most|least))\s+)?(?:[ivxlc]+\s*\+\s*)?\d+\+?"
    r"(?:\s*(?:\+\s*(?:\d+|[ivxlc]+\b)|\(\s*\+\s*\d+\s*\)))*"
    rf"|{_TENS}|no|an?|one|two|three|four|five|six|seven|eight|nine|several|many|multiple|few|some)"
)
_THING = (
    r"(?:pages?|pgs?|pp?(?!-)|p[\xe1a]ginas?|pagine|seiten|sides?|sheets?|figures?|figues?|figs?"
    r"|figuras?|abbildung(?:en)?|abb|bilder|tables?|tabs?|tablas?|tabelas?|tableaux|tabellen?"
    r"|references|refs|bib|appendi(?:x|ces)|anhang|algorithms?|algs?|equations?|eqs?|formulas?"
    r"|(?:code\s+)?listings?|(?:sub|super)-?figures?|diagrams?|graphs|drawings?|plots?|schemes?"
    r"|charts?|panels?|illustrations?|ill|photos?|images|footnotes?|columns|words)\b\.?"
)
_COLUMNS = r"(?:(?:single|double|one|two)[\s-]+(?:column|spaced?)(?:\s+(?:format|style))?)"
_KIND = (
    r"(?:(?:main|supp(?:l|lement\w*)?\.?|appendix|extra|additional|eps|ps|postscript|(?:in\s+)?colou?r"
    rf"|b/w|a4|letter|ref(?:erences?)?|[a-z]+-panel|{_COLUMNS})\s+)?"
)
_REST = (
    r"(?:text|content|paper|body|supp(?:l|lement\w*)?\b\.?(?:\s+materials?)?|appendi\w+|references?"
    r"|refs?\b\.?|bib(?:liography)?|anhang)"
)
_RESTS = rf"(?:the\s+)?(?:main\s+)?{_REST}(?:\s*(?:and|&|,|\+)\s*(?:the\s+)?{_REST}){{0,3}}"
_WITH = (
    r"(?:of|(?:excl|incl)(?:uding|\b\.?)|with(?:out)?|w/o?|not\s+(?:counting|including)|plus|for)"
)
_TYPESET = r"(?:in\s+)?(?:pdf)?(?:la|rev)?tex(?:[\s-]?\d[\w.-]*|2e)?\b"
_OF_WHAT = (
    r"(?:\s+(?!(?<=\.\s)(?-i:[A-Z]))(?:in\s+(?:total|length|colou?r)|total|overall|long|body|postscript|b/w|a4|letter"
    r"|main(?:\s+(?:text|paper|body))?|in\s+\w+\s+(?:style|format|template)"
    rf"|(?:\w+\s+)?{_COLUMNS}|{_TYPESET}|(?:{_WITH}\s*)?{_RESTS})){{0,3}}"
    r"(?:\s*\((?:(?!accept|publi|appear|submi)[^()]){1,80}\))?"
)
_PAPER = r"(?:paper|article|manuscript|document|work|submission|preprint|report|version)"
_WHICH = r"(?:of\s+(?:them|which|these)|davon)"
_COUNT = (
    rf"(?:(?:an?\s+)?\d+(?:-pages?|\s+page(?=\s+{_PAPER}))(?:\s+{_PAPER}\b(?:\s+{_WITH}\s+{_RESTS})?)?"
    rf"|{_NUMBER}[\s-]*{_KIND}{_THING}{_OF_WHAT}"
    # "4 of them references", "of which 4 are references"
    rf"|{_NUMBER}\s+{_WHICH}\s+(?:(?:are|is)\s+)?(?:(?:in|for)\s+)?(?:{_THING}|{_RESTS})"
    rf"|{_WHICH}\s+{_NUMBER}\s+(?:pages\s+)?(?:(?:are|is)\s+)?(?:(?:in|for)\s+)?(?:{_THING}|{_RESTS})"
    # and led by its name: "Number of pages: 22"
    rf"|(?:(?:number|no\.?)\s+of\s+|\#\s*)?{_THING}(?:\s+count)?\s*[:=]\s*\d+(?![\d-])"
    rf"|(?:number|no\.?)\s+of\s+{_THING}\s+\d+(?![\d-])"
    r"|\A(?:pp|pages)\b\.?\s+\d+(?!\s*[\d\u2013-])"
    # "共 12 页，5 幅图"
    r"|[共全]?文?\s*[\d一二三四五六七八九十两]+\s*[张幅个]?\s*(?:[页頁图圖表]片?格?|ページ))"
)
_JOIN = r"(?:and|y|e|et|und|plus|with|including|excluding|containing|comprising|as well as)\b"
_AND = rf"\s*(?:[,;，、；:|/]|\s[–-]\s)?\s*(?:{_JOIN}|(?:incl|excl)\b\.?|w/|&|\+)?\s*"
_MORE = (
    rf"{_AND}(?:{_COUNT}|(?:figs|figures|tables)\b\.?\s+\d+(?=\s*(?:[,;.]|$))|\d+\s?[ft]\b"
    rf"|{_THING}|\d+\s+(?:main|supp\w*|appendi\w+)\b|\d+\s*\(\s*{_REST}\s*\)"
    rf"|supp(?:l|lement\w*)?(?:\s+materials?)?\b(?=\s*(?:[,;.)]|$|\d))|{_TYPESET}|(?:IEEE\s+)?{_COLUMNS})"
)
# "6 pages,2 figures": at the start of a clause, and up to its end or to what becomes of the paper.
_COUNTS = lazy_pattern(
    rf"(^|,(?!\d{{3}}\b)\s*|[;，、；。：（]\s*|[.:)\]]\s+|\s[/|–—-]\s+|[(\[])(?:{_TYPESET}\s*[,;]\s*)?"
    rf"(?:(?:contains|containing|comprising|with|in\s+total|total(?:\s+of)?|overall|about"
    rf"|(?:this|the|our)\s+{_PAPER}|(?:the\s+)?main(?:\s+(?:text|paper|body))?"
    r"|(?:with\s+)?supp\w*(?:\s+(?:materials?|information))?|appendix|(?:incl|excl)(?:uding|\b\.?))"
    r"(?:\s+(?:is|has|of|contains|containing|with|consists\s+of|comprises|includes|spans))?\s*,?\s+)?"
    rf"(?>{_COUNT})(?>{_MORE})*"  # an element as long as can be: no other way is tried
    r"(?=\s*(?:[,;.()，、；。）\]]|$)|\s+[–|/-]\s|\s+(?-i:[A-Z])|\s+(?:accepted|submitted|to\s+appear"
    r"|published|version|under|in\s+press|presented)|\s+(?:and|plus|with)\s|(?:(?<=-page)|(?<=\w\.))\s)",
    re.IGNORECASE,
)
_GONE = "\x00"  # stands where a count stood
# "Total: 12 pages", and "v2: 12 pages" where nothing follows; not "v2: 12 pages, typo fixed".
_EMPTY_LABEL = lazy_pattern(
    rf"(?:(?:comments?|notes?|total(?:\s+length)?|length|main(?:\s+\w+)?|appendi\w+|supp\w*|paper|size)"
    rf"\s*:\s*{_GONE}|\bv(?:ersion\s*|er\.?\s*)?\d+\s*:\s*{_GONE}(?=\s*[,;.]?\s*(?:$|v\w*\s*\d)))",
    re.IGNORECASE,
)
_AFTER_LABEL = lazy_pattern(rf"(?<=[:\]])\s*{_GONE}\s*[,;.]")
_JOINED = lazy_pattern(
    rf"{_GONE}\s*[,;]?\s*(?:(?:and|plus|with|including)\b|&|\+)\s*", re.IGNORECASE
)
_EMPTY_BRACKETS = lazy_pattern(r"\s*(?:[(（]\s*[,;.，；。]*\s*[)）]|\[\s*\])")
_IDLE_MARK = lazy_pattern(r"\s*[,;.，、；。]\s*(?=[,;.，、；。])")


def without_counts(text: str) -> str:
    """A comment without its counts of pages, figures and the like, in all usual forms."""
    text = " ".join(text.split())
    rest = _COUNTS.sub(rf"\1{_GONE}", text)
    if rest == text:
        return text
    rest = _JOINED.sub(_GONE, _AFTER_LABEL.sub("", _EMPTY_LABEL.sub("", rest)))
    rest = _IDLE_MARK.sub("", _EMPTY_BRACKETS.sub("", rest.replace(_GONE, "")))
    return " ".join(rest.split()).strip(" ,;.:&+|/–-，、；。")
