"""Clauses that a long sentence can spare: asides after the point, and the way that led to it.

What a clause is cut for: the rest still says enough, and no word of the title goes with it. Never a
condition ("if", "for all", "under"), a formula or a number.
"""

import re
from collections.abc import Callable

from newsletter.summaries.extractive.dangling_references import has_predicate, is_half_said
from newsletter.summaries.extractive.sentences import formulas, inside, parentheses

_SUBJECT = r"(?=(?:we|I|this paper|this work|this article|the authors?) [a-z]{3})"
_WAY = re.compile(
    r"(?:By|Using|Inspired|Motivated|Based|Building|Drawing|Leveraging|Exploiting|Through|Via|To|"
    r"In order to|As|While|Whereas|Although|Though|Since|Because|Surprisingly|Interestingly|"
    r"Rather than|Instead of|Unlike|Following|Considering|Taking|Combining|Starting|Despite|Due to|"
    r"Aiming|Towards?|Borrowing|Relying|Adopting|Viewing|Recognizing|Noting|Observing|Employing|"
    rf"Utilizing|Applying|Extending|Generalizing|Thanks to|With the help of)\b"
    rf"[^$.;:()\d]{{2,170}}?, {_SUBJECT}"
)
_DASH = r" (?:---?|[\u2014\u2013]) "
_DASHED = re.compile(_DASH)
_ASIDE = re.compile(
    r", (?:(?:in|of|by|for|to|from|on|with) )?(?:which|whose|where|wherein|whereby) (?!\$)"
    rf"|; (?!(?:and|or|\(|i+\)|\d|[a-z]\)))|{_DASH}(?!.*{_DASH})|,? (?:such as|including) "
    r"|,? by (?:\w+ly )?\w{3,}ing |, (?:and )?(?:thus|thereby|hence) "
    r"|,? (?:on|across|over) (?:\w+ ){0,4}(?:datasets|benchmarks|tasks|domains)\b"
)
_MUST_STAY = re.compile(r"[$\d\\]|\b(?:not|only|if|unless|except|when)\b")
# "... such as A and B to succeed": no mere list of examples.
_GOES_ON = re.compile(
    r"(?<![\w-])(?:to|into|that|is|are|was|were|has|have|had|can|may|will)(?![\w-])|"
    r" (?:---?|[\u2014\u2013])(?= )"
)
_EXAMPLES = re.compile(r",? (?:such|including|on|across|over) ")
_LISTED = re.compile(r"(?:\A|[ :])\(?(?:1|i|a|I|A)\)|: ")
LONGEST = 1500  # characters; longer ones are no prose
ENOUGH, LONG = 14, 28  # words: left over, and in the whole sentence


def drop_optional_clauses(sentence: str, names_topic: Callable[[str], bool]) -> str:
    """The sentence without a clause or two.

    `names_topic` tells whether a clause has words of the title.
    """
    if len(sentence) > LONGEST:
        return sentence
    way = _WAY.match(sentence)
    if way and _words(sentence[way.end() :]) >= ENOUGH and not names_topic(way[0]):
        rest = sentence[way.end() :]
        sentence = rest[:1].upper() + rest[1:]
    if _words(sentence) < LONG or _LISTED.search(sentence):
        return sentence
    closed, bracketed = formulas(sentence), parentheses(sentence)
    for match in _ASIDE.finditer(sentence):
        kept, aside = sentence[: match.start()], sentence[match.start() :]
        if _words(kept) < ENOUGH or _MUST_STAY.search(aside) or names_topic(aside):
            continue
        if _DASHED.match(aside) and _DASHED.search(kept):  # the second of a pair
            continue
        if inside(match.start(), closed) or inside(match.start(), bracketed):
            continue
        if _EXAMPLES.match(aside) and _GOES_ON.search(aside):
            continue
        return kept if has_predicate(kept) and not is_half_said(kept) else sentence
    return sentence


def _words(text: str) -> int:
    return text.count(" ") + 1
