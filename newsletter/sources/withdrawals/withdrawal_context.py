"""A comment that speaks of withdrawing may withdraw something else than its paper.

A submission to a conference, an earlier version or another paper, a theorem, a grant. Each rule
looks at the words of the same sentence before or behind the word of withdrawing.
"""

import re

from newsletter.lazy_pattern import lazy_pattern
from newsletter.sources.withdrawals.withdrawal_venue import IS, PAPER, is_about_a_venue

_NEAR = 300  # characters that are looked at on either side

_ALSO_FROM_ARXIV = lazy_pattern(r"\bfrom (?:[\w,/'-]+ ){0,6}arxiv\b", re.IGNORECASE)

OTHER = (
    r"(?:earlier|previous|prior|older?|first|initial|original|former|preceding|outdated|companion"
    r"|other|another)"
)
_ANOTHER_VERSION = lazy_pattern(
    rf"\b{OTHER}\s+(?:\w+\s+){{0,2}}?(?:{PAPER}|arxiv|attempt|proof|announcement)\b"
    r"(?:(?!\b(?:so|and|but|hence|therefore|thus|because|contain\w*)\b)"
    r"(?:[^.;,]|\.\d|,? arxiv\S+)){0,60}?"
    rf"(?:\b{IS}\s+(?:\w+\s+){{0,2}}|\s)$"
    r"|\b(?:v|version\s*)1\s+(?:\w+\s+){0,3}$"
    r"|\b(?:supersed|replac|correct|extend|updat)\w*\s+(?:v|version\s*)\d+[\s,]*[(\[]?(?:now )?$"
    r"|\b(?:previously|formerly|once|originally|erroneously|accidentally|mistakenly)\s+$",
    re.IGNORECASE,
)
_NOT = lazy_pattern(
    r"(?:\b(?:not|never|no longer|nor|without|whether|instead of|rather than)|n['’]t)\s+"
    r"(?:(?:yet|been|be|being|officially|formally|actually|wish|want|intend|plan|need|the|an?|to)"
    r"\s+){0,3}$|\bun-$|\b(?:restor|reinstat|re-?publish|re-?post)[^.;]*$"
    r"|\b(?:mistakenly|wrongly|accidentally|erroneously|inadvertently)\s+"
    r"(?:(?:marked|flagged|shown|listed|labell?ed|declared|as|been)\s+){0,3}$",
    re.IGNORECASE,
)
_RELATIVE = lazy_pattern(r"\b(?:which|that)\s+(?:\w+\s+){0,3}$", re.IGNORECASE)
_NAMES_ANOTHER = lazy_pattern(
    r"arxiv:? ?\d|\d{4}\.\d{4,5}|[a-z-]+/\d{7}|replac|supersed|correct\w* version|\bold\b|earlier"
    r"|previous|extend|\[\d+\]|et al",
    re.IGNORECASE,
)
_ATTRIBUTE = lazy_pattern(rf"\s+(?:arxiv\b|{PAPER}\b)", re.IGNORECASE)
_WHO_OR_WHEN = (
    r"has|have|had|was|were|is|are|been|being|since|now|later|subsequently|meanwhile|recently"
    r"|already|the|its|their|authors?|they"
)
# "A study of papers retracted by journals", "replaces a paper withdrawn in 2010"; also "a comment
# on a paper that has since been withdrawn", "(now withdrawn)".
_OTHERS_BEFORE = lazy_pattern(
    r"(?:\b(?:of|on|about|among|between|to|with|\d[\d,.]*|many|hundreds|thousands)\s+"
    r"(?:(?!this|our|my|these)[\w'-]+\s+){0,3}?(?:papers|articles|manuscripts|studies|publications|pre-?prints)"
    rf"|\b(?:of|on|about|to|with|replac\w+|correct\w*|extend\w*|supersed\w+)\s+"
    rf"(?:an?|another|some|one|any)\s+(?:\w+\s+)?{PAPER}"
    r"|\b(?:discuss|describ|examin|review|critici|analy[sz]|revisit|refut|comment|stud[iy]|cit"
    rf"|repl[iy]|respon[ds]|concern)\w*\s+(?:(?:on|to)\s+)?(?:the|an?)\s+(?:\w+\s+)?{PAPER})"
    rf"(?:,?\s+(?:that|which)(?:\s+(?:{_WHO_OR_WHEN}))*|,?\s+since"
    r"|\s*\((?:since|now|later|recently|subsequently))?\s+$",
    re.IGNORECASE,
)
OF_ANOTHER_PAPER = lazy_pattern(
    r"\b(?:on|of|to|about)\s+(?:an?|another|some|one)\s+(?:[\w-]+\s+)?$", re.IGNORECASE
)
# "Retracted articles in PubMed" is what a paper is about.
_SEVERAL = lazy_pattern(r"\s+(?:papers|articles|manuscripts|studies|publications)\b", re.IGNORECASE)
_POINTED_AT = lazy_pattern(r"\b(?:these|our)\s+$", re.IGNORECASE)
# "A note on the withdrawn guidance".
_OF_ANOTHER = lazy_pattern(r"\b(?:on|of|to|with|about|for) (?:an? |the )?$", re.IGNORECASE)
_WORD_BEHIND = lazy_pattern(r"\s+(?!by\b|due\b|because\b)\w")
_PREDICATE = lazy_pattern(
    r"\b(?:this|it|here) is (?:an? |the )?$|^\W*(?:an? )?$|\b(?:have|has|been|are)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)

_PART = (
    r"(?:claims?|theorems?|lemmas?|statements?|results?|proofs?|propositions?|sections?"
    r"|conjectures?|assertions?|conclusions?|examples?|parts?|figures?|tables?|append\w+|remarks?"
    r"|corollar\w+|data(?: ?sets?)?|code|models?|chapters?|arguments?|definitions?|references?"
    r"|equations?|supplement\w*|talks?|posters?|presentations?|tutorials?|patents?|drugs?|troops|grants?|funding|support|consent"
    r"|benchmarks?|products?|money|cash|tokens?|coins?|funds|deposits?|water|blood|names?|eqs?\.?|figs?\.?|authorship|assumptions?|hypothes[ei]s"
    r"|experiments?|(?:supplementa\w+|ancillary|additional) (?:materials?|files?|information))\b"
)
_PART_ALONE = lazy_pattern(
    rf"(?:^|[:;,.]\s*)(?:the\s+)?{_PART}(?:\s+(?:of|in|from)\s+(?:the\s+)?{_PART})?"
    r"(?:\s+(?:[(\[]?[\d.]+[)\]]?|(?-i:[A-Z])))?\s+$",
    re.IGNORECASE,
)
_PART_BEFORE = lazy_pattern(
    rf"\b{_PART}(?:\s+(?:in|of|on|from|and(?=\s(?-i:[\dA-Z]))|(?-i:[A-Z])|[(\[]?[\d.]+[)\]]?|the|theorem"
    rf"|lemma|section|figure|table)){{0,5}}\s+{IS}\s+(?:\w+\s+){{0,2}}$"
    rf"|\bnames?\s+of\s+[^,;]{{1,40}}?\s+{IS}\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_PART_BEHIND = lazy_pattern(
    r"\s+(?:(?:the|our|an?|this|that|these|those|all|some|any|its|his|her|their|previous|main|first"
    r"|one|of)\s+){0,4}(?:(?!(?:because|since|as|due|for|until|till|pending|without|owing|when|while"
    r"|after|before|if|so|but|and|or|to|by|from|in|on|at|with|given|unless)\b)\w+\s+)?"
    rf"{_PART}(?!\s+{PAPER})",
    re.IGNORECASE,
)
# An answer to reviewers; "this reply" may be the paper.
_ANSWER_BEFORE = lazy_pattern(
    rf"(?:\b(?:rebuttals?|appeals?|reviews?|author responses?)"
    rf"|^\W*(?:responses?|repl(?:y|ies)|comments?))\s+(?:{IS}\s+)?(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
# "One of the authors withdrew": a person, and not the paper.
_PERSON_BEFORE = lazy_pattern(
    r"\b(?:one of the|an?|first|second|third|last|some|corresponding)\s+(?:co-?)?authors?\s+"
    r"(?:has\s+|have\s+|was\s+)?(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
# An address (".../x/withdrawn") and a title ("formerly titled 'Withdrawn'").
_ONLY_NAMES = lazy_pattern(
    r"https?://\S*$|\b(?:titled?|entitled|called|named)\b[\s:]*[\"“'‘«]$", re.IGNORECASE
)
# "Withdrawn-drug benchmark".
_COMPOUND = lazy_pattern(r"-(?!(?:see|due|because|please)\b)[a-z]", re.IGNORECASE)
_ENDS_CLAUSE = lazy_pattern(r"\s*(?:$|[.;,)]|and\b|but\b|(?:his|her|their)\b)", re.IGNORECASE)
_UNDONE = lazy_pattern(
    r"[^.]*\b(?:has been|have been|was|is(?: now)?|and|but|now) (?:reinstated|restored)\b"
    r"|[\s,;]*(?:but|and)\s+(?:\w+\s+){0,3}?now\s+(?:\w+\s+)?(?:corrected|fixed|resubmitted|back)\b"
    r"|[\s\w]*\b(?:reversed|reverted|lifted|cancell?ed)\b"
    r"|(?:\s+by (?:the )?(?:\w+ ){0,2}?)?\s+(?:in error|by (?:mistake|accident|error)|accidentally"
    r"|mistakenly|inadvertently|erroneously)\b",
    re.IGNORECASE,
)


def withdraws_something_else(before: str, word: str, behind: str) -> bool:
    """Whether a word of withdrawing, between the rest of its sentence, is not about this paper."""
    before, behind = before[-_NEAR:], behind[:_NEAR]
    if _ONLY_NAMES.search(before) or _COMPOUND.match(behind):
        return True
    is_of_others = _SEVERAL.match(behind) or _OTHERS_BEFORE.search(before)
    if _ALSO_FROM_ARXIV.search(behind) and not is_of_others:
        return False
    return (
        is_about_a_venue(before, word, behind)
        or _is_about_another_version(before, word, behind)
        or any(
            (
                _PART_BEFORE.search(before),
                _PART_ALONE.search(before),
                _PART_BEHIND.match(behind),
                _ANSWER_BEFORE.search(before),
            )
        )
        or bool(_PERSON_BEFORE.search(before) and _ENDS_CLAUSE.match(behind))
    )


def _is_about_another_version(before: str, word: str, behind: str) -> bool:
    if _ANOTHER_VERSION.search(before) or _NOT.search(before) or _UNDONE.match(behind):
        return True
    is_several = _SEVERAL.match(behind) and not _POINTED_AT.search(before)
    if is_several or _OTHERS_BEFORE.search(before):
        return True
    if _RELATIVE.search(before) and _NAMES_ANOTHER.search(before):
        return True
    if not word.casefold().endswith(("n", "d")):
        return False
    if _OF_ANOTHER.search(before) and _WORD_BEHIND.match(behind):
        return True
    return _ATTRIBUTE.match(behind) is not None and not _PREDICATE.search(before)
