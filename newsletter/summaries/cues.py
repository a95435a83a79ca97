"""The turns of phrase by which authors of all fields mark background, contribution and result."""

import re

FUNCTION_WORDS = frozenset(
    "a about above across after again against all also although among an and another any are as at "
    "based be because been before being between both but by can could do does due during each "
    "either et al e g i even for from further had has have having here how however if in into is "
    "it its itself may might more moreover most much must n not of often on one only or other our "
    "over paper same several should show shown since so some such than that the their them then "
    "there therefore these they this those through thus to two under up upon use used using very "
    "via was we well were what when where whether which while who whose will with within without "
    "work would yet propose proposed present introduce study approach method new novel".split()
)

_VERBS = {
    "propose": "propose|introduce|present|develop|design|devise|formulate|suggest|describe|build|"
    "create|construct|contribute|release|unveil|offer|outline|put forward|implement",
    "prove": "prove|show that|establish|derive|obtain|give|construct|characterize|characterise|"
    "determine|classify|compute|calculate|solve|extend|generalize|generalise|construct|provide|"
    "define|deduce|improve|answer|disprove|refute|settle|resolve|bound|complete",
    "find": "find|found|report|observe|observed|detect|detected|measure|measured|discover|"
    "discovered|identify|identified|reveal|uncover|estimate|estimated|constrain|infer|conclude|"
    "search for|searched|show|showed|demonstrate|demonstrated|confirm|confirmed|predict",
    "study": "study|studied|investigate|investigated|analyze|analyse|analyzed|analysed|consider|"
    "explore|explored|examine|examined|discuss|review|survey|address|tackle|focus|revisit|compare|"
    "evaluate|model|simulate|simulated|assess|ask|re examine|perform|performed|conduct|conducted",
}
_THIRD_PERSON = {
    name: "|".join(
        f"{verb.split(' ')[0]}e?s" + (" " + verb.split(" ", 1)[1] if " " in verb else "")
        for verb in verbs.replace("study", "studie").split("|")
    )
    for name, verbs in _VERBS.items()
}
_PASSIVE = {
    "propose": "proposed|introduced|presented|developed|designed|devised|formulated|suggested|"
    "described|constructed|put forward|implemented|built",
    "prove": "proved|proven|shown|established|derived|obtained|given|constructed|characterized|"
    "determined|classified|computed|calculated|solved|extended|generalized|provided|defined",
    "find": "found|reported|observed|detected|measured|discovered|identified|revealed|estimated|"
    "demonstrated|confirmed",
    "study": "studied|investigated|analyzed|analysed|considered|explored|examined|discussed|"
    "reviewed|addressed|compared|evaluated|performed|carried out|conducted",
}
_ADVERBS = r"(?:(?:\w+ly|also|then|first|further|here|have|now|next|can|will) ){0,2}"
_ACTIVE = {
    name: re.compile(rf" (?:we|i|authors?) {_ADVERBS}(?:{verbs}) ")
    for name, verbs in _VERBS.items()
}
_BY_PAPER = {
    name: re.compile(
        rf" (?:paper|work|article|letter|study|note|survey|thesis|report|review) "
        rf"{_ADVERBS}(?:{verbs}) "
    )
    for name, verbs in _THIRD_PERSON.items()
}
_IN_PASSIVE = {
    name: re.compile(rf" (?:is|are|was|were|been) {_ADVERBS}(?:{verbs}) ")
    for name, verbs in _PASSIVE.items()
}

# Looked for anywhere in the sentence.
PHRASES = tuple(
    line.strip()
    for line in """
    we propose|we introduce|we present|we develop|we show|we show that|we find that|we demonstrate
    we prove|we study|we investigate|we provide|we describe|we explore|we use|we consider|we evaluate
    we also|we apply|we argue|we analyze|we design|we address|we focus|we observe|we conduct|we train
    this paper|this work|our method|our approach|our model|our results|our work|our framework
    our experiments|our contributions|new|novel|simple|first|framework|method|approach|algorithm
    model|problem|called|named|termed|referred to as|based on|by using|that|which|while|without
    outperforms|state of the art|experiments|results|experimental|improves|performance|significantly
    better|datasets|benchmark|code|available|recent|recently|have been|has been|is a|are a|can be
    however|often|typically|important|challenge|challenging|existing|traditional|previous
    current|prior|despite|although|due to|such as|for example|in this paper|in this work|because
    theoretical|theory|empirically|analysis|efficient|effective|learn|learning|end to end
    allows|enables|leads to|achieves|reduces|demonstrates|shows|show that|suggest|shown|for|to|from
    not|only|also|more|than|both|when|where|these|it|our|we|their|them|been|many|most|widely
    """.replace("\n", "|").split("|")
    if line.strip()
)
_PHRASES = tuple((f"has:{phrase}", f" {phrase} ") for phrase in PHRASES)

# How the sentence begins, as quoted or before its lead-in went.
_OPENINGS = tuple(
    line.strip()
    for line in """
    we|this paper|this work|in this|here|our|the|a|an|it|this|these|they|such|however|while|although
    to|experiments|results|extensive|recent|recently|code|as|for|by|one|many|most|in|despite|
    moreover|furthermore|finally|additionally|in addition|in particular|specifically|thus|therefore
    to this end|first|second|on|with|when|unlike|using|based on|motivated|inspired|through|compared
    empirically|but|at|there|if|then|existing|previous|deep|both
    """.replace("\n", "|").split("|")
    if line.strip()
)
_OPENING = tuple((f"opens:{phrase}", f" {phrase} ") for phrase in _OPENINGS)

# What points back to a sentence that is not quoted.
_DANGLING_OPENING = re.compile(
    r" (?:it|its|they|them|their|he|she|this|these|those|such|that|both|each|the former|the latter|"
    r"another|one of|doing so|the (?:resulting|proposed|former|latter|same|above|new|second|other)|"
    r"our (?!main |results? |goal |aim |paper |work |study ))"
    r"(?! (?:paper|work|article|letter|study|note|report|manuscript|thesis|survey|review) )"
)


def cues(original: str, words: tuple[str, ...]) -> dict[str, float]:
    """The cues in a sentence: `original` as it stood, `words` as it would be quoted."""
    line = f" {' '.join(words)} "
    f = {name: 1.0 for name, phrase in _PHRASES if phrase in line}
    f.update((name, 1.0) for name, phrase in _OPENING if line.startswith(phrase))
    start = f" {' '.join(re.findall('[a-z0-9]+', original[:60].lower()))} "
    f.update((f"was_{name}", 1.0) for name, phrase in _OPENING if start.startswith(phrase))
    for kind, patterns in (("we", _ACTIVE), ("paper", _BY_PAPER), ("passive", _IN_PASSIVE)):
        for name, pattern in patterns.items():
            match = pattern.search(line)
            if match:
                f[f"{kind}_{name}"] = 1.0
                if match.start() == 0:
                    f[f"opens_{kind}_{name}"] = 1.0
    if "we_propose" in f or "paper_propose" in f:
        f["contribution"] = 1.0
    return f
