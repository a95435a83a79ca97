"""The turns of phrase by which authors of all fields mark background, contribution and result."""

import re
from collections.abc import Iterator, Sequence

from newsletter.lazy_pattern import lazy_pattern


def _listed(phrases: str) -> list[str]:
    return [phrase.strip() for phrase in phrases.strip().replace("\n", "|").split("|")]


_WORD = lazy_pattern("[a-z0-9]+")
# Too common in any field to say what a paper is about.
_COMMON = """
    a about above across after again against al all also although among an and another any
    approach are as at based be because been before being between both but by can could do does
    due during e each either et even for from further g had has have having here how however i if
    in into introduce is it its itself may method might more moreover most much must n new not
    novel of often on one only or other our over paper present propose proposed same several
    should show shown since so some study such than that the their them then there therefore these
    they this those through thus to two under up upon use used using very via was we well were
    what when where whether which while who whose will with within without work would yet
"""
FUNCTION_WORDS = frozenset(_WORD.findall(_COMMON))

_VERBS = {
    "propose": "propose|introduce|present|develop|design|devise|formulate|suggest|describe|build|"
    "create|construct|contribute|release|unveil|offer|outline|put forward|implement",
    "prove": "prove|show that|establish|derive|obtain|give|construct|characterize|characterise|"
    "determine|classify|compute|calculate|solve|extend|generalize|generalise|provide|define|"
    "deduce|improve|answer|disprove|refute|settle|resolve|bound|complete",
    "find": "find|found|report|observe|observed|detect|detected|measure|measured|discover|"
    "discovered|identify|identified|reveal|uncover|estimate|estimated|constrain|infer|conclude|"
    "search for|searched|show|showed|demonstrate|demonstrated|confirm|confirmed|predict",
    "study": "stud(?:y|ies)|studied|investigate|investigated|analyze|analyse|analyzed|analysed|"
    "consider|explore|explored|examine|examined|discuss|review|survey|address|tackle|focus|revisit|"
    "compare|evaluate|model|simulate|simulated|assess|ask|perform|performed|conduct|conducted|"
    "aim|aimed|seek|sought|carry out|carried out|undertake|undertook|"
    "reanaly[sz]ed?|reexamined?|highlight|apply|applied|employ|employed|argue",
}
_PASSIVE = {
    "propose": "proposed|introduced|presented|developed|designed|devised|formulated|suggested|"
    "described|constructed|put forward|implemented|built",
    "prove": "proved|proven|shown|established|derived|obtained|given|constructed|characterized|"
    "determined|classified|computed|calculated|solved|extended|generalized|provided|defined",
    "find": "found|reported|observed|detected|measured|discovered|identified|revealed|estimated|"
    "demonstrated|confirmed",
    "study": "studied|investigated|analyzed|analysed|considered|explored|examined|discussed|"
    "reviewed|addressed|compared|evaluated|performed|carried out|conducted|applied|made",
}
_ADVERB = r"(?:\w+ly|also|then|first|further|here|have|now|next|can|will) "
_ADVERBS = rf"(?:{_ADVERB}){{0,2}}"
# "LLMs are increasingly applied": what everybody does.
IN_PASSING = (
    r"(?:(?!(?:increasingly|widely|commonly|often|usually|frequently|typically|generally|largely|"
    rf"traditionally|extensively|mostly|primarily) ){_ADVERB}){{0,2}}"
)
_ACTIVE = {
    name: lazy_pattern(rf" (?:we|i|authors?) {_ADVERBS}(?:{verbs})(?:e?s)? ")
    for name, verbs in _VERBS.items()
}
_SUBJECTS = (
    "paper|work|article|letter|study|note|survey|thesis|report|review|book|talk|lecture|chapter|"
    "project|research"
)
_BY_PAPER = {
    name: lazy_pattern(rf" (?:{_SUBJECTS}) {_ADVERBS}(?:{verbs})(?:e?s)? ")
    for name, verbs in _VERBS.items()
}
_IN_PASSIVE = {
    name: lazy_pattern(rf" (?:is|are|was|were) {IN_PASSING}(?:{verbs}) ")
    for name, verbs in _PASSIVE.items()
}
# "We compile", "this study leverages", "our aim is to", "introducing MARK". Not "as we know".
_ACTS_HERE = lazy_pattern(
    r" (?:we|i) (?!(?:live|know|need|see|are|have|must|understand|do|cannot|think|face|call) )\w"
    r"| we have (?:\w+ly |also )?(?:\w+ed|\w+wn|made|found|built|shown|done|taken) "
    r"| (?:(?<=^ )|the )authors? (?!(?:of|who|whose|presenting|have|had|and|are|were|in|by|for|"
    r"from|on|with|to|at) )\w"
    rf"| (?:this|our|the present|the current) (?:\w+ )?(?:{_SUBJECTS}) {_ADVERBS}"
    r"(?:\w{3,}(?:s|ed)|(?:is|was) (?:aimed|concerned|devoted|dedicated|intended|about|"
    r"an? (?:\w+ ){0,3}(?:introduction|review|overview|survey|study|account|summary|exposition|"
    r"tutorial|attempt|comment|reply|response|sequel|continuation))) "
    r"| these (?:lecture )?(?:notes|lectures) (?!of )\w{3,} "
    r"| our (?:\w+ )?(?:goal|aim|objective|purpose|focus|contribution)s? (?:is|are|was|were) "
    r"| (?:goal|aim|objective|purpose)s? of (?:this|our) (?:\w+ ){1,2}(?:is|are|was|were) "
    r"| our experiments \w+ | introducing (?<=^ introducing )"
)
# A labelled abstract tells its purpose first, in half a sentence without a subject.
_PURPOSE = lazy_pattern(r"(?:purpose|objectives?|aims?|goals?)\s?[:.]\s?to \w+", re.IGNORECASE)
# "Therefore, in this paper, a detector is improved": whatever it is, it is done here.
_IN_THIS_PAPER = lazy_pattern(
    rf"(?:\w+, )?(?:in|within) (?:this|the present) (?:{_SUBJECTS}),? (?!we (?:assume|recall))",
    re.IGNORECASE,
)
# "The structure has been studied by diffraction": how says that it was here. Not "by many".
STUDIED_HERE = lazy_pattern(
    r"\b(?:has|have) been (?:synthesi[sz]ed|prepared|grown|fabricated|studied|investigated|"
    r"measured|calculated|computed|determined|examined|"
    r"analy[sz]ed|performed|carried out) "
    r"(?:using|in terms of|from the|by (?!(?:many|several|various|other|others|some|different|"
    r"numerous|both|(?:\w+ ){1,3}et al|(?:\w+ )?(?:authors|researchers|groups|people|scholars))\b))"
)

_KINDS = (
    ("we", frozenset(["we", "i", "author", "authors"]), _ACTIVE),
    ("paper", frozenset(_SUBJECTS.split("|")), _BY_PAPER),
    ("passive", frozenset(["is", "are", "was", "were"]), _IN_PASSIVE),
)
# Somebody does something: the authors, the paper, or the system that the title names.
ACTS = frozenset(
    ["acts", "named_first"]
    + [f"{kind}_{name}" for kind in ("we", "paper", "passive") for name in _VERBS]
)
# Looked for anywhere in the sentence.
_PHRASES = tuple(
    (f"has:{phrase}", f" {phrase} ")
    for phrase in _listed(
        """
    we present|we propose|we show|we study|we explore|we focus|we address|we argue|we evaluate
    we train|we find that|we prove|our approach|our results|end to end|state of the art|is a|are a
    have been|due to
    """
    )
)
# How the sentence begins, as it would be quoted.
_OPENINGS = frozenset(
    _listed(
        """
    we|our|this paper|this work|in this|this|these|they|it|such|the|a|an|one|most|both|by|as|at
    on|in|to|through|using|unlike|based on|inspired|despite|while|existing|previous|recent
    experiments|extensive|specifically|however|moreover|furthermore|additionally|in addition|then
    first|finally
    """
    )
)


def cues(original: str, words: tuple[str, ...]) -> dict[str, float]:
    """The cues in a sentence: `original` as it stood, `words` as it would be quoted."""
    line = f" {' '.join(words)} "
    f = {name: 1.0 for name, phrase in _PHRASES if phrase in line}
    f.update((f"opens:{phrase}", 1.0) for phrase in _openings(words))
    for kind, subjects, patterns in _KINDS:
        if subjects.isdisjoint(words):
            continue
        for name, pattern in patterns.items():
            match = pattern.search(line)
            if match:
                f[f"{kind}_{name}"] = 1.0
                if match.start() == 0:
                    f[f"opens_{kind}_{name}"] = 1.0
    if _ACTS_HERE.search(line) or _IN_THIS_PAPER.match(original) or _PURPOSE.match(original):
        f["acts"] = 1.0
    if " been " in line and STUDIED_HERE.search(line):
        f["passive_study"] = 1.0
    if "we_propose" in f or "paper_propose" in f:
        f["contribution"] = 1.0
    return f


def _openings(words: Sequence[str]) -> Iterator[str]:
    for length in (1, 2):
        phrase = " ".join(words[:length])
        if phrase in _OPENINGS:
            yield phrase
