"""Whether a comment says that its paper is withdrawn; arXiv has no other mark for it.

The rule, and how often it errs on real comments, stands in docs/withdrawn.md.
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.withdrawals.withdrawal_context import (
    OF_ANOTHER_PAPER,
    OTHER,
    withdraws_something_else,
)
from newsletter.sources.withdrawals.withdrawal_languages import HINT, withdraws_in_another_language
from newsletter.sources.withdrawals.withdrawal_venue import ARXIV, IS, PAPER, goes_on

_LONGEST = 5000  # characters of a comment that are read

_WITHDRAWN = r"wi(?:th|ht|dth)[\s-]?dr(?:aw[nm]|awed|awan|own|ewn|awen|wan)\b"
_WITHDRAW = r"with-?dr(?:aw(?:ing|s)?|ew)\b"
_NOUN = r"(?:with-?drawa?l|retraction)\b"
_WORD = lazy_pattern(
    rf"(?P<done>{_WITHDRAWN}|{_WITHDRAW})|(?P<retracted>retracted\b)"
    rf"|(?P<retract>retract(?:ing)?\b)|(?P<noun>{_NOUN})",
    re.IGNORECASE,
)
_HINT = lazy_pattern(
    r"dra[wn]|drwan|drew|drown|retract|remov|delet|t(?:ak|ook)|pull|recall|rescind|revok|cancel"
    rf"|annul|retire|void|yank|taken off|no longer|disregard|{HINT}",
    re.IGNORECASE,
)
# Full stops of "Proc. Amer. Math. Soc." end no sentence.
_SENTENCE = lazy_pattern(
    r"(?<![A-Z])(?<!\bEq)(?<!\b[A-Z][a-z]{2})(?<!\b[A-Z][a-z]{3})(?<!\bCommun)(?<!\bAstron)(?<!\bTrans)"
    r"(?<!\bAstrophys)(?<!\bPhilos)[.!?]\s+"
    r"(?=[A-ZÀ-ÖØ-ÞА-Я\[(\"“]|(?:withdrawn|this|paper|we)\b)"
)

_THIS_PAPER = lazy_pattern(
    rf"\s+(?:(?:this|the|our|my|these|present|current)\s+)*(?:\w+\s+){{0,2}}?{PAPER}\b"
    r"|\s+(?:it|this)\b|\W*$",
    re.IGNORECASE,
)
_AT_THE_START = lazy_pattern(
    r"^[\W\d_]*(?:v\d+\W+)?(?:(?:now|temporarily|voluntarily)\s+)*$", re.IGNORECASE
)
_SAID_OF_PAPER = lazy_pattern(
    rf"\b(?:{PAPER}|it|this)\W+(?:\w+\s+)?{IS}\s+(?:[\w,-]+\s+){{0,4}}$|\b{PAPER}\W+$"
    r"|\b(?:authors?|we|i)\s+(?:have\s+)?(?:\w+\s+){0,2}$"
    r"|(?:[,;:]|\band|\bbut)\s+(?:(?:has|was|is|been|since|later|subsequently|now|then)\s+)*$",
    re.IGNORECASE,
)
# A journal retracts what it published: the paper itself.
_BY_JOURNAL = lazy_pattern(
    r"\b(?:journals?|editors?|publishers?)\b(?:\s+(?:of|at|that|which|where)\b[^.;]{1,60}?)?\s+"
    r"(?:(?:has|have|had)\s+)?(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
_IN_JOURNAL = lazy_pattern(
    r"\s+(?i:in|from|by)\s+(?i:the\s+)?(?:(?:\w+\s+){0,3}?(?i:journal)\b|Nature\b|Science\b|PNAS\b"
    r"|PLo?S\b|Cell\b|Lancet\b|PR[LDXABE]\b|Phys(?:\.|ical) Rev)"
)
_THIS_BEFORE = lazy_pattern(
    rf"^\W*(?:(?:this|the|our|my|published)\s+)*(?:(?!{OTHER}\b)\w+\s+)?{PAPER}\s+(?:{IS}\s+)?$"
    rf"|\bthis\s+(?:\w+\s+)?{PAPER}\s+(?:{IS}\s+)?$",
    re.IGNORECASE,
)
_THIS_ALONE = lazy_pattern(
    rf"\s+(?:it\b|(?:this|the|our|my)\s+(?:\w+\s+)?{PAPER}\b)", re.IGNORECASE
)
_ON_ANOTHER = lazy_pattern(
    r"\W*(?:an? )?(?:comments?|reply|response|rebuttal|critique) (?:on|to|of)\b", re.IGNORECASE
)
# "I formally request the withdrawal of my manuscript", "Withdrawal for further improvement".
_LEADS_TO_NOUN = lazy_pattern(
    r"^\W*(?:(?:formal|official|voluntary|temporary|immediate|complete|full|permanent|requested)\s+)?$"
    rf"|^\W*(?:authors?['’]?s?|arxiv|administrative|notice of|{PAPER})\s+$"
    r"|\b(?:request\w*|ask\w*|seek\w*|appl(?:y|ied)|initiat\w+|submit\w*|approv\w+|need\w*|wish"
    r"|decid\w+|favou?r|opt\w*|propos\w+|requir\w+|pending|under|reasons?|authors?['’s]*|arxiv"
    rf"|admin\w*|led|this is an?|recommend\w*|{PAPER})"
    r"\s+(?:(?!(?:of|on|about|to|in)\b)[\w'’-]+\s+){0,4}$",
    re.IGNORECASE,
)
_FOLLOWS_NOUN = lazy_pattern(
    r"\W*$|\s*[.:;,()–—-]"
    rf"|\s+of\s+(?:(?:this|the|our|my|present)\s+)*(?!{OTHER}\b)"
    rf"(?!\w+ (?:papers|articles|works|manuscripts|preprints)\b)(?:\w+\s+)?(?:{PAPER}\b|it\b|arxiv)"
    rf"|\s+from\s+{ARXIV}"
    r"|\s+(?:for|due|owing|because|by|as|since|until|to|on|in order|request\w*|notice|note"
    r"|statement|reasons?|pending|has|is|was)\b",
    re.IGNORECASE,
)
_THIS = rf"(?<!earlier )(?<!previous )(?<!old )\b(?!versions?\s*\d){PAPER}"
_AWAY = (
    r"(?:removed|deleted|taken (?:down|offline|back)|taken off arxiv|pulled|recalled|rescinded"
    r"|revoked|cancell?ed|annulled|retired|voided|yanked)\b"
)
_TAKE_AWAY = (
    r"(?:(?:remov|delet|pull|recall|rescind|revok|cancel|annul)(?:e[sd]?|s|ing|l?led|l?ling|ed)?"
    r"|(?:take|took|taking|taken) (?:down|back|offline))"
)
# What goes on behind a verb that has no paper before it: "Pulled by the authors", "Removed due to".
_BY_THEM = (
    r"by (?:(?:the|its|all|both|their|our|one of|corresponding|first|last|senior|sole|lead"
    r"|submitting|arxiv(?:['’]s)?)\s+)*(?:(?:co-)?authors?|us|me|ourselves|admin\w*|moderat\w+"
    r"|submitter|owner)\b"
)
_REASON = (
    rf"(?=\s*(?:$|[,;:.)])|\s+(?:{_BY_THEM}(?!\s+from\s+(?!{ARXIV}))|due to|because"
    r"|owing to|as|since|while|pending|at (?:the )?(?:\w+ )?(?:request|wish)"
    r"|(?:after|following)\b(?=[^.;]*\b(?:errors?|mistakes?|flaws?|bugs?|faults?|plagiari\w+)\b)"
    r"|on (?:request|account)|until|for (?:\w+ )?(?:revision|correction|re-?analysis))\b)"
)
# Pulled "from arXiv", by whoever may: not from its listing or its API, nor by a crawler.
_FROM_ARXIV = (
    r"(?=\s+(?:(?:at|on|upon|by)\s+(?:[\w'’-]+\s+){1,5}?)?(?:from|off)\s+"
    r"(?:(?:the|this|its|our|public)\s+)*(?:arxiv(?:\.org)?|(?:e-?|pre-?)prints?|view|access"
    r"|(?:(?:e-?|pre-?)print\s+)?(?:archive|server|repository))(?:\s*\(?v\d+\)?)?"
    rf"(?:\s*(?:$|[,;.)\]–—-]|:\s*[^\s\d])|\s+(?:{_BY_THEM}"
    r"|by\s+(?:\w+\s+){0,2}?(?:requests?|agreement|consent|decision)"
    r"|(?:at|on|upon|per)\s+(?:[\w'’-]+\s+){0,4}?(?:requests?|wish\w*|account|grounds|advice)"
    r"|due|because|owing|since|while|pending|until|when|once|after|following|given|so|and|but"
    r"|as\s+(?:it|we|there|this|of|the)|in\s+(?:response|light|view|order)|temporarily|permanently"
    r"|for\s+(?:[\w-]+\s+){0,3}?(?:revis\w+|correct\w+|re-?\w+|errors?|now|being|violat\w+|policy)"
    r")\b))"
)
_OF_IT = (
    r"(?:^|[,;:.(\[–—]\s*|\b(?:and|but|then)\s+)\W*(?:(?:now|since|temporarily|voluntarily|hereby"
    r"|subsequently|later|permanently|has|have|had|was|is|be|been|being|to|will|it|this)\s+)*"
    rf"|{_THIS}\s+(?<!papers )(?<!prints )(?<!articles )(?<!scripts )(?<!sions )"
    r"|\b(?:have|has|had|get|got)\s+(?:it|this)\s+"
)
_ENDS_IN_ID = lazy_pattern(r"\d{4}\.?\d{3,5}(?:v\d+)?\s*$")
_TAKEN_AWAY = lazy_pattern(
    rf"{_THIS}\s+(?:\w+\s+)?{IS}\s+(?:\w+\s+){{0,2}}{_AWAY}(?!\s+from\s+(?!{ARXIV}))"
    rf"|{_THIS}\b[^.;]*[,\s](?:it|and|but)\s+{IS}\s+(?:\w+\s+)?"
    r"(?:pulled|taken (?:down|offline)|recalled|revoked)\b"
    r"|(?:^\W*(?:(?:now|temporarily|voluntarily|hereby)\s+)*"
    rf"|(?:{_THIS}|\bfull[ -]text)\s+(?:{IS}\s+)?){_AWAY}{_REASON}"
    rf"|\brequest\w*\s+(?:the\s+)?(?:removal|deletion)\s+of\s+(?:this|our|my|the)\s+{PAPER}\b"
    rf"|(?:^\W*|(?:{_THIS}|\bfull[ -]text)\s+(?:is\s+)?)no longer available\b"
    rf"(?!\s+(?:at|from|under|via)\s+(?!{ARXIV}))"
    rf"|\bremoved by (?:the )?arxiv\b|(?:{_OF_IT})(?:{_AWAY}|retracted\b){_FROM_ARXIV}"
    r"|\b(?:we|i|authors?|to)\s+(?:[\w-]+\s+){0,2}?(?:"
    rf"(?:{_TAKE_AWAY}|retract\w*)\s+(?:it|this)\b{_FROM_ARXIV}"
    r"|(?:take|took|taking|taken) (?:it|this) (?:off (?:the )?arxiv(?!:)"
    rf"|(?:down|offline)\b(?:{_FROM_ARXIV}|{_REASON})))"
    rf"|\b(?:we|i|authors?|please|to|hereby)\s+(?:\w+\s+){{0,2}}?{_TAKE_AWAY}"
    rf"\s+(?:this|our|my|the|their)\s+(?:\w+\s+)?{PAPER}\b(?!\s+from\s+(?!{ARXIV}))"
    rf"|\btak(?:e|en|ing) (?:this|our|the) {PAPER} (?:down|back|offline)"
    rf"|\b(?:please|kindly) disregard (?:this|the|our) (?!version){PAPER}\b",
    re.IGNORECASE,
)
# Abstracts speak of much; only these words at their beginning, or of "this paper", are a notice.
_NOTICE = lazy_pattern(
    rf"(?:(?:^|[.:\]]\s+)\W*(?:(?:the|our)\s+)?(?:\w+\s+)?{PAPER}|\bthis (?:\w+ )?{PAPER})\s+"
    rf"(?:has been|have been|is|was|is being)\s+(?:\w+\s+){{0,3}}(?P<word>{_WITHDRAWN}|retracted\b)"
    rf"|^\W*(?:(?:the |this )?{PAPER}\s+)?(?:{_WITHDRAWN}|retracted\b)"
    r"(?=\W*$|\W*\.|\W+(?:by|due|because|as|since|pending)\b)"
    rf"|^\W*(?:we|the authors?)\s+(?:\w+\s+){{0,4}}(?:withdraw\w*|retract)\s+this\s+{PAPER}",
    re.IGNORECASE,
)
# Of which any notice has one.
_NOTICE_HINTS = ("draw", "drow", "drew", "drwan", "retract")


def comment_withdraws(comment: str) -> bool:
    """Whether this comment, of the authors' or arXiv's, says that its paper is withdrawn."""
    if not _HINT.search(comment):
        return False
    told = ""
    for sentence in _SENTENCE.split(" ".join(comment[:_LONGEST].split())):
        whole = f"{told} {sentence}" if goes_on(told, sentence) else sentence
        if _sentence_withdraws(whole):
            return True
        told = sentence
    return False


def abstract_withdraws(text: str) -> bool:
    """Whether an abstract, or a sentence of one, is a notice of withdrawal."""
    lower = text.lower()
    if not any(hint in lower for hint in _NOTICE_HINTS):
        return False
    found = _NOTICE.search(text)
    return found is not None and not (
        found["word"]
        and withdraws_something_else(
            text[: found.start("word")], found["word"], text[found.end("word") :]
        )
    )


def _sentence_withdraws(sentence: str) -> bool:
    for away in _TAKEN_AWAY.finditer(sentence):
        before, behind = sentence[: away.start()], sentence[away.end() :]
        if _WORD.search(before):
            break
        is_another = OF_ANOTHER_PAPER.search(before) or (
            away[0][0] in ",(" and _ENDS_IN_ID.search(before)
        )
        if not (is_another or withdraws_something_else(before, "", behind)):
            return True
    return withdraws_in_another_language(sentence) or any(
        _means_this_paper(sentence[: found.start()], found, sentence[found.end() :])
        for found in _WORD.finditer(sentence)
    )


def _means_this_paper(before: str, found: re.Match[str], behind: str) -> bool:
    if found["retracted"] and _is_by_journal(before, behind):
        return True
    if _ON_ANOTHER.match(before) or withdraws_something_else(before, found[0], behind):
        return False
    if found["noun"]:
        return bool(_LEADS_TO_NOUN.search(before) and _FOLLOWS_NOUN.match(behind))
    if found["retract"]:
        return _THIS_PAPER.match(behind) is not None
    if found["retracted"]:
        return bool(_AT_THE_START.search(before) or _SAID_OF_PAPER.search(before))
    return True


def _is_by_journal(before: str, behind: str) -> bool:
    """Whether a journal that had published this paper retracted it."""
    if _BY_JOURNAL.search(before) and _THIS_ALONE.match(behind):
        return True
    is_this = _AT_THE_START.search(before) or _THIS_BEFORE.search(before)
    return bool(is_this and _IN_JOURNAL.match(behind))
