"""What is so general that any paper of the field could say it."""

from newsletter.lazy_pattern import lazy_pattern

VAGUE = lazy_pattern(
    r"\b(?:a (?:wide range|range|number|variety|series|list) of (?:\w+ )?"
    r"(?:characteristics|properties|results|aspects|issues|topics|questions|facts|remarks|observations)|"
    r"(?:some|several|various|many|other) (?:new |interesting |basic |key |important )?"
    r"(?:results|properties|aspects|remarks|facts|observations|issues|topics|insights|recommendations|findings)|"
    r"from a (?:new|different) (?:point of view|perspective|angle)|"
    r"(?:detailed|comprehensive|thorough|extensive) (?:overviews?|discussion|experiments?)|"
    r"(?:demonstrat|highlight|underscor|illustrat|emphasi[sz])\w* the (?:\w+ )?(?:potential|"
    r"importance|promise|value|need|power|usefulness|significance)|"
    r"(?:serve|act)s? as an? (?:\w+ )?(?:roadmap|guide|basis|reference)|practical solutions|"
    r"(?:theoretical|practical|valuable|new|novel|important|actionable|deep|useful) (?:\w+ )?"
    r"insights)\b"
)
_KINDS = (
    "approach|method|framework|technique|algorithm|model|system|pipeline|architecture|solution|"
    "scheme|paradigm|perspective"
)
_PARTS = (
    "innovations|contributions|components|stages|modules|protocols|strategies|steps|factors|"
    "mechanisms|ideas|recommendations|questions|challenges"
)
_AT_THE_END = lazy_pattern(
    r"\b(?:(?:propose|introduce|present|develop|describe)s? (?:an?|the) (?:[\w-]+ ){0,4}(?:"
    r"approach|method|framework|technique|algorithm|model|system|pipeline|architecture)"
    r"(?:,? (?:called|named|termed|dubbed) [\w -]{2,60})?|"
    r", an? (?:[\w-]+ ){0,5}(?:framework|method|approach|model|pipeline|algorithm)|"
    rf"(?:novel|new|effective) (?:{_KINDS})s?(?: (?:called|named|termed|dubbed) [\w -]{{2,60}})?|"
    rf"(?:two|three|four|five|six) (?:[\w-]+ ){{0,2}}(?:{_PARTS}))\b\Z"
)
_ENDINGS = frozenset(f"{_PARTS}|{_KINDS}|{_KINDS.replace('|', 's|')}s".split("|"))
_CALLED = (" called ", " named ", " termed ", " dubbed ")


def is_vague(text: str, *, anywhere: bool = True) -> bool:
    """Whether any paper of the field could say it, as what matters is left out.

    By how the text ends, or by what stands anywhere in it.
    """
    text = text.lower().rstrip(" .")
    if anywhere and VAGUE.search(text):
        return True
    ends = text[text.rfind(" ") + 1 :] in _ENDINGS or any(word in text for word in _CALLED)
    return ends and bool(_AT_THE_END.search(text))
