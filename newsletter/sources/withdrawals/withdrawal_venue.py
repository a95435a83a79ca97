"""Papers withdrawn from a journal or a conference, which are not withdrawn from arXiv."""

import re

from newsletter.lazy_pattern import lazy_pattern

PAPER = (
    r"(?:papers?|articles?|manuscripts?|submissions?|works?|pre-?prints?|e-?prints?|versions?"
    r"|drafts?|reports?|notes?|study|letters?|documents?|uploads?|postings?|essays?|thesis)"
)
IS = (
    r"(?:(?:has|have|had|as|having) be(?:en|ing)|(?:is|are) being|is|are|was|were"
    r"|(?:to|will|shall|must|should|needs?) be|be(?:ing)?|gets?|got)"
)
_SOME = r"(?:[\w'’-]+\s+)"
# Where a paper is withdrawn from so that nobody can read it.
ARXIV = (
    r"(?:(?:the|this|its|our|all|any|further|being|your)\s+)*"
    r"(?:arxiv|archives?\b|e-?prints?|pre-?prints?|repositor|servers?\b|(?:web)?sites?\b|internet"
    r"|platform|database|public\b(?!\s+\w*revie)|circulation|distribution|here\b|https?://arxiv"
    r"|consideration\b(?!\s+(?:at|by|for|in)\b)"
    r"|publication\b(?!\s+(?:in|at|of|by(?!\s+(?:(?:the|its|all|their|our)\s+)*(?:co-)?authors?))\b))"
)
_FROM_ELSEWHERE = lazy_pattern(
    r"[\s,]*(?:(?!(?:due|because|since|as|for|owing|until|pending|when|after|so|to|and|with|light"
    r"|view|response|requests?|permission|complaints?|feedback|comments?|advice|instructions?)\b)"
    r"[\w'/-]+[\s,]+)"
    rf"{{0,8}}?from\s+(?!{ARXIV})",
    re.IGNORECASE,
)
_AT_A_STAGE = lazy_pattern(
    rf"[\s,]*(?:by {_SOME}{{0,4}}?)?(?:at|during|before|after|prior to|following|in|upon|post-?)\s*"
    r"(?:(?:the|its|our|an?|initial|paper|official|author|first|receiving|seeing)\s+|peer[- ])*"
    r"(?:(?!internal|careful|further|thorough|own)\w+\s+)?"
    r"(?:rebuttal|review(?:s|ing|ers?)?\b|acceptance|camera|decisions?\b|notification|discussion"
    r"|(?:conference|workshop|journal)\b)",
    re.IGNORECASE,
)
# Names of venues are told from other words by their capitals.
_VENUE_WORD = (
    r"(?i:conferences?|workshops?|journals?|venues?|proceedings|symposium|tracks?|special issue"
    r"|transactions|competition|shared task|challenge|publisher|editors?|magazine)\b"
)
KNOWN_VENUE = (
    r"(?:ICLR|ICML|NeurIPS|NIPS|CVPR|ICCV|ECCV|WACV|BMVC|ACCV|AAAI|IJCAI|ECAI|ACL|NAACL|EACL|AACL"
    r"|EMNLP|COLING|COLM|TACL|ARR|KDD|WWW|WSDM|SIGIR|CIKM|RecSys|ICASSP|I(?:NTERSPEECH|nterspeech)"
    r"|ISMIR|MICCAI|MIDL|ICRA|IROS|CoRL|RSS|CHI|UIST|SIGGRAPH|AISTATS|UAI|COLT|[TJ]MLR|T?PAMI"
    r"|IEEE|ACM|USENIX|NDSS|ISCA|ICSE|FSE|ASE|ICDE|VLDB|SIGMOD|STOC|FOCS|SODA|PR[LDXABE]"
    r"|Elsevier|Springer|Nature|Science)\b"
)
_NAMED_VENUE = (
    rf"(?:{KNOWN_VENUE}(?:['’ -]{{0,2}}(?:20)?\d\d\b)?"
    r"|(?!COVID)[A-Z][A-Za-z&/+-]*[A-Z][A-Za-z]*['’ -]{0,2}(?:(?:19|20)\d\d|\d\d)\b"
    rf"|{_VENUE_WORD})"
)
_VENUE = rf"(?:(?i:the|an?|its|our|this|that|another|other)\s+)*{_SOME}{{0,3}}?{_NAMED_VENUE}"
_HANDED_IN = lazy_pattern(
    r"\b(?i:submitted|sent|accepted|recommended|rejected|presented|considered|selected|published"
    r"|appeared|scored|reviewed|(?:under|in|for) (?:peer )?(?:review|consideration|submission))\b"
    r"[^.;]{0,40}?\b(?i:to|at|by|in|for|from|with|as)\s+"
    rf"(?:{_VENUE}|(?!(?i:the )?(?i:arxiv))(?:the )?[A-Z][a-z]+ [A-Z(])"
    r"|\b(?i:submitted|sent)\s+(?:\w+\s+)?to\s+(?!(?i:the )?(?i:arxiv))(?:the )?[A-Z]"
)
_OF_VENUE = rf"(?:{_NAMED_VENUE}\s+(?:\w+\s+)?{PAPER}|{PAPER}\s+(?i:to|at|for|in)\s+{_VENUE})"
_ENDS_IN_VENUE = lazy_pattern(
    rf"(?:{_NAMED_VENUE}|{_OF_VENUE})(?:[\s:,(\[–-]*|\s+{IS}\s+(?:\w+\s+){{0,2}})$"
)
# A venue with its name or year anywhere before: "ACL ARR June 2024, withdrawn".
_NAMES_VENUE = lazy_pattern(
    rf"\b(?!{_VENUE_WORD}){_NAMED_VENUE}|\b(?i:originally|previously|formerly|once) (?:in|at)\b"
)
_AT_VENUE = lazy_pattern(
    rf"[\s,]*(?:by {_SOME}{{0,4}}?)?(?:at|in|during|before)\s+"
    r"(?!favou?r|order|light|view|response|(?:the )?(?:\w+ )?request)"
    rf"(?:[\w'’/-]+\s+){{0,6}}?{_NAMED_VENUE}"
    r"|\s*(?:,|and)\s+(?:(?:then|later|now|subsequently)\s+)?(?:re-?)?submitted\s+(?:to|elsewhere)\b"
)
# What only the paper itself can be withdrawn for, wherever it was submitted.
_WRONG = (
    r"(?:errors?|mistakes?|flaw(?:s|ed)?|bugs?|gaps?|incorrect\w*|false|wrong\w*|inaccura\w+"
    r"|invalid\w*|fails?|(?:not|n['’]t) hold|inconsisten\w+|plagiari\w+|fabricat\w+"
    r"|(?:not|n['’]t|ir) ?re-?produc\w+|unsound|miscalculat\w+|contaminat\w+)\b"
)
_IS_WRONG = lazy_pattern(
    r"^[^.;]*?(?:\b(?:because|due|owing|since|as|after|account|found|contains?|given|has)\b|:)"
    rf"[^.;]*?\b{_WRONG}",
    re.IGNORECASE,
)
_WAS_WRONG = lazy_pattern(
    rf"\b(?:found|contains?|contained|has|have|is|are|to)\b[^.;]*\b{_WRONG}", re.IGNORECASE
)
_PUBLISHED = lazy_pattern(r"\b(?:published|appeared)\b", re.IGNORECASE)
_GOES_ON_WITH_VENUE = lazy_pattern(
    rf"\W*(?i:as an? )?(?:(?i:the )?{_NAMED_VENUE}"
    rf"|(?i:(?:our|the|this|my|an?)\s+)?(?i:{PAPER})\s+(?i:to|at|for|in)\s+{_VENUE})"
)
_LATER = lazy_pattern(r"\b(?:later|subsequently|afterwards|eventually|thereafter)\b", re.IGNORECASE)
_KEEPS_IT_FROM_ARXIV = lazy_pattern(r"copyright|licen[cs]|plagiar|pre-?print", re.IGNORECASE)
# "Accepted at X. ..., but this paper has been withdrawn" still means this one.
_CLAUSE_OF_ITS_OWN = lazy_pattern(
    rf"\b(?:this|the|our)\s+(?:\w+\s+)?{PAPER}\s+"
    r"(?:has (?:\w+ )?been|is(?: being| hereby)?|must be)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)


def goes_on(before: str, sentence: str) -> bool:
    """Whether a sentence goes on to tell how a submission ended: "Later withdrawn"."""
    return bool(_LATER.search(sentence)) and bool(_HANDED_IN.search(before))


def is_about_a_venue(before: str, word: str, behind: str) -> bool:
    if _FROM_ELSEWHERE.match(behind):
        return True
    if _IS_WRONG.match(behind) or _WAS_WRONG.search(before):
        return False
    if word[:1] in "rR" and _PUBLISHED.search(before):
        return False
    if (
        _ENDS_IN_VENUE.search(before)
        or _AT_VENUE.match(behind)
        or _GOES_ON_WITH_VENUE.match(behind)
    ):
        return True
    if _CLAUSE_OF_ITS_OWN.search(before) or _KEEPS_IT_FROM_ARXIV.search(behind):
        return False
    return bool(
        _AT_A_STAGE.match(behind) or _HANDED_IN.search(before) or _NAMES_VENUE.search(before)
    )
