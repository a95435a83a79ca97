"""Clauses that a quotation is better without.

Those that point back at a sentence which is not quoted, and those that a long sentence can spare:
asides after the point, and the way that led to it. A clause is cut where the rest still says enough
and no word of the title goes with it; never a condition ("if", "for all", "under"), a formula or a
number.
"""

import re
from collections.abc import Callable

from newsletter.lazy_pattern import lazy_pattern
from newsletter.summaries.extractive.back_references import LONGEST, points_back
from newsletter.summaries.extractive.sentences import formulas, inside, parentheses

# Where a clause begins that the sentence can end before.
_CLAUSE = lazy_pattern(
    r"(?P<comma>, (?:(?:in|of|by|for|to|from|on|with) )?(?:which|whose|where|while|whereas|"
    r"wherein|and|but|thus|thereby|hence|so|to|in order to|without|as|using|based|\w{3,}ing)\b)"
    r"|(?P<relative> (?:that|which|whose|where) )"
    r"|(?P<made>,? (?:(?:specifically|explicitly) )?(?:designed|built|intended|developed|tailored|"
    r"aimed|proposed|created) (?:to|for|at|with) )"
    r"|(?P<purpose> (?:in order to|so as to|to (?:\w+ly )?(?:address|solve|tackle|overcome|"
    r"handle|alleviate|mitigate|remedy|resolve|deal|enable|combat|fill|bridge|accomplish|achieve|perform|capture|"
    r"exploit|reduce|avoid|circumvent|answer|meet|improve|help|support|study|explain|cope|fix)) )"
    r"|(?P<means> by \w{3,}ing )",
    re.IGNORECASE,
)
_SAYING = lazy_pattern(
    r"\b(?:show|prov|demonstrat|f[io]u?nd|argu|suggest|observ|believ|claim|impl|indicat|reveal|"
    r"conclud|conjectur|assum|establish|note|verif|confirm|hypothes|evidence|fact|ensur|requir|"
    r"propose that|means?\b|so\b|such\b)",
    re.IGNORECASE,
)
HOLDS_ON = lazy_pattern(
    r"(?:\b(?:able|aims?|propose|how|used|seeks?|attempts?|try|want|needs?|allow|us|designed|"
    r"fails?|helps?|possible|ways?|required|intended|known|it|as|and|not|only|but|or|enough|"
    r"sufficient|is|are|was|were|be|been|than|from|to|of|in|for|with|by|on|at|between|via|through|under|"
    r"over|into|the|an?|introduc(?:es|ing)|featur(?:es|ing)|"
    r"includ(?:es|ing)|compris(?:es|ing)|combin(?:es|ing)|integrat(?:es|ing)|proposes|presents|we)|,)\Z",
    re.IGNORECASE,
)
# "to investigate such conflicts, offering ...": goes alone, as what follows says more.
_POINTING_PURPOSE = lazy_pattern(
    r" (?:(?:that|which) (?:(?:aims|seeks) to )?|(?:in order )?to )(?:address|tackl|overcom|solv|"
    r"investigat|study|studies|explor|bridg|handl|mitigat|alleviat|resolv|circumvent|examin|meet|clos)"
    r"\w*(?: both)?(?: of)? (?:this|these|such) (?:[\w-]+ ){0,2}?[\w-]+"
    r"(?=, (?:\w{3,}ing|which|that|where) )"
)
# "to overcome these challenges and advance ...": the second says what for.
_POINTING_FIRST = lazy_pattern(
    r"(?<= to )(?:address|tackle|overcome|solve|bridge|mitigate|alleviate|resolve|circumvent|"
    r"meet|close|fill) "
    r"(?:this|these|such) (?:[\w-]+ )?[\w-]+ and (?=(?!to )[a-z]{3,}[^s\W] )"
)
# "We identify a class of linkages": which ones is still to come.
_SOME_KIND = lazy_pattern(
    r"\b(?:an?|some|one|two|several) (?:[\w-]+ ){0,2}(?:class|famil|kind|type|set|sort|group|"
    r"series|collection)(?:es|ies|y|s)? of (?:[\w-]+ ){0,2}[\w-]+\Z",
    re.IGNORECASE,
)
# "labeled by winding numbers", "observed across datasets": the verb needs it.
_VERB_BEFORE = lazy_pattern(r"[, ]\w+(?:ed|wn|lt|nd)\Z")
_PREDICATE = lazy_pattern(
    r"\b(?:we|i|authors?|is|are|was|were|has|have|can|shows?|presents?|proposes?|introduces?|describes?|"
    r"studies|investigates?|explores?|provides?|reports?|develops?|considers?|achieves?|outperforms?|"
    r"improves|uses|employs|integrates|combines|comprises|consists?|includes?|contains?|enables|allows|"
    r"requires?|reduces|learns|leverages|incorporates|surpass(?:es)?|supports|captures|maintains|"
    r"exhibits?|reveals?|demonstrates?|yields?|leads?|utilizes|extends|generates|adapts)\b",
    re.IGNORECASE,
)
# "We show that the region", "such that for any family": what is said of it is still to come.
_REPORT = lazy_pattern(
    r"\b(?:show|prov|demonstrat|f[io]u?nd|argu|suggest|observ|indicat|reveal|conclud|conjectur|"
    r"establish|verif|confirm|such|so|fact|evidence)\w*(?: \w+){0,2}? that\b",
    re.IGNORECASE,
)
_VERB = lazy_pattern(
    r"\b(?:is|are|was|were|be|has|have|had|can|cannot|could|may|might|must|will|would|should|do|"
    r"does|did|holds?|exists?|satisf\w+|becomes?|remains?|leads?|yields?|gives?|makes?|improves?|"
    r"outperforms?|achieves?|enables?|allows?|requires?|depends?)\b",
    re.IGNORECASE,
)
FEWEST = 8  # words that must be left
_SUBJECT = r"(?=(?:we|I|this paper|this work|this article|the authors?) [a-z]{3})"
_WAY = lazy_pattern(
    r"(?:By|Using|Inspired|Motivated|Based|Building|Drawing|Leveraging|Exploiting|Through|Via|To|"
    r"In order to|As|While|Whereas|Although|Though|Since|Because|Surprisingly|Interestingly|"
    r"Rather than|Instead of|Unlike|Following|Considering|Taking|Combining|Starting|Despite|Due to|"
    r"Aiming|Towards?|Borrowing|Relying|Adopting|Viewing|Recognizing|Noting|Observing|Employing|"
    rf"Utilizing|Applying|Extending|Generalizing|Thanks to|With the help of)\b"
    rf"[^$.;:()\d]{{2,170}}?, {_SUBJECT}"
)
DASH = r" (?:---?|[\u2014\u2013]) "
DASHED = lazy_pattern(DASH)
_ASIDE = lazy_pattern(
    r", (?:(?:in|of|by|for|to|from|on|with) )?(?:which|whose|where|wherein|whereby) (?!\$)"
    rf"|; (?!(?:and|or|\(|i+\)|\d|[a-z]\)))|{DASH}(?!.*{DASH})|,? (?:such as|including) "
    r"|,? by (?:\w+ly )?\w{3,}ing |, (?:and )?(?:thus|thereby|hence) "
    r"|,? (?:on|across|over) (?:\w+ ){0,4}(?:datasets|benchmarks|tasks|domains)\b"
)
_MUST_STAY = lazy_pattern(r"[$\d\\]|\b(?:not|only|if|unless|except|when)\b")
# "... such as A and B to succeed": no mere list of examples.
_GOES_ON = lazy_pattern(
    r"(?<![\w-])(?:to|into|that|is|are|was|were|has|have|had|can|may|will)(?![\w-])|"
    r" (?:---?|[\u2014\u2013])(?= )"
)
_EXAMPLES = lazy_pattern(r",? (?:such|including|on|across|over) ")
_LISTED = lazy_pattern(r"(?:\A|[ :])\(?(?:1|i|a|I|A)\)|: ")
ENOUGH, LONG = 14, 28  # words: left over, and in the whole sentence


def drop_pointing_clause(sentence: str) -> str:
    """The sentence without its last clauses where these point back and the rest says enough."""
    lower = sentence.lower()
    shorter = _POINTING_PURPOSE.sub("", sentence[:LONGEST], count=1) + sentence[LONGEST:]
    shorter = _POINTING_FIRST.sub("", shorter, count=1)
    if shorter != sentence and points_back(lower) != points_back(shorter.lower()):
        return drop_pointing_clause(shorter)
    start = points_back(lower)
    if start is None or len(lower) != len(sentence):
        return sentence
    closed, bracketed = formulas(sentence), parentheses(sentence)
    for match in reversed(list(_CLAUSE.finditer(sentence, 0, start + 1))):
        at = match.start()
        beginning = sentence[:at]
        if beginning.count(" ") + 1 < FEWEST:
            break
        if inside(at, closed) or inside(at, bracketed) or HOLDS_ON.search(beginning[-16:]):
            continue
        if match["relative"] and (_is_reported(beginning) or _SOME_KIND.search(beginning[-80:])):
            continue
        if not has_predicate(beginning) or is_half_said(beginning):
            break
        return beginning.rstrip(" ,;:")
    return sentence


def drop_optional_clauses(sentence: str, names_topic: Callable[[str], bool]) -> str:
    """The sentence without a clause or two.

    `names_topic` tells whether a clause has words of the title.
    """
    if len(sentence) > LONGEST:
        return sentence
    way = _WAY.match(sentence)
    if way and word_count(sentence[way.end() :]) >= ENOUGH and not names_topic(way[0]):
        rest = sentence[way.end() :]
        sentence = rest[:1].upper() + rest[1:]
    if word_count(sentence) < LONG or _LISTED.search(sentence):
        return sentence
    closed, bracketed = formulas(sentence), parentheses(sentence)
    for match in _ASIDE.finditer(sentence):
        beginning, aside = sentence[: match.start()], sentence[match.start() :]
        if word_count(beginning) < ENOUGH or _MUST_STAY.search(aside) or names_topic(aside):
            continue
        if DASHED.match(aside) and DASHED.search(beginning):  # the second of a pair
            continue
        if inside(match.start(), closed) or inside(match.start(), bracketed):
            continue
        if _EXAMPLES.match(aside) and _GOES_ON.search(aside):
            continue
        if aside.startswith(" ") and _VERB_BEFORE.search(beginning):
            continue
        return beginning if has_predicate(beginning) and not is_half_said(beginning) else sentence
    return sentence


def has_predicate(text: str) -> bool:
    """Whether the text says something by itself: "we", "is", "presents" and the like."""
    return bool(_PREDICATE.search(text))


def is_half_said(text: str) -> bool:
    """Whether it ends before the verb of what is shown: "we show that the region of space"."""
    reports = list(_REPORT.finditer(text))
    return bool(reports) and not _VERB.search(text, reports[-1].end())


def _is_reported(text: str) -> bool:
    """Whether "that" begins what somebody shows or says, rather than describes a noun."""
    ends = [match.end() for match in _SAYING.finditer(text)]
    return bool(ends) and " that " not in text[ends[-1] :]


def word_count(text: str) -> int:
    return text.count(" ") + 1
