"""What a sentence of an abstract does: for readers who know the verb sooner than the language."""

from enum import StrEnum

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.cue_phrases import IN_PASSING


class SentenceType(StrEnum):
    """What the authors say that they do."""

    PROPOSES = "proposes"
    PROVES = "proves"
    SHOWS = "shows"
    ARGUES = "argues"
    REPORTS = "reports"
    FINDS = "finds"
    MEASURES = "measures"
    EVALUATES = "evaluates"
    STUDIES = "studies"
    SURVEYS = "surveys"


# As a verb begins, then as it ends: in "propose", "proposes", "proposed" one stem.
_STEMS = {
    SentenceType.PROPOSES: "propos|introduc|present|develop|design|devis|formulat|put forward"
    "|suggest|releas|unveil|contribut|construct|build|built|creat|offer|implement|open-sourc|conceiv"
    "|extend|collect|curat|compil|adapt|combin|integrat|leverag|employ|adopt",
    SentenceType.PROVES: "prov|disprov|refut|settl",
    SentenceType.SHOWS: "show|demonstrat|establish|illustrat|verif|confirm|validat",
    SentenceType.ARGUES: "argu|advocat|hypothesi[sz]|contend",
    SentenceType.REPORTS: "report",
    SentenceType.FINDS: "find|found|discover|observ|detect|identif|reveal|uncover|conclud",
    SentenceType.MEASURES: "measur|estimat|constrain|quantif|search",
    SentenceType.EVALUATES: "evaluat|compar|assess|benchmark|test",
    SentenceType.STUDIES: "study|studi|investigat|analyz|analys|explor|examin|consider|discuss"
    "|address|tackl|revisit|focus|describ|simulat|model|perform|conduct|outlin|chart",
    SentenceType.SURVEYS: "survey|review|overview|summariz|summaris",
}
_ENDINGS = r"(?:e|es|ed|s|d|y|ies|ied|ing|n|ns|ped|ting|ted)?"
_ADVERBS = r"(?:(?:\w+ly|also|then|first|further|here|now|next|can|will|both) ){0,2}"
_PAPERS = (
    "paper|work|article|letter|study|note|survey|thesis|report|review|chapter|tutorial|talk"
    "|lecture|research"
)
_KINDS = "|".join(f"(?P<{kind.name}>{stems})" for kind, stems in _STEMS.items())
_ACTIVE = lazy_pattern(
    r"(?i)\b(?:we|i|(?:the )?authors?"
    rf"|(?:this|our|the|the present|the current) (?:\w+ )?(?:{_PAPERS})"
    r"|our (?:\w+ )?(?:method|approach|framework|system|model|analysis|results|findings"
    r"|experiments)) "
    rf"(?:(?:have|has|aims? to|is to|seeks? to) )?{_ADVERBS}(?:{_KINDS}){_ENDINGS}\b"
)
# Not "is typically evaluated": what everybody does.
_PASSIVE = lazy_pattern(
    rf"(?i)\b(?:is|are|was|were) {IN_PASSING}(?!considered|constrained)(?:{_KINDS}){_ENDINGS}\b"
)
_SURVEY = lazy_pattern(
    r"(?i)\b(?:this|a|our|the) (?:\w+ ){0,2}(?:survey|review|overview)s?\b(?! (?:data|of galaxies))"
)
# "Results on two corpora show that": what was found, without anybody who finds it.
_RESULTS = lazy_pattern(
    r"(?i)\b(?:results|experiments?|evaluations?|findings|simulations?|analys[ei]s|calculations"
    r"|interventions|observations|comparisons?|benchmarking|tests|data|evidence)\b[^.;:]{0,80}? "
    r"(?:(?P<SHOWS>show|demonstrat|indicat|confirm|illustrat|validat|verif)"
    r"|(?P<FINDS>reveal|suggest|uncover|find))(?:s|e|es|ed|ies|ied)?\b"
)
_KIND_OF_PAPER = lazy_pattern(
    r"(?i)\b(?:(?P<SURVEYS>(?:systematic|scoping|literature|comprehensive|critical)"
    r" (?:\w+ )?(?:review|survey|overview)\b)"
    # "Leviathan is an architecture with", "the proposed method uses"
    r"|(?P<PROPOSES>is (?:an?|the first) (?:[\w-]+ ){0,5}?(?:architecture|framework|method|model"
    r"|system|dataset|benchmark|algorithm|approach|library|toolkit|platform|corpus)\b"
    r"|the proposed (?:\w+ )?\w+|our (?:\w+ )?(?:method|approach|framework|system|model)\b)"
    r"|(?P<SHOWS>outperform|surpass|achiev|attain)(?:s|es|ed|ing)\b)"
)
# Who presents a proof proves: what is presented tells more than that it is.
_NOUNS = {
    SentenceType.PROVES: "(?:dis)?proofs?|counter-?examples?",
    SentenceType.SHOWS: "evidence",
    SentenceType.REPORTS: "results?|findings|observations?",
    SentenceType.FINDS: "discover(?:y|ies)|detections?",
    SentenceType.MEASURES: "measurements?|search(?:es)?|estimates?|constraints?|limits?",
    SentenceType.EVALUATES: "evaluations?|comparisons?|assessments?",
    SentenceType.STUDIES: "stud(?:y|ies)|investigations?|analys[ei]s|explorations?|examinations?",
    SentenceType.SURVEYS: "surveys?|reviews?|overviews?",
}
_OBJECTS = "|".join(f"(?P<{kind.name}>{nouns})" for kind, nouns in _NOUNS.items())
_SMALL = "of|for|to|on|in|that|which|with|between|by|from|using|where|based|as|at|under"
# The last noun before the first preposition: "an analysis framework" is none of them.
_OBJECT = lazy_pattern(
    r"(?i)\A(?:present|offer)\w* "
    rf"(?:(?!(?:{_SMALL})\b)[\w-]+ ){{0,6}}?(?:{_OBJECTS})(?=[,.;:]|\Z| (?:{_SMALL})\b)"
)


def sentence_type(sentence: str) -> SentenceType | None:
    """By its first turn of phrase of authors; None where it has none."""
    for pattern in (_ACTIVE, _RESULTS, _PASSIVE, _KIND_OF_PAPER):
        if (found := pattern.search(sentence)) and found.lastgroup:
            kind = SentenceType[found.lastgroup]
            if kind is not SentenceType.PROPOSES:
                return kind
            if shown := _OBJECT.search(sentence[found.start(kind.name) :]):
                return SentenceType[shown.lastgroup or kind.name]
            return SentenceType.SURVEYS if _SURVEY.search(sentence[found.start() :]) else kind
    return None
